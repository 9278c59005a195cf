"""Pieces of the pages of cases."""

from typing import Any

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from communities.models import Community
from evaluations.models import Season, Submission
from evaluations.states import SubmissionState
from evaluations.views.case_reading import TONES as CASE_TONES
from goldidea.lib.templatetags.look import origin, state_tag
from organizations.models import SocialOrganization

register = template.Library()


@register.simple_tag
def case_state(case: Submission) -> SafeString:
    """The state of a case by word, shape and colour."""
    return state_tag(case.get_state_display(), CASE_TONES[SubmissionState(case.state)])


@register.simple_tag
def season_name(season: Season) -> str:
    """The season's name in the reader's language."""
    return season.name_en if get_language() == "en" and season.name_en else season.name


@register.simple_tag
def origin_to(organization: SocialOrganization, community: Community) -> SafeString:
    """Whether an organization grew up in this community."""
    return origin(str(organization.origin_to(community)))


@register.filter
def item(mapping: dict[str, Any], key: str) -> Any:
    """`mapping[key]`, or nothing."""
    return mapping.get(key, "")
