"""Papers of a case: what it needs, who may read them, the sealed form back, all of a round in one archive."""

import csv
import io
import zipfile
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from evaluations.actions.paper_archive import PIECE, archive, papers_of_round, take_papers
from evaluations.actions.papers import add_paper, add_sealed_form, remove_paper
from evaluations.actions.screening import accept_submission, return_submission
from evaluations.actions.submissions import submit_submission
from evaluations.models import SEALED, Paper, Season, Submission
from evaluations.rules.completeness import gaps
from evaluations.rules.papers import MOST_PAPERS, can_read_paper, can_take_papers, papers_for
from goldidea.lib.errors import StaleState
from goldidea.lib.models import AuditEvent
from tests import make
from tests.evaluations.cases import draft, handed_in, picture
from tests.personas import Cast

NEEDS = {**make.RULE["conduct"], "papers": ["registration", "社区盖章的说明"]}


@pytest.fixture
def cast(db: Any) -> Cast:
    return Cast.shangcheng()


@pytest.fixture
def season(cast: Cast) -> Season:
    return make.season(cast.district)


def pdf(name: str = "登记证书.pdf") -> SimpleUploadedFile:
    made = pikepdf.new()
    made.add_blank_page(page_size=(595, 842))
    out = io.BytesIO()
    made.save(out)
    return SimpleUploadedFile(name, out.getvalue())


def attach(cast: Cast, case: Submission, need: str = "", **who: Any) -> Paper:
    by = who.get("by") or cast.people["community_user"]
    return add_paper(case, pdf(), need, by=by, now=timezone.now())


def hand_in(cast: Cast, case: Submission) -> Submission:
    return submit_submission(case, by=cast.people["community_user"], now=timezone.now())


def seal(cast: Cast, case: Submission, upload: Any = None) -> Paper:
    return add_sealed_form(
        case, upload or pdf("盖章.pdf"), by=cast.people["community_user"], now=timezone.now()
    )


def readers(cast: Cast, paper: Paper) -> list[str]:
    """The roles that may read a paper; rule and twin agree for each."""
    found, paper = [], Paper.objects.get(pk=paper.pk)
    for role, person in cast.people.items():
        allowed = bool(person) and bool(can_read_paper(person, paper))
        listed = bool(person) and papers_for(person, paper.submission).filter(pk=paper.pk).exists()
        assert allowed == listed
        found += [role] if allowed else []
    return found


def test_the_rules_say_which_papers_a_case_needs(cast: Cast, season: Season) -> None:
    make.rule_set(season, conduct=NEEDS)
    case = draft(cast, season)
    assert [gap.words for gap in gaps(case)] == ["材料：登记证书或备案证明", "材料：社区盖章的说明"]
    attach(cast, case, "registration")
    attach(cast, case, "something else")
    assert [gap.words for gap in gaps(case)] == ["材料：社区盖章的说明"]
    attach(cast, case, "社区盖章的说明")
    assert gaps(case) == []


def test_papers_are_kept_under_generated_names_with_their_fingerprint(cast: Cast, season: Season) -> None:
    paper = attach(cast, draft(cast, season))
    stored = Path(paper.file.name)
    assert (stored.parent.name, len(stored.stem), stored.suffix, paper.name) == (
        "papers",
        20,
        ".pdf",
        "登记证书.pdf",
    )
    assert paper.size == paper.file.size


def test_a_case_takes_no_more_than_its_most(cast: Cast, season: Season) -> None:
    case = draft(cast, season)
    for _n in range(MOST_PAPERS):
        make.paper(case, cast.people["community_user"])
    with pytest.raises(ValidationError) as caught:
        attach(cast, case)
    assert caught.value.code == "too-many"


def test_the_office_reads_what_was_handed_in(cast: Cast, season: Season) -> None:
    case = draft(cast, season)
    paper = attach(cast, case)
    assert readers(cast, paper) == ["community_user"]
    case = hand_in(cast, case)
    office = [
        "district_staff",
        "district_staff_2",
        "subdistrict_staff",
        "subdistrict_staff_2",
        "community_user",
    ]
    assert readers(cast, paper) == [*office, "observer"]
    frozen = case.snapshots.get().body["papers"]
    assert frozen == [{"code": paper.code, "need": "", "kind": "pdf", "sha256": paper.sha256}]


def test_what_was_handed_in_is_kept_when_it_is_taken_off(cast: Cast, season: Season) -> None:
    by, now = cast.people["community_user"], timezone.now()
    case = draft(cast, season)
    paper = attach(cast, case)
    case = hand_in(cast, case)
    with pytest.raises(StaleState):
        remove_paper(paper, by=by, now=now)
    case = return_submission(case, {"": "换一份"}, by=cast.people["subdistrict_staff"], now=now)
    later = attach(cast, case)
    remove_paper(later, by=by, now=now)
    remove_paper(paper, by=by, now=now)
    assert list(Paper.objects.values_list("code", flat=True)) == [paper.code]
    assert "community_user" not in readers(cast, paper)
    assert "subdistrict_staff" in readers(cast, paper)


def test_the_sealed_form_comes_back_until_the_office_has_decided(cast: Cast, season: Season) -> None:
    case = draft(cast, season)
    with pytest.raises(StaleState):
        seal(cast, case)
    case = hand_in(cast, case)
    first, second = seal(cast, case), seal(cast, case, picture())
    first.refresh_from_db()
    assert (first.removed_at is None, second.kind, second.removed_at) == (False, "jpg", None)
    assert "subdistrict_staff" in readers(cast, second)
    with pytest.raises(PermissionDenied):
        add_sealed_form(case, pdf(), by=cast.people["subdistrict_staff"], now=timezone.now())
    with pytest.raises(ValidationError):
        seal(cast, case, SimpleUploadedFile("a.docx", b"PK\x03\x04"))
    accept_submission(case, by=cast.people["subdistrict_staff"], now=timezone.now())
    with pytest.raises(StaleState):
        seal(cast, case)


def test_downloads_are_attachments_that_can_do_nothing(cast: Cast, season: Season, client: Client) -> None:
    paper = attach(cast, draft(cast, season))
    client.force_login(cast.people["community_user"], backend="accounts.backends.AccountBackend")
    answer = client.get(reverse("cases:paper", args=["shangcheng", paper.code]))
    content = b"".join(answer)  # type: ignore[arg-type]
    assert (answer.status_code, content[:5], len(content)) == (200, b"%PDF-", paper.size)
    assert answer["Content-Disposition"].startswith("attachment; ")
    assert (answer["X-Content-Type-Options"], answer["Content-Security-Policy"]) == (
        "nosniff",
        "default-src 'none'; sandbox",
    )
    paper.file.storage.delete(paper.file.name)
    assert client.get(reverse("cases:paper", args=["shangcheng", paper.code])).status_code == 404


def test_a_refused_file_says_why_at_its_field_and_loses_nothing(
    cast: Cast, season: Season, client: Client
) -> None:
    case = draft(cast, season)
    client.force_login(cast.people["community_user"], backend="accounts.backends.AccountBackend")
    data = {
        "attach": "1",
        "title": "改过的名称",
        "seen": "{}",
        "revision": case.revision,
        "paper": SimpleUploadedFile("说明.doc", b"x"),
    }
    answer = client.post(reverse("cases:edit", args=["shangcheng", case.code]), data)
    case.refresh_from_db()
    assert (answer.status_code, case.title, case.papers.count()) == (422, "改过的名称", 0)
    assert "说明.doc" in answer.content.decode()


# ---- All of a round


def entered(cast: Cast, season: Season) -> Any:
    """A round of two cases: one with two papers and a sealed form, one with none."""
    round_ = make.round(season, cast.home)
    case = draft(cast, season)
    attach(cast, case, "")
    make.paper(case, cast.people["community_user"], b"=1+1", name="=cmd.pdf")
    case = hand_in(cast, case)
    attach_late = seal(cast, case)
    make.entry(round_, case)
    make.entry(round_, handed_in(cast, season))
    assert attach_late.need == SEALED
    return round_


def test_a_rounds_papers_come_by_case_number_with_a_list(cast: Cast, season: Season) -> None:
    round_ = entered(cast, season)
    lost = papers_of_round(round_)[0].paper
    lost.file.storage.delete(lost.file.name)
    content = b"".join(take_papers(round_, by=cast.people["subdistrict_staff"], reason="装订存档"))
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        assert packed.testzip() is None
        assert packed.namelist() == [
            "2018-QB-001/02-其他材料-=cmd.pdf",
            "2018-QB-001/03-盖章申报书-盖章.pdf",
            "清单.csv",
        ]
        rows = list(csv.reader(io.StringIO(packed.read("清单.csv").decode("utf-8-sig"))))
    assert [(row[0], row[2], row[5]) for row in rows[1:]] == [
        ("2018-QB-001", "其他材料", "文件缺失"),
        ("2018-QB-001", "其他材料", ""),
        ("2018-QB-001", "盖章申报书", ""),
    ]
    event = AuditEvent.objects.get(action="export papers")
    assert (event.object_code, event.detail.reason, event.detail.changes["rows"]) == (
        round_.code,
        "装订存档",
        ["", "3"],
    )


def test_the_archive_never_holds_more_than_a_piece(cast: Cast, season: Season) -> None:
    """A paper of 40 pieces leaves in pieces: none is larger than what was read at once."""
    round_ = make.round(season, cast.home)
    case = handed_in(cast, season)
    make.paper(case, cast.people["community_user"], b"%PDF-" + b"x" * (40 * PIECE), need=SEALED)
    make.entry(round_, case)
    sizes = [len(piece) for piece in archive(papers_of_round(round_))]
    assert (max(sizes) <= PIECE, sum(sizes) > 40 * PIECE) == (True, True)


def test_who_may_take_the_papers_of_a_round(cast: Cast, season: Season) -> None:
    of_home, final = make.round(season, cast.home), make.round(season, None)
    may = [role for role, person in cast.people.items() if person and can_take_papers(person, of_home)]
    assert may == ["district_staff", "district_staff_2", "subdistrict_staff", "subdistrict_staff_2"]
    may = [role for role, person in cast.people.items() if person and can_take_papers(person, final)]
    assert may == ["district_staff", "district_staff_2"]
    with pytest.raises(PermissionDenied):
        take_papers(final, by=cast.people["subdistrict_staff"], reason="看看")


def test_the_page_asks_what_for_and_sends_the_archive(cast: Cast, season: Season, client: Client) -> None:
    round_ = entered(cast, season)
    client.force_login(cast.people["subdistrict_staff"], backend="accounts.backends.AccountBackend")
    address = reverse("office:round_papers", args=["shangcheng", round_.code])
    assert client.get(address).status_code == 200
    assert client.post(address, {"reason": ""}).status_code == 422
    answer = client.post(address, {"reason": "装订存档"})
    assert (answer.status_code, answer["Content-Type"], answer.streaming) == (200, "application/zip", True)
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as packed:  # type: ignore[attr-defined]
        assert len(packed.namelist()) == 4
