"""The web application for granian or any other WSGI server."""

import os
from importlib import import_module
from threading import Thread

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "community.settings.embedded")

application = get_wsgi_application()

# Beside the first requests, so that a start takes no longer. Models can be imported only now.
Thread(target=import_module("moderation.screener").warm_up, name="warm-up", daemon=True).start()
