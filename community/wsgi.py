"""The web application for granian or any other WSGI server."""

import os
from importlib import import_module
from threading import Timer

from django.core.wsgi import get_wsgi_application

WARM_UP_AFTER_SECONDS = 3.0

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "community.settings.embedded")

application = get_wsgi_application()

# A little later, and beside the first requests, so that a start takes no longer. Models can be imported only now.
warm_up = Timer(WARM_UP_AFTER_SECONDS, import_module("moderation.screener").warm_up)
warm_up.daemon = True
warm_up.start()
