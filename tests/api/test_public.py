"""Open data: the same for everybody, from published snapshots only, in pages, not sent twice."""

import json

import pytest
from django.utils import timezone

from evaluations.actions.closing import close_round_early
from evaluations.actions.publication import publish_final, publish_provisional
from evaluations.actions.tallying import tally_round
from evaluations.models import Round
from evaluations.states import RoundState
from tests import make
from tests.personas import Cast

pytestmark = pytest.mark.django_db
V1 = "/api/v1/districts/shangcheng/"


def scored(publish: int = 1) -> tuple[Cast, Round]:
    """A round with marks; published 0, 1 (on notice) or 2 times (final)."""
    cast = Cast.shangcheng()
    marks = {"甲": [("50", "30"), ("40", "20")], "=乙": [("30", "30"), ("40", "20")]}
    round_ = make.scored_round(make.season(cast.district), cast.home, marks)
    people = {"by": make.user(), "second": make.user(), "now": timezone.now()}
    close_round_early(round_, **people)
    tally_round(round_.pk, people["now"])
    round_.refresh_from_db()
    for act in (publish_provisional, publish_final)[:publish]:
        act(round_, **people)
    return cast, round_


def test_what_everybody_may_read(client):
    _cast, round_ = scored()
    assert client.get("/api/v1/districts/").json()["results"] == [
        {"slug": "shangcheng", "name": "上城区", "name_en": "Shangcheng District", "division_code": "330102",
         "is_demonstration": False}
    ]  # fmt: skip
    assert client.get(V1).json()["slug"] == "shangcheng"
    assert [row["name"] for row in client.get(f"{V1}sub-districts/").json()["results"]] == [
        "清波街道",
        "湖滨街道",
    ]
    season = client.get(f"{V1}seasons/").json()["results"][0]
    assert client.get(f"{V1}seasons/{season['code']}/").json() == season
    first = client.get(f"{V1}projects/").json()["results"][0]
    whole = client.get(f"{V1}projects/{first['code']}/").json()
    assert {name: whole[name] for name in first} == first
    assert (first["title"], first["season"]["code"]) == ("甲", season["code"])
    told = {"code": round_.code, "name": round_.name, "kind": "preliminary"}
    assert whole["results"] == [
        {"round": told, "kind": "provisional", "rank": 1, "tied": False, "total": "70.00"}
    ]
    published = client.get(f"{V1}results/").json()["results"]
    assert [row["round"]["code"] for row in published] == [round_.code]
    assert client.get(f"{V1}results/{round_.code}/").content.decode() == round_.publications.get().body


def test_a_draft_is_nowhere(client):
    cast = Cast.shangcheng()
    season = make.season(cast.district, state="draft")
    round_ = make.round(season, cast.home, state=RoundState.DRAFT)
    case = make.submission(season, cast.community, "accepted")
    make.entry(round_, case)
    for path in ("seasons/", "projects/", "results/", "notices/"):
        assert client.get(f"{V1}{path}").json()["results"] == []
    for path in (f"seasons/{season.code}/", f"projects/{case.code}/", f"results/{round_.code}/"):
        assert client.get(f"{V1}{path}").status_code == 404


def test_no_figure_leaves_before_it_is_published(client):
    _cast, round_ = scored(publish=0)
    case = round_.entries.first().submission
    assert client.get(f"{V1}projects/{case.code}/").json()["results"] == []
    assert client.get(f"{V1}results/").json()["results"] == []
    assert client.get(f"{V1}results/{round_.code}/").status_code == 404
    assert client.get(f"{V1}results/{round_.code}/standings.csv").status_code == 404
    for path in ("projects/", "projects.csv", f"projects/{case.code}/", "results/", "notices/", "seasons/"):
        assert "70.00" not in client.get(f"{V1}{path}").content.decode()


def test_a_later_publication_supersedes_the_notice_before(client):
    _cast, round_ = scored(publish=2)
    rows = client.get(f"{V1}notices/").json()["results"]
    assert [row["kind"] for row in rows] == ["final", "provisional"]
    assert [row["kind"] for row in client.get(f"{V1}results/").json()["results"]] == ["final"]
    notices = [client.get(f"{V1}notices/{row['code']}/").json() for row in rows]
    assert [notice["is_superseded"] for notice in notices] == [False, True]
    assert notices[0]["snapshot"] == json.loads(round_.publications.get(kind="final").body)


def test_tables(client):
    _cast, round_ = scored()
    answer = client.get(f"{V1}results/{round_.code}/standings.csv")
    head, *rows = answer.content.decode("utf-8-sig").splitlines()
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert head == "名次,案例编号,案例名称,街道,社区,领域,社会组织,总分"
    assert [(row.split(",")[0], row.split(",")[2], row.split(",")[-1]) for row in rows] == [
        ("1", "甲", "70.00"),
        ("2", "'=乙", "60.00"),
    ]
    assert len(client.get(f"{V1}projects.csv").content.decode().splitlines()) == 3


@pytest.mark.parametrize(
    "path", ["", "seasons/", "projects/", "projects.csv", "results/", "notices/", "results/{}/"]
)
def test_nothing_is_sent_twice_and_any_site_may_read(client, path):
    _cast, round_ = scored()
    address = V1 + path.format(round_.code)
    first = client.get(address)
    again = client.get(address, headers={"If-None-Match": first["ETag"]})
    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
    for answer in (first, again):
        assert answer["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in answer
        assert answer["Cache-Control"] == "public, no-cache"
        assert "Cookie" not in answer.get("Vary", "")
        assert not answer.cookies


def test_who_is_signed_in_reads_the_same_bytes(client):
    cast, _round = scored()
    before = client.get(f"{V1}projects/").content
    client.force_login(cast.people["district_staff"])
    assert client.get(f"{V1}projects/").content == before


def test_filters(client):
    cast = Cast.shangcheng()
    season = make.season(cast.district)
    round_ = make.round(season, cast.home)
    for title, field in (("食堂", "elderly"), ("花园", "public_space")):
        case = make.submission(season, cast.community, "accepted", title, field=field)
        make.entry(round_, case)
    cast_there = Cast.shangcheng("elsewhere")
    there = make.season(cast_there.district)

    def titles(query):
        return [row["title"] for row in client.get(f"{V1}projects/?{query}").json()["results"]]

    assert titles("field=elderly") == ["食堂"]
    assert titles("q=花") == ["花园"]
    assert titles(f"season={season.code}&sub_district={cast.home.code}") == ["食堂", "花园"]
    assert titles(f"sub_district={cast.neighbour.code}") == []
    wrong = client.get(f"{V1}projects/?season={there.code}")
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "season")
    unknown = client.get(f"{V1}projects/?sub_district__name=清波街道")
    assert (unknown.status_code, unknown.json()["errors"][0]["code"]) == (400, "unknown")


def rounds_with(number: int, cast: Cast) -> None:
    season = make.season(cast.district, f"{number} 件")
    round_ = make.round(season, cast.home)
    for _n in range(number):
        make.entry(round_, make.submission(season, cast.community, "accepted"))


def test_pages_by_cursor(client):
    cast = Cast.shangcheng()
    rounds_with(5, cast)
    seen, address = [], f"{V1}projects/?limit=2"
    while address:
        page = client.get(address).json()
        seen.append([row["number"] for row in page["results"]])
        address = page["next"]
    numbers = [number for rows in seen for number in rows]
    assert ([len(rows) for rows in seen], numbers) == ([2, 2, 1], sorted(numbers))
    back = client.get(page["previous"]).json()
    assert [row["number"] for row in back["results"]] == seen[1]


@pytest.mark.parametrize("cursor", ["", "x", "cD0lMDA=", "%00", "WzAsZmFsc2UsInkiXQ:abc"])
def test_a_cursor_that_somebody_wrote_is_refused(client, cursor):
    Cast.shangcheng()
    answer = client.get(f"{V1}projects/?cursor={cursor}")
    assert (answer.status_code, answer.json()["code"]) == (400, "bad-cursor")


def test_a_cursor_of_another_list_is_refused(client):
    """Seasons are compared by their year, districts by their name."""
    make.district("xihu", name="西湖区", division_code="330106")
    Cast.shangcheng()
    cursor = client.get("/api/v1/districts/?limit=1").json()["next"].partition("?")[2]
    answer = client.get(f"{V1}seasons/?{cursor}")
    assert (answer.status_code, answer.json()["code"]) == (400, "bad-cursor")


@pytest.mark.parametrize("limit", ["0", "201", "-1", "x", "", "１０", "9" * 40])
def test_a_page_has_1_to_200_rows(client, limit):
    Cast.shangcheng()
    answer = client.get(f"{V1}projects/", {"limit": limit})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "limit")


@pytest.mark.parametrize("rows", [1, 3, 50])
def test_queries_of_a_page(client, django_assert_num_queries, rows):
    cast = Cast.shangcheng()
    rounds_with(rows, cast)
    with django_assert_num_queries(4):  # count, district, cases, entries with their snapshots
        assert len(client.get(f"{V1}projects/").json()["results"]) == rows


def test_the_versions_of_a_result(client, django_assert_num_queries):
    from tests.evaluations.bundles import published
    from tests.evaluations.test_correcting import corrected_again

    found = published()
    path = f"{V1}results/{found.round.code}/versions/"
    (first,) = client.get(path).json()["results"]
    assert (first["version"], first["state"], first["correction"]) == (1, "provisional", None)
    assert first["bundle"]["sha256"] == found.bundle.sha256
    answer = client.get(first["bundle"]["address"])
    assert len(b"".join(answer.streaming_content)) == first["bundle"]["size"] == found.bundle.size
    with django_assert_num_queries(5):  # count, district, whether there is one, versions, their publications
        client.get(path)
    for _n in range(2):
        made = corrected_again(found)
    rows = client.get(path).json()["results"]
    assert [(row["version"], row["state"]) for row in rows] == [
        (3, "provisional"),
        (2, "superseded"),
        (1, "superseded"),
    ]
    assert rows[0]["correction"] == {"code": made.code, "kind": "void", "reasons": made.reasons}
    assert client.get(f"/shangcheng/corrections/{rows[0]['correction']['code']}/").status_code == 200
    assert client.get(f"{V1}notices/{rows[2]['notices'][0]}/").json()["is_superseded"]
    with django_assert_num_queries(5):
        client.get(path)


def test_versions_of_what_is_not_published_are_nowhere(client):
    _cast, round_ = scored(publish=0)
    make.district("xihu", division_code="330106", name="西湖区")
    unknown = client.get(f"{V1}results/zzzzzzzzzz/versions/")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "not-found")
    assert client.get(f"{V1}results/{round_.code}/versions/").status_code == 404
    assert client.get(f"/api/v1/districts/xihu/results/{round_.code}/versions/").status_code == 404
