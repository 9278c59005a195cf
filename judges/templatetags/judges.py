"""Where a judge stands, by word, shape and colour; what was done with a record, in words."""

from typing import Any

from django import template
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from communities.audit_words import action_words, change_words
from goldidea.lib import audit
from goldidea.lib.templatetags.look import state_tag
from judges.models import Judge, StandingInterest
from judges.states import JudgeState

register = template.Library()

TONES = {
    JudgeState.NOMINATED: "now",
    JudgeState.ELECTED: "warn",
    JudgeState.NOT_ELECTED: "wait",
    JudgeState.APPOINTED: "ok",
    JudgeState.DECLINED: "wait",
    JudgeState.ENDED: "wait",
}


@register.simple_tag
def judge_state(judge: Judge) -> SafeString:
    """The judge's state; an appointment says whether it serves today."""
    words, tone = standing(judge)
    return state_tag(words, tone)


def standing(judge: Judge) -> tuple[Any, str]:
    """The state in words, and its tone."""
    state = JudgeState(judge.state)
    today = timezone.localdate()
    if state == JudgeState.NOMINATED and judge.kind == Judge.Kind.EXPERT:
        return _("invited"), TONES[state]
    if state == JudgeState.ELECTED:
        return _("elected, to appoint"), TONES[state]
    if state != JudgeState.APPOINTED or judge.is_serving(today):
        return (_("serving") if state == JudgeState.APPOINTED else state.label), TONES[state]
    if judge.term_from is not None and judge.term_from > today:
        return _("appointed, term to come"), "now"
    return _("term is over"), "warn"


@register.inclusion_tag("judges/_history.html")
def record_history(obj: Any, with_votes: Any = False) -> dict[str, Any]:
    """Who did what to a judge or a meeting, the latest first, with old and new values.

    Args:
        with_votes: whether the reader may see how a meeting voted.
    """
    rows = [
        {
            "at": detail.event.at,
            "who": detail.actor_name,
            "what": action_words(detail.event.action),
            "reason": detail.reason,
            "changes": [
                in_words(*change)
                for change in change_words(detail.event.object_type, readable(detail.changes, with_votes))
            ],
        }
        for detail in audit.history(obj)[:50]
    ]
    return {"rows": rows}


def readable(changes: dict[str, list[Any]], with_votes: Any) -> dict[str, list[Any]]:
    """The changes without the votes for those who may not see them."""
    return {key: pair for key, pair in changes.items() if with_votes or not key.startswith("votes_")}


def in_words(column: str, old: str, new: str) -> tuple[Any, Any, Any]:
    """One change; states by their labels, what has no column by its own word."""
    names = {
        "interest": _("Interest"),
        "consent version": _("version of the consent"),
        "present": _("present"),
    }
    labels = dict([*JudgeState.choices, *StandingInterest.Kind.choices])
    return names.get(column, column), labels.get(old, old), labels.get(new, new)
