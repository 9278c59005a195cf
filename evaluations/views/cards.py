"""Judges' cards: the office prints them, the judge's phone opens with them."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.actions import limits
from evaluations.actions.cards import device_hash, find_card, issue_cards, open_card, revoke_card
from evaluations.forms.scoring import CardCodeForm, CardsForm
from evaluations.models import Card, Round
from evaluations.rules import scoring as rules
from evaluations.views.round_frame import round_page
from evaluations.views.seat import device_of, judge_page, new_device, remember_device, sit_down
from goldidea.lib.addresses import client_address
from goldidea.lib.errors import Refusal, TooMany
from goldidea.lib.htmx import go, page

DOOR = "card"


def find_round(request: Any, code: str) -> Round:
    rounds = Round.objects.of(request.district).select_related("season__district", "sub_district", "rule_set")
    return get_object_or_404(rounds, code=code)


def seats_of(round_: Round) -> list[Any]:
    """The round's seats in place, each with its card (`card`: None when it has none) and its choice in the form."""
    cards = Prefetch("cards", Card.objects.live(), to_attr="live_cards")
    judges = round_.seats.live().select_related("panel", "judge__sub_district").prefetch_related(cards)
    seats = list(judges.order_by("panel__pk", "number"))
    for seat in seats:
        seat.card = seat.live_cards[0] if seat.live_cards else None
        seat.choice = f"{seat.code}:{seat.card.code if seat.card else ''}"
    return seats


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def round_cards(request: HttpRequest, code: str) -> HttpResponse:
    """Who has a card; print new ones. The answer to printing is the sheet itself: its codes are shown this once."""
    round_ = find_round(request, code)
    rules.can_see_cards(request.user, round_).enforce()
    seats = seats_of(round_)
    printable = rules.can_issue_cards(request.user, round_)
    form = CardsForm(request.POST or None, choices=[seat.choice for seat in seats])
    if request.method == "POST":
        printable.enforce()
        form = CardsForm(request.POST, choices=[seat.choice for seat in seats])
        if form.is_valid():
            chosen = [seat for seat in seats if seat.code in form.seat_codes]
            return show_printed(request, round_, chosen)
    context = {"seats": seats, "form": form, "printable": printable}
    status = 422 if form.is_bound else 200
    return round_page(request, "cards/list.html", round_, "round_cards", context, status=status)


def show_printed(request: HttpRequest, round_: Round, seats: list[Any]) -> HttpResponse:
    """New cards as they go to the printer."""
    issued = issue_cards(seats, by=request.user, now=timezone.now())
    cards = [(item, request.build_absolute_uri(reverse("card:scan", args=[item.token]))) for item in issued]
    return page(request, "cards/print.html", {"round": round_, "cards": cards})


@require_POST
def revoke(request: HttpRequest, code: str, card_code: str) -> HttpResponse:
    """Take one card back."""
    round_ = find_round(request, code)
    rules.can_issue_cards(request.user, round_).enforce()
    card = get_object_or_404(Card.objects.with_seat(), seat__round=round_, code=card_code)
    revoke_card(card, by=request.user, now=timezone.now())
    return go(request, "office:round_cards", round_.district.slug, code)


@login_not_required
@require_safe
def how(request: HttpRequest) -> HttpResponse:
    """For judges who come without their card's address: what to do."""
    return judge_page(request, "cards/how.html")


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def scan(request: HttpRequest, token: str) -> HttpResponse:
    """The QR was scanned. On the phone that the card knows the list opens; elsewhere the code is asked for."""
    card = find_card(token)
    if card is None:
        return judge_page(request, "cards/unknown.html", status=404)
    request.district = card.district  # type: ignore[attr-defined]
    device = device_of(request)
    known = bool(card.device_hash) and card.device_hash == device_hash(device)
    if not (verdict := rules.can_use_card(card) if known else rules.can_open_card(card)):
        return judge_page(request, "cards/ended.html", {"reason": verdict.reason, "card": card}, status=403)
    if known:
        return enter(request, card, device)
    form = CardCodeForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid() and (answer := try_code(request, card, form, device or new_device())):
            return answer
        status = 429 if getattr(form, "locked", 0) else status
    context = {"card": card, "seat": card.seat, "round": card.seat.round, "form": form}
    answer = judge_page(request, "cards/code.html", context, status=status)
    if status == 429:
        answer["Retry-After"] = str(form.locked)  # type: ignore[attr-defined]
    return answer


def try_code(request: HttpRequest, card: Card, form: Any, device: str) -> HttpResponse | None:
    """Open the card with the code typed; None with the reason at the field when it does not."""
    now, address = timezone.now(), client_address(request)
    try:
        limits.enter(DOOR, card.code, address, now=now)
        open_card(card, form.cleaned_data["code"], device=device, now=now)
    except TooMany as refusal:
        form.locked = refusal.retry_after
        form.add_error("code", refusal.message)
        return None
    except Refusal as refusal:
        form.add_error("code", refusal.message)
        return None
    limits.clear(DOOR, card.code, address)
    return enter(request, card, device)


def enter(request: HttpRequest, card: Card, device: str) -> HttpResponse:
    """Sit down, and on to the list."""
    sit_down(request, card)
    answer = go(request, "judging:list", card.district.slug)
    remember_device(answer, device)
    return answer
