"""Judges go along when their community or sub-district is renamed or redrawn (settings.DIVISION_FOLLOWERS)."""

import datetime as dt
from typing import Any

from communities.models import SubDistrict
from goldidea.lib import audit
from judges.models import ElectionMeeting, Judge
from judges.states import ON_THE_WAY


def judges_follow(old: Any, new: Any, *, day: dt.date, by: Any) -> None:
    """A sub-district's whole register goes on with its continuation; of a community, those who may still sit."""
    if isinstance(old, SubDistrict):
        rows, columns = Judge.objects.filter(sub_district=old), {"sub_district": new}
        ElectionMeeting.objects.filter(sub_district=old).update(sub_district=new)
    else:
        rows = Judge.objects.filter(community=old, state__in=ON_THE_WAY)
        columns = {"community": new, "sub_district": new.sub_district}
    moved = list(rows.with_place())
    Judge.objects.filter(pk__in=[judge.pk for judge in moved]).update(**columns)
    changes = [
        (judge, {name: (str(getattr(judge, name)), str(value)) for name, value in columns.items()})
        for judge in moved
    ]
    audit.record_many("edit judge", changes, by=by)
