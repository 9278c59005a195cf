"""Public pages: constant queries, conditional answers, and nothing before its time."""

import json

import pytest
from django.utils import timezone

from evaluations.actions.closing import close_round_early
from evaluations.actions.publication import publish_provisional
from evaluations.actions.tallying import tally_round
from evaluations.models import Publication, Round
from tests import make
from tests.personas import Cast

pytestmark = pytest.mark.django_db
MARKS = [("50", "30"), ("40", "20")]


def publish(cast: Cast, cases: int, rounds: int = 1) -> Round:
    """Published preliminaries of one sub-district, each of its own season, with so many cases."""
    for _n in range(rounds):
        season = make.season(cast.district, f"第 {next(make.count)} 届")
        marks = {f"案例{n}": MARKS for n in range(cases)}
        round_ = make.scored_round(season, cast.home, marks)
        people = {"by": make.user(), "second": make.user(), "now": timezone.now()}
        close_round_early(round_, **people)
        tally_round(round_.pk, people["now"])
        round_.refresh_from_db()
        publish_provisional(round_, **people)
    return round_


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    ("page", "queries"),
    [("", 10), ("projects/", 6), ("results/", 3), ("notices/", 3), ("results/{code}/", 3)],
)
def test_queries_do_not_grow(client, django_assert_num_queries, rows, page, queries):
    cast = Cast.shangcheng()
    round_ = publish(cast, cases=rows, rounds=rows if page in ("results/", "notices/") else 1)
    with django_assert_num_queries(queries):
        assert client.get(f"/shangcheng/{page.format(code=round_.code)}").status_code == 200


def test_a_ranking_is_rendered_once_for_all_readers_and_never_sent_when_another_is_published(
    client, django_assert_num_queries
):
    round_ = publish(Cast.shangcheng(), cases=3)
    address = f"/shangcheng/results/{round_.code}/"
    first = client.get(address)
    with django_assert_num_queries(2):
        assert client.get(address).content == first.content
    Publication.objects.create(
        round=round_, tally=round_.tallies.get(), kind="final", body=changed(round_), etag="0" * 64
    )
    assert "另一个名字" in client.get(address).content.decode()


def changed(round_: Round) -> str:
    """What was published of the round, with other names of its cases."""
    body = json.loads(round_.publications.get().body)
    for line in body["standings"]:
        line["title"] = "另一个名字"
    return json.dumps(body)


@pytest.mark.parametrize("rows", [1, 3])
def test_the_offices_tally_asks_a_constant_number_of_questions(client, django_assert_num_queries, rows):
    cast = Cast.shangcheng()
    round_ = publish(cast, cases=rows)
    client.force_login(cast.people["subdistrict_staff"], backend="accounts.backends.AccountBackend")
    with django_assert_num_queries(8):
        assert client.get(f"/shangcheng/office/rounds/{round_.code}/results/").status_code == 200


def test_results_are_answered_conditionally(client):
    round_ = publish(Cast.shangcheng(), cases=1)
    for path in (f"/shangcheng/results/{round_.code}/", f"/shangcheng/results/{round_.code}/result.json"):
        first = client.get(path)
        assert not first.cookies
        assert client.get(path, headers={"If-None-Match": first["ETag"]}).status_code == 304
        assert client.get(path, headers={"If-None-Match": '"other"'}).status_code == 200
    page = f"/shangcheng/results/{round_.code}/"
    english = client.get(page, headers={"Accept-Language": "en"})
    assert english["ETag"] != client.get(page, headers={"Accept-Language": "zh-hans"})["ETag"]


def test_nothing_is_public_before_it_is_published(client):
    cast = Cast.shangcheng()
    season = make.season(cast.district)
    round_ = make.scored_round(season, cast.home, {"早安": MARKS})
    draft = make.round(make.season(cast.district, "下一届"), cast.home, state="draft")
    hidden = make.entry(draft, make.submission(draft.season, cast.community, "accepted"))
    close_round_early(round_, by=make.user(), second=make.user(), now=timezone.now())
    tally_round(round_.pk, timezone.now())
    assert client.get(f"/shangcheng/results/{round_.code}/").status_code == 404
    assert client.get(f"/shangcheng/projects/{hidden.submission.code}/").status_code == 404
    assert Publication.objects.count() == 0


def test_a_publication_names_no_judge(client):
    round_ = publish(Cast.shangcheng(), cases=1)
    body = Publication.objects.get().body
    for seat in round_.seats.all():
        assert seat.judge.name not in body
    assert json.loads(body)["seats"] == {"residents": 2}
