"""Whose accounts may this person see and manage? An account belongs where its appointments are.

settings.APPOINTMENTS lists the tables that know: an app above this one adds its own (organizations).
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from communities.models import Appointment, Decision, District
from communities.rules import is_district_staff, is_platform_admin, staff_sub_district_ids
from communities.states import DecisionState
from goldidea.lib.verdict import ALLOWED, HIDDEN, Verdict

Role = Appointment.Role
# Who is above whom: an account is managed by somebody of a higher rank.
RANK = {Role.PLATFORM_ADMIN: 3, Role.DISTRICT_STAFF: 2, Role.OBSERVER: 2, Role.SUBDISTRICT_STAFF: 1}
STAFF_ROLES = frozenset({Role.DISTRICT_STAFF, Role.OBSERVER, Role.SUBDISTRICT_STAFF})
GRANTS = ("grant_staff", "grant_administrator", "end_administrator")
RESET = "reset_sign_in"
RESET_OPENS = dt.timedelta(
    days=14
)  # how long after it slips are printed for the account by whoever asked for staff


@dataclass(frozen=True, slots=True)
class Held:
    """One appointment of an account, in whichever table it stands. `sub_district_id`: whose staff look after it."""

    account_id: int
    code: str
    role: str
    role_words: Any
    place: str
    district_id: int | None
    sub_district_id: int | None
    since: dt.date
    until: dt.date | None

    @property
    def rank(self) -> int:
        return RANK.get(Role(self.role), 0) if self.role in Role else 0

    def is_over(self, on: dt.date) -> bool:
        return self.until is not None and self.until < on


class AppointmentTable:
    """What a table of appointments has to say. Subclasses are listed in settings.APPOINTMENTS."""

    def account_ids(self, district: District, sub_district_ids: set[int] | None) -> Any:
        """Accounts that ever held one in the district, or (given sub-districts) in those."""
        raise NotImplementedError(type(self).__name__)

    def held_by(self, account_ids: Iterable[int]) -> Iterator[Held]:
        """Every appointment of these accounts, ended ones too."""
        raise NotImplementedError(type(self).__name__)

    def account_ids_in(self, role: str, district: District, on: dt.date) -> Any:
        """Accounts that hold this role in the district on a day; None if the table knows no such role."""
        raise NotImplementedError(type(self).__name__)

    def find(self, account: User, code: str) -> Any:
        """The account's appointment with this code, or None."""
        raise NotImplementedError(type(self).__name__)


class DivisionAppointments(AppointmentTable):
    """Appointments to districts, sub-districts and communities."""

    def account_ids(self, district: District, sub_district_ids: set[int] | None) -> Any:
        rows = Appointment.objects.of(district)
        if sub_district_ids is not None:
            rows = rows.filter(
                Q(sub_district__in=sub_district_ids) | Q(community__sub_district__in=sub_district_ids)
            )
        return rows.values("user_id")

    def account_ids_in(self, role: str, district: District, on: dt.date) -> Any:
        if role not in Role:
            return None
        return Appointment.objects.of(district).on(on).filter(role=role).values("user_id")

    def find(self, account: User, code: str) -> Any:
        return account.appointments.with_place().filter(code=code).first()

    def held_by(self, account_ids: Iterable[int]) -> Iterator[Held]:
        rows = Appointment.objects.filter(user_id__in=account_ids).with_place().order_by("-since", "pk")
        for row in rows:
            area = row.sub_district_id or (row.community.sub_district_id if row.community else None)
            yield Held(
                row.user_id,
                row.code,
                row.role,
                row.get_role_display(),
                str(row.place or ""),
                row.district_id,
                area,
                row.since,
                row.until,
            )


def find_appointment(account: User, code: str) -> Any:
    """The account's appointment with this code in whichever table, or None."""
    return next((row for table in tables() if (row := table.find(account, code))), None)


def tables() -> list[AppointmentTable]:
    return [import_string(path)() for path in settings.APPOINTMENTS]


def held_by(accounts: Iterable[User]) -> dict[int, list[Held]]:
    """Account -> its appointments, one query for each table."""
    ids = [account.pk for account in accounts]
    found: dict[int, list[Held]] = defaultdict(list)
    for table in tables():
        for held in table.held_by(ids):
            found[held.account_id].append(held)
    return found


def rank_of(user: Any, district: District) -> int:
    """The rank with which the person manages accounts of this district; 0 manages none."""
    if is_platform_admin(user):
        return 3
    if is_district_staff(user, district):
        return 2
    return 1 if staff_sub_district_ids(user, district) else 0


def accounts_within(user: Any, district: District) -> Any:
    """The accounts that the person may see. Twin of `can_see_account`."""
    rank = rank_of(user, district)
    people = User.objects.people()
    if not rank:
        return people.none()
    area = None if rank > 1 else staff_sub_district_ids(user, district)
    reach = Q(pk=None)
    for table in tables():
        reach |= Q(pk__in=table.account_ids(district, area))
    if rank > 1:
        reach |= Q(code__in=Decision.objects.of(district).filter(kind__in=GRANTS).values("object_code"))
    if rank > 2:
        reach |= Q(pk__in=Appointment.objects.filter(role=Role.PLATFORM_ADMIN).values("user_id"))
    return people.filter(reach)


def can_see_account(user: Any, account: User, district: District, held: list[Held] | None = None) -> Verdict:
    """Staff see the accounts that act, or acted, in their area; administrators see each other. Twin: `accounts_within`."""
    rank = rank_of(user, district)
    if not rank or account.kind != User.Kind.PERSON:
        return HIDDEN
    mine = held_by([account])[account.pk] if held is None else held
    if any(in_reach(user, district, one) for one in mine):
        return ALLOWED
    if rank > 2 and any(one.role == Role.PLATFORM_ADMIN for one in mine):
        return ALLOWED
    grants = Decision.objects.of(district).filter(kind__in=GRANTS, object_code=account.code)
    return ALLOWED if rank > 1 and grants.exists() else HIDDEN


def in_reach(user: Any, district: District, held: Held) -> bool:
    """Whether an appointment lies in the person's area of this district."""
    if held.district_id != district.pk:
        return False
    return rank_of(user, district) > 1 or held.sub_district_id in staff_sub_district_ids(user, district)


def can_manage_account(
    user: Any, account: User, district: District, held: list[Held] | None = None
) -> Verdict:
    """Disable, enable, print a new slip: for accounts of a lower rank that act nowhere else."""
    mine = held_by([account])[account.pk] if held is None else held
    seen = can_see_account(user, account, district, mine)
    if not seen:
        return seen
    if account.pk == user.pk:
        return Verdict(_("This is your own account. Somebody else has to do that."))
    today, rank = timezone.localdate(), rank_of(user, district)
    live = [one for one in mine if not one.is_over(today)]
    if any(one.rank >= rank for one in live):
        return Verdict(_("This account is not below yours. A higher office looks after it."))
    if rank < 3 and not all(in_reach(user, district, one) for one in live):
        return Verdict(_("This account also acts outside your area. A higher office looks after it."))
    return ALLOWED


def can_print_slip(user: Any, account: User, district: District, held: list[Held] | None = None) -> Verdict:
    """Who manages an account prints its slips; after a reset decided by two, whoever may ask for staff does."""
    verdict = can_manage_account(user, account, district, held)
    if (
        verdict
        or verdict.hidden
        or account.pk == user.pk
        or account.is_activated
        or rank_of(user, district) < 2
    ):
        return verdict
    resets = Decision.objects.of(district).filter(
        kind=RESET,
        object_code=account.code,
        state=DecisionState.APPROVED,
        decided_at__gt=timezone.now() - RESET_OPENS,
    )
    return ALLOWED if resets.exists() else verdict


def can_ask_for_reset(user: Any, account: User, district: District) -> Verdict:
    """Reset a colleague's lost second factor: the district's staff and the platform's administrators, two of them."""
    seen = can_see_account(user, account, district)
    if not seen:
        return seen
    if account.pk == user.pk:
        return Verdict(_("This is your own account. Somebody else has to do that."))
    return can_ask_for_staff(user, district)


def can_ask_for_administrator(user: Any) -> Verdict:
    """A platform administrator is proposed by another one; the district's staff may be the second person."""
    return (
        ALLOWED
        if is_platform_admin(user)
        else Verdict(_("Only administrators of the platform can ask for this."))
    )


def administrator_until_ended(account: User, on: dt.date) -> Appointment | None:
    """The appointment by which the person is an administrator of the platform beyond this day."""
    return account.appointments.on(on).filter(role=Role.PLATFORM_ADMIN).exclude(until=on).first()


def others_administer(account: User, on: dt.date) -> bool:
    """Whether somebody else, who can sign in, stays an administrator of the platform after this day."""
    rows = Appointment.objects.on(on).filter(role=Role.PLATFORM_ADMIN).exclude(until=on)
    people = User.objects.people().activated().filter(is_active=True).exclude(pk=account.pk)
    return people.filter(pk__in=rows.values("user_id")).exists()


def can_ask_to_end_administrator(user: Any, account: User, on: dt.date) -> Verdict:
    """An administrator's appointment is ended as it is given: asked by an administrator, approved by a second person.

    Never the last one's: the platform would have nobody to give the role again.
    """
    if not is_platform_admin(user) or administrator_until_ended(account, on) is None:
        return HIDDEN
    if not others_administer(account, on):
        return Verdict(
            _(
                "No other administrator of the platform can sign in. Appoint another first, and let the person set a password."
            )
        )
    return ALLOWED


def places_within(user: Any, district: District, places: Any) -> Any:
    """The communities or organizations of this queryset for which the person may open accounts."""
    if rank_of(user, district) > 1:
        return places
    return places.filter(sub_district__in=staff_sub_district_ids(user, district))


def open_requests(account: User, district: District) -> Any:
    """What was asked for this account and waits for a second person."""
    return Decision.objects.of(district).pending().filter(kind__in=(*GRANTS, RESET), object_code=account.code)


def can_work_with_accounts(user: Any, district: District) -> Verdict:
    """The office's pages of accounts: staff and the platform's administrators."""
    return ALLOWED if rank_of(user, district) else HIDDEN


def can_ask_for_staff(user: Any, district: District) -> Verdict:
    """A staff role is granted by two people of the district's office (or the platform's)."""
    rank = rank_of(user, district)
    if rank > 1:
        return ALLOWED
    return Verdict(_("Only the district's staff can do this.")) if rank else HIDDEN
