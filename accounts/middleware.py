"""The idle limit: who was away too long proves again who it is, and nothing typed is lost."""

import json
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from accounts.forms.idle import AgainForm
from accounts.gate import SEEN, is_open_to_everybody, nobody_while
from accounts.models import User
from goldidea.lib.htmx import go, page

OPEN_WHILE_AWAY = frozenset({"account_idle", "account_logout", "preferences", "set_language"})
NOTED_EVERY = 60  # seconds: a session is written once a minute at most


class IdleMiddleware:
    """After SESSION_IDLE_MINUTES without a request a person's session waits for the password (or second factor).

    A page leads there and back. A form that was sent meanwhile is kept by the page itself and sent again afterwards.
    Judges on cards have no such limit. On pages that everybody reads, who is away counts as nobody.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, _args: Any, _kwargs: Any) -> HttpResponse | None:
        match = request.resolver_match
        if not settings.SESSION_IDLE_MINUTES or (match and match.view_name in OPEN_WHILE_AWAY):
            return None
        if is_open_to_everybody(view):
            nobody_while(is_away, request)
            return None
        if is_away(request, request.user):
            return ask_again(request)
        note_presence(request)
        return None


def is_away(request: HttpRequest, user: Any) -> bool:
    """Whether the person has not been here for longer than the limit."""
    if not user.is_authenticated or user.kind != User.Kind.PERSON:
        return False
    return time.time() - request.session.get(SEEN, time.time()) > settings.SESSION_IDLE_MINUTES * 60


def note_presence(request: HttpRequest) -> None:
    """The person is here. A page that asks by itself (htmx, every few seconds) is no person."""
    by_itself = request.method == "GET" and "HX-Request" in request.headers
    if request.user.is_authenticated and not by_itself:
        now = int(time.time())
        if now - request.session.get(SEEN, 0) >= NOTED_EVERY:
            request.session[SEEN] = now


def ask_again(request: HttpRequest) -> HttpResponse:
    """To the page that asks for the password; what a form sent is carried along in that page."""
    if request.method != "POST":
        return go(request, f"{reverse('account_idle')}?{urlencode({'next': request.get_full_path()})}")
    context = {
        "form": AgainForm(user=request.user),
        "next": request.get_full_path(),
        "kept": json.dumps(typed_into(request), ensure_ascii=False),
        "with_files": bool(request.FILES),
    }
    return page(request, "accounts/idle.html", context, status=403)


def typed_into(request: HttpRequest) -> list[tuple[str, str]]:
    """Every field that was sent, without passwords and the token."""
    return [
        (name, str(value))
        for name, values in request.POST.lists()
        if name != "csrfmiddlewaretoken" and "password" not in name
        for value in values
    ]
