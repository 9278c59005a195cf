"""What people read of how sure a ranking is, how each total came about and how good the judging was."""

import json
import re

import pytest
from django.utils import timezone

from evaluations.actions.publication import publish_provisional
from evaluations.models import Publication, ScoreSheet
from evaluations.tasks import analyse_tally
from tests import make
from tests.evaluations.test_analysing import CALIBRATED, scored, tallied

pytestmark = pytest.mark.django_db
AWARDS = [{"id": "first", "name": {"zh-hans": "一等", "en": "First"}, "places": 2}]


def published(analysed=True, **rule):
    """A published round of six cases and five judges."""
    round_ = scored(awards=AWARDS, **rule)
    row = tallied(round_)
    if analysed:
        analyse_tally(row.pk)
    round_.refresh_from_db()
    publish_provisional(round_, by=make.user(), second=make.user(), now=timezone.now())
    return round_


def test_the_snapshot_holds_what_was_analysed_and_the_page_draws_it(client):
    round_ = published(**CALIBRATED)
    body = json.loads(Publication.objects.get().body)
    assert len(body["analysis"]["standings"]) == 6
    page = client.get(f"/shangcheng/results/{round_.code}/").content.decode()
    assert page.count('<svg class="interval"') == 6
    assert page.count("<figcaption>九成把握：第") == 6
    assert "未校正" in page
    for item in body["analysis"]["standings"]:
        assert f'<td class="num">{item["expected_rank"]}</td>' in page


def test_a_result_published_without_its_analysis_shows_no_lines(client):
    round_ = published(analysed=False)
    assert json.loads(Publication.objects.get().body)["analysis"] is None
    page = client.get(f"/shangcheng/results/{round_.code}/").content.decode()
    assert '<svg class="interval"' not in page
    assert "期望名次" not in page


def test_the_spread_of_marks_counts_every_counted_mark_and_is_kept_where_sheets_are_few():
    published()
    spread = json.loads(Publication.objects.get().body)["distribution"]["residents"]
    assert spread["sheets"] == ScoreSheet.objects.count() == 30
    for bands in spread["criteria"].values():
        assert sum(band["marks"] for band in bands) == 30
    published_few = make.scored_round(
        make.season(make.district("elsewhere", division_code="330103", name="别区"), "少"),
        make.sub_district(make.district("third", division_code="330104", name="三区")),
        {"甲": [("50", "30"), ("40", "20")]},
    )
    row = tallied(published_few)
    published_few.refresh_from_db()
    publish_provisional(published_few, by=make.user(), second=make.user(), now=timezone.now())
    assert json.loads(Publication.objects.get(tally=row).body)["distribution"] == {}


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ({"trim": {"high": 1, "low": 1, "from": 5, "advised": 0}}, "每一项去掉 1 个最高分和 1 个最低分"),
        (
            {**CALIBRATED, "trim": {"high": 1, "low": 1, "from": 5, "advised": 0}},
            "去掉 1 张最高的和 1 张最低的",
        ),
        ({"trim": {"high": 0, "low": 0, "from": 1, "advised": 0}}, None),
    ],
)
def test_the_ranking_says_what_is_struck_out_as_the_rule_has_it(client, rule, said):
    page = client.get(f"/shangcheng/results/{published(**rule).code}/").content.decode()
    assert bool(re.search(r"去掉 \d", page)) == (said is not None)
    assert said is None or said in page
