"""Where organizations work: begin and end engagements; go along when a division is continued by another."""

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from communities.models import Community, SubDistrict
from goldidea.lib import audit
from goldidea.lib.errors import StaleState
from organizations import rules
from organizations.models import Engagement, SocialOrganization
from organizations.states import OrganizationState

BEGIN = "begin engagement"
END = "end engagement"
FOLLOW = "follow division"


@transaction.atomic
def begin_engagement(engagement: Engagement, *, by: Any, now: dt.datetime) -> Engagement:
    """Record that an organization works with a community."""
    organization = engagement.organization
    rules.can_manage_organization(by, organization).enforce()
    if engagement.community.district_id != organization.district_id:
        raise ValidationError({"community": _("This belongs to another district.")})
    engagement.full_clean()
    engagement.save()
    audit.record(BEGIN, organization, by=by, changes=said_of(engagement))
    return engagement


@transaction.atomic
def end_engagement(engagement: Engagement, *, until: dt.date, by: Any, now: dt.datetime) -> Engagement:
    """Record the last day of an engagement.

    Raises: StaleState if it has ended already; ValidationError if the day lies before its first.
    """
    rules.can_manage_organization(by, engagement.organization).enforce()
    if until < engagement.since:
        raise ValidationError(
            {"until": _("It began on %(day)s: it cannot end before.") % {"day": engagement.since.isoformat()}}
        )
    if not Engagement.objects.filter(pk=engagement.pk, until=None).update(until=until):
        raise StaleState(_("This engagement has ended already."))
    engagement.until = until
    changes = {"community": (None, str(engagement.community)), "until": (None, until)}
    audit.record(END, engagement.organization, by=by, changes=changes)
    return engagement


def said_of(engagement: Engagement) -> dict[str, tuple[Any, Any]]:
    """What the trail keeps of a new engagement."""
    values = {
        "community": str(engagement.community),
        "service": engagement.service,
        "since": engagement.since,
    }
    return {name: (None, value) for name, value in values.items() if value}


def organizations_follow(old: Any, new: Any, *, day: dt.date, by: Any) -> None:
    """Organizations at home in a renamed community, and their work there, go on with its continuation."""
    column = "sub_district" if isinstance(old, SubDistrict) else "home_community"
    rows = SocialOrganization.objects.filter(~Q(state=OrganizationState.DISSOLVED), **{column: old})
    moved = list(rows.select_related("district"))
    rows.update(**{column: new})
    audit.record_many(FOLLOW, [(row, {column: (str(old), str(new))}) for row in moved], by=by)
    if isinstance(old, Community):
        engagements_follow(old, new, day)


def engagements_follow(old: Community, new: Community, day: dt.date) -> None:
    """Open engagements end the day before and go on with the new community; those of later days are moved."""
    running = Engagement.objects.filter(community=old, until=None)
    running.filter(since__gte=day).update(community=new)
    ending = list(running.filter(since__lt=day))
    running.filter(since__lt=day).update(until=day - dt.timedelta(days=1))
    Engagement.objects.bulk_create(
        Engagement(organization_id=row.organization_id, community=new, service=row.service, since=day)
        for row in ending
    )
