"""The public: front page, cases, results, notice, on a phone and at a desk, in both languages."""

import json

import pytest
from django.utils import timezone

from evaluations.actions.analysing import analyse_tally
from evaluations.actions.closing import close_round_early
from evaluations.actions.publication import publish_final, publish_provisional
from evaluations.actions.tallying import tally_round
from evaluations.models import Publication, SubmissionSnapshot
from tests import make
from tests.e2e.conftest import DESK, PHONE
from tests.evaluations.test_tallying import FIVE, THREE
from tests.personas import Cast

BODY = {
    "summary": "独居老人早上开窗，对门看见就放心；到八点没开，五分钟内有人敲门。",
    "need": "五个老墙门里有三十七位独居老人，去年冬天一位老人摔倒，第二天中午才被发现。",
    "resolution": "每个墙门推两位“看窗人”，轮着来。",
    "organizations": [{"code": "x", "name": "清波门邻里互助社", "origin": "endogenous"},
                      {"code": "y", "name": "湖滨为老服务中心", "origin": "exogenous"}],
    "budget_total": "32000.00", "amount_asked": "20000.00", "beneficiaries": 37, "photos": [],
}  # fmt: skip
SIZES = [(PHONE, "zh-hans"), (PHONE, "en"), (DESK, "zh-hans"), (DESK, "en")]


def season_with_results(kind="provisional"):
    """A round of four cases: one first, two tied, one without enough marks."""
    cast = Cast.shangcheng()
    season = make.season(cast.district, name_en="Season 2018")
    round_ = make.round(season, cast.home)
    seats = [make.seat(round_, make.judge(make.community(cast.home))) for _n in range(5)]
    for title, rows in {
        "墙门晨间问安": FIVE,
        "夜归路上的灯和椅": THREE,
        "老楼加梯议事十二步": THREE,
        "桥下空间共管": FIVE[:1],
    }.items():
        case = make.submission(season, cast.community, "accepted", title, field="elderly")
        frozen = make.snapshot(case, **{**BODY, "title": title, "field": "elderly"})
        assert frozen == SubmissionSnapshot.objects.get(submission=case)
        entry = make.entry(round_, case)
        for seat, (need, effect) in zip(seats, rows, strict=False):
            make.assign(seat, entry)
            make.sheet(seat, entry, need=need, effect=effect)
    people = {"by": make.user(), "second": make.user(), "now": timezone.now()}
    close_round_early(round_, **people)
    tally = tally_round(round_.pk, people["now"])
    analyse_tally(tally.pk)
    round_.refresh_from_db()
    publish_provisional(round_, **people)
    if kind == "final":
        publish_final(round_, **people)
    return cast, season, round_


@pytest.mark.parametrize(("size", "language"), SIZES)
def test_the_public_reads_a_season(visitor, own_database, size, language):
    _cast, _season, round_ = season_with_results()
    person = visitor(size, language)
    page = person.open("/shangcheng/")
    person.check("public-home")
    page.locator(".hero .button").first.click()
    person.check("public-projects")
    page.locator(".card__link").first.click()
    person.check("public-project")
    person.open(f"/shangcheng/results/{round_.code}/")
    assert page.locator(".rank__n").all_inner_texts() == ["1", "2", "2", "–"]
    assert page.locator(".rank__total").first.inner_text().startswith("84.33")
    person.check("public-result")
    page.locator("details.rank__bars summary").first.click()
    person.check("public-result-open")
    if size == DESK:
        page.emulate_media(media="print")
        person.check("public-result-print")
        page.emulate_media(media="screen")
    person.open("/shangcheng/results/")
    person.check("public-results")
    person.open(f"/shangcheng/notices/{Publication.objects.get().code}/")
    person.check("public-notice")
    person.open("/shangcheng/judges/")
    person.check("public-judge")


@pytest.mark.parametrize(("size", "language"), SIZES)
def test_before_anything_has_happened_every_page_says_what_comes(visitor, own_database, size, language):
    Cast.shangcheng()
    person = visitor(size, language)
    for path in ("", "projects/", "results/", "notices/", "projects/?q=x"):
        person.open(f"/shangcheng/{path}")
        person.check("empty-" + (path.strip("/").replace("?", "-") or "home"))


def test_filters_keep_what_is_asked_for(visitor, own_database):
    _cast, _season, round_ = season_with_results("final")
    person = visitor()
    page = person.open(f"/shangcheng/results/{round_.code}/?q=夜归")
    assert page.locator(".rank__what h3").all_inner_texts() == ["夜归路上的灯和椅"]
    page = person.open("/shangcheng/projects/?q=桥下&field=elderly")
    assert page.locator(".card__link").all_inner_texts() == ["桥下空间共管"]
    data = json.loads(person.open(f"/shangcheng/results/{round_.code}/result.json").inner_text("body"))
    assert [line["rank"] for line in data["standings"]] == [1, 2, 2, None]
