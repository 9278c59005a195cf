"""May this person read, seal or take along the papers of cases? Papers name people: the public and the judges do not get them."""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from communities import rules as places
from evaluations.models import SEALED, Paper, Submission, SubmissionSnapshot
from evaluations.rules import submissions as cases
from evaluations.states import SubmissionState as S
from goldidea.lib.verdict import ALLOWED, HIDDEN, Verdict

MOST_PAPERS = 15


def can_read_paper(user: Any, paper: Paper) -> Verdict:
    """Those who write the case; the office and the observer once it was handed in with it. Twin: `papers_for`."""
    return ALLOWED if papers_for(user, paper.submission).filter(pk=paper.pk).exists() else HIDDEN


def papers_for(user: Any, case: Submission) -> QuerySet[Paper]:
    """The papers of a case that the person may read. Twin of `can_read_paper`.

    The writers read what stands on the case; the office what was handed in, and every sealed form.
    """
    papers = Paper.objects.filter(submission=case)
    readable = Q(pk__in=[])
    if cases.own(user, case) or cases.writes_along(user, case):
        readable |= Q(removed_at=None)
    if cases.can_read_handed_in(user, case):
        readable |= Q(code__in=frozen_codes(case)) | Q(need=SEALED)
    return papers.filter(readable)


def frozen_codes(case: Submission) -> set[str]:
    """The codes of the papers in any snapshot of the case."""
    bodies = SubmissionSnapshot.objects.filter(submission=case).values_list("body__papers", flat=True)
    return {paper["code"] for papers in bodies for paper in papers or []}


def frozen(paper: Paper) -> QuerySet[SubmissionSnapshot]:
    """The snapshots in which the paper stands."""
    return SubmissionSnapshot.objects.filter(
        submission=paper.submission_id, body__papers__contains=[{"code": paper.code}]
    )


def can_seal(user: Any, case: Submission) -> Verdict:
    """Bring the sealed form back: the lead community, which signs it."""
    return cases.can_submit_case(user, case)


def sealable(case: Submission) -> Verdict:
    """From its number on until the office has decided."""
    if case.number and case.state in (S.SUBMITTED, S.RETURNED):
        return ALLOWED
    if not case.number:
        return Verdict(_("Hand the case in first: the form to sign carries its number."))
    return Verdict(_("The office has decided on this case: its papers stay as they are."))


def can_take_papers(user: Any, round_: Any) -> Verdict:
    """All papers of a round in one archive: the staff that runs it. Names and phones can stand in them."""
    district = round_.season.district
    if places.covers(user, district, round_.sub_district_id):
        return ALLOWED
    if places.is_staff(user, district) and round_.sub_district_id is None:
        return Verdict(_("Only the district's staff can do this."))
    return HIDDEN
