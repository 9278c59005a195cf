"""The door of the web server (granian, WSGI)."""

import os

import django
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest

from goldidea.lib.content_type import Utf8Request

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "goldidea.settings.base")


class Request(Utf8Request, WSGIRequest):
    """Django's, with our reading of the header."""


class Handler(WSGIHandler):
    """Django's, with our requests."""

    request_class = Request


django.setup(set_prefix=False)
application = Handler()
