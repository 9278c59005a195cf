"""The door of a judge's pages: who sits here, by which card, on which phone; and how these pages are drawn."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache

from evaluations.actions.cards import device_hash
from evaluations.devices import DEVICE_COOKIE, device_of
from evaluations.models import Card, Seat
from evaluations.rules.scoring import ELSEWHERE, can_sit
from goldidea.lib.context import preferences
from goldidea.lib.htmx import page
from goldidea.lib.verdict import Verdict

DEVICE_AGE = 60 * 60 * 24 * 400
JUDGE_BACKEND = "accounts.backends.JudgeBackend"

SeatView = Callable[..., HttpResponse]


class SeatRequest(HttpRequest):
    """A request of a judge: `seat` comes from the card that opened the session."""

    seat: Seat
    card: Card


def at_the_seat(view: SeatView) -> SeatView:
    """Find the judge's seat by the session's card; who has none, or whose card is used elsewhere, is told what to do."""

    @never_cache
    @wraps(view)
    def seated(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        number = request.session.get("card")
        card = Card.objects.with_seat().filter(pk=number).first() if number else None
        verdict = can_sit(request.user, card, device_hash(device_of(request)), request.district)
        if not verdict:
            return stand_up(request, card, verdict)
        request.card, request.seat = card, card.seat  # type: ignore[union-attr]
        return view(request, *args, **kwargs)

    seated.login_url = "card:how"  # type: ignore[attr-defined]  # no password page for people without a password
    return seated


def stand_up(request: HttpRequest, card: Card | None, verdict: Verdict) -> HttpResponse:
    """Answer whoever does not sit here. A judge whose card ended is signed out kindly."""
    if verdict.hidden or card is None or card.seat.judge.user_id != request.user.pk:
        verdict.enforce()
    if wants_json(request):
        return JsonResponse({"code": "signed-out", "message": str(verdict.reason)}, status=403)
    logout(request)
    context = {"reason": verdict.reason, "card": card, "elsewhere": verdict.reason == ELSEWHERE}
    return judge_page(request, "cards/ended.html", context, status=403)


def sit_down(request: HttpRequest, card: Card) -> None:
    """Open the session of the card's judge, for the seat of this card and nothing else."""
    login(request, card.seat.judge.user, backend=JUDGE_BACKEND)
    request.session["card"] = card.pk


def new_device() -> str:
    return get_random_string(40)


def remember_device(response: HttpResponse, device: str) -> None:
    """Scanning again on this phone resumes without a code."""
    response.set_cookie(
        DEVICE_COOKIE,
        device,
        max_age=DEVICE_AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def judge_page(
    request: HttpRequest, template: str, context: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    """A page for judges: large text unless they chose another size."""
    shown = preferences(request)
    if "text" not in request.COOKIES:
        shown = replace(shown, text="elder")
    return page(request, template, {"prefs": shown, **(context or {})}, status=status)


def wants_json(request: HttpRequest) -> bool:
    """Whether the page's own script asks, which sends what waited on the phone."""
    return request.headers.get("Accept", "") == "application/json"


def time_left(until: dt.datetime, now: dt.datetime) -> str:
    """How long there is, in words: the two largest units."""
    minutes = max(0, int((until - now).total_seconds() // 60))
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = [
        (days, ngettext("%(count)d day", "%(count)d days", days)),
        (hours, ngettext("%(count)d hour", "%(count)d hours", hours)),
        (minutes, ngettext("%(count)d minute", "%(count)d minutes", minutes)),
    ]
    shown = [words % {"count": count} for count, words in parts if count]
    return " ".join(shown[:2]) or _("less than a minute")
