"""Appointed with consent for a term; the account behind the card; the end of a term; a record that rests."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from accounts.models import User
from goldidea.lib import audit
from goldidea.lib.errors import Refusal, StaleState
from judges import consent
from judges.actions.appointments import appoint_judge, appoint_judges, end_term
from judges.actions.elections import record_election
from judges.actions.nominations import invite_expert
from judges.models import Judge
from judges.seating import HeldSeat
from tests import make
from tests.judges.conftest import enter, nominated, votes
from tests.personas import Cast

pytestmark = pytest.mark.django_db
NOW = timezone.now()
TODAY = timezone.localdate()
TERM = {"term_from": TODAY, "term_to": TODAY + dt.timedelta(days=1000), "consent_at": TODAY, "now": NOW}


def elected(cast: Cast, *names: str) -> list[Judge]:
    judges = nominated(cast, *names)
    record_election(
        cast.home,
        held_on=TODAY,
        place="会议室",
        present=40,
        votes=[votes(judge) for judge in judges],
        by=None,
        now=NOW,
    )
    return list(Judge.objects.filter(pk__in=[judge.pk for judge in judges]).order_by("pk"))


def test_each_gets_an_account_for_the_card(cast: Cast) -> None:
    one, two = appoint_judges(elected(cast, "章淑珍", "王建国"), by=cast.people["subdistrict_staff"], **TERM)
    assert [judge.state for judge in (one, two)] == ["appointed", "appointed"]
    account = User.objects.get(username=f"judge-{one.code}")
    assert (account.kind, account.name, account.has_usable_password()) == ("judge", "章淑珍", False)
    assert (account.phone, account.email, list(account.appointments.all())) == ("", "", [])
    assert one.user == account
    assert one.consent_version == consent.CURRENT
    assert [row.event.action for row in audit.history(one)] == [
        "appoint judge",
        "record votes",
        "nominate judge",
    ]


def test_all_or_none(cast: Cast) -> None:
    judges = [*elected(cast, "章淑珍"), *nominated(cast, "王建国")]
    with pytest.raises(StaleState):
        appoint_judges(judges, by=cast.people["subdistrict_staff"], **TERM)
    assert [Judge.objects.get(pk=judge.pk).state for judge in judges] == ["elected", "nominated"]
    assert User.objects.filter(username__startswith="judge-").count() == 0


def test_of_two_one_wins(cast: Cast) -> None:
    (one,) = elected(cast, "章淑珍")
    staff = cast.people["subdistrict_staff"]
    appoint_judge(one, by=staff, **TERM)
    with pytest.raises(StaleState):
        appoint_judge(one, by=staff, **TERM)
    assert User.objects.filter(username__startswith="judge-").count() == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"term_to": TODAY - dt.timedelta(days=1)}, "term_to"),
        ({"consent_at": TODAY + dt.timedelta(days=1)}, "consent_at"),
        ({"consent_version": "2001-9"}, "consent_version"),
    ],
)
def test_terms_that_cannot_be(cast: Cast, change: dict, field: str) -> None:
    (one,) = elected(cast, "章淑珍")
    with pytest.raises(ValidationError) as refused:
        appoint_judge(one, by=None, **{**TERM, **change})
    assert list(refused.value.error_dict) == [field]


def test_experts_are_appointed_without_an_election(cast: Cast) -> None:
    expert = invite_expert(cast.district, name="郑教授", by=cast.people["district_staff"], now=NOW)
    assert appoint_judge(expert, by=cast.people["district_staff"], **TERM).state == "appointed"


def test_the_end_of_a_term(cast: Cast) -> None:
    judge, staff = cast.resident, cast.people["subdistrict_staff"]
    with pytest.raises(Refusal):
        end_term(judge, on=TODAY, reason=" ", by=staff, now=NOW)
    with pytest.raises(ValidationError):
        end_term(judge, on=dt.date(1990, 1, 1), reason="搬走", by=staff, now=NOW)
    with pytest.raises(ValidationError):
        end_term(judge, on=TODAY + dt.timedelta(days=1), reason="搬走", by=staff, now=NOW)
    ended = end_term(judge, on=TODAY, reason="搬走", by=staff, now=NOW)
    assert (ended.state, ended.term_to, ended.is_serving(TODAY)) == ("ended", TODAY, False)
    with pytest.raises(PermissionDenied):
        end_term(judge, on=TODAY, reason="搬走", by=staff, now=NOW)


def held_seat(_judge: Judge) -> list[HeldSeat]:
    return [HeldSeat("初评", "", "评分中", is_waiting=True, is_scoring=True)]


def test_the_record_rests_while_the_judge_is_scoring(cast: Cast, settings) -> None:
    settings.JUDGE_SEATS = ["tests.judges.test_appointments.held_seat"]
    judge, client = cast.resident, enter(cast.people["subdistrict_staff"])
    base = f"/shangcheng/office/judges/{judge.code}/"
    answers = [client.get(base + tail).status_code for tail in ("", "edit/", "interests/new/", "end/")]
    assert answers == [200, 403, 403, 403]
    assert "初评" in client.get(base).content.decode()


@pytest.mark.parametrize("state", ["nominated", "elected", "not_elected", "appointed", "declined", "ended"])
def test_serving_is_said_alike_of_one_and_of_many(cast: Cast, state: str) -> None:
    day = dt.timedelta(days=1)
    for since, until in [
        (TODAY, None),
        (TODAY - day, TODAY),
        (TODAY + day, None),
        (TODAY - day, TODAY - day),
    ]:
        Judge.objects.filter(pk=cast.expert.pk).update(state="appointed", term_from=since, term_to=until)
        if state not in ("elected", "not_elected"):
            Judge.objects.filter(pk=cast.expert.pk).update(state=state)
        judge = Judge.objects.get(pk=cast.expert.pk)
        listed = Judge.objects.serving_on(TODAY).filter(pk=judge.pk).exists()
        assert judge.is_serving(TODAY) == listed


def test_the_page_appoints_those_ticked(cast: Cast) -> None:
    one, two = elected(cast, "章淑珍", "王建国")
    client = enter(cast.people["subdistrict_staff"])
    address = f"/shangcheng/office/elections/{one.meeting.code}/appoint/"
    typed = {
        "judges": [one.code],
        "consent_at": TODAY.isoformat(),
        "signed": "on",
        "term_from": TODAY.isoformat(),
        "term_to": (TODAY + dt.timedelta(days=900)).isoformat(),
    }
    assert client.post(address, {**typed, "signed": ""}).status_code == 422
    assert client.post(address, {**typed, "judges": []}).status_code == 422
    assert client.post(address, {**typed, "judges": ["\x00"]}).status_code == 422
    assert client.post(address, typed).status_code == 303
    assert [Judge.objects.get(pk=judge.pk).state for judge in (one, two)] == ["appointed", "elected"]
    assert client.post(address, typed).status_code == 422  # pressed again: the judge waits no more


def test_the_consent_asks_for_no_identity_number(cast: Cast) -> None:
    (one,) = elected(cast, "章淑珍")
    client = enter(cast.people["subdistrict_staff"])
    for address in (f"elections/{one.meeting.code}/consents/", f"judges/{one.code}/consent/"):
        text = client.get(f"/shangcheng/office/{address}").content.decode()
        assert "章淑珍" in text
        assert "不收集身份证号" in text
        assert "+8613800138000" not in text


@pytest.mark.parametrize(
    ("state", "edit", "end"),
    [("draft", 200, 403), ("open", 403, 403), ("counting", 403, 403), ("final", 200, 200)],
)
def test_seats_hold_the_record(cast: Cast, state: str, edit: int, end: int) -> None:
    round_ = make.round(make.season(cast.district), cast.home, state=state)
    make.seat(round_, cast.resident)
    client, base = enter(cast.people["subdistrict_staff"]), f"/shangcheng/office/judges/{cast.resident.code}/"
    assert [client.get(base + tail).status_code for tail in ("edit/", "end/")] == [edit, end]
    assert round_.name in client.get(base).content.decode()
