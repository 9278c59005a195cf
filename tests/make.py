"""Builders: one row of each kind with sensible values, given what it hangs on. They write rows, not actions."""

import datetime as dt
import itertools
import json
import uuid
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from accounts.actions.tokens import NewToken, make_token
from accounts.models import ApiToken, User
from communities.models import Appointment, Community, District, Grid, SocialWorker, SubDistrict
from evaluations.models import (
    Assignment,
    Criterion,
    Delegation,
    Entry,
    Mark,
    Objection,
    Panel,
    Paper,
    Round,
    RuleSet,
    ScoreSheet,
    Season,
    Seat,
    Submission,
    SubmissionSnapshot,
)
from judges.models import Judge
from organizations.models import OrganizationAppointment, SocialOrganization

count = itertools.count(1)
LONG_AGO = dt.date(2010, 1, 1)

RULE: dict[str, Any] = {
    "format": "goldidea-rule/1",
    "criteria": [
        {
            "id": "need",
            "name": {"zh-hans": "需求", "en": "Need"},
            "min": "0",
            "max": "60",
            "step": "0.5",
            "weight": "1",
        },
        {
            "id": "effect",
            "name": {"zh-hans": "成效", "en": "Effect"},
            "min": "0",
            "max": "40",
            "step": "0.5",
            "weight": "1",
        },
    ],
    "panels": [{"id": "residents", "kind": "marks", "weight": "1"}],
    "level": "criterion",
    "average": "mean",
    "trim": {"high": 1, "low": 1, "from": 5, "advised": 7},
    "min_marks": 2,
    "calibration": {"method": "none"},
    "rounding": {"mode": "half_up", "places": 2, "stages": ["criterion", "weighted", "panel", "total"]},
    "ties": ["exact", "criterion:residents/need", "median"],
    "lot_seed": None,
    "conduct": {
        "mode": "online",
        "bench": "own",
        "conflicts": ["own_community", "own_organization"],
        "notice_working_days": 0,
        "assignment": {"per_entry": 7, "per_judge": 40},
    },
}


def rule_text(**changes: Any) -> str:
    """The small rule of the tests, with some of its keys replaced."""
    return json.dumps({**RULE, **changes}, ensure_ascii=False, indent=1)


def saved(row: Any) -> Any:
    """Check like an action does, then save."""
    row.full_clean()
    row.save()
    return row


def district(slug: str = "shangcheng", **values: Any) -> District:
    defaults = {"division_code": "330102", "name": "上城区", "name_en": "Shangcheng District"}
    return saved(District(slug=slug, **{**defaults, **values}))


def sub_district(of: District, name: str = "清波街道", **values: Any) -> SubDistrict:
    number = next(count) % 1000
    defaults = {"division_code": f"330102{number:03d}", "initials": "QB", "valid_from": LONG_AGO}
    return saved(SubDistrict(district=of, name=name, **{**defaults, **values}))


def community(of: SubDistrict, name: str = "", **values: Any) -> Community:
    number = next(count)
    defaults = {"division_code": f"{number:012d}", "valid_from": LONG_AGO}
    return saved(
        Community(
            district=of.district, sub_district=of, name=name or f"第{number}社区", **{**defaults, **values}
        )
    )


def social_worker(of: Community, name: str = "", **values: Any) -> SocialWorker:
    number = next(count)
    return saved(SocialWorker(district=of.district, community=of, name=name or f"社工{number}", **values))


def grid(of: Community, number: str = "", **values: Any) -> Grid:
    """A grid (unless `level` says otherwise) of a community."""
    number = number or str(next(count))
    defaults = {"level": "grid", "name": f"第{number}网格"}
    return saved(Grid(district=of.district, community=of, number=number, **{**defaults, **values}))


def user(name: str = "", **values: Any) -> User:
    number = next(count)
    return User.objects.create_user(
        values.pop("username", f"user{number}"), name or f"用户{number}", **values
    )


def api_token(
    of: District, by: User, scopes: list[str] | None = None, days: int = 30, **values: Any
) -> NewToken:
    """A token of the district with all scopes, or those given."""
    defaults = {"name": "统计局", "client_key": uuid.uuid4(), "now": timezone.now()}
    return make_token(of, by=by, scopes=scopes or ApiToken.Scope.values, days=days, **{**defaults, **values})


def appoint(person: User, role: str, place: Any = None) -> Appointment:
    """Appoint a person: `place` is a District, SubDistrict or Community, by role."""
    where: dict[str, Any] = {}
    if isinstance(place, District):
        where = {"district": place}
    elif isinstance(place, SubDistrict):
        where = {"district": place.district, "sub_district": place}
    elif isinstance(place, Community):
        where = {"district": place.district, "community": place}
    return saved(Appointment(user=person, role=role, since=LONG_AGO, **where))


def organization(of: District, name: str = "", **values: Any) -> SocialOrganization:
    number = next(count)
    defaults: dict[str, Any] = {"registration": "filed", "kind": "community"}
    return saved(SocialOrganization(district=of, name=name or f"第{number}互助社", **{**defaults, **values}))


def represent(person: User, of: SocialOrganization) -> OrganizationAppointment:
    return saved(OrganizationAppointment(user=person, organization=of, since=LONG_AGO))


def judge(home: Community | None = None, of: District | None = None, **values: Any) -> Judge:
    """A serving resident judge with a home community, or (without one) an expert of the district."""
    number = next(count)
    account = user(f"评委{number}", kind="judge")
    defaults: dict[str, Any] = {
        "name": account.name,
        "state": "appointed",
        "consent_at": LONG_AGO,
        "term_from": LONG_AGO,
        "user": account,
    }
    if home is not None:
        place = {
            "kind": "resident",
            "district": home.district,
            "sub_district": home.sub_district,
            "community": home,
        }
    else:
        place = {"kind": "expert", "district": of}
    return saved(Judge(**{**defaults, **place, **values}))


def season(of: District, name: str = "2018 届", **values: Any) -> Season:
    now = timezone.now()
    defaults = {
        "year": 2018,
        "state": "running",
        "submissions_open_at": now - dt.timedelta(days=1),
        "submissions_close_at": now + dt.timedelta(days=1),
        "corrections_close_at": now + dt.timedelta(days=2),
    }
    return saved(Season(district=of, name=name, **{**defaults, **values}))


def rule_set(of: Season, **changes: Any) -> RuleSet:
    """The tests' rule with `changes` to its keys, as the season's next version, its criteria unpacked."""
    text = rule_text(**changes)
    rules = RuleSet(season=of, version=of.rule_sets.count() + 1, name="规则", text=text, sha256="0" * 64)
    rules.save()
    for position, criterion in enumerate(json.loads(text)["criteria"]):
        Criterion.objects.create(
            rule_set=rules,
            key=criterion["id"],
            position=position,
            name_zh=criterion["name"]["zh-hans"],
            name_en=criterion["name"]["en"],
            minimum=criterion["min"],
            maximum=criterion["max"],
            step=criterion["step"],
        )
    return rules


def submission(
    of: Season, lead: Community, state: str = "draft", title: str = "", **values: Any
) -> Submission:
    number = next(count)
    defaults = {
        "created_by": values.pop("by", None) or user(),
        "number": "" if state == "draft" else f"2018-QB-{number:03d}",
    }
    row = Submission(
        season=of,
        lead_community=lead,
        sub_district=lead.sub_district,
        state=state,
        title=title or f"案例{number}",
        **{**defaults, **values},
    )
    row.save()
    return row


def snapshot(of: Submission, **body: Any) -> SubmissionSnapshot:
    content = {
        "title": of.title,
        "number": of.number,
        "field": of.field or "mutual_help",
        "summary": of.summary,
        "community": {"code": of.lead_community.code, "name": of.lead_community.name},
        "sub_district": {"code": of.sub_district.code, "name": of.sub_district.name},
        "partners": [],
        "organizations": [],
        **body,
    }
    return SubmissionSnapshot.objects.create(submission=of, revision=of.revision, body=content)


def paper(of: Submission, by: User, content: bytes = b"%PDF-1.7", **values: Any) -> Paper:
    """A paper of a case, as if it had been checked."""
    row = Paper(submission=of, kind="pdf", name="材料.pdf", size=len(content), sha256="0" * 64, added_by=by)
    for name, value in values.items():
        setattr(row, name, value)
    row.file.save("x.pdf", ContentFile(content), save=False)
    row.save()
    return row


def objection(of: Round, scan: bytes = b"", **values: Any) -> Objection:
    """An objection against the results of a round, as the office recorded it."""
    defaults = {
        "kind": "person",
        "name": "赵先生",
        "contact": "13900001234",
        "text": "一位评委与参评社区有亲属关系，应当回避。",
        "received_on": timezone.localdate(),
        "recorded_by": values.pop("by", None) or user(),
    }
    row = Objection(round=of, **{**defaults, **values})
    if scan:
        row.scan_name, row.scan_kind = "异议书.jpg", "jpg"
        row.scan.save("x.jpg", ContentFile(scan), save=False)
    return saved(row)


def delegation(of: Submission, to: SocialOrganization, by: User) -> Delegation:
    return saved(Delegation(submission=of, organization=to, given_by=by))


def round(
    of: Season,
    host: SubDistrict | None = None,
    rules: RuleSet | None = None,
    state: str = "open",
    **values: Any,
) -> Round:
    """A round in any state (rows are inserted; the trigger guards moves, not births)."""
    now = timezone.now()
    defaults = {"opens_at": now - dt.timedelta(hours=1), "closes_at": now + dt.timedelta(hours=1)}
    return saved(
        Round(
            season=of,
            kind="preliminary" if host else "final",
            sub_district=host,
            name=f"{host or '区'}评选",
            rule_set=rules or rule_set(of),
            state=state,
            **{**defaults, **values},
        )
    )


def panel(of: Round, key: str = "residents", places: int = 8) -> Panel:
    return Panel.objects.get_or_create(round=of, key=key, defaults={"name": key, "places": places})[0]


def entry(of: Round, case: Submission) -> Entry:
    frozen = case.snapshots.last() or snapshot(case)
    return saved(
        Entry(
            round=of, submission=case, snapshot=frozen, key=case.number.lower(), position=next(count) % 30000
        )
    )


def seat(of: Round, who: Judge, key: str = "residents") -> Seat:
    number = next(count) % 30000
    return saved(Seat(round=of, panel=panel(of, key), judge=who, number=number, pseudonym=f"p{number:07d}"))


def assign(who: Seat, what: Entry) -> Assignment:
    return Assignment.objects.create(round=what.round, seat=who, entry=what)


def sheet(who: Seat, what: Entry, revision: int = 1, **marks: Any) -> ScoreSheet:
    """A submitted sheet with its marks (by criterion key); who and what have to be assigned to each other."""
    with transaction.atomic():
        return _sheet(who, what, revision, marks)


def _sheet(who: Seat, what: Entry, revision: int, marks: dict[str, Any]) -> ScoreSheet:
    row = ScoreSheet.objects.create(
        round=what.round, seat=who, entry=what, revision=revision, client_key=uuid.uuid4(), salt="00"
    )
    criteria = {criterion.key: criterion for criterion in what.round.rule_set.criteria.all()}
    Mark.objects.bulk_create(
        Mark(sheet=row, criterion=criteria[key], value=value) for key, value in marks.items()
    )
    return row


def scored_round(
    of: Season, host: SubDistrict, marks: dict[str, list[tuple[str, str]]], **values: Any
) -> Round:
    """An open round of a sub-district: for each case title the (need, effect) marks of seats 1, 2, 3 …"""
    round_ = round(of, host, **values)
    lead = community(host)
    seats = [seat(round_, judge(community(host))) for _n in range(max(map(len, marks.values())))]
    for title, rows in marks.items():
        what = entry(round_, submission(of, lead, "accepted", title))
        for who, (need, effect) in zip(seats, rows, strict=False):
            assign(who, what)
            sheet(who, what, need=need, effect=effect)
    return round_
