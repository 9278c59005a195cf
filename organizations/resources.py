"""The table of social organizations: its columns, how its rows compare with the register, how a list is exported."""

import unicodedata
from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, pgettext_lazy

from communities.cells import division_code, short_enough
from communities.models import Community, District, SubDistrict
from communities.registers import REQUIRED, Covers, Plan, Register, Row
from communities.resources import DOUBLED, NOT_YOURS, Divisions
from goldidea.lib.personal import e164
from goldidea.lib.spreadsheets import Column
from organizations import creditcode
from organizations.actions.organizations import FIELDS, without_phones, write_organizations
from organizations.models import SocialOrganization
from organizations.states import OrganizationState

S = SocialOrganization
CODE = Column("org_code", "编号", label=_("code"), width=13)
NAME = Column(
    "name",
    "名称",
    ("组织名称", "社会组织名称"),
    required=True,
    label=pgettext_lazy("thing", "name"),
    width=30,
)
REGISTRATION = Column("registration", "登记方式", ("登记或备案",), required=True, label=_("registration"))
KIND = Column("kind", "类别", ("组织类别", "组织类型"), required=True, label=_("kind"), width=16)
CREDIT_CODE = Column("credit_code", "统一社会信用代码", ("信用代码",), label=_("credit code"), width=22)
RATING = Column("rating", "评估等级", label=_("rating"))
RATING_YEAR = Column("rating_year", "评估年份", label=_("year of the rating"))
PLACE = Column("sub_district", "街道代码", required=True, label=_("registering sub-district"))
PLACE_NAME = Column("sub_district_name", "街道", ("所属街道",), label=_("registering sub-district"))
HOME = Column("home_community", "社区代码", label=pgettext_lazy("organization", "home community"), width=16)
HOME_NAME = Column(
    "home_community_name", "社区", ("所属社区",), label=pgettext_lazy("organization", "home community")
)
SUPPORTIVE = Column("supportive_level", "支持型", ("支持型组织",), label=_("supportive organization"))
PARENT = Column("parent", "总社", ("上级组织",), label=_("head office"), width=24)
STUDIO = Column("is_studio", "能人工作室", label=_("hotshot studio"))
PROFILE = Column("profile", "简介", label=_("profile"), width=40)
CONTACT = Column("contact_name", "联系人", label=_("contact"))
PHONE = Column("contact_phone", "联系电话", ("联系人电话",), label=_("contact phone"), width=16)

# What offices write, and what it means; the first word of a meaning is the one that an export writes.
WORDS: Mapping[str, Mapping[str, Any]] = {
    REGISTRATION.key: {"登记": "registered", "备案": "filed", "已登记": "registered", "已备案": "filed"},
    KIND.key: {
        "社会团体": "association",
        "社会服务机构": "service",
        "基金会": "foundation",
        "社区社会组织": "community",
        "社团": "association",
        "民办非企业单位": "service",
        "民非": "service",
    },
    SUPPORTIVE.key: {"否": "", "区级": "district", "街道级": "sub_district", "": ""},
    STUDIO.key: {"是": True, "否": False, "": False},
}
# Columns that the model checks together, or derives from.
CHECKED = {"name", "registration", "kind", "credit_code", "parent"}
NOT_ONE_OF = gettext_noop("Write one of: %(words)s.")
RATING_WORDS = gettext_noop("Write 1A, 2A, 3A, 4A or 5A.")
YEAR_WORDS = gettext_noop("Write a year like 2016.")
BOTH = gettext_noop("Give the rating and its year, or neither.")
CREDIT_LENGTH = gettext_noop("A unified social credit code has 18 characters; here are %(found)d.")
CREDIT_LETTERS = gettext_noop("“%(letter)s” does not occur in credit codes (no I, O, S, V, Z).")
CREDIT_CHECK = gettext_noop("A character of this credit code is wrong: its last one does not fit the others.")
CREDIT_NEEDED = gettext_noop("A registered organization has a credit code.")
CREDIT_NONE = gettext_noop("A filed organization has no credit code.")
KIND_FITS = gettext_noop("Community social organizations are filed; the other kinds are registered.")
NO_PHONE = gettext_noop("This is no valid phone number.")
IS_CALLED = gettext_noop("The register calls %(code)s %(name)s.")
NO_SUCH_NAME = gettext_noop("There is no organization of this name in the register or in this table.")
OWN_PARENT = gettext_noop("An organization cannot be its own head office.")
TAKEN_NAME = gettext_noop("Another organization has this name already.")
TAKEN_CREDIT = gettext_noop("%(name)s has this credit code already.")
UNKNOWN_CODE = gettext_noop("No organization has this code. Leave the cell empty for a new one.")
NOT_FOR_YOU = gettext_noop("Name your own sub-district: only the district registers without one.")
IS_DISSOLVED = gettext_noop("This organization is dissolved and is not changed by an import.")


class OrganizationRegister(Register):
    """Social organizations, as a sub-district office keeps them."""

    kind = "organizations"
    label = _("Social organizations")
    hint = _(
        "Organizations are found again by their code, their credit code or their name. Contacts are never exported; an empty contact cell changes nothing."
    )
    columns = (
        CODE,
        NAME,
        REGISTRATION,
        KIND,
        CREDIT_CODE,
        RATING,
        RATING_YEAR,
        PLACE,
        PLACE_NAME,
        HOME,
        HOME_NAME,
        SUPPORTIVE,
        PARENT,
        STUDIO,
        PROFILE,
        CONTACT,
        PHONE,
    )
    list_address = "office:organizations"

    def compare(self, district: District, rows: list[Row], covers: Covers, lock: bool = False) -> Plan:
        for row in rows:  # a district's own organizations have no sub-district: the cell may be empty
            if row.errors.get(PLACE.key, [""])[0] == REQUIRED:
                del row.errors[PLACE.key]
        comparison = OrganizationComparison(Divisions.of(district, lock), covers)
        comparison.read(lock)
        for row in rows:
            comparison.take(row)
        comparison.settle()
        return Plan(rows, comparison.new, comparison.changed, comparison.parents)

    def write(self, plan: Plan, *, by: Any, now: Any) -> None:
        # Pinyin for 10,000 names takes seconds: only for what is written, and checked once more.
        for row in [*plan.new, *(row for row, pairs in plan.changed if set(pairs) & CHECKED)]:
            row.clean()
        write_organizations(plan.new, plan.changed, plan.beside, by=by)

    @property
    def exported(self) -> list[Column]:
        """Everything but the contacts: personal data leave only by their own way, logged and by two people."""
        return [column for column in self.columns if column not in (CONTACT, PHONE)]

    def export(self, queryset: Any) -> Iterable[list[str]]:
        for row in queryset:
            place, home = row.sub_district, row.home_community
            yield [
                row.code,
                row.name,
                word(REGISTRATION, row.registration),
                word(KIND, row.kind),
                row.credit_code,
                row.rating_words,
                str(row.rating_year or ""),
                place.division_code if place else "",
                place.name if place else "",
                home.division_code if home else "",
                home.name if home else "",
                word(SUPPORTIVE, row.supportive_level),
                row.parent.name if row.parent else "",
                word(STUDIO, row.is_studio),
                row.profile,
            ]


def word(column: Column, value: Any) -> str:
    """The office's word for a stored value."""
    return next(text for text, meaning in WORDS[column.key].items() if meaning == value)


def shown(key: str, value: Any) -> str:
    """A stored value as a table shows it."""
    if key in WORDS:
        return next((text for text, meaning in WORDS[key].items() if meaning == value), "")
    if key == RATING.key:
        return f"{value}A" if value else ""
    return "" if value is None else str(value)


@dataclass(slots=True)
class OrganizationComparison:
    """Takes the rows one after the other, and remembers what the earlier ones said."""

    known: Divisions
    covers: Covers
    by_code: dict[str, S] = field(default_factory=dict)
    by_credit: dict[str, S] = field(default_factory=dict)
    by_name: dict[str, S] = field(default_factory=dict)
    dissolved: dict[str, S] = field(default_factory=dict)
    new: list[S] = field(default_factory=list)
    changed: list[tuple[S, dict[str, tuple[Any, Any]]]] = field(default_factory=list)
    parents: list[tuple[S, S]] = field(default_factory=list)
    seen: dict[Any, int] = field(default_factory=dict)
    named: dict[int, dict[str, list[Any]]] = field(default_factory=dict)
    taken: list[tuple[Row, S | None, S]] = field(default_factory=list)

    def read(self, lock: bool) -> None:
        """The district's organizations, in one query."""
        rows = S.objects.of(self.known.district).select_related("sub_district", "home_community", "parent")
        for row in rows.select_for_update(of=("self",)) if lock else rows:
            row.district = self.known.district
            self.by_code[row.code] = row
            if row.credit_code:
                self.by_credit[row.credit_code] = row
            (self.dissolved if row.state == OrganizationState.DISSOLVED else self.by_name)[row.name] = row

    def take(self, row: Row) -> None:
        """Read one row, and find which organization it is."""
        values = self.values_of(row)
        old = self.found(row, values)
        identity = old.pk if old else (values.get("credit_code") or values.get("name"))
        if identity and identity in self.seen:
            row.wrong(NAME.key, DOUBLED, row=self.seen[identity])
        self.seen.setdefault(identity, row.number)
        fresh = (
            copy(old)
            if old
            else S(district=self.known.district, code=S._meta.get_field("code").get_default())
        )
        for name, value in values.items():
            setattr(fresh, name, value)
        self.places(row, old, fresh)
        self.together(row, fresh)
        self.taken.append((row, old, fresh))

    def values_of(self, row: Row) -> dict[str, Any]:
        """The plain columns that the table has, as values; contacts only where something stands."""
        readers = {
            NAME.key: lambda: short_enough(row, NAME.key, 80),
            CREDIT_CODE.key: lambda: credit_code(row),
            RATING.key: lambda: rating(row),
            RATING_YEAR.key: lambda: rating_year(row),
            PROFILE.key: lambda: short_enough(row, PROFILE.key, 500),
            CONTACT.key: lambda: short_enough(row, CONTACT.key, 40),
            PHONE.key: lambda: phone(row),
            **{key: (lambda key=key: meaning(row, key)) for key in WORDS},
        }
        wanted = [key for key in readers if key in row.cells]
        wanted = [key for key in wanted if key not in (CONTACT.key, PHONE.key) or row.cell(key)]
        return {key: readers[key]() for key in wanted}

    def found(self, row: Row, values: Mapping[str, Any]) -> S | None:
        """By the code that an export wrote, by the credit code, by the name."""
        code = row.cell(CODE.key).lower()
        if code:
            if code not in self.by_code:
                row.wrong(CODE.key, UNKNOWN_CODE)
            return self.by_code.get(code)
        name = values.get("name", "")
        by_credit = self.by_credit.get(values.get("credit_code") or "")
        return by_credit or self.by_name.get(name) or self.dissolved.get(name)

    def places(self, row: Row, old: S | None, fresh: S) -> None:
        """Registering sub-district and home community, by code or by name."""
        if PLACE.key in row.cells or PLACE_NAME.key in row.cells:
            fresh.sub_district = self.division(
                row, PLACE, PLACE_NAME, 9, self.known.sub_districts, old and old.sub_district
            )
        if HOME.key in row.cells or HOME_NAME.key in row.cells:
            fresh.home_community = self.division(
                row, HOME, HOME_NAME, 12, self.known.communities, old and old.home_community
            )

    def division(
        self, row: Row, code: Column, name: Column, digits: int, known: dict[str, Any], old: Any
    ) -> SubDistrict | Community | None:
        """The division that two cells name. What it was before is accepted even when it has ended since."""
        called = row.cell(name.key)
        if not row.cell(code.key):
            return self.division_by_name(row, name, called, known, old) if called else None
        number = division_code(row, code.key, digits)
        if not number:
            return None
        division = old if old is not None and old.division_code == number else known.get(number)
        if division is None:
            self.known.unknown(row, code.key, number, known, called)
        elif called and called != division.name:
            row.wrong(name.key, IS_CALLED, code=number, name=division.name)
        return division

    def division_by_name(self, row: Row, column: Column, called: str, known: dict[str, Any], old: Any) -> Any:
        """A division named without its code; two of the same name need the code."""
        if old is not None and old.name == called:
            return old
        if id(known) not in self.named:
            self.named[id(known)] = named(known)
        matching = self.named[id(known)].get(called, [])
        if len(matching) != 1:
            row.wrong(
                column.key, gettext_noop("No single %(name)s is in the register. Give its code."), name=called
            )
        return matching[0] if len(matching) == 1 else None

    def together(self, row: Row, fresh: S) -> None:
        """What the columns must say together."""
        if fresh.registration == "registered" and not fresh.credit_code:
            row.wrong(CREDIT_CODE.key, CREDIT_NEEDED)
        if fresh.registration == "filed" and fresh.credit_code:
            row.wrong(CREDIT_CODE.key, CREDIT_NONE)
        if (
            fresh.kind
            and fresh.registration
            and (fresh.kind == "community") != (fresh.registration == "filed")
        ):
            row.wrong(KIND.key, KIND_FITS)
        if bool(fresh.rating) != bool(fresh.rating_year):
            row.wrong(RATING.key if fresh.rating_year else RATING_YEAR.key, BOTH)

    def settle(self) -> None:
        """When every row is known: names and credit codes held once, head offices, who may, and the result."""
        names = {**self.by_name}
        for _row, old, fresh in self.taken:
            if old is not None and names.get(old.name) is old and fresh.name != old.name:
                del names[old.name]
        for row, old, fresh in self.taken:
            holder = names.get(fresh.name)
            if (
                holder is not None
                and holder is not old
                and not (old and old.state == OrganizationState.DISSOLVED)
            ):
                row.wrong(NAME.key, TAKEN_NAME)
            credit_holder = self.by_credit.get(fresh.credit_code) if fresh.credit_code else None
            if credit_holder is not None and credit_holder is not old:
                row.wrong(CREDIT_CODE.key, TAKEN_CREDIT, name=credit_holder.name)
            names.setdefault(fresh.name, fresh)
        for row, old, fresh in self.taken:
            self.finish(row, old, fresh, names)

    def finish(self, row: Row, old: S | None, fresh: S, names: dict[str, S]) -> None:
        """The head office, the differences, the permission, the result."""
        head = self.head_office(row, old, fresh, names)
        pairs = differences(old, fresh) if old else {}
        if old and PARENT.key in row.cells and str(old.parent or "") != row.cell(PARENT.key):
            pairs["parent"] = (old.parent, row.cell(PARENT.key) or None)
        row.changes = {key: [shown(key, a), shown(key, b)] for key, (a, b) in without_phones(pairs).items()}
        if pairs or old is None:
            self.permit(row, old, fresh)
        row.settle(old is None)
        if not row.errors and (pairs or old is None):
            self.plan(old, fresh, pairs, head)

    def plan(self, old: S | None, fresh: S, pairs: dict[str, tuple[Any, Any]], head: S | None) -> None:
        """What writing this row would do."""
        if old is None:
            self.new.append(fresh)
        else:
            self.changed.append((fresh, pairs))
        if head is not None:
            self.parents.append((fresh, head))
        elif "parent" in pairs:
            fresh.parent = None
            self.parents.append((fresh, None))  # type: ignore[arg-type]

    def head_office(self, row: Row, old: S | None, fresh: S, names: dict[str, S]) -> S | None:
        """The organization that the row names as its head office, of the register or of this table."""
        name = row.cell(PARENT.key)
        if not name or (old and old.parent and old.parent.name == name):
            return None
        head = names.get(name)
        if name == fresh.name:
            row.wrong(PARENT.key, OWN_PARENT)
        elif head is None:
            row.wrong(PARENT.key, NO_SUCH_NAME)
        return head

    def permit(self, row: Row, old: S | None, fresh: S) -> None:
        """Whether the person covers the place where the organization stood and the one where it is put."""
        if old is not None and old.state == OrganizationState.DISSOLVED:
            row.wrong(NAME.key, IS_DISSOLVED)
        elif old is not None and not self.covers(old.sub_district_id):
            row.wrong(NAME.key, NOT_YOURS)
        elif fresh.sub_district_id is None and not self.covers(None):
            row.wrong(PLACE.key, NOT_FOR_YOU)
        elif not self.covers(fresh.sub_district_id):
            row.wrong(PLACE.key, NOT_YOURS)


def named(known: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Divisions by name; two may share one."""
    found: dict[str, list[Any]] = {}
    for division in known.values():
        found.setdefault(division.name, []).append(division)
    return found


def differences(old: S, fresh: S) -> dict[str, tuple[Any, Any]]:
    """Field -> (old, new) where they differ; line breaks of a browser and of a spreadsheet are the same."""
    pairs = {name: (getattr(old, name), getattr(fresh, name)) for name in FIELDS if name != "parent"}
    if pairs["profile"][0].replace("\r\n", "\n") == pairs["profile"][1]:
        fresh.profile = old.profile
        del pairs["profile"]
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def meaning(row: Row, key: str) -> Any:
    """What an office's word means."""
    text = row.cell(key).replace(" ", "")
    words = WORDS[key]
    if text not in words:
        if key not in row.errors:
            row.wrong(key, NOT_ONE_OF, words="、".join(dict.fromkeys(first_words(words))))
        return S._meta.get_field(key).get_default() if key in (SUPPORTIVE.key, STUDIO.key) else ""
    return words[text]


def first_words(words: Mapping[str, Any]) -> Iterable[str]:
    """One word for each meaning."""
    said = set()
    for text, value in words.items():
        if value not in said:
            said.add(value)
            yield text


def credit_code(row: Row) -> str:
    """The credit code in capitals; which of its rules it breaks is said at the cell."""
    text = unicodedata.normalize("NFKC", row.cell(CREDIT_CODE.key)).replace(" ", "").upper()
    if not text or text in {"-", "无", "—"}:
        return ""
    strange = [letter for letter in text if letter not in creditcode.ALPHABET]
    if len(text) != 18:
        row.wrong(CREDIT_CODE.key, CREDIT_LENGTH, found=len(text))
    elif strange:
        row.wrong(CREDIT_CODE.key, CREDIT_LETTERS, letter=strange[0])
    elif not creditcode.is_valid(text):
        row.wrong(CREDIT_CODE.key, CREDIT_CHECK)
    return text[:18]


def rating(row: Row) -> int | None:
    """3A, 3a, AAA, 3 or 无."""
    text = unicodedata.normalize("NFKC", row.cell(RATING.key)).replace(" ", "").upper().removesuffix("级")
    if text in {"", "无", "-", "未评", "未评估"}:
        return None
    if set(text) == {"A"} and len(text) <= 5:
        return len(text)
    if text in {"1", "2", "3", "4", "5", "1A", "2A", "3A", "4A", "5A"}:
        return int(text[0])
    row.wrong(RATING.key, RATING_WORDS)
    return None


def rating_year(row: Row) -> int | None:
    """A year between 2000 and 2100."""
    text = unicodedata.normalize("NFKC", row.cell(RATING_YEAR.key)).replace(" ", "").removesuffix("年")
    if text in {"", "无", "-"}:
        return None
    if len(text) == 4 and text.isdecimal() and 2000 <= int(text) <= 2100:
        return int(text)
    row.wrong(RATING_YEAR.key, YEAR_WORDS)
    return None


def phone(row: Row) -> str:
    """A phone in E.164."""
    try:
        return e164(unicodedata.normalize("NFKC", row.cell(PHONE.key)))
    except ValidationError:
        row.wrong(PHONE.key, NO_PHONE)
        return ""
