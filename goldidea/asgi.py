"""The door of the event streams (ASGI); pages are served by WSGI. What a header may do is the same at both."""

import os

import django
from django.core.handlers.asgi import ASGIHandler, ASGIRequest

from goldidea.lib.content_type import Utf8Request

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "goldidea.settings.base")


class Request(Utf8Request, ASGIRequest):
    """Django's, with our reading of the header."""


class Handler(ASGIHandler):
    """Django's, with our requests."""

    request_class = Request


django.setup(set_prefix=False)
application = Handler()
