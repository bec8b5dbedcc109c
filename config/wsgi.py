"""What the server calls: `granian --interface wsgi config.wsgi:application`."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
_django = get_wsgi_application()

# These need the applications to be set up.
from config.encodings import encoded  # noqa: E402
from config.front import public_first  # noqa: E402
from kb.api.unchanged import unchanged_first  # noqa: E402

application = encoded(unchanged_first(public_first(_django)))

# What is loaded now stays to the end. Left out of collections, it no longer makes one of them take
# a tenth of a second in the middle of a request.
get_resolver().url_patterns  # noqa: B018  which loads the views
gc.collect()
gc.freeze()
