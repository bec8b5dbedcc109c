"""What the server calls: `granian --interface wsgi config.wsgi:application`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
_django = get_wsgi_application()

# These need the applications to be set up.
from config.encodings import encoded  # noqa: E402
from config.front import public_first  # noqa: E402
from kb.api.unchanged import unchanged_first  # noqa: E402

application = encoded(unchanged_first(public_first(_django)))
