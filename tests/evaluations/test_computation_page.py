"""The page of one entry's computation: its source, its states, its versions, what it costs, and whom it lets in."""

import json
import re
import zipfile
from fractions import Fraction
from html.parser import HTMLParser

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from evaluations.actions.analysing import analyse_tally
from evaluations.actions.bundling import build_bundle, zipped
from evaluations.actions.closing import close_round_early
from evaluations.actions.correcting import correct_round
from evaluations.actions.publication import publish_provisional
from evaluations.actions.tallying import tally_round
from evaluations.models import Publication
from evaluations.published import FEW, marks_of, published_rows
from evaluations.tally.ballots import csv_file
from evaluations.tally.inputs import COLUMNS
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
    found = published(communities=3)
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
    found = published(communities=5, publish_marks="none")
    answer = client.get(address(found.round, cases_of(found.round)[0]))
    text = answer.content.decode()
    assert answer.context["state"] == "withheld" and "各人的打分不公布" in text
    assert "<s>" not in text and answer.context["line"]["total"] in Page(answer.content).figures
    for seat in found.round.seats.all():
        assert seat.pseudonym not in text


def test_a_file_that_does_not_fit_the_result_is_not_believed(client):
    """Other marks under the same names, points that were never given, no zip at all, no file."""
    found = published(adjustments={"min": "-5", "max": "5"})
    entry = found.round.entries.select_related("submission").order_by("key").first()
    bonus = csv_file(COLUMNS["adjustments.csv"], [(entry.key, "2", "凭空加分")])
    marks = re.sub(rb",3(\d)\n", rb",2\1\n", found.files["marks.csv"], count=1)
    bent = [
        zipped({**found.files, "marks.csv": marks}),
        zipped({**found.files, "adjustments.csv": bonus}),
        b"zip",
        None,
    ]
    storage, name, whole = found.bundle.file.storage, found.bundle.file.name, zipped(found.files)
    for content in bent:
        storage.delete(name)
        if content is not None:
            storage.save(name, ContentFile(content))
        answer = client.get(address(found.round, entry.submission.code))
        text = answer.content.decode()
        assert answer.context["state"] == "unreadable" and "与结果对不上" in text and "凭空加分" not in text
        assert answer.context["line"]["total"] in Page(answer.content).figures
        assert answer["Cache-Control"] == "no-store" and "ETag" not in answer
    storage.save(name, ContentFile(whole))
    answer = client.get(address(found.round, entry.submission.code))
    assert answer.context["state"] == "whole"


def test_a_corrected_result_has_a_page_of_its_own_and_the_former_stays(client):
    found = published(adjustments={"min": "-5", "max": "5"})
    entry = found.round.entries.select_related("submission").order_by("key").first()
    first, here = Publication.objects.get(), address(found.round, entry.submission.code)
    then = f"/shangcheng/notices/{first.code}/cases/{entry.submission.code}/"
    before = client.get(then)
    assert "又公布过新的结果" not in before.content.decode()
    people = {
        "by": found.room.staff,
        "second": found.room.second,
        "reason": "依规加分",
        "now": timezone.now(),
    }
    change = {"kind": "adjustment", "entry": entry.key, "points": "1.5"}
    made = correct_round(found.round, change, **people)
    assert client.get(here).context["state"] == "waiting"
    analyse_tally(made.tally_id)
    build_bundle(made.tally_id)
    now, old = client.get(here), client.get(then, headers={"If-None-Match": before["ETag"]})
    assert (now.context["state"], old.context["state"], old.status_code) == ("whole", "whole", 200)
    totals = [Fraction(page.context["line"]["total"]) for page in (old, now)]
    assert totals[1] - totals[0] == Fraction("1.5")
    assert "依规加分" in now.content.decode() and "依规加分" not in old.content.decode()
    text = old.content.decode()
    assert "又公布过新的结果" in text and f'href="{here}"' in text
    assert "又公布过新的结果" not in now.content.decode()
    compared = client.get(f"/shangcheng/corrections/{made.code}/").content.decode()
    latest = Publication.objects.order_by("-pk").first()
    for code in (first.code, latest.code):
        assert f'href="/shangcheng/notices/{code}/cases/{entry.submission.code}/"' in compared


def test_what_is_not_published_or_not_of_this_ranking_is_not_found(client):
    here, there = (publish(Cast.shangcheng(slug), cases=1) for slug in ("shangcheng", "elsewhere"))
    publication, case = Publication.objects.get(round=here), cases_of(here)[0]
    foreign = cases_of(there)[0]
    missing = [
        f"/shangcheng/results/{here.code}/cases/{foreign}/",
        f"/shangcheng/results/{here.code}/cases/{'0' * 10}/",
        f"/shangcheng/results/{there.code}/cases/{foreign}/",
        f"/shangcheng/results/{there.code}/cases/{case}/",
        f"/shangcheng/notices/{publication.code}/cases/{foreign}/",
        f"/shangcheng/notices/{Publication.objects.get(round=there).code}/cases/{foreign}/",
    ]
    answers = [client.get(path) for path in missing]
    assert {answer.status_code for answer in answers} == {404}
    told = [re.sub(rb'name="next" value="[^"]*"', b"", answer.content) for answer in answers]
    assert (
        len(set(told[:4])) == len(set(told[4:])) == 1
    )  # the menu says whether one is among results or notices


def test_the_marks_of_few_and_of_many_entries_are_found_alike():
    found = published(communities=4)
    marks = found.files["marks.csv"]
    keys = list(found.round.entries.values_list("key", flat=True))
    one_by_one = [row for key in keys for row in marks_of(marks, [key])]
    at_once = list(marks_of(marks, [*keys, *map(str, range(FEW))]))
    assert sorted(one_by_one) == sorted(at_once) and len(at_once) == marks.count(b"\n") - 1
    assert published_rows(found.bundle.tally, keys).state == "whole"


def test_a_seat_named_like_an_entry_and_a_name_that_needs_quotes_do_no_harm():
    rows = [("p", "a,b", "e", "need", "1"), ("p", "e", "a,b", "need", "2"), ("p", 'q"q', "s", "need", "3")]
    content = csv_file(COLUMNS["marks.csv"], rows)
    for row in rows:
        assert list(marks_of(content, [row[1]])) == [row]
