"""What the pages of a case show: its sections, what is missing, what to do next, what happened to it."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format, number_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from communities.models import Community
from evaluations.application import CELLS, LINES, TABLES, TEAM, Table, filled
from evaluations.forms.merging import Merge
from evaluations.forms.submissions import CaseForm
from evaluations.models import Submission
from evaluations.rules.completeness import Gap, gaps, label
from evaluations.states import SubmissionState
from evaluations.views.case_place import Place, place_of
from goldidea.lib.models import AuditEvent

S = SubmissionState
TONES = {
    S.DRAFT: "wait",
    S.SUBMITTED: "now",
    S.RETURNED: "warn",
    S.ACCEPTED: "ok",
    S.NOT_ELIGIBLE: "bad",
    S.WITHDRAWN: "wait",
}


@dataclass(slots=True)
class Row:
    """One field of a case, in words. `old` is what it said at the submission before, where that differs."""

    field: str
    label: str
    text: str
    old: str | None = None
    reason: Any = None  # the office's box for a reason


@dataclass(slots=True)
class Section:
    """A part of the case under one heading."""

    heading: str
    rows: list[Row] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Step:
    """What to do next about a case, and where."""

    words: str
    tone: str
    url: str = ""
    action: str = ""


# Heading -> fields, in the order of reading.
SECTIONS: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (lambda: _("What it is"), ("title", "field", "summary")),
    (
        lambda: _("Who carries it"),
        (
            *("lead_community", "partners", "organizations", "head_name", "profile", "last_inspection"),
            *("supervising_unit", "worker_name", "team"),
        ),
    ),
    (
        lambda: _("How it began"),
        (
            "origin_kind",
            "need",
            "deliberation_kind",
            "deliberation_level",
            "deliberated_on",
            "deliberation_record",
            "resolution",
        ),
    ),
    (
        lambda: _("Practice and effect"),
        (
            *("practice", "effect", "beneficiaries", "indirect_beneficiaries"),
            *("locations", "starts_on", "ends_on"),
        ),
    ),
    (lambda: _("Money"), ("philanthropy_project", "budget_lines", "budget_total", "amount_asked")),
)
# Fields at which the office can write a reason.
REASON_FIELDS = (
    *(name for _heading, names in SECTIONS for name in names if name != "lead_community"),
    "photos",
    "papers",
)


def sections(
    body: Mapping[str, Any], before: Mapping[str, Any] | None = None, people: Mapping[str, str] | None = None
) -> list[Section]:
    """A snapshot in words; with the snapshot before it, what has changed since.

    Args:
        people: field -> the names that no snapshot holds (`people_of`), for those who may read them.
    """
    now, was = words_of(body), words_of(before) if before else {}
    shown = {**now, **(people or {})}
    return [
        Section(
            heading(),
            [
                Row(
                    name,
                    label(name),
                    shown[name],
                    was[name] if name in now and was.get(name, now[name]) != now[name] else None,
                )
                for name in names
                if name in shown
            ],
        )
        for heading, names in SECTIONS
    ]


def people_of(case: Submission, phone: str = "") -> dict[str, str]:
    """The names that a case holds and no snapshot does, as they stand now; `phone` beside the social worker's."""
    return {
        "worker_name": f"{case.worker_name} {phone}".strip(),
        "head_name": case.head_name,
        "team": "\n".join(member(row, row.get("name", "")) for row in filled(case.team)),
    }


def member(row: Mapping[str, str], name: str = "") -> str:
    """One person of the team in words."""
    words = [name, row.get("role", ""), *(key_words(TEAM, row, key) for key in ("education", "certificate"))]
    return " · ".join(word for word in words if word)


def line(row: Mapping[str, str]) -> str:
    """One budget line in words: what, how many at what price, whose money."""
    what = " · ".join(filter(None, [key_words(LINES, row, "category"), row["item"], row["remark"]]))
    price, total, own, granted = (grouped(row[key]) for key in ("unit_price", "total", "own", "granted"))
    counted = f"{price} × {row['quantity'].removesuffix('.00')} {row['unit']} = {total}"
    names = {"what": what, "counted": counted, "own": own, "granted": granted}
    return _("%(what)s: %(counted)s (own %(own)s, asked for %(granted)s)") % names


def grouped(text: str) -> str:
    """An amount of a frozen line as people read it."""
    return number_format(Decimal(text or 0), 2, force_grouping=True)


def key_words(table: Table, row: Mapping[str, str], column: str) -> str:
    """The words of a choice in a table."""
    return str(capfirst(str(table.choices[column].get(row.get(column, ""), ""))))


def words_of(body: Mapping[str, Any]) -> dict[str, str]:
    """Field -> what the snapshot says, in the reader's language; texts of the case as they were written."""
    talk = body.get("deliberation") or {}
    return {
        **(application_words(body) if body.get("format", 1) > 1 else {}),
        **{
            name: str(body.get(name) or "")
            for name in ("title", "summary", "need", "resolution", "practice", "effect")
        },
        "field": choice("field", body.get("field")),
        "lead_community": joined([body.get("sub_district"), body.get("community")]),
        "partners": "、".join(part["name"] for part in body.get("partners") or []),
        "organizations": "、".join(organization["name"] for organization in body.get("organizations") or []),
        "origin_kind": choice("origin_kind", body.get("origin_kind")),
        "deliberation_kind": choice("deliberation_kind", talk.get("kind")),
        "deliberation_level": choice("deliberation_level", talk.get("level")),
        "deliberated_on": day(talk.get("on")),
        "deliberation_record": talk.get("record") or "",
        "beneficiaries": "" if body.get("beneficiaries") is None else number_format(body["beneficiaries"]),
        "starts_on": day(body.get("starts_on")),
        "ends_on": day(body.get("ends_on")),
        "philanthropy_project": project(body.get("philanthropy")),
        "budget_total": money(body.get("budget_total")),
        "amount_asked": money(body.get("amount_asked")),
    }


def application_words(body: Mapping[str, Any]) -> dict[str, str]:
    """What snapshots hold since their second format."""
    indirect = body["indirect_beneficiaries"]
    return {
        **{name: body[name] for name in ("profile", "last_inspection", "supervising_unit", "locations")},
        "indirect_beneficiaries": "" if indirect is None else number_format(indirect),
        "team": "\n".join(map(member, body["team"])),
        "budget_lines": "\n".join(map(line, body["budget_lines"])),
    }


def choice(name: str, value: Any) -> str:
    return str(capfirst(str(dict(Submission._meta.get_field(name).choices or ()).get(value, ""))))


def joined(parts: Iterable[Mapping[str, str] | None]) -> str:
    return " · ".join(part["name"] for part in parts if part)


def day(text: str | None) -> str:
    return date_format(dt.date.fromisoformat(text), "DATE_FORMAT") if text else ""


def money(text: str | None) -> str:
    return (
        _("%(amount)s yuan") % {"amount": number_format(Decimal(text), 2, force_grouping=True)}
        if text
        else ""
    )


def project(body: Mapping[str, Any] | None) -> str:
    return f"{body['year']} · {body['title']} · {body['programme']} · {body['funder']}" if body else ""


@dataclass(frozen=True, slots=True)
class Part:
    """One step of writing: its place in the form, its heading, and (where, what) of everything that it still lacks."""

    anchor: str
    heading: str
    gaps: list[tuple[str, str]]


# Place in the form -> heading and fields of the step.
STEPS = (
    *zip(("h-what", "h-who", "h-began", "h-done", "h-money"), SECTIONS, strict=True),
    ("h-papers", (lambda: _("Papers"), ("papers",))),
)


def missing(found: Iterable[Gap], form: CaseForm) -> list[tuple[str, str]]:
    """(where, what) of everything that is missing."""
    return [(anchor_of(gap.field, form), gap.words) for gap in found]


def anchor_of(name: str, form: CaseForm) -> str:
    """Where in the form a gap is put right; a table's own gap at its first cell."""
    field = next(iter(TABLES[name].cells()))[0] if name in TABLES else name
    return form[field].anchor if field in form.fields else ""


def progress(found: Iterable[Gap], form: CaseForm) -> list[Part]:
    """The steps of the form, each with what it lacks."""
    by_field: dict[str, list[tuple[str, str]]] = {}
    for gap in found:
        by_field.setdefault(step_of(gap.field), []).append((anchor_of(gap.field, form), gap.words))
    return [Part(anchor, heading(), by_field.get(anchor, [])) for anchor, (heading, _names) in STEPS]


def step_of(name: str) -> str:
    """The step to which a field belongs."""
    column = CELLS[name][0].name if name in CELLS else name
    return next((anchor for anchor, (_h, names) in STEPS if column in names), STEPS[0][0])


def conflict_rows(case: Submission, laid: Merge, leads: Iterable[Community]) -> list[dict[str, Any]]:
    """The fields in which the two versions differ, both in words, and which of them is taken unless one says otherwise."""
    mine, theirs = CaseForm(case, laid.mine, leads), CaseForm(case, laid.theirs, leads)
    clashes = laid.clashes
    return [
        {
            "name": name,
            "label": mine.fields[name].label if name in mine.fields and name not in CELLS else label(name),
            "mine": shown(mine, name),
            "theirs": shown(theirs, name),
            "take": "mine" if name in clashes or laid.merged()[name] == laid.mine[name] else "theirs",
        }
        for name in laid.different
    ]


def shown(form: CaseForm, name: str) -> str:
    """What stands in a field, as its reader sees it: the words of a choice, not its key."""
    if name not in form.fields:
        return ""
    value = form[name].value()
    chosen = {str(key) for key in (value if isinstance(value, list) else [value])}
    choices = getattr(form.fields[name], "choices", None)
    if choices is None:
        return str(value or "")
    return "、".join(str(words) for key, words in choices if str(key) in chosen and key != "")


def next_step(case: Submission, now: dt.datetime) -> Step:
    """What its community does next about a case."""
    slug, season = case.season.district.slug, case.season
    edit = reverse("cases:edit", args=[slug, case.code])
    if case.state == S.DRAFT:
        if now >= season.submissions_close_at:
            return Step(
                _("Not handed in before the close. It stays here as a draft."), "bad", edit, _("Read it")
            )
        count = len(gaps(case))
        if count:
            return Step(
                _("Still missing: %(count)d. Go on writing.") % {"count": count}, "warn", edit, _("Go on")
            )
        check = reverse("cases:submit", args=[slug, case.code])
        return Step(_("Complete: check it and hand it in."), "now", check, _("Check and hand in"))
    if case.state == S.RETURNED:
        until = {"time": date_format(season.corrections_close_at.astimezone(), "DATETIME_FORMAT")}
        return Step(
            _("Put it right and hand it in again before %(time)s") % until, "warn", edit, _("Put it right")
        )
    if case.state == S.ACCEPTED:
        return _accepted(case)
    return Step(
        {
            S.SUBMITTED: _("The sub-district checks it. There is nothing to do for now."),
            S.NOT_ELIGIBLE: _("Found not eligible: the reason stands in the case."),
            S.WITHDRAWN: _("Withdrawn. It takes no part."),
        }[S(case.state)],
        TONES[S(case.state)],
    )


def along_step(case: Submission) -> Step:
    """What somebody who writes along does next about a case."""
    edit = reverse("cases:edit", args=[case.season.district.slug, case.code])
    words = _("You write along. Still missing: %(count)d.") % {"count": len(gaps(case))}
    return Step(words, "now", edit, _("Go on"))


def _accepted(case: Submission) -> Step:
    """An accepted case: it waits for the judges, is with them, or has a result to read."""
    place = place_of(entry.round for entry in case.opened)  # type: ignore[attr-defined]
    words = {
        Place.WAITING: _("Accepted. It goes to the judges when scoring begins."),
        Place.SCORING: _("With the judges. The result is published when the round is over."),
        Place.ON_NOTICE: _("Scored. The provisional result is on notice."),
        Place.FINAL: _("Scored. The final result is published."),
    }[place]
    if place in (Place.WAITING, Place.SCORING):
        return Step(words, "ok")
    url = reverse("public:project", args=[case.season.district.slug, case.code])
    return Step(words, "ok", url, _("See the result"))


ACTIONS: Mapping[str, Any] = {
    "create case": (lambda: _("began the case"), "wait"),
    "submit case": (lambda: _("handed the case in"), "now"),
    "return case": (lambda: _("returned it"), "warn"),
    "accept case": (lambda: _("accepted it"), "ok"),
    "refuse case": (lambda: _("found it not eligible"), "bad"),
    "take case up again": (lambda: _("took it up again"), "now"),
    "withdraw case": (lambda: _("withdrew it"), "wait"),
    "delegate case": (lambda: _("let an organization write along"), "now"),
    "end delegation": (lambda: _("ended an organization's writing along"), "wait"),
    "add sealed form": (lambda: _("brought the sealed form back"), "ok"),
}


def history(case: Submission) -> list[dict[str, Any]]:
    """Who did what to the case, newest first. Drafts are their community's own: single saves are not told."""
    events = AuditEvent.objects.filter(
        object_type=case._meta.label_lower, object_code=case.code, action__in=ACTIONS
    )
    return [
        {
            "when": event.at,
            "who": event.detail.actor_name,
            "what": ACTIONS[event.action][0](),
            "tone": ACTIONS[event.action][1],
            "why": event.detail.reason if event.action != "accept case" else "",
        }
        for event in events.select_related("detail").order_by("-id")
    ]


def saver(case: Submission) -> str:
    """Who saved the case last."""
    saves = AuditEvent.objects.filter(
        object_type=case._meta.label_lower, object_code=case.code, action="save case"
    )
    last = saves.select_related("detail").order_by("-id").first()
    return last.detail.actor_name if last else ""
