"""The table of judges: its columns, how its rows compare with the register, how a list is exported."""

from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, pgettext_lazy

from communities.cells import division_code, short_enough
from communities.models import Community, District, SubDistrict
from communities.registers import Covers, Plan, Register, Row
from communities.resources import DOUBLED, NOT_YOURS
from goldidea.lib.personal import e164
from goldidea.lib.spreadsheets import Column
from judges.actions.tables import write_judges
from judges.models import Judge
from judges.states import ON_THE_WAY, JudgeState

CODE = Column("judge_code", "编号", label=_("code"), width=13)
NAME = Column("name", "姓名", ("评委姓名",), required=True, label=pgettext_lazy("person", "Name"))
KIND = Column("kind", "类别", ("评委类别",), label=_("kind"))
PLACE = Column("sub_district", "街道", ("所属街道",), label=_("sub-district"), width=16)
HOME_CODE = Column("home_code", "社区代码", label=_("community's code"), width=16)
HOME = Column("home", "社区", ("居住社区", "所在社区"), label=_("home community"), width=18)
PHONE = Column("phone", "手机", ("手机号码", "联系电话"), label=_("mobile phone"), width=16)
INTRODUCTION = Column("introduction", "简介", ("个人简介",), label=_("introduction"), width=40)
NOMINATED_BY = Column("nominated_by", "推荐方", ("推荐人", "推荐单位"), label=_("nominated by"), width=20)
STATE = Column("state", "状态", label=_("state"))
ELECTED_ON = Column("elected_on", "选举日期", label=_("elected on"))
TERM_FROM = Column("term_from", "任期开始", label=_("term from"))
TERM_TO = Column("term_to", "任期结束", label=_("term to"))

KINDS = {"居民评委": "resident", "居民": "resident", "专家": "expert", "专家评委": "expert", "": "resident"}
STATES = {
    JudgeState.NOMINATED: "已提名",
    JudgeState.ELECTED: "已当选",
    JudgeState.NOT_ELECTED: "未当选",
    JudgeState.APPOINTED: "已聘任",
    JudgeState.DECLINED: "已谢绝",
    JudgeState.ENDED: "任期结束",
}
FACTS = (NAME.key, PHONE.key, INTRODUCTION.key, NOMINATED_BY.key)

NO_PHONE = gettext_noop("This is no valid phone number.")
NOT_A_KIND = gettext_noop("Write 居民评委 or 专家.")
KIND_STAYS = gettext_noop("A resident judge does not become an expert, nor an expert a resident judge.")
UNKNOWN_CODE = gettext_noop("No judge has this code. Leave the cell empty for a new one.")
SEVERAL = gettext_noop("Several people have this name here. Give the code of the one who is meant.")
HOME_NEEDED = gettext_noop("A resident judge has a home community.")
NO_HOME = gettext_noop("The register has no community of this name in this sub-district.")
HOMES_NAMED = gettext_noop(
    "Several communities have this name. Give the sub-district or the community's code."
)
HOME_STAYS = gettext_noop("Residents are elected by their sub-district: it does not change.")
PAGE_DECIDES = gettext_noop("Elections and terms are recorded on the judge's page, not by an import.")
CLOSED = gettext_noop("This record is closed and is not changed by an import.")


class JudgeRegister(Register):
    """Resident judges and experts: nominations come in by a table, elections and terms do not."""

    kind = "judges"
    label = _("Judges")
    hint = _(
        "New rows are nominations (experts: invitations). Judges are found again by their code, or by name and community. Phones are never exported; an empty phone cell changes nothing."
    )
    columns = (
        CODE,
        NAME,
        KIND,
        PLACE,
        HOME_CODE,
        HOME,
        PHONE,
        INTRODUCTION,
        NOMINATED_BY,
        STATE,
        ELECTED_ON,
        TERM_FROM,
        TERM_TO,
    )
    list_address = "office:judges"

    @property
    def exported(self) -> list[Column]:
        """Everything but the phone: personal data leave only by their own way, logged and by two people."""
        return [column for column in self.columns if column is not PHONE]

    def compare(self, district: District, rows: list[Row], covers: Covers, lock: bool = False) -> Plan:
        comparison = JudgeComparison(district, covers)
        comparison.read(lock)
        for row in rows:
            comparison.take(row)
        return Plan(rows, comparison.new, comparison.changed)

    def write(self, plan: Plan, *, by: Any, now: Any) -> None:
        write_judges(plan.new, plan.changed, by=by)

    def export(self, queryset: Any) -> Iterable[list[str]]:
        for judge in queryset.select_related("meeting"):
            home, place, meeting = judge.community, judge.sub_district, judge.meeting
            yield [
                judge.code,
                judge.name,
                "专家" if judge.kind == Judge.Kind.EXPERT else "居民评委",
                place.name if place else "",
                home.division_code if home else "",
                home.name if home else "",
                judge.introduction,
                judge.nominated_by,
                *standing_cells(judge, meeting),
            ]


def standing_cells(judge: Judge, meeting: Any) -> list[str]:
    """State, day of the election, term: what an import only compares."""
    days = (meeting.held_on if meeting else None, judge.term_from, judge.term_to)
    return [STATES[JudgeState(judge.state)], *(day.isoformat() if day else "" for day in days)]


@dataclass(slots=True)
class JudgeComparison:
    """Takes the rows one after the other, and remembers what the earlier ones said."""

    district: District
    covers: Covers
    by_code: dict[str, Judge] = field(default_factory=dict)
    by_name: dict[tuple[str, int | None], list[Judge]] = field(default_factory=dict)
    homes: dict[str, Community] = field(default_factory=dict)
    named: dict[str, list[Community]] = field(default_factory=dict)
    places: dict[str, SubDistrict] = field(default_factory=dict)
    new: list[Judge] = field(default_factory=list)
    changed: list[tuple[Judge, dict[str, tuple[Any, Any]]]] = field(default_factory=list)
    seen: dict[Any, int] = field(default_factory=dict)

    def read(self, lock: bool) -> None:
        """The district's judges and communities, in two queries."""
        judges = Judge.objects.of(self.district).with_place().select_related("meeting").order_by("pk")
        for judge in judges.select_for_update(of=("self",)) if lock else judges:
            self.by_code[judge.code] = judge
            if judge.state in ON_THE_WAY:
                self.by_name.setdefault((judge.name, judge.community_id), []).append(judge)
        homes = Community.objects.of(self.district).current().select_related("sub_district")
        for home in homes:
            self.homes[home.division_code] = home
            self.named.setdefault(home.name, []).append(home)
            self.places[home.sub_district.name] = home.sub_district

    def take(self, row: Row) -> None:
        """Compare one row."""
        for key, limit in ((NAME.key, 40), (INTRODUCTION.key, 200), (NOMINATED_BY.key, 80)):
            short_enough(row, key, limit)
        kind = KINDS.get(row.cell(KIND.key))
        if kind is None:
            row.wrong(KIND.key, NOT_A_KIND)
        code = row.cell(CODE.key).lower()
        old = self.by_code.get(code)
        if code and old is None:
            row.wrong(CODE.key, UNKNOWN_CODE)
        home = self.home_of(row, old, kind)
        if not code and not row.errors:
            old = self.known(row, home)
        identity = old.pk if old else (row.cell(NAME.key), home.pk if home else None)
        if identity in self.seen:
            row.wrong(NAME.key, DOUBLED, row=self.seen[identity])
        self.seen.setdefault(identity, row.number)
        self.permit(row, old, home)
        self.finish(row, old, home, kind or "")

    def known(self, row: Row, home: Community | None) -> Judge | None:
        """The judge of this name in this community (or among the experts)."""
        found = self.by_name.get((row.cell(NAME.key), home.pk if home else None), [])
        if len(found) > 1:
            row.wrong(CODE.key, SEVERAL)
        return found[0] if len(found) == 1 else None

    def home_of(self, row: Row, old: Judge | None, kind: str | None) -> Community | None:
        """The home community by code or by name; experts have none. A known judge's may be left out."""
        if kind == Judge.Kind.EXPERT:
            return None
        if row.cell(HOME_CODE.key):
            number = division_code(row, HOME_CODE.key, 12)
            return self.home_by_code(row, old, number) if number else None
        name = row.cell(HOME.key)
        if not name:
            if old is None and not row.errors:
                row.wrong(HOME.key, HOME_NEEDED)
            return old.community if old else None
        if old is not None and old.community is not None and old.community.name == name:
            return old.community
        place = row.cell(PLACE.key)
        found = [home for home in self.named.get(name, []) if not place or home.sub_district.name == place]
        if len(found) != 1:
            row.wrong(HOME.key, HOMES_NAMED if found else NO_HOME)
        return found[0] if len(found) == 1 else None

    def home_by_code(self, row: Row, old: Judge | None, number: str) -> Community | None:
        """A community by its code; what it was before is accepted even when it has ended since."""
        if old is not None and old.community is not None and old.community.division_code == number:
            return old.community
        if number not in self.homes:
            row.wrong(HOME_CODE.key, gettext_noop("The register does not have %(value)s."), value=number)
        return self.homes.get(number)

    def permit(self, row: Row, old: Judge | None, home: Community | None) -> None:
        """The row's place has to be the person's own; what belongs to others is as if it were not there."""
        if row.errors:
            return
        place = old.sub_district_id if old else (home.sub_district_id if home else None)
        if not self.covers(place):
            key = HOME.key if home else KIND.key
            row.wrong(CODE.key if old else key, UNKNOWN_CODE if old and row.cell(CODE.key) else NOT_YOURS)
        elif old is not None and home is not None and home.sub_district_id != old.sub_district_id:
            row.wrong(HOME.key, HOME_STAYS)

    def finish(self, row: Row, old: Judge | None, home: Community | None, kind: str) -> None:
        """The differences and the result."""
        fresh = copy(old) if old else Judge(district=self.district, kind=kind)
        values = {key: row.cell(key) for key in FACTS if key in row.cells}
        values[PHONE.key] = phone(row)
        for key, value in values.items():
            if value or (key != PHONE.key and old is not None):
                setattr(fresh, key, value)
        if home is not None:
            fresh.community, fresh.sub_district = home, home.sub_district
        self.compare_standing(row, old)
        if old is not None and KIND.key in row.cells and row.cell(KIND.key) and kind != old.kind:
            row.wrong(KIND.key, KIND_STAYS)
        pairs = differences(old, fresh) if old else {}
        if pairs and old is not None and old.state not in ON_THE_WAY:
            row.wrong(STATE.key if STATE.key in row.cells else NAME.key, CLOSED)
        row.changes = {
            (HOME.key if key == "community" else key): [str(a or ""), str(b or "")]
            for key, (a, b) in pairs.items()
        }
        row.settle(old is None)
        if not row.errors and (pairs or old is None):
            self.keep(row, old, fresh, pairs)

    def compare_standing(self, row: Row, old: Judge | None) -> None:
        """What an export says of elections and terms may come back unchanged, and nothing else."""
        cells = standing_cells(old, old.meeting) if old else [STATES[JudgeState.NOMINATED], "", "", ""]
        for column, cell in zip((STATE, ELECTED_ON, TERM_FROM, TERM_TO), cells, strict=True):
            if row.cell(column.key) and row.cell(column.key) != cell:
                row.wrong(column.key, PAGE_DECIDES)

    def keep(self, row: Row, old: Judge | None, fresh: Judge, pairs: dict[str, tuple[Any, Any]]) -> None:
        """Check the row as the database will; what it says stands at the name."""
        try:
            fresh.clean()
        except ValidationError as error:
            row.wrong(NAME.key, error.messages[0])
            row.settle(old is None)
            return
        if old is None:
            self.new.append(fresh)
        else:
            self.changed.append((fresh, pairs))


def phone(row: Row) -> str:
    """The phone in E.164; what is wrong with it is said at the cell."""
    text = row.cell(PHONE.key)
    if not text or PHONE.key in row.errors:
        return ""
    try:
        return e164(text)
    except ValidationError:
        row.wrong(PHONE.key, NO_PHONE)
        return ""


def differences(old: Judge, fresh: Judge) -> dict[str, tuple[Any, Any]]:
    """Column -> (old, new); a phone only says that it changed."""
    names = ("name", "introduction", "nominated_by", "community")
    pairs = {name: (getattr(old, name), getattr(fresh, name)) for name in names}
    pairs = {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
    return pairs | ({"phone": ("…", "…")} if old.phone != fresh.phone else {})
