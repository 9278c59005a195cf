"""The tables of social workers and of grids: columns, comparison with the registers, export."""

from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, pgettext_lazy

from communities.actions.grids import GRID_FIELDS, WORKER_FIELDS, write_grids, write_workers
from communities.cells import day, division_code, short_enough
from communities.models import Community, District, Grid, SocialWorker
from communities.models.grids import misplaced
from communities.registers import Covers, Plan, Register, Row
from communities.resources import DOUBLED, NOT_YOURS
from goldidea.lib.personal import e164, masked
from goldidea.lib.spreadsheets import Column

PLACE = Column("community_code", "社区代码", required=True, label=_("community's code"), width=16)
PLACE_NAME = Column("community", "社区", ("社区名称", "所属社区"), label=_("community"), width=18)
CODE = Column("worker_code", "编号", ("社工编号",), label=_("code"), width=13)
NAME = Column("name", "姓名", ("社工姓名",), required=True, label=pgettext_lazy("person", "Name"))
CERTIFICATE = Column(
    "certificate", "职业资格", ("社工证", "证书"), label=_("professional certificate"), width=18
)
SINCE = Column("since", "到岗日期", label=_("first day"))
UNTIL = Column("until", "离岗日期", label=_("last day"))
PHONE = Column("phone", "手机", ("手机号码", "联系电话"), label=_("mobile phone"), width=16)

NUMBER = Column("number", "网格编号", ("编号",), required=True, label=pgettext_lazy("grid", "number"))
LEVEL = Column("level", "层级", required=True, label=_("level"))
GRID_NAME = Column(
    "name", "网格名称", ("名称",), required=True, label=pgettext_lazy("thing", "name"), width=20
)
PARENT = Column("parent", "上级网格编号", ("上级编号",), label=_("part of"))
SCOPE = Column("scope", "范围", ("楼幢", "覆盖范围"), label=_("streets and buildings"), width=40)
HOUSEHOLDS = Column("households", "户数", label=_("households"))
WORKER = Column("worker", "责任社工", ("网格社工",), label=_("responsible social worker"))
WORKER_CODE = Column("worker_code", "社工编号", label=_("social worker's code"), width=13)
ENDED = Column("ended_on", "停用日期", label=_("ended on"))

CERTIFICATES: Mapping[str, str] = {
    "": "",
    "无": "",
    "助理社会工作师": "assistant",
    "社会工作师": "social_worker",
    "高级社会工作师": "senior",
    "初级": "assistant",
    "中级": "social_worker",
    "高级": "senior",
}
LEVELS: Mapping[str, str] = {
    "大网格": "large",
    "网格": "grid",
    "小网格": "grid",
    "片组": "segment",
    "微网格": "segment",
}
UNKNOWN_PLACE = gettext_noop("The register has no community with this code.")
IS_CALLED = gettext_noop("The register calls %(code)s %(name)s.")
NOT_ONE_OF = gettext_noop("Write one of: %(words)s.")
UNKNOWN_WORKER = gettext_noop(
    "No social worker of this community has this code. Leave the cell empty for a new one."
)
SEVERAL = gettext_noop("Several people have this name here. Give the code of the one who is meant.")
NOBODY = gettext_noop("No social worker of this name works in this community.")
NO_PHONE = gettext_noop("This is no valid phone number.")
WHOLE_NUMBER = gettext_noop("Write a whole number.")
NO_PARENT = gettext_noop("There is no grid with this number in this community or in this table.")
HAS_ENDED = gettext_noop("Grids that have ended are not changed by an import.")
PAGE_ENDS = gettext_noop("A last day is recorded on the social worker's page, not by an import.")
WORKER_STAYS = gettext_noop("The community stays: end the record there and enter the person here.")
WRONG_SIGN = gettext_noop("Digits, letters, hyphen and full stop.")


def one_of(row: Row, column: Column, words: Mapping[str, str]) -> str:
    """What the office's word means; other words are refused at the cell."""
    text = row.cell(column.key)
    if text not in words:
        row.wrong(column.key, NOT_ONE_OF, words="、".join(word for word in list(words)[:4] if word))
    return words.get(text, "")


def word(words: Mapping[str, str], value: str) -> str:
    """The word that an export writes."""
    return next(text for text, meaning in words.items() if meaning == value)


@dataclass(slots=True)
class Comparison:
    """What both tables share: communities by code, whose they are, which rows were seen."""

    district: District
    covers: Covers
    places: dict[str, Community] = field(default_factory=dict)
    workers: dict[int, list[SocialWorker]] = field(default_factory=dict)
    new: list[Any] = field(default_factory=list)
    changed: list[tuple[Any, dict[str, tuple[Any, Any]]]] = field(default_factory=list)
    seen: dict[Any, int] = field(default_factory=dict)

    def read(self, lock: bool) -> None:
        """The district's communities and social workers, in two queries."""
        places = Community.objects.of(self.district).current().select_related("sub_district")
        self.places = {place.division_code: place for place in places}
        workers = SocialWorker.objects.of(self.district).order_by("pk")
        for worker in workers.select_for_update(of=("self",)) if lock else workers:
            self.workers.setdefault(worker.community_id, []).append(worker)

    def place(self, row: Row) -> Community | None:
        """The row's community, if the person keeps it."""
        number = division_code(row, PLACE.key, 12)
        place = self.places.get(number)
        if number and place is None:
            row.wrong(PLACE.key, UNKNOWN_PLACE)
        elif place and row.cell(PLACE_NAME.key) not in ("", place.name):
            row.wrong(PLACE_NAME.key, IS_CALLED, code=place.division_code, name=place.name)
        elif place and not self.covers(place.sub_district_id):
            row.wrong(PLACE.key, NOT_YOURS)
        return place

    def once(self, row: Row, column: Column, identity: Any) -> None:
        """The same thing stands in a table once."""
        if identity in self.seen:
            row.wrong(column.key, DOUBLED, row=self.seen[identity])
        self.seen.setdefault(identity, row.number)

    def differ(self, old: Any, fresh: Any, fields: list[str]) -> dict[str, tuple[Any, Any]]:
        """Column -> (old, new)."""
        pairs = {name: (getattr(old, name), getattr(fresh, name)) for name in fields}
        return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


class WorkerRegister(Register):
    """Social workers of the communities."""

    kind = "social_workers"
    label = _("Social workers")
    hint = _(
        "Social workers are found again by their code, or by name and community. Phones are never exported; an empty phone cell changes nothing."
    )
    columns = (CODE, PLACE, PLACE_NAME, NAME, CERTIFICATE, SINCE, UNTIL, PHONE)
    list_address = "office:social_workers"

    @property
    def exported(self) -> list[Column]:
        """Everything but the phone."""
        return [column for column in self.columns if column is not PHONE]

    def compare(self, district: District, rows: list[Row], covers: Covers, lock: bool = False) -> Plan:
        comparison = WorkerComparison(district, covers)
        comparison.read(lock)
        for row in rows:
            comparison.take(row)
        return Plan(rows, comparison.new, comparison.changed)

    def write(self, plan: Plan, *, by: Any, now: Any) -> None:
        for row in [*plan.new, *(row for row, _pairs in plan.changed)]:
            row.clean()
        write_workers(plan.new, plan.changed, by=by)

    def export(self, queryset: Any) -> Iterable[list[str]]:
        for worker in queryset:
            days = (worker.since, worker.until)
            yield [
                worker.code,
                worker.community.division_code,
                worker.community.name,
                worker.name,
                word(CERTIFICATES, worker.certificate),
                *(on.isoformat() if on else "" for on in days),
            ]


class WorkerComparison(Comparison):
    """Takes the rows of social workers one after the other."""

    def take(self, row: Row) -> None:
        short_enough(row, NAME.key, 40)
        certificate = one_of(row, CERTIFICATE, CERTIFICATES) if row.cell(CERTIFICATE.key) else ""
        since, place = day(row, SINCE.key), self.place(row)
        old = self.known(row, place) if place else None
        self.once(row, NAME, old.pk if old else (row.cell(NAME.key), place.pk if place else None))
        until = day(row, UNTIL.key)
        if until != (old.until if old else None) and row.cell(UNTIL.key):
            row.wrong(UNTIL.key, PAGE_ENDS)
        fresh = copy(old) if old else SocialWorker(district=self.district, community=place)
        fresh.name = row.cell(NAME.key)
        if CERTIFICATE.key in row.cells:
            fresh.certificate = certificate
        if SINCE.key in row.cells:
            fresh.since = since
        fresh.phone = phone(row) or fresh.phone
        pairs = self.differ(old, fresh, WORKER_FIELDS) if old else {}
        row.changes = {name: shown_change(name, pair) for name, pair in pairs.items()}
        if fresh.since and fresh.until and fresh.until < fresh.since:
            row.wrong(SINCE.key, gettext_noop("The last day lies before the first."))
        row.settle(old is None)
        if not row.errors and old is None:
            self.new.append(fresh)
        elif not row.errors and pairs:
            self.changed.append((fresh, pairs))

    def known(self, row: Row, place: Community) -> SocialWorker | None:
        """The social worker with this code, or the only one of this name who works there."""
        here, code = self.workers.get(place.pk, []), row.cell(CODE.key).lower()
        if code:
            found = [worker for worker in here if worker.code == code]
            if not found:
                elsewhere = any(w.code == code for workers in self.workers.values() for w in workers)
                row.wrong(CODE.key, WORKER_STAYS if elsewhere else UNKNOWN_WORKER)
            return found[0] if found else None
        found = [worker for worker in here if worker.name == row.cell(NAME.key) and not worker.until]
        if len(found) > 1:
            row.wrong(CODE.key, SEVERAL)
        return found[0] if len(found) == 1 else None


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


def shown_change(name: str, pair: tuple[Any, Any]) -> list[str]:
    """Old and new as a table shows them: phones masked, choices in the office's words."""
    words = {"certificate": CERTIFICATES, "level": LEVELS}.get(name)
    if name == "phone":
        return [masked(pair[0]), masked(pair[1])]
    if words:
        return [word(words, value) for value in pair]
    if name == "parent":
        return [value.number if value else "" for value in pair]
    return ["" if value is None else str(value) for value in pair]


class GridRegister(Register):
    """Grids of the communities, and who answers for them."""

    kind = "grids"
    label = _("Grids")
    hint = _(
        "Grids are found again by their community and number. Enter the social workers first: a grid names one of its community."
    )
    columns: ClassVar[tuple[Column, ...]] = (
        PLACE, PLACE_NAME, NUMBER, LEVEL, GRID_NAME, PARENT, SCOPE, HOUSEHOLDS, WORKER, WORKER_CODE, ENDED,
    )  # fmt: skip
    list_address = "office:grids"

    def compare(self, district: District, rows: list[Row], covers: Covers, lock: bool = False) -> Plan:
        comparison = GridComparison(district, covers)
        comparison.read(lock)
        comparison.read_grids(lock)
        for row in rows:
            comparison.take(row)
        comparison.settle()
        return Plan(rows, comparison.new, comparison.changed)

    def write(self, plan: Plan, *, by: Any, now: Any) -> None:
        for row in [*plan.new, *(row for row, _pairs in plan.changed)]:
            row.clean()
        write_grids(plan.new, plan.changed, by=by)

    def export(self, queryset: Any) -> Iterable[list[str]]:
        for grid in queryset:
            yield [
                grid.community.division_code,
                grid.community.name,
                grid.number,
                word(LEVELS, grid.level),
                grid.name,
                grid.parent.number if grid.parent else "",
                grid.scope,
                "" if grid.households is None else str(grid.households),
                grid.worker.name if grid.worker else "",
                grid.worker.code if grid.worker else "",
                grid.ended_on.isoformat() if grid.ended_on else "",
            ]


class GridComparison(Comparison):
    """Takes the rows of grids; what they are part of is settled at the end, because both may be new."""

    def __init__(self, district: District, covers: Covers) -> None:
        super().__init__(district, covers)
        self.grids: dict[tuple[int, str], Grid] = {}
        self.ended: set[tuple[int, str, str]] = set()
        self.fresh: dict[tuple[int, str], Grid] = {}
        self.taken: list[tuple[Row, Grid | None, Grid]] = []

    def read_grids(self, lock: bool) -> None:
        """The district's grids, in one query."""
        rows = Grid.objects.of(self.district).select_related("parent", "worker")
        for grid in rows.select_for_update(of=("self",)) if lock else rows:
            if grid.ended_on:
                self.ended.add((grid.community_id, grid.number, grid.ended_on.isoformat()))
            else:
                self.grids[grid.community_id, grid.number] = grid

    def take(self, row: Row) -> None:
        """Read one row; its result is drawn by `settle`."""
        short_enough(row, GRID_NAME.key, 40)
        short_enough(row, SCOPE.key, 300)
        number, ends, place = grid_number(row), day(row, ENDED.key), self.place(row)
        level = one_of(row, LEVEL, LEVELS) if row.cell(LEVEL.key) else ""
        key = (place.pk if place else 0, number)
        if ends:
            if (*key, ends.isoformat()) not in self.ended:
                row.wrong(ENDED.key, HAS_ENDED)
            return row.settle(False)
        self.once(row, NUMBER, key)
        old = self.grids.get(key)
        fresh = copy(old) if old else Grid(district=self.district, community=place, number=number)
        fresh.level, fresh.name = level, row.cell(GRID_NAME.key)
        if SCOPE.key in row.cells:
            fresh.scope = row.cell(SCOPE.key)
        if HOUSEHOLDS.key in row.cells:
            fresh.households = whole(row)
        if place and (WORKER.key in row.cells or WORKER_CODE.key in row.cells):
            fresh.worker = self.worker_of(row, place)
        self.fresh.setdefault(key, fresh)
        self.taken.append((row, old, fresh))
        return None

    def worker_of(self, row: Row, place: Community) -> SocialWorker | None:
        """The social worker by code or, if only one has it, by name."""
        here = [worker for worker in self.workers.get(place.pk, []) if not worker.until]
        code, name = row.cell(WORKER_CODE.key).lower(), row.cell(WORKER.key)
        found = [w for w in here if (w.code == code if code else w.name == name)] if code or name else []
        if len(found) == 1 and name not in ("", found[0].name):
            row.wrong(WORKER.key, IS_CALLED, code=code, name=found[0].name)
        elif len(found) != 1 and (code or name):
            row.wrong(WORKER_CODE.key if code else WORKER.key, SEVERAL if found else NOBODY)
        return found[0] if len(found) == 1 else None

    def settle(self) -> None:
        """Hang every grid where it belongs, and draw the results."""
        for row, old, fresh in self.taken:
            number = row.cell(PARENT.key)
            if PARENT.key in row.cells or old is None:
                key = (fresh.community_id, number)
                fresh.parent = (self.fresh.get(key) or self.grids.get(key)) if number else None
                if number and fresh.parent is None:
                    row.wrong(PARENT.key, NO_PARENT)
        for row, old, fresh in self.taken:
            if not row.errors and (why := misplaced(fresh)):
                row.wrong(PARENT.key if PARENT.key in row.cells else LEVEL.key, str(why))
            pairs = self.differ_grid(old, fresh) if old else {}
            row.changes = {name: shown_change(name, pair) for name, pair in pairs.items()}
            row.settle(old is None)
            if not row.errors and old is None:
                self.new.append(fresh)
            elif not row.errors and pairs:
                self.changed.append((fresh, pairs))

    def differ_grid(self, old: Grid, fresh: Grid) -> dict[str, tuple[Any, Any]]:
        """Column -> (old, new); a copy of the same parent is the same parent."""
        pairs = self.differ(old, fresh, GRID_FIELDS)
        if old.parent and fresh.parent and old.parent.number == fresh.parent.number:
            fresh.parent = old.parent
            pairs.pop("parent", None)
        return pairs


def grid_number(row: Row) -> str:
    """A grid's number as it is kept."""
    number = short_enough(row, NUMBER.key, 20)
    if number and not all(sign.isascii() and (sign.isalnum() or sign in "-.") for sign in number):
        row.wrong(NUMBER.key, WRONG_SIGN)
    return number


def whole(row: Row) -> int | None:
    """A number of households."""
    text = row.cell(HOUSEHOLDS.key)
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 7):
        row.wrong(HOUSEHOLDS.key, WHOLE_NUMBER)
        return None
    return int(text)
