"""The shape of a story, and how one story is told by two communities."""

import re
from dataclasses import dataclass

VARIANT = re.compile(r"\{([^{}|]*)\|([^{}|]*)\}")


@dataclass(frozen=True, slots=True)
class Story:
    """An invented case. Texts hold `{here}` for the community's name and `{this|that}` for its two tellings.

    Args:
        begins: need or conflict. kind, level: of the deliberation. people: who benefit directly. budget, asked: in yuan,
            each for the two tellings. picture: what the drawing shows (drawings.py).
    """

    key: str
    field: str
    begins: str
    kind: str
    level: str
    title: str
    summary: str
    need: str
    record: str
    resolution: str
    practice: str
    effect: str
    people: tuple[int, int]
    budget: tuple[int, int]
    asked: tuple[int, int]
    picture: str

    def told(self, text: str, telling: int, here: str) -> str:
        """One of the story's texts as a community tells it; `telling` is 0 or 1."""
        return VARIANT.sub(lambda found: found[telling + 1], text).replace("{here}", here)
