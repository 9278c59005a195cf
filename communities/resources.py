"""The table of communities: its columns, how its rows compare with the register, how a list is exported."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from communities.actions.divisions import initials_for, write_divisions
from communities.cells import day, division_code, short_enough
from communities.models import Community, District, SubDistrict
from communities.registers import TOO_MANY_GUESSES, Covers, Plan, Register, Row, nearest
from goldidea.lib.errors import Refusal
from goldidea.lib.spreadsheets import Column

SUB_DISTRICT_CODE = Column("sub_district_code", "街道代码", required=True, label=_("sub-district's code"))
SUB_DISTRICT = Column(
    "sub_district", "街道", ("街道名称", "所属街道"), required=True, label=_("sub-district")
)
CODE = Column("code", "社区代码", required=True, label=_("community's code"), width=18)
NAME = Column("name", "社区", ("社区名称",), required=True, label=_("community"), width=20)
VALID_FROM = Column("valid_from", "启用日期", label=_("valid from"))
VALID_TO = Column("valid_to", "停用日期", label=_("valid until"))

DOUBLED = gettext_noop("Row %(row)d has the same.")
NOT_YOURS = gettext_noop(
    "This belongs to another sub-district. Its own staff and the district's can change it."
)
IS_IT = gettext_noop("The register does not have %(value)s. Is it %(code)s (%(name)s)?")
NOT_KNOWN = gettext_noop("The register does not have %(value)s.")


@dataclass(slots=True)
class Divisions:
    """A district's divisions as they stand, read once and found by code."""

    district: District
    sub_districts: dict[str, SubDistrict]
    communities: dict[str, Community]
    ended: dict[tuple[str, dt.date], Community] = field(default_factory=dict)
    named: dict[tuple[int, str], str] = field(default_factory=dict)
    guesses: int = 0

    @classmethod
    def of(cls, district: District, lock: bool = False) -> "Divisions":
        """Two queries; with `lock` the rows are held until the end of the transaction."""
        subs = SubDistrict.objects.of(district).current()
        rows = Community.objects.of(district).select_related("sub_district")
        if lock:
            subs, rows = subs.select_for_update(), rows.select_for_update(of=("self",))
        found = cls(district, {sub.division_code: sub for sub in subs}, {})
        for community in rows:
            community.district = district
            if community.valid_to is None:
                found.communities[community.division_code] = community
                found.named[community.sub_district_id, community.name] = community.division_code
            else:
                found.ended[community.division_code, community.valid_to] = community
        return found

    def unknown(self, row: Row, key: str, value: str, known: dict[str, Any], name: str = "") -> None:
        """Say that the register does not have a code, and which it may be: by the name beside it, or by its digits."""
        guess = ""
        if self.guesses < TOO_MANY_GUESSES:
            self.guesses += 1
            by_name = [code for code, division in known.items() if name and division.name == name]
            guess = by_name[0] if len(by_name) == 1 else nearest(value, known)
        if guess:
            row.wrong(key, IS_IT, value=value, code=guess, name=known[guess].name)
        else:
            row.wrong(key, NOT_KNOWN, value=value)


class CommunityRegister(Register):
    """Communities under their sub-districts, as the statistical division codes list them."""

    kind = "communities"
    label = _("Communities")
    hint = _(
        "A name that differs is taken for a corrected typing error. Record a rename or a moved border on the community's page."
    )
    columns = (SUB_DISTRICT_CODE, SUB_DISTRICT, CODE, NAME, VALID_FROM, VALID_TO)
    list_address = "office:communities"

    def compare(self, district: District, rows: list[Row], covers: Covers, lock: bool = False) -> Plan:
        comparison = CommunityComparison(Divisions.of(district, lock), covers)
        for row in rows:
            comparison.take(row)
        return Plan(rows, comparison.new, comparison.changed, list(comparison.new_sub_districts.values()))

    def write(self, plan: Plan, *, by: Any, now: Any) -> None:
        # Pinyin for 10,000 names takes seconds: only for what is written.
        for row in [*plan.beside, *plan.new, *(row for row, _pairs in plan.changed)]:
            row.clean()
        write_divisions(plan.beside, plan.new, plan.changed, by=by)

    def export(self, queryset: Any) -> Iterable[list[str]]:
        for community in queryset:
            sub, ends = community.sub_district, community.valid_to
            yield [
                sub.division_code,
                sub.name,
                community.division_code,
                community.name,
                community.valid_from.isoformat(),
                ends.isoformat() if ends else "",
            ]


@dataclass(slots=True)
class CommunityComparison:
    """Takes the rows one after the other, and remembers what the earlier ones said."""

    known: Divisions
    covers: Covers
    new: list[Community] = field(default_factory=list)
    changed: list[tuple[Community, dict[str, tuple[Any, Any]]]] = field(default_factory=list)
    new_sub_districts: dict[str, SubDistrict] = field(default_factory=dict)
    seen: dict[tuple[str, dt.date | None], int] = field(default_factory=dict)

    def take(self, row: Row) -> None:
        """Compare one row."""
        sub_code = division_code(row, SUB_DISTRICT_CODE.key, 9)
        code = division_code(row, CODE.key, 12)
        begins, ends = day(row, VALID_FROM.key), day(row, VALID_TO.key)
        short_enough(row, NAME.key, 40)
        short_enough(row, SUB_DISTRICT.key, 40)
        if code and (code, ends) in self.seen:
            row.wrong(CODE.key, DOUBLED, row=self.seen[code, ends])
        self.seen.setdefault((code, ends), row.number)
        if row.errors:
            return row.settle(False)
        if ends:
            return self.take_ended(row, code, ends)
        community = self.known.communities.get(code)
        if community is not None:
            return self.take_known(row, community, sub_code, begins)
        return self.take_new(row, sub_code, code, begins)

    def take_ended(self, row: Row, code: str, ends: dt.date) -> None:
        """A community that has ended stands in an exported list, and is not changed by an import."""
        community = self.known.ended.get((code, ends))
        if community is None or community.name != row.cell(NAME.key):
            row.wrong(VALID_TO.key, gettext_noop("Communities that have ended are not changed by an import."))
        row.settle(False)

    def take_known(self, row: Row, community: Community, sub_code: str, begins: dt.date | None) -> None:
        """A community of the register: its name may be corrected, its sub-district not."""
        sub = community.sub_district
        if sub_code != sub.division_code:
            row.wrong(
                SUB_DISTRICT_CODE.key,
                gettext_noop(
                    "The register has this community under %(code)s (%(name)s). Record a moved border on its page."
                ),
                code=sub.division_code,
                name=sub.name,
            )
        elif row.cell(SUB_DISTRICT.key) != sub.name:
            row.wrong(
                SUB_DISTRICT.key,
                gettext_noop("The register calls %(code)s %(name)s."),
                code=sub_code,
                name=sub.name,
            )
        pairs: dict[str, tuple[Any, Any]] = {}
        if row.cell(NAME.key) != community.name:
            pairs["name"] = (community.name, row.cell(NAME.key))
        if begins and begins != community.valid_from:
            pairs["valid_from"] = (community.valid_from, begins)
        row.changes = {key: [str(old), str(new)] for key, (old, new) in pairs.items()}
        if pairs and not self.covers(community.sub_district_id):
            row.wrong(next(iter(pairs)), NOT_YOURS)
        row.settle(False)
        if pairs and not row.errors:
            for name, (_old, value) in pairs.items():
                setattr(community, name, value)
            self.changed.append((community, pairs))

    def take_new(self, row: Row, sub_code: str, code: str, begins: dt.date | None) -> None:
        """A community that the register does not have yet, under a known or a new sub-district."""
        sub = self.known.sub_districts.get(sub_code) or self.new_sub_districts.get(sub_code)
        if not code.startswith(sub_code):
            row.wrong(
                CODE.key,
                gettext_noop("The code of a community begins with its sub-district's: %(code)s."),
                code=sub_code,
            )
        elif sub is None:
            sub = self.new_sub_district(row, sub_code)
        elif row.cell(SUB_DISTRICT.key) != sub.name:
            row.wrong(
                SUB_DISTRICT.key,
                gettext_noop("The register calls %(code)s %(name)s."),
                code=sub_code,
                name=sub.name,
            )
        elif sub.pk and not self.covers(sub.pk):
            row.wrong(SUB_DISTRICT_CODE.key, NOT_YOURS)
        else:
            self.look_for_a_namesake(row, sub)
        row.settle(True)
        if sub is not None and not row.errors:
            community = Community(
                district=self.known.district, sub_district=sub, division_code=code, name=row.cell(NAME.key)
            )
            community.valid_from = begins or community.valid_from
            self.new.append(community)

    def look_for_a_namesake(self, row: Row, sub: SubDistrict) -> None:
        """The same name under another code of the same sub-district: more likely a wrong digit than a new community."""
        name = row.cell(NAME.key)
        code = self.known.named.get((sub.pk, name))
        if code:
            row.wrong(CODE.key, IS_IT, value=row.cell(CODE.key), code=code, name=name)

    def new_sub_district(self, row: Row, code: str) -> SubDistrict | None:
        """A sub-district that appears with its communities: the district's staff may bring it in."""
        if not code.startswith(self.known.district.division_code) or not self.covers(None):
            self.known.unknown(
                row, SUB_DISTRICT_CODE.key, code, self.known.sub_districts, row.cell(SUB_DISTRICT.key)
            )
            return None
        by_name = [sub for sub in self.known.sub_districts.values() if sub.name == row.cell(SUB_DISTRICT.key)]
        if by_name:
            row.wrong(
                SUB_DISTRICT_CODE.key, IS_IT, value=code, code=by_name[0].division_code, name=by_name[0].name
            )
            return None
        taken = {
            sub.initials for sub in [*self.known.sub_districts.values(), *self.new_sub_districts.values()]
        }
        try:
            initials = initials_for(row.cell(SUB_DISTRICT.key), taken)
        except Refusal as error:
            row.wrong(SUB_DISTRICT.key, str(error.message))
            return None
        sub = SubDistrict(
            district=self.known.district,
            name=row.cell(SUB_DISTRICT.key),
            division_code=code,
            initials=initials,
        )
        self.new_sub_districts[code] = sub
        return sub
