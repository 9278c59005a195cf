"""Set what a case says, piece by piece; each gives what changed as name -> (old, new). Saving is submissions.py's."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from communities.models import Community, SocialWorker
from evaluations.application import TABLES, filled
from evaluations.models import Submission, SubmissionOrganization
from evaluations.rules.completeness import CAPTION
from goldidea.lib.personal import masked
from organizations.models import SocialOrganization

WORDS_KEPT = 80  # of a long text, in the audit trail

# The columns that a community writes. `partners`, `organizations`, the tables of evaluations/application.py and the
# captions of photos come beside them.
COLUMNS: tuple[str, ...] = (
    "title",
    "field",
    "summary",
    "lead_community",
    "head_name",
    "profile",
    "last_inspection",
    "supervising_unit",
    "worker_name",
    "worker_phone",
    "origin_kind",
    "need",
    "deliberation_kind",
    "deliberation_level",
    "deliberated_on",
    "deliberation_record",
    "resolution",
    "practice",
    "effect",
    "beneficiaries",
    "indirect_beneficiaries",
    "locations",
    "starts_on",
    "ends_on",
    "philanthropy_project",
    "budget_total",
    "amount_asked",
)

Changes = dict[str, tuple[Any, Any]]


def change_columns(case: Submission, values: Mapping[str, Any]) -> Changes:
    """Set the columns given, and what follows from them. Gives column -> (old, new)."""
    old = {name: getattr(case, name) for name in (*COLUMNS, "sub_district", "worker")}
    for name in COLUMNS:
        if name in values:
            setattr(case, name, one_line_break(values[name]))
    if case.lead_community != old["lead_community"]:
        move_to_community(case)
    if (case.worker_name, case.lead_community) != (old["worker_name"], old["lead_community"]):
        case.worker = registered_worker(
            case
        )  # never the register's phone: others than the community write cases too
    project = case.philanthropy_project
    if project and project != old["philanthropy_project"]:
        take_over(case, project)
    return {name: (was, getattr(case, name)) for name, was in old.items() if was != getattr(case, name)}


def registered_worker(case: Submission) -> SocialWorker | None:
    """The social worker of the lead community who is called so, if that is exactly one who works there."""
    named = SocialWorker.objects.filter(community=case.lead_community, name=case.worker_name, until=None)
    found = list(named[:2]) if case.worker_name else []
    return found[0] if len(found) == 1 else None


def one_line_break(value: Any) -> Any:
    """Browsers send two characters for a line break; one is kept."""
    return value.replace("\r\n", "\n") if isinstance(value, str) else value


def move_to_community(case: Submission) -> None:
    """Another lead community, while the case has no number yet: a number names its sub-district."""
    if case.number or case.lead_community.district_id != case.season.district_id:
        raise ValidationError({"lead_community": _("The lead community of this case stays as it is.")})
    case.sub_district = case.lead_community.sub_district


def take_over(case: Submission, project: Any) -> None:
    """A venture-philanthropy project brings its budget and dates along where the case has none yet."""
    for name in ("budget_total", "starts_on", "ends_on"):
        if getattr(case, name) is None:
            setattr(case, name, getattr(project, name))


def change_rough(case: Submission, rough: Mapping[str, str] | None) -> Changes:
    """Keep what was typed and cannot be read. The audit trail says which fields, not what."""
    if rough is None or dict(rough) == case.rough:
        return {}
    was, case.rough = case.rough, dict(rough)
    return {"rough": (", ".join(sorted(was)), ", ".join(sorted(case.rough)))}


def change_partners(case: Submission, partners: Iterable[Community] | None) -> Changes:
    """Set the partner communities: of the same district, and not the lead community."""
    if partners is None:
        return {}
    district = case.season.district_id
    new = {p.pk: p for p in partners if p.district_id == district and p.pk != case.lead_community_id}
    old = {p.pk: p for p in case.partners.all()}
    if new.keys() == old.keys():
        return {}
    case.partners.set(new.values())
    return {"partners": (names(old.values()), names(new.values()))}


def change_organizations(case: Submission, given: Iterable[SocialOrganization] | None) -> Changes:
    """Name these organizations, in this order. A project of one that is no longer named goes with it."""
    if given is None:
        return drop_foreign_project(case)
    new = list({o.pk: o for o in given if o.district_id == case.season.district_id}.values())
    old = [link.organization for link in case.organization_links.select_related("organization")]
    if new == old:
        return drop_foreign_project(case)
    case.organization_links.all().delete()
    SubmissionOrganization.objects.bulk_create(
        SubmissionOrganization(submission=case, organization=organization, position=place)
        for place, organization in enumerate(new)
    )
    return {"organizations": (names(old), names(new)), **drop_foreign_project(case)}


def drop_foreign_project(case: Submission) -> Changes:
    """A case is linked to a project of one of its own organizations, or to none."""
    project = case.philanthropy_project
    if project is None or case.organization_links.filter(organization=project.organization_id).exists():
        return {}
    case.philanthropy_project = None
    return {"philanthropy_project": (project, None)}


def change_tables(case: Submission, values: Mapping[str, Any]) -> Changes:
    """Set the team and the budget lines. The audit trail says how many rows; the names of a team stay out of it."""
    changes: Changes = {}
    for name in TABLES:
        old, new = getattr(case, name), values.get(name)
        if new is not None and new != old:
            setattr(case, name, new)
            changes[name] = (str(len(filled(old))), str(len(filled(new))))
    return changes


def change_captions(case: Submission, values: Mapping[str, Any]) -> Changes:
    """Set the captions of photos that stand on the case."""
    changes: Changes = {}
    for photo in case.photos.filter(removed_at=None):
        new = values.get(f"{CAPTION}{photo.code}")
        if new is not None and new != photo.caption:
            changes[f"{CAPTION}{photo.code}"] = (photo.caption, new)
            photo.caption = new
            photo.full_clean(exclude=["image"])
            photo.save(update_fields=["caption"])
    return changes


def names(rows: Iterable[Any]) -> str:
    return "、".join(str(row) for row in rows)


def kept(name: str, pair: tuple[Any, Any]) -> tuple[Any, Any]:
    """Old and new as the audit trail keeps them: phones masked, long texts cut (the snapshots keep them whole)."""
    if name == "worker_phone":
        return masked(pair[0]), masked(pair[1])
    old, new = (value[:WORDS_KEPT] if isinstance(value, str) else value for value in pair)
    if old != new or not isinstance(old, str):
        return old, new
    return f"{old}… ({len(pair[0])})", f"{new}… ({len(pair[1])})"
