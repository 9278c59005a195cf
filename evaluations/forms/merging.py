"""Two people write one case at once: what each typed is compared with what both had seen, and nothing is lost.

The page carries the revision that it showed and a fingerprint of each field. A field that only one of the two has
changed is no conflict; one that both changed differently is, and the writer chooses.
"""

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.http import QueryDict

from evaluations.actions.submission_changes import COLUMNS
from evaluations.application import TABLES, cells_of
from evaluations.models import Submission
from evaluations.rules.completeness import CAPTION

MANY = "partners"
PICK = "pick_"
Typed = dict[str, Any]


def typed(case: Submission) -> Typed:
    """What is stored, as the form's fields hold it; what could not be read is shown as it was typed."""
    shown: Typed = {name: as_typed(getattr(case, name)) for name in COLUMNS}
    shown["worker_phone"] = shown["worker_phone"].removeprefix("+86")
    shown[MANY] = sorted(str(pk) for pk in case.partners.values_list("pk", flat=True))
    for name, table in TABLES.items():
        shown |= cells_of(table, getattr(case, name))
    for photo in case.photos.filter(removed_at=None):
        shown[f"{CAPTION}{photo.code}"] = photo.caption
    return {**shown, **{name: text for name, text in case.rough.items() if name in shown}}


def as_typed(value: Any) -> str:
    """One stored value as a person would have typed it."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:.2f}".removesuffix(".00")
    return str(value.pk if hasattr(value, "pk") else value).replace("\n", "\r\n")


def plain(value: Any) -> Any:
    """A typed value without what makes no difference: line breaks of either kind, blanks around it."""
    if isinstance(value, list):
        return sorted(value)
    return str(value).replace("\r\n", "\n").strip()


def fingerprints(values: Typed) -> str:
    """Field -> fingerprint, as the page carries it."""
    return json.dumps({name: fingerprint(value) for name, value in values.items()}, separators=(",", ":"))


def fingerprint(value: Any) -> str:
    return f"{zlib.crc32(json.dumps(plain(value)).encode()):08x}"


@dataclass(slots=True)
class Merge:
    """What a page sent, laid over what is stored."""

    mine: Typed
    theirs: Typed
    seen: Mapping[str, str] = field(default_factory=dict)
    base_revision: int | None = None

    @property
    def different(self) -> list[str]:
        """Fields in which the page and the database differ."""
        return [name for name in self.theirs if plain(self.mine[name]) != plain(self.theirs[name])]

    @property
    def clashes(self) -> list[str]:
        """Fields that both have changed, and differently."""
        return [
            name
            for name in self.different
            if not self.seen.get(name)
            or self.seen[name] not in (fingerprint(self.mine[name]), fingerprint(self.theirs[name]))
        ]

    def merged(self) -> Typed:
        """Theirs where the writer left a field alone, else mine. Only without clashes."""
        untouched = {n for n in self.different if self.seen.get(n) == fingerprint(self.mine[n])}
        return {name: self.theirs[name] if name in untouched else self.mine[name] for name in self.theirs}


def merge(case: Submission, post: QueryDict) -> Merge:
    """Lay what a page sent over what is stored. A field that was not sent stays as it is."""
    theirs = typed(case)
    mine = {name: sent(post, name, stored) for name, stored in theirs.items()}
    revision = post.get("revision", "")
    base = int(revision) if revision.isascii() and revision.isdigit() and len(revision) < 10 else None
    return Merge(mine, theirs, read_fingerprints(post.get("seen", "")), base)


def sent(post: QueryDict, name: str, stored: Any) -> Any:
    """One field of the page; after a conflict, the version that the writer picked."""
    if name not in post or post.get(f"{PICK}{name}") == "theirs":
        return stored
    if name == MANY:
        return sorted({value for value in post.getlist(name) if value})
    return post[name].replace("\x00", "")


def read_fingerprints(text: str) -> dict[str, str]:
    """What a page says that it had seen; anything odd counts as nothing seen."""
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return {str(k): str(v) for k, v in found.items()} if isinstance(found, dict) else {}
