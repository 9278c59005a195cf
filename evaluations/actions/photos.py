"""Add photos to a case, order them, take them away."""

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from evaluations.actions.submissions import locked, require_editable
from evaluations.models import Photo, Submission
from evaluations.rules import submissions as rules
from evaluations.rules.completeness import MOST_PHOTOS
from goldidea.lib import audit
from goldidea.lib.images import clean_photo


def add_photo(
    case: Submission, upload: UploadedFile, *, by: Any, now: dt.datetime, caption: str = ""
) -> Photo:
    """Make the uploaded photo new and put it last on the case.

    Raises: ValidationError that says what to do; StaleState when the case is handed in; PermissionDenied.
    """
    rules.can_write_case(by, case).enforce()
    require_editable(case)
    picture = clean_photo(upload)  # may take a second: before the row is locked
    with transaction.atomic():
        case = writable(case, by)
        here = list(case.photos.filter(removed_at=None))
        if len(here) >= MOST_PHOTOS:
            raise ValidationError(
                _("A case has at most %(most)d photos. Remove one first.") % {"most": MOST_PHOTOS},
                code="too-many",
            )
        photo = Photo(
            submission=case, caption=caption, position=max((p.position for p in here), default=0) + 1
        )
        photo.image.save("photo.jpg", ContentFile(picture), save=False)
        photo.full_clean()
        photo.save()
        touch(case, now)
        audit.record("add photo", case, by=by, changes={"photo": ("", photo.code)})
        return photo


@transaction.atomic
def remove_photo(photo: Photo, *, by: Any, now: dt.datetime) -> None:
    """Take a photo off the case. One that was never handed in is deleted; the others stay for the old snapshots."""
    case = writable(photo.submission, by)
    here = case.photos.filter(pk=photo.pk, removed_at=None).first()
    if here is None:
        return
    photo = here
    audit.record("remove photo", case, by=by, changes={"photo": (photo.code, "")})
    touch(case, now)
    if rules.frozen(photo).exists():
        photo.removed_at = now
        photo.save(update_fields=["removed_at"])
        return
    storage, name = photo.image.storage, photo.image.name
    photo.delete()
    transaction.on_commit(lambda: storage.delete(name))


@transaction.atomic
def move_photo_up(photo: Photo, *, by: Any, now: dt.datetime) -> None:
    """Show a photo one place earlier; the first stays first."""
    case = writable(photo.submission, by)
    row = list(case.photos.filter(removed_at=None))
    place = next((i for i, other in enumerate(row) if other.pk == photo.pk), 0)
    if place == 0:
        return
    row[place - 1], row[place] = row[place], row[place - 1]
    for position, other in enumerate(row, 1):
        if other.position != position:
            other.position = position
            other.save(update_fields=["position"])
    touch(case, now)
    audit.record("order photos", case, by=by)


def writable(case: Submission, by: Any) -> Submission:
    """The case under lock, for one who may change it while it can be changed."""
    case = locked(case)
    rules.can_write_case(by, case).enforce()
    require_editable(case)
    return case


def touch(case: Submission, now: dt.datetime) -> None:
    case.saved_at = now
    case.save(update_fields=["saved_at"])
