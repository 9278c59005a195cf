"""The desk of a judge who came by a card (communities/desks.py)."""

from typing import Any

from communities.desks import Desk
from judges.models import Judge


def of_judges(user: Any) -> list[Desk]:
    """The judge behind a judge's account. A person's account never is one."""
    if user.kind != user.Kind.JUDGE:
        return []
    return [
        Desk(f"{judge.kind}_judge", judge.get_kind_display(), judge.district, "", "judging:list")
        for judge in Judge.objects.filter(user=user).select_related("district")
    ]
