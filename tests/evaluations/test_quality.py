"""How good the judging was: what everybody reads of it under pseudonyms, and the district by name."""

import json
import re
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.test import Client
from django.utils import timezone, translation

from evaluations.actions.judging import show_judging
from evaluations.actions.publication import publish_provisional
from evaluations.models import Analysis, Publication, Round
from evaluations.quality import LEFT, WIDE, award_of, changed_awards, histogram, panels_of, severities
from evaluations.quality_words import signed_figure
from evaluations.rules import results as rules
from evaluations.states import RoundState
from evaluations.tasks import analyse_tally
from goldidea.lib.errors import Refusal
from goldidea.lib.models import AuditDetail, AuditEvent
from judges.models import Judge
from tests import make
from tests.evaluations.test_analysing import CALIBRATED, scored, tallied
from tests.evaluations.test_correcting import MARKS, correct, logged, low_sheet
from tests.evaluations.test_looking import AWARDS, published
from tests.evaluations.test_objections import noticed_round
from tests.personas import Cast

pytestmark = pytest.mark.django_db
BACKEND = "accounts.backends.AccountBackend"


def read(client: Client, round_: Round, language: str = "zh-hans") -> str:
    answer = client.get(f"/shangcheng/results/{round_.code}/judging/", headers={"Accept-Language": language})
    assert answer.status_code == 200
    return answer.content.decode()


def of_marks(marks: dict[str, list[tuple[str, str]]], **rule: Any) -> Round:
    """A published round with these marks, analysed."""
    cast = Cast.shangcheng()
    season = make.season(cast.district)
    round_ = make.scored_round(
        season, cast.home, marks, rules=make.rule_set(season, **{"min_marks": 1, **rule})
    )
    return put_out(round_)


def put_out(round_: Round) -> Round:
    row = tallied(round_)
    analyse_tally(row.pk)
    round_.refresh_from_db()
    publish_provisional(round_, by=make.user(), second=make.user(), now=timezone.now())
    return round_


# ---- The drawing and its table


def test_the_drawing_and_the_table_say_the_same(client):
    round_ = published(**CALIBRATED)
    page = read(client, round_)
    judges = json.loads(Publication.objects.get().body)["analysis"]["judges"]
    rings = [Decimal(x) for x in re.findall(r'<circle class="here" cx="([\d.]+)%"', page)]
    edge = Decimal(re.search(r'text-anchor="end">\+([\d.]+)</text>', page)[1])
    cells = re.findall(
        r'<th scope="row">(\w+)</th><td class="num">([+−]?[\d.]+)</td><td class="num keep">([^<]+)</td>', page
    )
    table = [(seat, Decimal(points.replace("−", "-")), span) for seat, points, span in cells]
    assert len(rings) == len(table) == len(judges) == 5
    assert [seat for seat, *_rest in table] == [
        item["seat"] for item in sorted(judges, key=lambda item: Decimal(item["severity"]))
    ]
    for ring, (seat, points, span) in zip(rings, table, strict=True):
        (found,) = (item for item in judges if item["seat"] == seat)
        assert points == -Decimal(found["severity"])
        assert (ring - LEFT) / WIDE * 2 - 1 == pytest.approx(points / edge, abs=Decimal("0.001"))
        low, high = (Decimal(end.replace("−", "-")) for end in span.split(" … "))
        assert (high - low) / 2 == pytest.approx(
            Decimal(found["error"]) * Decimal("1.645"), abs=Decimal("0.01")
        )


def test_figures_keep_their_sign_and_their_decimals():
    given = ("0.00", "-0.00", "-0.50", "1.20", "2E+1")
    assert [signed_figure(Decimal(text)) for text in given] == ["0", "0", "−0.50", "+1.20", "+20"]


def test_columns_are_as_high_as_their_counts_and_the_table_counts_every_mark(client):
    bands = [{"from": str(n), "to": str(n + 1), "marks": marks} for n, marks in enumerate((0, 3, 12, 6))]
    drawn = histogram(bands)
    assert [column["tall"] for column in drawn["columns"]] == ["0.00", "25.00", "100.00", "50.00"]
    assert [column["top"] for column in drawn["columns"]] == ["100.00", "75.00", "0.00", "50.00"]
    assert (drawn["most"]["name"], drawn["all"]) == ("2–3", 21)
    assert histogram([{"from": "0", "to": "0", "marks": 0}])["most"] is None
    page = read(client, published())
    counts = [int(n) for n in re.findall(r"<br><strong>(\d+)</strong>", page)]
    assert sum(counts) == 60
    assert page.count('<svg class="histogram"') == 2
    assert page.index("<strong>需求</strong>") < page.index("<strong>成效</strong>")  # in the rule's order
    assert len(re.findall(r'<rect class="fill"', page)) == len(counts) == 20


def test_the_page_says_in_one_sentence_how_it_went_and_gives_the_figures(client):
    round_ = published(**CALIBRATED)
    page = read(client, round_, "en")
    (panel,) = json.loads(Publication.objects.get().body)["analysis"]["panels"]
    assert (
        "If other judges of the same kind had scored" in page
        and "apart from how strict they are, the judges agreed" in page
    )
    for figure in (panel["alpha"], panel["kendall_w"], *panel["icc"].values(), str(panel["judges_for_80"])):
        assert f'<td class="num">{figure}</td>' in page
    chinese = read(client, round_)
    assert "如果换一批同类评委来评" in chinese and "不决定任何事" in chinese


@pytest.mark.parametrize(
    ("average", "single", "order", "agreement"),
    [
        ("0.8000", "0.6000", "much the same", "agreed well"),
        ("0.7999", "0.5999", "mostly stay", "agreed moderately"),
        ("0.5000", "0.3000", "mostly stay", "agreed moderately"),
        ("0.4999", "0.2999", "quite different", "agreed little"),
        ("-0.1000", "-0.2000", "quite different", "agreed little"),
    ],
)
def test_the_bounds_of_the_sentence(average, single, order, agreement):
    icc = {"1,1": single, "1,k": average, "3,1": "0.9", "3,k": "0.9"}
    panel = {"panel": "x", "judges": 5, "alpha": "0.4", "icc": icc, "marks_per_entry": "5.00"}
    with translation.override("en"):
        (plain,) = panels_of({"panels": [panel]}, corrected=False)
        (calibrated,) = panels_of({"panels": [panel]}, corrected=True)
    assert order in plain["words"] and agreement in plain["words"]
    assert "much the same" in calibrated["words"]
    assert "apart from how strict they are, the judges agreed well" in calibrated["words"]


# ---- What cannot be told is said


def test_one_judge_has_nobody_to_be_compared_with(client):
    page = read(client, of_marks({f"案例{n}": [(str(40 + n), "30")] for n in range(6)}), "en")
    assert "One judge marked, so there is nobody to compare with" in page
    assert "in a panel of 1 judge a random name hides nobody" in page
    assert '<svg class="chart"' not in page and '<svg class="histogram"' in page


def test_each_case_with_a_judge_of_its_own_and_all_marks_equal(client):
    cast = Cast.shangcheng()
    season = make.season(cast.district)
    round_ = make.round(season, cast.home, make.rule_set(season, min_marks=1))
    for n in range(2):
        entry = make.entry(round_, make.submission(season, cast.community, "accepted"))
        seat = make.seat(round_, make.judge(make.community(cast.home)))
        make.assign(seat, entry)
        make.sheet(seat, entry, need=str(40 + n), effect="30")
    page = read(client, put_out(round_), "en")
    assert "Each case was marked by one judge only" in page
    assert "fewer than five sheets would tell what single judges gave" in page  # of the spread of marks


def test_no_variance_is_told_as_such(client):
    page = read(client, of_marks({f"案例{n}": [("40", "30")] * 5 for n in range(5)}), "en")
    assert "All sheets have the same sum" in page
    assert '<td class="num">–</td>' in page and '<svg class="chart"' not in page
    assert "there are too few sheets, or strict and mild judges differ in nothing" in page


def test_a_result_published_without_its_analysis_says_so_and_shows_the_marks(client):
    page = read(client, published(analysed=False), "en")
    assert "How far the judges agreed cannot be told here" in page
    assert '<svg class="chart"' not in page and page.count('<svg class="histogram"') == 2


def test_only_seats_with_five_sheets_in_panels_of_five_are_drawn(client):
    """Five cases, six judges; the sixth has marked four of them."""
    marks = {
        f"案例{n}": [(str(40 + n + (n * judge) % 4 - judge), "30") for judge in range(6 if n < 4 else 5)]
        for n in range(5)
    }
    page = read(client, of_marks(marks), "en")
    assert page.count('<circle class="here"') == 5
    assert "1 judge with fewer than five sheets is not shown" in page


def test_a_panel_of_four_is_not_drawn(client):
    page = read(
        client,
        of_marks({f"案例{n}": [(str(40 + n + (n * j) % 4), "30") for j in range(4)] for n in range(6)}),
        "en",
    )
    assert "in a panel of 4 judges a random name hides nobody" in page
    assert '<svg class="chart"' not in page


def test_severities_without_an_estimate_are_left_out():
    item = {"seat": "a", "severity": None, "error": None, "sheets": 7}
    assert severities([item]) is None
    (row,) = severities([{**item, "severity": "0.00", "error": "0.00"}])["rows"]
    assert (row["points"], row["at"]) == ("0", f"{LEFT + WIDE / 2:.2f}")


# ---- Corrections and the awards that they change


def test_corrections_stand_with_their_seats_and_changed_awards_are_explained(client):
    round_ = published(**CALIBRATED)
    body = json.loads(Publication.objects.get().body)
    result = json.loads(round_.tallies.get().result)
    assert [(c["panel"], c["seat"], c["points"]) for c in body["corrections"]] == [
        (c["panel"], c["seat"], c["points"]) for c in result["corrections"]
    ]
    page = read(client, round_, "en")
    for item in body["corrections"]:
        points = item["points"].replace("-", "−") if item["points"].startswith("-") else f"+{item['points']}"
        assert f'<th scope="row">{item["seat"]}</th><td class="num">{points}</td>' in page
    assert "No judge is corrected here" not in page


def test_awards_are_compared_line_by_line():
    awards = [{"key": "a", "name": {"en": "A"}, "places": 1}, {"key": "b", "name": {"en": "B"}, "places": 2}]
    assert [award_of(rank, awards) for rank in (1, 2, 3, 4, None)] == ["a", "b", "b", None, None]
    line = {"title": "x", "rank": 1, "total": "80.10", "award": "a"}
    lines = [
        {**line, "uncalibrated": {"rank": 4, "total": "79.00"}},
        {**line, "rank": 2, "award": "b", "uncalibrated": {"rank": 3, "total": "80.10"}},
        {**line, "rank": None, "award": None, "uncalibrated": {"rank": None, "total": None}},
        {**line, "uncalibrated": None},
    ]
    (found,) = changed_awards(lines, awards)
    assert (found["points"], found["award_name"], found["without_name"]) == ("+1.10", {"en": "A"}, None)


@pytest.mark.parametrize(("calibrated", "queries"), [(False, 8), (True, 10)])
@pytest.mark.parametrize("rows", [3, 6])
def test_the_office_reads_the_corrections_before_publication(
    client, django_assert_num_queries, calibrated, queries, rows
):
    round_ = scored(entries=rows, awards=AWARDS, **(CALIBRATED if calibrated else {}))
    row = tallied(round_)
    analyse_tally(row.pk)
    client.force_login(staff_of(round_), backend=BACKEND)
    address = f"/shangcheng/office/rounds/{round_.code}/results/"
    with django_assert_num_queries(queries):
        page = client.get(address, headers={"Accept-Language": "en"}).content.decode()
    assert ("Corrections of strict and mild judges" in page) is calibrated
    for item in json.loads(row.result)["corrections"]:
        assert f'<th scope="row">{item["seat"]}</th>' in page


# ---- What is published of the analysis


def test_where_marks_stay_unpublished_single_sheets_cannot_be_told_from_severities():
    marks = {
        f"案例{n}": [(str(40 + n + (n * judge) % 4 - judge), "30") for judge in range(6 if n < 4 else 5)]
        for n in range(5)
    }
    round_ = of_marks(marks, publish_marks="none", awards=AWARDS)
    whole = json.loads(Analysis.objects.get().body)
    told = json.loads(Publication.objects.get().body)["analysis"]
    assert (len(whole["judges"]), len(told["judges"])) == (6, 5)
    assert min(item["sheets"] for item in told["judges"]) == 5
    assert {item["seat"] for item in told["influence"]} <= {item["seat"] for item in told["judges"]}
    assert {**told, "judges": whole["judges"], "influence": whole["influence"]} == whole
    assert round_.state == "on_notice"


def test_nothing_published_names_a_judge_or_a_home():
    round_ = published()
    body = Publication.objects.get().body
    for seat in round_.seats.select_related("judge__community"):
        assert seat.judge.name not in body
        assert seat.judge.community.name not in body


def test_a_corrected_result_is_published_with_its_analysis():
    cast = Cast.shangcheng()
    round_ = noticed_round(cast, MARKS)
    made = correct(round_, cast, {"kind": "void", "sheets": [logged(low_sheet(round_))]})
    (after,) = made.tally.publications.all()
    analysis = json.loads(after.body)["analysis"]
    assert analysis["marks_sha256"] == made.tally.marks_sha256
    assert json.loads(made.tally.analysis.body) == analysis


# ---- Reading it


def test_the_page_is_answered_conditionally_and_from_what_is_kept(client, django_assert_num_queries):
    round_ = published(**CALIBRATED)
    address = f"/shangcheng/results/{round_.code}/judging/"
    with django_assert_num_queries(3):
        first = client.get(address)
    with django_assert_num_queries(2):
        assert client.get(address).content == first.content
    assert not first.cookies
    assert client.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 304
    assert client.get(f"/shangcheng/results/{round_.code}/")["ETag"] != first["ETag"]
    assert client.get("/shangcheng/results/0000000000/judging/").status_code == 404


def test_the_ranking_its_notice_and_a_case_lead_here(client):
    round_ = published()
    address = f'href="/shangcheng/results/{round_.code}/judging/"'
    case = round_.entries.first().submission.code
    notice = round_.publications.get().code
    for path in (f"results/{round_.code}/", f"notices/{notice}/", f"projects/{case}/"):
        assert address in client.get(f"/shangcheng/{path}").content.decode()


# ---- By name


def staff_of(round_: Round) -> Any:
    """A member of the district's staff."""
    found = make.user()
    make.appoint(found, "district_staff", round_.season.district)
    return found


def test_the_district_sees_names_with_a_reason_that_is_kept(client):
    round_ = published()
    staff = staff_of(round_)
    client.force_login(staff, backend=BACKEND)
    address = f"/shangcheng/office/rounds/{round_.code}/judging/"
    names = set(Judge.objects.filter(seats__round=round_).values_list("name", flat=True))
    first = client.get(address)
    assert "no-store" in first["Cache-Control"]
    assert not any(name in first.content.decode() for name in names)
    assert client.post(address, {"reason": " "}).status_code == 422
    assert AuditEvent.objects.filter(action="view judging by name").count() == 0
    answer = client.post(address, {"reason": "准备评委培训"})
    page = answer.content.decode()
    assert all(name in page for name in names)
    assert page.count('<circle class="here"') == 5
    logged_ = AuditDetail.objects.get(event__action="view judging by name")
    assert (logged_.actor_name, logged_.reason) == (staff.name, "准备评委培训")


def test_who_has_a_password_gives_it_again_before_names_are_shown(client):
    round_ = published()
    staff = staff_of(round_)
    staff.set_password("a-long-password-1")
    staff.save()
    client.force_login(staff, backend=BACKEND)
    address = f"/shangcheng/office/rounds/{round_.code}/judging/"
    for answer in (client.get(address), client.post(address, {"reason": "准备评委培训"})):
        assert (answer.status_code, answer.url.split("?")[0]) == (303, "/accounts/reauthenticate/")
    assert AuditEvent.objects.filter(action="view judging by name").count() == 0


def test_rule_and_twin_agree_over_every_state_and_person():
    cast = Cast.shangcheng()
    rounds = [make.round(make.season(cast.district, state), cast.home, state=state) for state in RoundState]
    for role, person in cast.people.items():
        seen = set(rules.judging_seen_by(person, cast.district))
        for round_ in rounds:
            assert bool(rules.can_see_judging(person, round_)) is (round_ in seen), (role, round_.state)
    staff = set(rules.judging_seen_by(cast.people["district_staff"], cast.district))
    assert {round_.state for round_ in staff} == {"on_notice", "final"}


def test_nobody_else_and_nothing_without_a_reason():
    round_ = published()
    for person in (make.user(), *host_and_observer(round_)):
        with pytest.raises((PermissionDenied, Http404)):
            show_judging(round_, by=person, reason="看看")
    with pytest.raises(Refusal):
        show_judging(round_, by=staff_of(round_), reason=" ")
    assert AuditEvent.objects.filter(action="view judging by name").count() == 0


def host_and_observer(round_: Round) -> list[Any]:
    host, observer = make.user(), make.user()
    make.appoint(host, "subdistrict_staff", round_.sub_district)
    make.appoint(observer, "observer", round_.season.district)
    return [host, observer]


def test_without_an_analysis_the_district_is_told(client):
    round_ = published(analysed=False)
    client.force_login(staff_of(round_), backend=BACKEND)
    address = f"/shangcheng/office/rounds/{round_.code}/judging/"
    answer = client.post(address, {"reason": "准备评委培训"}, headers={"Accept-Language": "en"})
    assert "No analysis is there" in answer.content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_names_are_found_with_a_constant_number_of_questions(client, django_assert_num_queries, rows):
    round_ = of_marks({f"案例{n}": [(str(40 + n + j), "30") for j in range(rows + 1)] for n in range(rows)})
    client.force_login(staff_of(round_), backend=BACKEND)
    address = f"/shangcheng/office/rounds/{round_.code}/judging/"
    with django_assert_num_queries(16):
        assert client.post(address, {"reason": "准备评委培训"}).status_code == 200
