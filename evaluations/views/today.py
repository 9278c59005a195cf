"""What needs me today: the workbench's first page."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import npgettext
from django.views.decorators.http import require_safe

from accounts.models import User
from communities import rules
from communities.accounts import accounts_within
from communities.context import address
from communities.decisions import waiting_for
from communities.models import District
from evaluations.models import Assignment, Objection, Round, ScoreSheet, Seat, Submission
from goldidea.lib.htmx import page
from organizations.models import SocialOrganization


@dataclass(frozen=True, slots=True)
class Count:
    """One number that says what waits, in what unit, and where to go for it."""

    number: int
    unit: str
    label: str
    name: str
    query: str = ""
    tone: str = "warn"
    words: str = ""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who looks, where, when."""

    user: User
    district: District
    now: Any

    def within_reach(self, rows: Any, path: str = "sub_district") -> Any:
        """Rows of the reader's area; the observer's is the district."""
        if rules.is_observer(self.user, self.district):
            return rows
        return rules.within_reach(self.user, self.district, rows, path)


@require_safe
def today(request: HttpRequest) -> HttpResponse:
    """Decisions first, then what waits for this office."""
    rules.can_enter_office(request.user, request.district).enforce()
    reader = Reader(request.user, request.district, timezone.now())
    counts = [(count, link(reader, count)) for count in every_count(reader)]
    return page(request, "office/today.html", {"counts": counts, "now": reader.now, "area": area(reader)})


def every_count(reader: Reader) -> Iterator[Count]:
    """Each register says what waits in it; a register is left out for those who may not see it."""
    is_staff = rules.is_staff(reader.user, reader.district)
    for counted in (*STAFF_COUNTS, *SHARED_COUNTS) if is_staff else SHARED_COUNTS:
        yield counted(reader)
    if (
        rules.is_district_staff(reader.user, reader.district)
        and (finals := finals_out_of_line(reader)).number
    ):
        yield finals


def link(reader: Reader, count: Count) -> str:
    url = address(count.name, reader.district)
    return f"{url}{count.query}" if url else ""


def area(reader: Reader) -> str:
    """The names of the places that the reader's numbers are about."""
    held = [a for a in rules.appointments(reader.user) if a.district_id == reader.district.pk]
    return " · ".join(dict.fromkeys(str(a.place) for a in held if a.role != "community_user"))


def decisions_waiting(reader: Reader) -> Count:
    number = waiting_for(reader.user, reader.district, reader.now).count()
    return Count(
        number,
        npgettext("unit", "request", "requests", number),
        _("Decisions that wait for you"),
        "office:decisions",
        tone="bad" if number else "ok",
        words=_("you are the second person") if number else _("none waits"),
    )


def cases_to_check(reader: Reader) -> Count:
    number = _submissions(reader).filter(state="submitted").count()
    return Count(
        number,
        npgettext("unit", "case", "cases", number),
        _("Cases to check"),
        "office:cases",
        "?state=submitted",
        "warn" if number else "ok",
        _("accept, or return with reasons") if number else _("all checked"),
    )


def cases_returned(reader: Reader) -> Count:
    number = _submissions(reader).filter(state="returned").count()
    return Count(
        number,
        npgettext("unit", "case", "cases", number),
        _("Returned, not yet corrected"),
        "office:cases",
        "?state=returned",
        "now" if number else "ok",
        _("the community is at work") if number else _("none outstanding"),
    )


def _submissions(reader: Reader) -> Any:
    return reader.within_reach(Submission.objects.of(reader.district))


def objections_undecided(reader: Reader) -> Count:
    """Final publication waits for each of them."""
    rows = reader.within_reach(Objection.objects.of(reader.district), "round__sub_district")
    number = rows.undecided().count()
    return Count(
        number,
        npgettext("unit", "objection", "objections", number),
        _("Objections to decide"),
        "office:rounds",
        "?state=on_notice",
        "warn" if number else "ok",
        _("final results wait for them") if number else _("none waits"),
    )


def finals_out_of_line(reader: Reader) -> Count:
    """Finals with cases of a preliminary that was corrected since. Rare: it is told only where there is one."""
    number = Round.objects.of(reader.district).out_of_line().count()
    return Count(
        number,
        npgettext("unit", "round", "rounds", number),
        _("Finals to bring into line"),
        "office:rounds",
        "?state=draft",
        "warn",
        _("a preliminary was corrected"),
    )


def votes_missing(reader: Reader) -> Count:
    """Their tally waits for counted votes."""
    number = reader.within_reach(Round.objects.of(reader.district)).awaiting_votes().count()
    return Count(
        number,
        npgettext("unit", "round", "rounds", number),
        _("Votes to enter"),
        "office:rounds",
        "?state=closed",
        "warn" if number else "ok",
        _("the tally waits for them") if number else _("none waits"),
    )


def organizations_proposed(reader: Reader) -> Count:
    rows = reader.within_reach(SocialOrganization.objects.of(reader.district)).filter(state="proposed")
    number = rows.count()
    return Count(
        number,
        npgettext("unit", "organization", "organizations", number),
        _("Organizations proposed"),
        "office:organizations",
        "?state=proposed",
        "warn" if number else "ok",
        _("to be checked and registered") if number else _("none waits"),
    )


def accounts_not_activated(reader: Reader) -> Count:
    number = accounts_within(reader.user, reader.district).not_activated().filter(is_active=True).count()
    return Count(
        number,
        npgettext("unit", "account", "accounts", number),
        _("Accounts not activated"),
        "office:accounts",
        "?activated=no",
        "wait" if number else "ok",
        _("print or hand over their slips") if number else _("all activated"),
    )


def rounds_closing_today(reader: Reader) -> Count:
    open_now = _rounds(reader).filter(state="open")
    number = open_now.filter(closes_at__date=timezone.localdate(reader.now)).count()
    return Count(
        number,
        npgettext("unit", "round", "rounds", number),
        _("Rounds that close today"),
        "office:rounds",
        "?state=open",
        "warn" if number else "wait",
        _("at the minute that was announced") if number else _("none closes today"),
    )


def judges_silent(reader: Reader) -> Count:
    """Seats of open rounds from which nothing has come yet. How they mark is nobody's business before the close."""
    seats = Seat.objects.live().filter(round__in=_rounds(reader).filter(state="open"))
    number = seats.filter(
        Exists(Assignment.objects.filter(seat=OuterRef("pk"))),
        ~Exists(ScoreSheet.objects.filter(seat=OuterRef("pk"))),
    ).count()
    return Count(
        number,
        npgettext("unit", "judge", "judges", number),
        _("Judges still silent"),
        "office:rounds",
        "?state=open",
        "warn" if number else "ok",
        _("have not handed in anything") if number else _("nobody is waited for"),
    )


def _rounds(reader: Reader) -> Any:
    return reader.within_reach(Round.objects.of(reader.district)).filter(~Q(state="cancelled"))


Counted = Callable[[Reader], Count]
# Decisions first: somebody else cannot go on.
STAFF_COUNTS: tuple[Counted, ...] = (
    decisions_waiting,
    cases_to_check,
    cases_returned,
    objections_undecided,
    votes_missing,
    organizations_proposed,
    accounts_not_activated,
)
SHARED_COUNTS: tuple[Counted, ...] = (rounds_closing_today, judges_silent)
