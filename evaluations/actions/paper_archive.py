"""All papers of a round as one zip, written while it is sent: never more in memory than a piece of one file."""

import io
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import override

from evaluations.models import SEALED, Entry, Paper, Round
from evaluations.rules import papers as rules
from evaluations.rules.checklist import needed_papers
from goldidea.lib import audit
from goldidea.lib.spreadsheets import Column, as_csv

COLUMNS = tuple(
    Column(key, header)
    for key, header in (
        ("number", "案例编号"),
        ("path", "文件"),
        ("what", "材料"),
        ("size", "大小（字节）"),
        ("sha256", "SHA-256"),
        ("said", "说明"),
    )
)
PIECE = 64 * 1024  # bytes
WHEN = (1980, 1, 1, 0, 0, 0)  # the same archive twice is the same bytes


@dataclass(frozen=True, slots=True)
class Item:
    """One paper: where it goes in the archive, what it is, and the file itself."""

    number: str
    path: str
    what: str
    paper: Paper


def papers_of_round(round_: Round) -> list[Item]:
    """The papers that stand in the entries' snapshots, and the sealed forms, in the order of case numbers."""
    entries = Entry.objects.filter(round=round_).select_related("snapshot", "submission")
    frozen = {paper["code"] for entry in entries for paper in entry.snapshot.body.get("papers") or []}
    cases = {entry.submission_id: entry.submission.number for entry in entries}
    kept = Paper.objects.filter(submission__in=cases).order_by("pk")
    chosen = [p for p in kept if p.code in frozen or (p.need == SEALED and p.removed_at is None)]
    with override("zh-hans"):  # papers travel in Chinese
        words = {**dict(needed_papers(round_.season)), SEALED: "盖章申报书", "": "其他材料"}
    items, counted = [], dict.fromkeys(cases.values(), 0)
    for paper in sorted(chosen, key=lambda paper: (cases[paper.submission_id], paper.pk)):
        number = cases[paper.submission_id]
        counted[number] += 1
        what = words.get(paper.need, paper.need)
        name = f"{number}/{counted[number]:02d}-{plain(what)}-{plain(paper.name)}"
        items.append(Item(number, name, what, paper))
    return items


def plain(text: str) -> str:
    """A part of a path, as every system takes it."""
    return "".join(c for c in text if c.isprintable() and c not in '<>:"/\\|?*').strip(" .") or "_"


@transaction.atomic
def take_papers(round_: Round, *, by: Any, reason: str) -> Iterator[bytes]:
    """Record that somebody takes all papers of a round along, and why; gives the archive piece by piece.

    Raises: PermissionDenied.
    """
    rules.can_take_papers(by, round_).enforce()
    items = papers_of_round(round_)
    audit.record("export papers", round_, by=by, reason=reason, changes={"rows": ("", str(len(items)))})
    return archive(items)


class Pipe(io.RawIOBase):
    """What the archive has written and nobody has taken yet."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.pieces.append(bytes(data))
        return len(data)

    def taken(self) -> Iterator[bytes]:
        pieces, self.pieces = self.pieces, []
        yield from pieces


def archive(items: Iterable[Item]) -> Iterator[bytes]:
    """The bytes of a zip with the papers by case number and a list of them (清单.csv)."""
    pipe = Pipe()
    rows: list[tuple[str, ...]] = []
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_STORED) as packed:
        for item in items:
            file = opened(item.paper)
            if file is not None:
                with file, packed.open(zipfile.ZipInfo(item.path, WHEN), "w") as target:
                    while piece := file.read(PIECE):
                        target.write(piece)
                        yield from pipe.taken()
            rows.append(row(item, file is not None))
        packed.writestr(zipfile.ZipInfo("清单.csv", WHEN), as_csv(COLUMNS, rows))
        yield from pipe.taken()
    yield from pipe.taken()


def opened(paper: Paper) -> Any:
    """The file of a paper; None when it is lost."""
    try:
        return paper.file.open("rb")
    except FileNotFoundError:
        return None


def row(item: Item, found: bool) -> tuple[str, ...]:
    """One line of the list."""
    said = "" if found else "文件缺失"
    return item.number, item.path, item.what, str(item.paper.size), item.paper.sha256, said
