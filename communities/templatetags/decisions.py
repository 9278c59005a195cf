"""How a request for a decision is named and marked in lists."""

import datetime as dt
from typing import Any

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from communities.decisions import decision_kind
from communities.models import Decision
from communities.states import DecisionState
from goldidea.lib.templatetags.look import state_tag

register = template.Library()

TONES = {
    DecisionState.PENDING: "now",
    DecisionState.APPROVED: "ok",
    DecisionState.DECLINED: "bad",
    DecisionState.WITHDRAWN: "wait",
    DecisionState.LAPSED: "wait",
    DecisionState.VOID: "warn",
}


@register.simple_tag
def decision_label(decision: Decision) -> Any:
    """What is asked for, in a few words."""
    return decision_kind(decision.kind).label


@register.simple_tag
def decision_tone(decision: Decision, now: dt.datetime | None = None) -> str:
    """The tone of its state; a request that nobody answered in time has lapsed, whether marked yet or not."""
    return TONES[state_at(decision, now)]


@register.simple_tag
def decision_state(decision: Decision, now: dt.datetime | None = None) -> SafeString:
    """Its state by word, shape and colour."""
    state = state_at(decision, now)
    words = _("void") if state == DecisionState.VOID else state.label
    return state_tag(words, TONES[state])


def state_at(decision: Decision, now: dt.datetime | None) -> DecisionState:
    state = DecisionState(decision.state)
    overdue = now is not None and state == DecisionState.PENDING and decision.expires_at <= now
    return DecisionState.LAPSED if overdue else state
