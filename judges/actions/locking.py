"""Hold rows until the end of the transaction."""

from collections.abc import Iterable

from judges.models import ElectionMeeting, Judge


def locked(judge: Judge) -> Judge:
    """The judge as it stands now, held."""
    return locked_all([judge])[0]


def locked_all(judges: Iterable[Judge]) -> list[Judge]:
    """The judges as they stand now, held, in one order whoever asks."""
    rows = Judge.objects.select_for_update(of=("self",)).with_place().order_by("pk")
    return list(rows.filter(pk__in=[judge.pk for judge in judges]))


def locked_meeting(meeting: ElectionMeeting) -> ElectionMeeting:
    """The meeting as it stands now, held."""
    rows = ElectionMeeting.objects.select_for_update(of=("self",)).select_related("district", "sub_district")
    return rows.get(pk=meeting.pk)
