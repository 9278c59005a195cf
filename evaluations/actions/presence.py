"""Who has the form of a case open: a sign of life every few seconds, nothing else."""

import datetime as dt
from typing import Any

from evaluations.models import Presence, Submission
from evaluations.rules.submissions import can_write_case

LASTS = dt.timedelta(seconds=60)


def be_present(case: Submission, *, by: Any, now: dt.datetime) -> list[str]:
    """Say that one is here; gives the names of the others who are."""
    can_write_case(by, case).enforce()
    Presence.objects.update_or_create(submission=case, user=by, defaults={"seen_at": now})
    others = Presence.objects.filter(submission=case, seen_at__gt=now - LASTS).exclude(user=by)
    return list(others.order_by("pk").values_list("user__name", flat=True))
