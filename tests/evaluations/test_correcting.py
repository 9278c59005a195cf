"""Corrections: a new version with reasons and two approvers; the former one stays; on notice again; recomputable."""

from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from communities.actions.decisions import approve_decision, request_decision
from communities.models import Decision
from evaluations.actions.advancing import advance_entries, line_of
from evaluations.actions.analysing import analyse_tally
from evaluations.actions.bundling import build_bundle
from evaluations.actions.correcting import correct_round
from evaluations.actions.opening import NotReady, open_round
from evaluations.bundle import verify
from evaluations.models import Bundle, Correction, Round, ScoreSheet, Standing
from goldidea.lib.errors import Refusal
from goldidea.lib.models import AuditEvent
from tests import make
from tests.evaluations.bundles import Published, files_of, published
from tests.evaluations.test_objections import finish, noticed_round
from tests.personas import Cast

pytestmark = pytest.mark.django_db
MARKS = {
    "厨房": [("50", "30"), ("50", "30"), ("20", "10")],
    "花园": [("45", "30"), ("45", "30"), ("45", "30")],
}


@pytest.fixture
def cast() -> Cast:
    return Cast.shangcheng()


def low_sheet(round_: Round) -> ScoreSheet:
    """The sheet that costs 厨房 the first place; it has no event where rows were made without actions."""
    return ScoreSheet.objects.get(round=round_, entry__snapshot__body__title="厨房", marks__value=20)


def ranking(row: Any) -> list[tuple[int, str]]:
    return [
        (s.rank, str(s.entry)) for s in row.standings.select_related("entry__snapshot").order_by("position")
    ]


def correct(round_: Round, cast: Cast, change: dict[str, Any], reason: str = "评委应当回避") -> Correction:
    first, second = cast.people["district_staff"], cast.people["district_staff_2"]
    decision = request_decision("correct_round", round_, change, by=first, reason=reason, now=timezone.now())
    approve_decision(decision, by=second, now=timezone.now())
    decision.refresh_from_db()
    assert decision.state == "approved"
    round_.refresh_from_db()
    return round_.corrections.last()


def logged(sheet: ScoreSheet) -> str:
    from evaluations.models import RoundEvent

    body = "{}"
    return RoundEvent.objects.create(
        round=sheet.entry.round, kind="sheet", sheet=sheet, body=body, digest=f"{sheet.pk:064x}"
    ).digest


@pytest.mark.parametrize("kind", ["void", "recusal"])
@pytest.mark.parametrize("final", [False, True])
def test_a_sheet_less_changes_the_ranking_and_the_former_stays(cast: Cast, kind: str, final: bool) -> None:
    round_ = noticed_round(cast, MARKS)
    sheet = low_sheet(round_)
    digest = logged(sheet)
    if final:
        finish(round_)
    made = correct(round_, cast, {"kind": kind, "sheets": [digest]})
    old, new = round_.tallies.get(version=1), round_.tallies.get(version=2)
    assert [s[1] for s in ranking(old)] == ["花园", "厨房"] and [s[1] for s in ranking(new)] == [
        "厨房",
        "花园",
    ]
    assert (old.state, new.state, round_.state) == ("superseded", "provisional", "on_notice")
    assert made.before.tally == old and made.tally == new and made.reasons == "评委应当回避"
    assert round_.publications.first().tally == new
    assert AuditEvent.objects.filter(action="correct results", role="district_staff").count() == 1
    finish(round_)
    assert round_.publications.first().kind == "final"
    with pytest.raises(DatabaseError), transaction.atomic():
        Correction.objects.filter(pk=made.pk).update(reasons="")


def test_no_way_back_to_the_notice_without_a_correction(cast: Cast) -> None:
    round_ = noticed_round(cast)
    finish(round_)
    with pytest.raises(DatabaseError, match="by a correction only"), transaction.atomic():
        Round.objects.filter(pk=round_.pk).update(state="on_notice")


def test_points_stay_within_the_rule(cast: Cast) -> None:
    change = {"kind": "adjustment", "entry": "", "points": "2"}
    none = noticed_round(cast, MARKS)
    with pytest.raises(Refusal) as refused:
        correct(none, cast, {**change, "entry": none.entries.first().key})
    assert refused.value.code == "adjustments-not-allowed" and none.tallies.count() == 1
    season = make.season(cast.district)
    rules = make.rule_set(season, adjustments={"min": "-5", "max": "5"})
    round_ = noticed_round(cast, MARKS, rules=rules)
    made = correct(round_, cast, {**change, "entry": low_sheet(round_).entry.key})
    assert made.tally.standings.get(entry=low_sheet(round_).entry).numbers["adjustments"] == "2.00"
    assert made.tally.marks_sha256 == round_.tallies.get(version=1).marks_sha256
    with pytest.raises(Refusal):
        correct(round_, cast, {**change, "points": "4", "entry": low_sheet(round_).entry.key})


def test_a_correction_voids_the_request_for_final_results(cast: Cast) -> None:
    round_ = noticed_round(cast, MARKS)
    digest = logged(low_sheet(round_))
    asked = request_decision(
        "publish_final", round_, {}, by=cast.people["district_staff"], now=timezone.now()
    )
    correct(round_, cast, {"kind": "void", "sheets": [digest]})
    approve_decision(asked, by=cast.people["district_staff_2"], now=timezone.now())
    asked.refresh_from_db()
    assert asked.state == "void" and round_.state == "on_notice"


def corrected_again(found: Published) -> Correction:
    """One counted sheet less, and the bundle of the new version."""
    sheet = ScoreSheet.objects.filter(round=found.round).counted().select_related("event").order_by("pk")[0]
    people = {"by": found.room.staff, "second": found.room.second, "now": timezone.now()}
    change = {"kind": "void", "sheets": [sheet.event.digest]}
    made = correct_round(found.round, change, reason="两位评委拿错了手机", **people)
    analyse_tally(made.tally_id)
    assert build_bundle(made.tally_id) is not None
    return made


def test_a_receipt_tells_of_a_conflict_that_was_found_afterwards(client: Any) -> None:
    found = published()
    receipt = found.receipts["counted"]
    people = {"by": found.room.staff, "second": found.room.second, "now": timezone.now()}
    change = {"kind": "recusal", "sheets": [receipt.digest]}
    correct_round(found.round, change, reason="评委是项目负责人的亲属", **people)
    told = client.get("/shangcheng/receipts/", {"code": receipt.code}).content.decode()
    assert "不计入：截止之后，经办单位两人认定应当回避。" in told and "评委是项目负责人的亲属" in told
    declared = client.get("/shangcheng/receipts/", {"code": found.receipts["recused"].code}).content.decode()
    assert "已声明回避" in declared and "评委是项目负责人的亲属" not in declared


def test_both_bundles_hold() -> None:
    found = published(adjustments={"min": "-5", "max": "5"})
    old = found.files
    people = {
        "by": found.room.staff,
        "second": found.room.second,
        "reason": "评委应当回避",
        "now": timezone.now(),
    }
    sheets = list(ScoreSheet.objects.filter(round=found.round).counted().select_related("event")[:3])
    changes: list[dict[str, Any]] = [
        {"kind": "void", "sheets": [sheets[0].event.digest]},
        {"kind": "recusal", "sheets": [sheets[1].event.digest]},
        {"kind": "adjustment", "entry": sheets[2].entry.key, "points": "1.5"},
    ]
    for change in changes:
        made = correct_round(found.round, change, **people)
        with pytest.raises(Refusal) as early:
            correct_round(found.round, change, **people)
        assert early.value.code == "bundle-not-ready"
        analyse_tally(made.tally_id)
        bundle = build_bundle(made.tally_id)
        assert bundle is not None
        report = verify.check(files_of(bundle))
        assert report.wrong == []
    assert verify.check(old).holds and Bundle.objects.count() == 4
    assert "1.5" in files_of(bundle)["adjustments.csv"].decode()


def test_everybody_reads_both_versions_and_the_office_asks(cast: Cast, client: Any) -> None:
    round_ = noticed_round(cast, MARKS)
    former = round_.publications.get()
    public = f"/shangcheng/results/{round_.code}/"
    assert "更正" not in client.get(public, headers={"accept-language": "zh-hans"}).content.decode()
    client.force_login(cast.people["subdistrict_staff"], backend="accounts.backends.AccountBackend")
    ask = f"/shangcheng/office/rounds/{round_.code}/correct/"
    assert client.get(ask).status_code == 200
    assert client.post(ask, {}).status_code == 422
    assert client.post(ask, {"kind": "void", "reason": "评委应当回避"}).status_code == 422
    assert client.post(ask, {"kind": "adjustment", "reason": "x"}).status_code == 422
    sheet = low_sheet(round_)
    logged(sheet)
    sent = {"kind": "void", "sheets": [sheet.pk], "reason": "评委应当回避"}
    assert client.post(ask, sent).status_code == 303
    assert client.post(ask, sent).status_code == 409  # asked for already
    approve_decision(Decision.objects.get(), by=cast.people["district_staff"], now=timezone.now())
    client.logout()
    made = Correction.objects.get()
    page = client.get(
        f"/shangcheng/corrections/{made.code}/", headers={"accept-language": "zh-hans"}
    ).content.decode()
    assert "评委应当回避" in page and "80.00" in page and "沈主任" not in page
    shown = client.get(public, headers={"accept-language": "zh-hans"}).content.decode()
    assert f"/corrections/{made.code}/" in shown and "评委应当回避" in shown
    assert client.get(f"/shangcheng/notices/{former.code}/").status_code == 200


def with_final(cast: Cast) -> tuple[Round, Round]:
    """A final being prepared with the best case of a preliminary, 花园; and that preliminary."""
    season = make.season(cast.district, f"第 {next(make.count)} 届")
    rules = make.rule_set(season, advance={"per_sub_district": 1, "others": 0, "ties": "all"})
    round_ = noticed_round(cast, MARKS, rules=rules)
    finish(round_)
    final = make.round(round_.season, None, rules, "draft")
    came, _gone = advance_entries(final, by=cast.people["district_staff"], now=timezone.now())
    assert [str(entry) for entry in came] == ["花园"]
    return round_, final


def test_a_final_being_prepared_is_brought_into_line(cast: Cast, client: Any) -> None:
    round_, final = with_final(cast)
    client.force_login(cast.people["district_staff"], backend="accounts.backends.AccountBackend")
    today, entries = "/shangcheng/office/", f"/shangcheng/office/rounds/{final.code}/entries/"
    assert "决赛名单待更正" not in client.get(today).content.decode() and line_of(final) is None
    correct(round_, cast, {"kind": "void", "sheets": [logged(low_sheet(round_))]})
    assert "决赛名单待更正" in client.get(today).content.decode()
    waiting = client.get(entries).content.decode()
    assert "初评结果有更正" in waiting and "重新公示" in waiting
    with pytest.raises(NotReady, match="更正"):
        people = {"by": cast.people["district_staff"], "second": make.user(), "now": timezone.now()}
        open_round(final, **people)
    finish(round_)
    page = client.get(entries).content.decode()
    assert "不再晋级：" in page and "花园" in page and "现在晋级：" in page and "厨房" in page
    answer = client.post(f"/shangcheng/office/rounds/{final.code}/advance/", follow=True).content.decode()
    assert "已移出，因不再晋级：花园" in answer
    assert [str(entry) for entry in final.entries.select_related("snapshot")] == ["厨房"]
    assert [
        str(s.entry) for s in Standing.objects.filter(advances=True, tally__round=round_, tally__version=2)
    ] == ["厨房"]
    assert "决赛名单待更正" not in client.get(today).content.decode() and line_of(final) is None
    event = AuditEvent.objects.filter(action="advance entries").last()
    assert event is not None and event.role == "district_staff"


def test_who_approves_is_told_of_the_final(cast: Cast, client: Any) -> None:
    round_, final = with_final(cast)
    change = {"kind": "void", "sheets": [logged(low_sheet(round_))]}
    first, second = cast.people["district_staff"], cast.people["district_staff_2"]
    asked = request_decision("correct_round", round_, change, by=first, reason="回避", now=timezone.now())
    client.force_login(second, backend="accounts.backends.AccountBackend")
    page = f"/shangcheng/office/decisions/{asked.code}/"
    assert "正在准备" in client.get(page).content.decode()
    Round.objects.filter(pk=final.pk).update(state="open")
    assert "已经开始评分" in client.get(page).content.decode()
    client.force_login(first, backend="accounts.backends.AccountBackend")
    form = client.get(f"/shangcheng/office/rounds/{round_.code}/correct/").content.decode()
    assert "已经开始评分" in form
    approve_decision(asked, by=second, now=timezone.now())
    assert line_of(final) is None and [str(e) for e in final.entries.select_related("snapshot")] == ["花园"]
