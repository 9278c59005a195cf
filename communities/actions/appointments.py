"""Open accounts, appoint their people, end appointments, disable and enable accounts."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import ActivationSlip, User
from communities.accounts import administrator_until_ended, others_administer
from communities.models import Appointment, Community, District, SubDistrict
from goldidea.lib import audit
from goldidea.lib.chinese import sort_key
from goldidea.lib.errors import Refusal

Place = District | SubDistrict | Community | None
LONGEST_NAME = 24


@transaction.atomic
def open_account(
    username: str, name: str, *, phone: str = "", email: str = "", district: District, by: Any
) -> User:
    """A person's account without a password: an activation slip opens it.

    Raises: ValidationError by field if the sign-in name, phone or e-mail is taken.
    """
    account = User(username=username.lower(), name=name, phone=phone, email=email)
    account.set_unusable_password()
    account.full_clean(exclude=["password"])
    insert(account)
    audit.record("open account", account, by=by, district=district)
    return account


@transaction.atomic
def open_and(
    identity: Mapping[str, str], appoint_person: Callable[[User], None], *, by: Any, district: District
) -> User:
    """Open an account and appoint its person, or do neither."""
    account = open_account(
        identity["username"],
        identity["name"],
        phone=identity["phone"],
        email=identity["email"],
        district=district,
        by=by,
    )
    appoint_person(account)
    return account


@transaction.atomic
def appoint(
    account: User,
    role: str,
    place: Place,
    *,
    since: dt.date,
    until: dt.date | None = None,
    by: Any,
    reason: str = "",
) -> Appointment:
    """Appoint the person of an account, from `since` to `until` (both included).

    Raises: ValidationError if the same appointment is open already, or it would end before it begins.
    """
    appointment = Appointment(user=account, role=role, since=since, until=until, **columns(place))
    appointment.full_clean()
    insert(appointment)
    audit.record("appoint", appointment, by=by, reason=reason, changes={"role": ("", role)})
    return appointment


def insert(row: Any) -> None:
    """Save a checked row; of two people who do the same at once, the second is told.

    Raises: Refusal.
    """
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise Refusal(_("Somebody else has done that already.")) from error


def columns(place: Place) -> dict[str, Any]:
    """The columns that name a division."""
    if isinstance(place, District):
        return {"district": place}
    if isinstance(place, SubDistrict):
        return {"district": place.district, "sub_district": place}
    if isinstance(place, Community):
        return {"district": place.district, "community": place}
    return {}


@transaction.atomic
def end_appointment(appointment: Any, *, by: Any, on: dt.date, district: District, reason: str = "") -> None:
    """The appointment's last day is `on`; what was done under it stays. One that had not begun is struck out.

    Takes appointments of any table (also those with organizations).
    Raises: Refusal if it has ended already.
    """
    held = type(appointment).objects.select_for_update(of=("self",)).get(pk=appointment.pk)
    if held.until is not None and held.until <= on:
        raise Refusal(_("This appointment has ended already."))
    changes = {"until": (held.until, on)}
    audit.record("end appointment", held, by=by, reason=reason, district=district, changes=changes)
    if held.since > on:
        held.delete()
    else:
        held.until = on
        held.save(update_fields=["until"])


@transaction.atomic
def end_administrator(account: User, *, by: Any, reason: str, on: dt.date, district: District) -> None:
    """This person is no administrator of the platform after this day; the last one who can sign in stays.

    All administrators' appointments are held meanwhile: of two who are ended at once, one would be the last.
    Raises: Refusal.
    """
    list(Appointment.objects.filter(role="platform_admin").order_by("pk").select_for_update(of=("self",)))
    appointment = administrator_until_ended(account, on)
    if appointment is None:
        raise Refusal(_("This appointment has ended already."))
    if not others_administer(account, on):
        raise Refusal(_("No other administrator of the platform can sign in. Appoint another first."))
    end_appointment(appointment, by=by, on=on, district=district, reason=reason)


@transaction.atomic
def set_active(account: User, active: bool, *, by: Any, district: District, now: dt.datetime) -> None:
    """Disable an account, at once and with its open slips, or enable it again."""
    held = User.objects.select_for_update().get(pk=account.pk)
    if held.is_active == active:
        raise Refusal(_("Somebody else has done that already."))
    held.is_active = active
    held.save(update_fields=["is_active"])
    if not active:
        ActivationSlip.objects.filter(user=held, used_at=None, revoked_at=None).update(revoked_at=now)
    action = "enable account" if active else "disable account"
    audit.record(action, held, by=by, district=district, changes={"is_active": (not active, active)})


@transaction.atomic
def edit_account(account: User, *, name: str, phone: str, email: str, by: Any, district: District) -> User:
    """Change a person's name, phone and e-mail.

    Raises: ValidationError by field.
    """
    held = User.objects.select_for_update().get(pk=account.pk)
    old = {"name": held.name, "phone": held.phone, "email": held.email}
    held.name, held.phone, held.email = name, phone, email
    held.full_clean(exclude=["password"])
    insert(held)
    new = {"name": name, "phone": phone, "email": email}
    changes = {key: (old[key], new[key]) for key in old if old[key] != new[key]}
    if "phone" in changes:
        changes["phone"] = ("…", "…")  # that it changed is recorded, not the number
    audit.record("edit account", held, by=by, district=district, changes=changes)
    return held


@transaction.atomic
def open_for_communities(
    communities: list[Community], *, by: Any, since: dt.date, district: District
) -> list[User]:
    """An account for each community that nobody acts for, named after it."""
    accounts = []
    for community in communities:
        if Appointment.objects.filter(community=community).on(since).exists():
            continue
        account = open_account(free_username(community.name), community.name, district=district, by=by)
        appoint(account, Appointment.Role.COMMUNITY_USER, community, since=since, by=by)
        accounts.append(account)
    return accounts


def free_username(name: str) -> str:
    """A sign-in name made of a name's pinyin (清波门社区: qingbomen), with a number if it is taken."""
    stem = name.removesuffix("社区").removesuffix("街道")
    pinyin = "".join(c for c in sort_key(stem) if c.isascii() and c.isalnum())[:LONGEST_NAME] or "account"
    taken = set(User.objects.filter(username__istartswith=pinyin).values_list("username", flat=True))
    taken = {username.lower() for username in taken}
    if pinyin not in taken:
        return pinyin
    return next(f"{pinyin}{n}" for n in range(2, len(taken) + 3) if f"{pinyin}{n}" not in taken)


def check_username(username: str) -> None:
    """A sign-in name is short, typed without trouble on any keyboard, and looks like no phone or e-mail.

    Raises: ValidationError.
    """
    plain = username.isascii() and all(c.isalnum() or c in "-._" for c in username)
    if not plain or not any(c.isalpha() for c in username):
        raise ValidationError(
            _(
                "Use letters (at least one), digits, full stop, hyphen and underscore: it is typed on any keyboard."
            )
        )
