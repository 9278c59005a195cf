"""How the states of seasons and rounds, and the cells of their tables, are drawn."""

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from evaluations.models import Round, Season
from evaluations.progress import Cell
from evaluations.states import RoundState, SeasonState
from goldidea.lib.templatetags.look import state_tag

register = template.Library()

ROUND_TONES = {
    RoundState.DRAFT: "wait",
    RoundState.OPEN: "now",
    RoundState.COUNTING: "now",
    RoundState.CLOSED: "now",
    RoundState.TALLIED: "edge",
    RoundState.ON_NOTICE: "edge",
    RoundState.FINAL: "ok",
    RoundState.CANCELLED: "bad",
}
SEASON_TONES = {SeasonState.DRAFT: "wait", SeasonState.RUNNING: "now", SeasonState.FINISHED: "ok"}


@register.simple_tag
def round_state(round_: Round) -> SafeString:
    """A round's state by word, shape and colour."""
    return state_tag(round_.get_state_display(), ROUND_TONES[RoundState(round_.state)])


@register.simple_tag
def season_state(season: Season) -> SafeString:
    """A season's state by word, shape and colour."""
    return state_tag(season.get_state_display(), SEASON_TONES[SeasonState(season.state)])


@register.simple_tag
def board_cell(cell: Cell) -> SafeString:
    """A cell of a table of seats and entries: a sign for the eye, a word for the ear."""
    if cell.change == "added":
        return _sign("cell-sign is-new", "＋", _("would be added"))
    if cell.change == "removed":
        return _sign("cell-sign is-warn", "－", _("would be taken away"))
    signs = {
        "received": ("cell-sign is-ok", "✓", pgettext("score sheet", "received")),
        "assigned": ("cell-sign is-ok", "●", pgettext("entry", "assigned")),
        "waiting": ("cell-sign is-wait", "○", pgettext("score sheet", "not yet")),
        "recused": ("cell-sign is-warn", "✕", _("conflict declared")),
        "barred": ("cell-sign is-warn", "✕", cell.words),
        "void": ("cell-sign is-bad", "－", pgettext("score sheet", "void")),
    }
    return _sign(*signs[cell.state]) if cell.state in signs else mark_safe("")


def _sign(css: str, sign: str, words: Any) -> SafeString:
    return format_html(
        '<span class="{}" title="{}"><span aria-hidden="true">{}</span><span class="sr-only">{}</span></span>',
        css,
        words,
        sign,
        words,
    )


@register.filter
def address_of(addresses: dict[str, str], name: str) -> str:
    """The address under this name, or nothing."""
    return addresses.get(name, "")
