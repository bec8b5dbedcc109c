"""What the server calls: `granian --interface wsgi config.wsgi:application`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
_django = get_wsgi_application()

from kb.api.unchanged import unchanged_first  # noqa: E402  (needs the applications to be set up)

application = unchanged_first(_django)
