"""Write what an imported table says of judges; the rows were compared and checked by the register."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied

from goldidea.lib import audit
from goldidea.lib.errors import Refusal
from judges.models import Judge
from judges.seating import not_scoring

COLUMNS = ("name", "sort_key", "phone", "introduction", "nominated_by", "community")


def write_judges(
    new: Sequence[Judge], changed: Sequence[tuple[Judge, Mapping[str, tuple[Any, Any]]]], *, by: Any
) -> None:
    """Enter new nominations and put known records right, inside the import's transaction.

    Raises: Refusal if one of the judges is scoring.
    """
    for judge, _changes in changed:
        try:
            not_scoring(judge).enforce()
        except PermissionDenied as error:
            raise Refusal(str(error)) from error
    Judge.objects.bulk_create(new)
    for judge, _changes in changed:
        judge.save(update_fields=COLUMNS)
    entered = [(judge, {"community": ("", str(judge.community or ""))}) for judge in new]
    for action, rows in (("nominate judge", entered), ("edit judge", list(changed))):
        if rows:
            audit.record_many(action, rows, by=by)
