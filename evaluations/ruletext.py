"""The text of a rule set as staff type it: on which line a place of the document stands; examples to begin with."""

import json
import re
from pathlib import Path

TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')
EXAMPLES = Path(__file__).parent / "examples"
EXAMPLE_NAMES = ("example-online", "example-final")


def example_text(name: str) -> str:
    """The text of an example rule set. Raises: KeyError for a name that is none of EXAMPLE_NAMES."""
    if name not in EXAMPLE_NAMES:
        raise KeyError(name)
    return (EXAMPLES / f"{name}.json").read_text(encoding="utf-8")


def line_of(text: str, place: str) -> int | None:
    """The line (from 1) on which a place such as `criteria[0].max` begins; of what is missing, the line of what it lacks in."""
    lines = lines_of_places(text)
    while place:
        if place in lines:
            return lines[place]
        place = place[: max(place.rfind("."), place.rfind("["), 0)]
    return None


def lines_of_places(text: str) -> dict[str, int]:
    """The line of each member and item of a JSON text, as far as it can be read."""
    lines: dict[str, int] = {}
    stack: list[_Inside] = []
    line, seen = 1, 0
    for token in TOKEN.finditer(text):
        line += text.count("\n", seen, token.start())
        seen = token.start()
        word = token.group()
        top = stack[-1] if stack else None
        if word in "}]":
            if stack:
                stack.pop()
        elif word == ",":
            if top:
                top.next()
        elif word == ":":
            continue
        elif top and top.awaits_key and word.startswith('"'):
            top.name(word)
            lines.setdefault(top.place, line)
        else:
            place = top.place if top else ""
            lines.setdefault(place, line)
            if word in "{[":
                stack.append(_Inside(place, is_list=word == "["))
    return lines


class _Inside:
    """Where in an object or a list the reading stands."""

    def __init__(self, outer: str, *, is_list: bool) -> None:
        self.outer, self.is_list = outer, is_list
        self.index, self.key = 0, ""
        self.awaits_key = not is_list

    @property
    def place(self) -> str:
        if self.is_list:
            return f"{self.outer}[{self.index}]"
        return f"{self.outer}.{self.key}" if self.outer else self.key

    def next(self) -> None:
        self.index += 1
        self.awaits_key = not self.is_list

    def name(self, word: str) -> None:
        try:
            self.key = json.loads(word)
        except ValueError:
            self.key = word.strip('"')
        self.awaits_key = False
