"""The page of one entry's computation: its source, its states, its versions, what it costs, and whom it lets in."""

import json
import re
import zipfile
from html.parser import HTMLParser

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from evaluations.actions.analysing import analyse_tally
from evaluations.actions.bundling import build_bundle, zipped
from evaluations.actions.closing import close_round_early
from evaluations.actions.publication import publish_final, publish_provisional
from evaluations.actions.tallying import tally_round
from evaluations.models import Publication
from evaluations.published import marks_of, published_rows
from evaluations.tally.ballots import csv_file
from evaluations.tally.inputs import COLUMNS
from tests import make
from tests.evaluations.bundles import open_room, published, score
from tests.evaluations.test_public_pages import publish
from tests.personas import Cast

pytestmark = pytest.mark.django_db


class Page(HTMLParser):
    """The figures of a page by the line in which they stand, and its words."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self.figures: list[str] = []
        self.struck = 0
        self.feed(content.decode())

    def handle_starttag(self, tag, attrs):
        self.struck += tag == "s"
        if tag == "data":
            self.figures.append(dict(attrs)["value"])


def cases_of(round_):
    return list(round_.entries.order_by("key").values_list("submission__code", flat=True))


def address(round_, case):
    return f"/shangcheng/results/{round_.code}/cases/{case}/"


def test_every_mark_of_the_case_stands_on_its_page_and_the_total_too(client):
    found = published()
    case = cases_of(found.round)[0]
    answer = client.get(address(found.round, case))
    rows = [row.split(",") for row in found.files["marks.csv"].decode().splitlines()[1:]]
    own = [row for row in rows if row[1] == answer.context["line"]["entry"]]
    text = answer.content.decode()
    assert answer.context["state"] == "whole" and own
    for _panel, _entry, seat, _criterion, mark in own:
        assert f'<th scope="row">{seat}</th>' in text and f'value="{mark}"' in text
    assert answer.context["line"]["total"] in Page(answer.content).figures
    struck = sum(row.dropped for panel in answer.context["found"].panels for row in panel.criteria)
    assert Page(answer.content).struck == struck == text.count("最高，不计") + text.count("最低，不计") > 0


def test_it_is_found_from_the_ranking_the_case_the_notice_and_the_office(client):
    found = published()
    publication = Publication.objects.get()
    staff = found.room.staff
    for case in cases_of(found.round):
        link = f'href="{address(found.round, case)}"'
        assert link in client.get(f"/shangcheng/results/{found.round.code}/").content.decode()
        assert link in client.get(f"/shangcheng/projects/{case}/").content.decode()
        then = f'href="/shangcheng/notices/{publication.code}/cases/{case}/"'
        assert then in client.get(f"/shangcheng/notices/{publication.code}/").content.decode()
    client.force_login(staff, backend="accounts.backends.AccountBackend")
    office = client.get(f"/shangcheng/office/rounds/{found.round.code}/results/").content.decode()
    assert f'href="{address(found.round, case)}"' in office


def test_before_and_after_lead_through_the_ranking_in_its_order(client):
    found = published()
    body = json.loads(Publication.objects.get().body)
    order = [address(found.round, line["case"]) for line in body["standings"]]
    for here, before, after in zip(order, [None, *order], [*order[1:], None], strict=False):
        content = client.get(here).content.decode()
        nav = content[content.index('<nav class="spread') :]
        links = re.findall(r'<a class="(back|go)" href="([^"]*)"', nav[: nav.index("</nav>")])
        assert dict(links) == {
            kind: link for kind, link in (("back", before), ("go", after)) if link is not None
        }


@pytest.mark.parametrize("rows", [1, 3])
def test_it_costs_three_questions_and_two_once_it_is_drawn(client, django_assert_num_queries, rows):
    round_ = publish(Cast.shangcheng(), cases=rows)
    case = cases_of(round_)[0]
    with django_assert_num_queries(3):
        first = client.get(address(round_, case))
    with django_assert_num_queries(2):
        assert client.get(address(round_, case)).content == first.content
    with django_assert_num_queries(2):
        held = client.get(address(round_, case), headers={"If-None-Match": first["ETag"]})
    assert (held.status_code, held.content) == (304, b"")
    assert first["Cache-Control"] == "no-cache" and {"Cookie", "HX-Request"} <= set(first["Vary"].split(", "))


def test_the_bundle_is_opened_once_for_all_readers(client, monkeypatch):
    found = published()
    opened = []
    original = zipfile.ZipFile.__init__

    def counting(self, *args, **options):
        opened.append(1)
        original(self, *args, **options)

    monkeypatch.setattr(zipfile.ZipFile, "__init__", counting)
    for _n in range(3):
        assert client.get(address(found.round, cases_of(found.round)[0])).status_code == 200
    assert len(opened) == 1


def test_without_a_bundle_it_says_so_and_shows_what_is_published(client):
    round_ = publish(Cast.shangcheng(), cases=1)
    answer = client.get(address(round_, cases_of(round_)[0]))
    assert "打分文件正在生成" in answer.content.decode()
    assert answer.context["line"]["total"] in Page(answer.content).figures
    assert "<s>" not in answer.content.decode()


def test_a_page_drawn_without_the_marks_is_not_kept_once_they_are_there(client):
    scene = open_room(communities=5)
    score(scene)
    close_round_early(scene.round, by=scene.staff, second=scene.second, now=timezone.now())
    row = tally_round(scene.round.pk, timezone.now())
    scene.round.refresh_from_db()
    publish_provisional(scene.round, by=scene.staff, second=scene.second, now=timezone.now())
    here = address(scene.round, cases_of(scene.round)[0])
    waiting = client.get(here)
    assert waiting.context["state"] == "waiting"
    analyse_tally(row.pk)
    build_bundle(row.pk)
    answer = client.get(here, headers={"If-None-Match": waiting["ETag"]})
    assert (answer.status_code, answer.context["state"]) == (200, "whole")


def test_marks_that_a_rule_keeps_are_not_shown(client):
    found = published(publish_marks="none")
    answer = client.get(address(found.round, cases_of(found.round)[0]))
    text = answer.content.decode()
    assert answer.context["state"] == "withheld" and "各人的打分不公布" in text
    assert "<s>" not in text and answer.context["line"]["total"] in Page(answer.content).figures
    for seat in found.round.seats.all():
        assert seat.pseudonym not in text


@pytest.mark.parametrize("bent", ["other marks", "no zip", "gone"])
def test_a_file_that_does_not_fit_the_result_is_not_believed(client, bent):
    found = published()
    marks = re.sub(rb",3(\d)\n", rb",2\1\n", found.files["marks.csv"], count=1)
    content = {"other marks": zipped({**found.files, "marks.csv": marks}), "no zip": b"zip", "gone": b""}[
        bent
    ]
    storage, name = found.bundle.file.storage, found.bundle.file.name
    storage.delete(name)
    if bent != "gone":
        storage.save(name, ContentFile(content))
    answer = client.get(address(found.round, cases_of(found.round)[0]))
    assert answer.context["state"] == "unreadable" and "与结果对不上" in answer.content.decode()
    assert answer.context["line"]["total"] in Page(answer.content).figures


def test_points_that_were_not_counted_are_not_believed(client):
    """The marks are those that were counted; the table of bonus points is not."""
    found = published(adjustments={"min": "-5", "max": "5"})
    case = cases_of(found.round)[0]
    key = found.round.entries.get(submission__code=case).key
    bonus = csv_file(COLUMNS["adjustments.csv"], [(key, "2", "凭空加分")])
    content = zipped({**found.files, "adjustments.csv": bonus})
    storage, name = found.bundle.file.storage, found.bundle.file.name
    storage.delete(name)
    storage.save(name, ContentFile(content))
    answer = client.get(address(found.round, case))
    assert answer.context["state"] == "unreadable" and "凭空加分" not in answer.content.decode()


def test_each_publication_keeps_its_page_and_the_old_one_says_what_followed(client):
    found = published()
    first, case = Publication.objects.get(), cases_of(found.round)[0]
    then = f"/shangcheng/notices/{first.code}/cases/{case}/"
    assert "又公布过新的结果" not in client.get(then).content.decode()
    found.round.notice_to = found.round.notice_from
    found.round.save()
    people = {"by": make.user(), "second": make.user(), "now": timezone.now()}
    publish_final(found.round, **people)
    old = client.get(then).content.decode()
    assert "又公布过新的结果" in old and f'href="{address(found.round, case)}"' in old
    now = client.get(address(found.round, case))
    assert "又公布过新的结果" not in now.content.decode()
    assert now.context["publication"].kind == "final"


def test_what_is_not_published_or_not_of_this_ranking_is_not_found(client):
    found = published()
    there = published(slug="elsewhere")
    publication, case = Publication.objects.filter(round=found.round).get(), cases_of(found.round)[0]
    foreign = cases_of(there.round)[0]
    missing = [
        f"/shangcheng/results/{found.round.code}/cases/{foreign}/",
        f"/shangcheng/results/{found.round.code}/cases/{'0' * 10}/",
        f"/shangcheng/results/{there.round.code}/cases/{foreign}/",
        f"/shangcheng/results/{there.round.code}/cases/{case}/",
        f"/shangcheng/notices/{publication.code}/cases/{foreign}/",
        f"/shangcheng/notices/{Publication.objects.get(round=there.round).code}/cases/{foreign}/",
    ]
    answers = [client.get(path) for path in missing]
    assert {answer.status_code for answer in answers} == {404}
    told = [re.sub(rb'name="next" value="[^"]*"', b"", answer.content) for answer in answers]
    assert (
        len(set(told[:4])) == len(set(told[4:])) == 1
    )  # the menu says whether one is among results or notices


def test_the_marks_of_few_and_of_many_entries_are_found_alike():
    found = published()
    marks = found.files["marks.csv"]
    keys = list(found.round.entries.values_list("key", flat=True))
    one_by_one = [row for key in keys for row in marks_of(marks, [key])]
    at_once = list(marks_of(marks, [*keys, *"abcdefghi"]))
    assert sorted(one_by_one) == sorted(at_once) and len(at_once) == marks.count(b"\n") - 1
    assert published_rows(found.bundle.tally, keys).state == "whole"


def test_a_seat_named_like_an_entry_and_a_name_that_needs_quotes_do_no_harm():
    rows = [("p", "a,b", "e", "need", "1"), ("p", "e", "a,b", "need", "2"), ("p", 'q"q', "s", "need", "3")]
    content = csv_file(COLUMNS["marks.csv"], rows)
    for row in rows:
        assert list(marks_of(content, [row[1]])) == [row]
