"""Enter and correct sub-districts and communities; let one be continued by another when it is renamed or its border moves."""

import datetime as dt
import re
from collections.abc import Callable, Collection, Mapping
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from pypinyin import Style, lazy_pinyin

from communities import rules
from communities.models import Appointment, Community, SubDistrict
from goldidea.lib import audit
from goldidea.lib.errors import Refusal

ENTER = "enter division"
CORRECT = "correct division"
CONTINUE = "continue division"
BEGIN = "enter continuation"

SUB_DISTRICT_FIELDS = ["name", "division_code", "initials", "valid_from"]
COMMUNITY_FIELDS = ["name", "division_code", "sub_district", "valid_from"]
Changed = tuple[Any, Mapping[str, tuple[Any, Any]]]


@transaction.atomic
def add_sub_district(sub_district: SubDistrict, *, by: Any, now: dt.datetime) -> SubDistrict:
    """Enter a sub-district."""
    rules.can_add_sub_district(by, sub_district.district).enforce()
    return enter(sub_district, SUB_DISTRICT_FIELDS, by)


@transaction.atomic
def add_community(community: Community, *, by: Any, now: dt.datetime) -> Community:
    """Enter a community under its sub-district."""
    rules.can_manage_community(by, community).enforce()
    return enter(community, COMMUNITY_FIELDS, by)


def enter(division: Any, fields: list[str], by: Any, action: str = ENTER) -> Any:
    """Check, save and record a new division."""
    refuse_doubled_initials(division)
    division.full_clean()
    division.save()
    audit.record(action, division, by=by, changes={name: (None, getattr(division, name)) for name in fields})
    return division


@transaction.atomic
def correct_sub_district(sub_district: SubDistrict, *, by: Any, now: dt.datetime) -> SubDistrict:
    """Correct typing errors in place."""
    rules.can_manage_sub_district(by, sub_district).enforce()
    return correct(sub_district, SUB_DISTRICT_FIELDS, by)


@transaction.atomic
def correct_community(community: Community, *, by: Any, now: dt.datetime) -> Community:
    """Correct typing errors in place. The person covers the sub-district that it was in and the one it is put into."""
    before = Community.objects.select_related("district").get(pk=community.pk)
    rules.can_manage_community(by, before).enforce()
    rules.can_manage_community(by, community).enforce()
    return correct(community, COMMUNITY_FIELDS, by)


def correct(division: Any, fields: list[str], by: Any) -> Any:
    """Check, save and record what was corrected; nothing is recorded when nothing was."""
    old = type(division).objects.select_for_update().get(pk=division.pk)
    changes = audit.differences(old, division, fields)
    refuse_doubled_initials(division)
    division.full_clean()
    if changes:
        division.save()
        audit.record(CORRECT, division, by=by, changes=changes)
    return division


def refuse_doubled_initials(division: Any) -> None:
    """Case numbers carry the initials of the sub-district: two current ones cannot share them."""
    if not isinstance(division, SubDistrict) or division.valid_to:
        return
    others = SubDistrict.objects.of(division.district_id).current().exclude(pk=division.pk)
    if division.predecessor_id:
        others = others.exclude(pk=division.predecessor_id)
    if others.filter(initials=division.initials).exists():
        raise ValidationError({"initials": _("Another sub-district has these initials.")})


@transaction.atomic
def succeed_community(
    old: Community, new: Community, *, goes_on: bool, by: Any, now: dt.datetime
) -> Community:
    """Let `new` continue `old` from its first day: a rename, a moved border, or a part split off.

    Args:
        goes_on: only a part was split off and the old community goes on.

    Raises: Refusal if the day does not fit; PermissionDenied without both sub-districts.
    """
    rules.can_manage_community(by, old).enforce()
    rules.can_manage_community(by, new).enforce()
    return succeed(old, new, COMMUNITY_FIELDS, goes_on, by, now)


@transaction.atomic
def succeed_sub_district(old: SubDistrict, new: SubDistrict, *, by: Any, now: dt.datetime) -> SubDistrict:
    """Let a renamed or merged sub-district be continued: its communities, people and organizations go with it."""
    rules.can_manage_sub_district(by, old).enforce()
    return succeed(old, new, SUB_DISTRICT_FIELDS, False, by, now)


def succeed(old: Any, new: Any, fields: list[str], goes_on: bool, by: Any, now: dt.datetime) -> Any:
    """End the old division (unless it goes on or has ended) and enter the new one; who belonged to it follows."""
    old = type(old).objects.select_for_update(of=("self",)).select_related("district").get(pk=old.pk)
    check_day(old, new.valid_from, now)
    follows = old.valid_to is None and not goes_on
    if follows:
        old.valid_to = new.valid_from
        old.save(update_fields=["valid_to"])
        audit.record(CONTINUE, old, by=by, changes={"valid_to": (None, old.valid_to)}, reason=str(new))
    new.predecessor = old
    enter(new, fields, by, BEGIN)
    if follows:
        for path in settings.DIVISION_FOLLOWERS:
            follow: Callable[..., None] = import_string(path)
            follow(old, new, day=new.valid_from, by=by)
    return new


def check_day(old: Any, day: dt.date, now: dt.datetime) -> None:
    """Raises: ValidationError at the day if it is to come, or lies before the old division began or ended."""
    if day > now.astimezone(dt.timezone(dt.timedelta(hours=8))).date():
        raise ValidationError({"valid_from": _("Record the change on its day or after it, not before.")})
    if day <= old.valid_from:
        raise ValidationError(
            {
                "valid_from": _("The former one was valid only from %(day)s on.")
                % {"day": old.valid_from.isoformat()}
            }
        )
    if old.valid_to and day < old.valid_to:
        raise ValidationError(
            {"valid_from": _("The former one was valid until %(day)s.") % {"day": old.valid_to.isoformat()}}
        )


def appointments_follow(old: Any, new: Any, *, day: dt.date, by: Any) -> None:
    """Appointments to a division end the day before and go on with its continuation; a sub-district's communities go along."""
    column = "community" if isinstance(old, Community) else "sub_district"
    held = list(Appointment.objects.filter(**{column: old, "until": None}).select_related("user", "district"))
    for appointment in held:
        if appointment.since >= day:
            setattr(appointment, column, new)
            appointment.save(update_fields=[column])
            continue
        appointment.until = day - dt.timedelta(days=1)
        appointment.save(update_fields=["until"])
        Appointment.objects.create(
            user=appointment.user,
            role=appointment.role,
            district=appointment.district,
            since=day,
            **{column: new},
        )
    audit.record_many(CONTINUE, [(row, {column: (str(old), str(new))}) for row in held], by=by)
    if isinstance(old, SubDistrict):
        moved = list(Community.objects.current().filter(sub_district=old).select_related("district"))
        Community.objects.filter(pk__in=[row.pk for row in moved]).update(sub_district=new)
        audit.record_many(CORRECT, [(row, {"sub_district": (str(old), str(new))}) for row in moved], by=by)


def write_divisions(
    sub_districts: list[SubDistrict], communities: list[Community], changed: list[Changed], *, by: Any
) -> None:
    """Write what an import found new and changed, in a constant number of statements.

    The rows were checked by the register; who may write them was asked row by row.
    """
    SubDistrict.objects.bulk_create(sub_districts)
    Community.objects.bulk_create(communities)
    Community.objects.bulk_create(
        [row for row, _changes in changed],
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["name", "sort_key", "valid_from"],
    )
    new: list[Changed] = [
        (row, {"name": (None, row.name), "division_code": (None, row.division_code)})
        for row in [*sub_districts, *communities]
    ]
    for action, rows in (
        (ENTER, new[: len(sub_districts)]),
        (ENTER, new[len(sub_districts) :]),
        (CORRECT, changed),
    ):
        if rows:
            audit.record_many(action, rows, by=by)


def initials_for(name: str, taken: Collection[str]) -> str:
    """Two to four capitals from the pinyin of a sub-district's name, not yet taken: 清波街道 → QB.

    Raises: Refusal if no letters can be found (the office then enters the sub-district by hand).
    """
    bare = re.sub(r"(街道办事处|街道|镇|乡)$", "", name) or name
    syllables = [s.upper() for s in lazy_pinyin(bare, style=Style.NORMAL) if re.fullmatch("[A-Za-z]+", s)]
    first = "".join(syllable[0] for syllable in syllables)[:4]
    letters = "".join(syllables)
    tries = [first] if len(first) >= 2 else []
    tries += [first[:3] + letter for letter in (letters[1:] + "ABCDEFGHIJKLMNOPQRSTUVWXYZ") if first]
    for initials in tries:
        if re.fullmatch("[A-Z]{2,4}", initials) and initials not in taken:
            return initials
    raise Refusal(
        _("No initials could be found for %(name)s. Enter this sub-district by hand.") % {"name": name}
    )
