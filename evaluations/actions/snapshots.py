"""Freeze a case as it was handed in. Entries, results and old pages read only this."""

from decimal import Decimal
from typing import Any

from evaluations.application import frozen_lines, open_team
from evaluations.models import SEALED, Submission, SubmissionSnapshot
from organizations.models import VenturePhilanthropyProject

# Where the data of a venture-philanthropy project came from: the district's register.
REGISTER = "register"
# 1 (unnamed) had no application form: `profile` to `budget_lines` are missing there. Readers take both.
FORMAT = 2


def freeze_submission(case: Submission) -> SubmissionSnapshot:
    """Insert the snapshot of the case's present revision."""
    return SubmissionSnapshot.objects.create(
        submission=case, revision=case.revision, body=snapshot_body(case)
    )


def snapshot_body(case: Submission) -> dict[str, Any]:
    """Names, codes, sub-district, origin, rating and registration as they are now. No person's name or phone."""
    return {
        "format": FORMAT,
        "title": case.title,
        "number": case.number,
        "field": case.field,
        "summary": case.summary,
        "need": case.need,
        "origin_kind": case.origin_kind,
        "deliberation": {
            "kind": case.deliberation_kind,
            "level": case.deliberation_level,
            "on": text(case.deliberated_on),
            "record": case.deliberation_record,
        },
        "resolution": case.resolution,
        "practice": case.practice,
        "effect": case.effect,
        "beneficiaries": case.beneficiaries,
        **application(case),
        "starts_on": text(case.starts_on),
        "ends_on": text(case.ends_on),
        "budget_total": yuan(case.budget_total),
        "amount_asked": yuan(case.amount_asked),
        **parties(case),
        "photos": [
            {"code": photo.code, "caption": photo.caption} for photo in case.photos.filter(removed_at=None)
        ],
        "papers": papers(case),
    }


def application(case: Submission) -> dict[str, Any]:
    """What the application form adds to the story. The head's name and those of the team stay with the case."""
    return {
        "profile": case.profile,
        "last_inspection": case.last_inspection,
        "supervising_unit": case.supervising_unit,
        "locations": case.locations,
        "indirect_beneficiaries": case.indirect_beneficiaries,
        "team": open_team(case.team),
        "budget_lines": frozen_lines(case.budget_lines),
    }


def papers(case: Submission) -> list[dict[str, Any]]:
    """The papers by code and fingerprint; file names can name people and stay with the case."""
    here = case.papers.filter(removed_at=None).exclude(need=SEALED)
    return [
        {"code": paper.code, "need": paper.need, "kind": paper.kind, "sha256": paper.sha256} for paper in here
    ]


def parties(case: Submission) -> dict[str, Any]:
    """Season, communities, organizations and the venture-philanthropy project."""
    season = case.season
    return {
        "season": {
            "code": season.code,
            "year": season.year,
            "name": season.name,
            "name_en": season.name_en,
        },
        "community": division(case.lead_community),
        "sub_district": division(case.sub_district),
        "partners": [{"code": p.code, "name": p.name} for p in case.partners.order_by("division_code", "pk")],
        "organizations": organizations(case),
        "philanthropy": philanthropy(case.philanthropy_project),
    }


def division(of: Any) -> dict[str, str]:
    return {"code": of.code, "name": of.name, "division_code": of.division_code}


def organizations(case: Submission) -> list[dict[str, Any]]:
    """The organizations in their order, each with its origin relative to the lead community."""
    return [
        {
            "code": link.organization.code,
            "name": link.organization.name,
            "origin": str(link.organization.origin_to(case.lead_community)),
            "registration": link.organization.registration,
            "kind": link.organization.kind,
            "rating": link.organization.rating,
            "rating_year": link.organization.rating_year,
            "credit_code": link.organization.credit_code,
        }
        for link in case.organization_links.select_related("organization")
    ]


def philanthropy(project: VenturePhilanthropyProject | None) -> dict[str, Any] | None:
    """What the register says of the project, copied with its source."""
    if project is None:
        return None
    return {
        "code": project.code,
        "title": project.title,
        "programme": project.programme,
        "funder": project.funder,
        "year": project.year,
        "budget_total": yuan(project.budget_total),
        "granted": yuan(project.granted),
        "source": REGISTER,
    }


def text(value: Any) -> str:
    return "" if value is None else str(value)


def yuan(amount: Decimal | None) -> str:
    """An amount as text with two decimals."""
    return "" if amount is None else f"{amount:.2f}"
