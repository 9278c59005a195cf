"""What no page does: make the district and its first people, and give demonstration accounts a password that is known."""

import datetime as dt

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.utils import timezone

from accounts.models import User
from communities.actions.appointments import appoint, open_account, open_for_communities
from communities.models import Appointment, Community, District, SubDistrict
from evaluations.demonstration.cast import Cast, decide
from evaluations.demonstration.people import invented_phone
from goldidea.lib import audit
from goldidea.lib.chinese import sort_key

Role = Appointment.Role
SLUG = "shangcheng"
PASSWORD = "jindianzi-2018"  # noqa: S105  printed for everybody who tries the demonstration


class NotHere(Exception):
    """The demonstration cannot be loaded here; the message says why."""


def check_installation() -> None:
    """Accounts with a known password belong on a machine for trying out, and nowhere else.

    Raises: NotHere.
    """
    if not settings.DEVELOPMENT:
        raise NotHere(
            "The demonstration has accounts whose password everybody knows: it is loaded with DEVELOPMENT=1 only."
        )


def loaded_district() -> District | None:
    """The demonstration district, if it is there.

    Raises: NotHere if a real district has its name.
    """
    district = District.objects.filter(slug=SLUG).first()
    if district is not None and not district.is_demonstration:
        raise NotHere(f"There is a district “{SLUG}” already, and it is no demonstration.")
    return district


def found_district(seed: str) -> Cast:
    """The district with the platform's administrator and its first two staff."""
    district = District(
        slug=SLUG,
        division_code="330102",
        name="上城区",
        name_en="Shangcheng District",
        office="上城区社区金点子评选办公室（演示）",
        office_phone="0571-0000-0000",
        office_hours="工作日 9:00–17:00",
        is_demonstration=True,
    )
    district.full_clean()
    district.save()
    cast = Cast(seed, district)
    today = timezone.localdate()
    admin = open_account("admin", "柿守成", phone=invented_phone(9, 1), district=district, by=None)
    appoint(admin, Role.PLATFORM_ADMIN, None, since=today, by=None)
    for number, name in enumerate(("荷清如", "樟明远"), 1):
        account = open_account(
            f"district{number}", name, phone=invented_phone(9, 10 + number), district=district, by=admin
        )
        appoint(account, Role.DISTRICT_STAFF, district, since=today, by=admin)
        cast.office.append(account)
    return cast


def grant_staff(cast: Cast) -> None:
    """The district's two people give the observer and two people of each sub-district their roles."""
    names = iter(("枫知秋", "菱照水", "芦若谷", "桐向晚", "藕如是", "芡成林", "莼望舒", "茭子衿", "菖有光", "柿如归", "荷立人", "樟守一"))  # fmt: skip
    grant(cast, "observer", "桐观澜", Role.OBSERVER, None, 30)
    for number, place in enumerate(cast.places):
        handle = sort_key(place.name.removesuffix("街道"))
        cast.staff[place.pk] = [
            grant(cast, f"{handle}{n}", next(names), Role.SUBDISTRICT_STAFF, place, 40 + 2 * number + n)
            for n in (1, 2)
        ]


def grant(cast: Cast, username: str, name: str, role: str, place: SubDistrict | None, number: int) -> User:
    """An account with a staff role, asked for by one and approved by the other."""
    district = cast.district
    account = open_account(
        username, name, phone=invented_phone(9, number), district=district, by=cast.office[0]
    )
    account.granting_district = district  # type: ignore[attr-defined]
    payload = {"role": str(role), "district": district.slug, "sub_district": place.code if place else ""}
    payload |= {"since": timezone.localdate().isoformat(), "until": ""}
    decide("grant_staff", account, (cast.office[0], cast.office[1]), payload, district=district)
    return User.objects.get(pk=account.pk)


def open_community_accounts(cast: Cast, communities: list[Community], today: dt.date) -> None:
    """One account for each community, as the office opens them from the register."""
    accounts = open_for_communities(communities, by=cast.office[0], since=today, district=cast.district)
    cast.writers = {
        appointment.community_id: appointment.user
        for appointment in Appointment.objects.filter(
            user__in=accounts, role=Role.COMMUNITY_USER
        ).select_related("user")
        if appointment.community_id
    }


def give_known_password() -> int:
    """Activate every person's account with the one known password, hashed once. Gives their number.

    Raises: NotHere outside an installation for trying out.
    """
    check_installation()
    accounts = list(User.objects.people().filter(password__startswith="!"))  # noqa: S106
    User.objects.filter(pk__in=[account.pk for account in accounts]).update(password=make_password(PASSWORD))
    audit.record_many("activate account", [(account, {}) for account in accounts])
    return len(accounts)
