"""What the server calls: `granian --interface wsgi bench.usual.wsgi:application`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ["DJANGO_SETTINGS_MODULE"] = "bench.usual.settings"
application = get_wsgi_application()
