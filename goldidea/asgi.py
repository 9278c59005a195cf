"""The door of the event streams (ASGI); pages are served by WSGI."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "goldidea.settings.base")

application = get_asgi_application()
