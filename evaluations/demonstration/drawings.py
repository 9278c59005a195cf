"""Flat drawings for cases, in the product's colours: each a few shapes on a grid of 100 by 66."""

import io
from collections.abc import Sequence

from PIL import Image, ImageDraw

SCALE = 8
PAPER, SUNK, INK, TEAL, SOFT, PERSIMMON, PALE, GOLD, BAR, WHITE = (
    *("#fbf8f2", "#f4efe5", "#1d2523", "#0b5a5c", "#e2efec"),
    *("#a4400a", "#fbead9", "#e39a2d", "#2d8383", "#ffffff"),
)
Shape = tuple[str, Sequence[float], str]

# o: ellipse in a box; r: rectangle; p: polygon; l: line, two units wide; a: the lower half of an ellipse.
SHAPES: dict[str, list[Shape]] = {
    "ball": [("o", (36, 18, 64, 46), PERSIMMON), ("l", (50, 18, 50, 46), PALE), ("l", (36, 32, 64, 32), PALE)],
    "bench": [("r", (26, 34, 74, 38), PERSIMMON), ("r", (26, 24, 74, 28), PERSIMMON), ("r", (30, 38, 34, 50), INK), ("r", (66, 38, 70, 50), INK)],
    "bike": [("o", (24, 30, 44, 50), TEAL), ("o", (28, 34, 40, 46), PAPER), ("o", (56, 30, 76, 50), TEAL), ("o", (60, 34, 72, 46), PAPER), ("l", (34, 40, 46, 26, 62, 26, 66, 40), PERSIMMON)],
    "bin": [("r", (32, 26, 46, 50), TEAL), ("r", (30, 22, 48, 26), BAR), ("r", (54, 26, 68, 50), GOLD), ("r", (52, 22, 70, 26), PERSIMMON)],
    "book": [("p", (24, 22, 50, 28, 50, 50, 24, 44), TEAL), ("p", (76, 22, 50, 28, 50, 50, 76, 44), BAR), ("l", (50, 28, 50, 50), PAPER)],
    "bowl": [("a", (30, 16, 70, 56), PERSIMMON), ("r", (40, 54, 60, 57), PERSIMMON), ("l", (42, 30, 45, 24, 42, 18), GOLD), ("l", (54, 30, 57, 24, 54, 18), GOLD)],
    "box": [("r", (30, 24, 70, 50), TEAL), ("r", (46, 28, 54, 46), PALE), ("r", (41, 33, 59, 41), PALE), ("r", (42, 18, 58, 24), BAR)],
    "car": [("r", (24, 34, 76, 44), TEAL), ("p", (34, 34, 40, 24, 62, 24, 68, 34), BAR), ("o", (30, 40, 40, 50), INK), ("o", (60, 40, 70, 50), INK)],
    "cart": [("r", (32, 22, 66, 42), PERSIMMON), ("l", (66, 24, 76, 20), INK), ("o", (34, 42, 44, 52), INK), ("o", (54, 42, 64, 52), INK), ("l", (32, 29, 66, 29), PALE), ("l", (32, 36, 66, 36), PALE)],
    "cat": [("o", (36, 24, 64, 50), INK), ("p", (36, 32, 38, 16, 48, 26), INK), ("p", (64, 32, 62, 16, 52, 26), INK), ("o", (42, 33, 46, 38), GOLD), ("o", (54, 33, 58, 38), GOLD)],
    "clock": [("o", (34, 16, 66, 48), TEAL), ("o", (38, 20, 62, 44), PAPER), ("l", (50, 32, 50, 23), INK), ("l", (50, 32, 57, 36), PERSIMMON)],
    "cup": [("r", (36, 26, 60, 50), TEAL), ("o", (56, 30, 70, 44), TEAL), ("o", (59, 33, 67, 41), PAPER), ("l", (44, 22, 47, 16), GOLD), ("l", (52, 22, 55, 16), GOLD)],
    "dog": [("r", (34, 32, 64, 44), GOLD), ("o", (58, 20, 74, 36), GOLD), ("r", (36, 42, 41, 52), GOLD), ("r", (57, 42, 62, 52), GOLD), ("l", (34, 34, 26, 26), GOLD), ("l", (59, 35, 66, 38), BAR)],
    "door": [("r", (38, 16, 62, 52), PERSIMMON), ("r", (42, 20, 58, 33), PALE), ("o", (56, 37, 60, 41), GOLD), ("r", (34, 52, 66, 54), INK)],
    "drop": [("p", (50, 14, 62, 34, 38, 34), BAR), ("o", (37, 24, 63, 50), BAR), ("l", (26, 54, 42, 54), TEAL), ("l", (56, 54, 74, 54), TEAL)],
    "flower": [("l", (50, 34, 50, 52), TEAL), ("o", (40, 16, 50, 28), PERSIMMON), ("o", (50, 16, 60, 28), PERSIMMON), ("o", (38, 26, 50, 38), PERSIMMON), ("o", (50, 26, 62, 38), PERSIMMON), ("o", (46, 23, 54, 31), GOLD), ("o", (50, 40, 62, 47), BAR)],
    "frame": [("r", (30, 16, 70, 50), PERSIMMON), ("r", (34, 20, 66, 46), PALE), ("p", (36, 44, 46, 30, 54, 38, 60, 32, 64, 44), TEAL), ("o", (54, 22, 60, 28), GOLD)],
    "hands": [("o", (30, 26, 42, 38), GOLD), ("o", (44, 20, 56, 32), PERSIMMON), ("o", (58, 26, 70, 38), BAR), ("p", (28, 52, 31, 40, 41, 40, 44, 52), GOLD), ("p", (42, 52, 45, 34, 55, 34, 58, 52), PERSIMMON), ("p", (56, 52, 59, 40, 69, 40, 72, 52), BAR)],
    "house": [("p", (50, 14, 74, 32, 26, 32), PERSIMMON), ("r", (32, 32, 68, 52), GOLD), ("r", (45, 38, 55, 52), TEAL)],
    "lamp": [("p", (44, 24, 56, 24, 74, 56, 26, 56), GOLD), ("l", (50, 8, 50, 16), INK), ("p", (40, 24, 60, 24, 55, 15, 45, 15), INK), ("o", (46, 21, 54, 28), WHITE)],
    "leaf": [("o", (32, 22, 52, 40), BAR), ("o", (50, 18, 68, 36), TEAL), ("l", (50, 34, 50, 48), INK), ("r", (28, 48, 72, 54), PERSIMMON)],
    "ledger": [("r", (32, 16, 66, 52), WHITE), ("r", (32, 16, 37, 52), TEAL), ("l", (42, 26, 62, 26), INK), ("l", (42, 33, 62, 33), INK), ("l", (42, 40, 54, 40), PERSIMMON)],
    "lift": [("r", (34, 12, 66, 54), SUNK), ("r", (40, 20, 60, 46), TEAL), ("l", (50, 12, 50, 20), INK), ("p", (46, 30, 50, 24, 54, 30), GOLD), ("p", (46, 36, 50, 42, 54, 36), GOLD)],
    "map": [("p", (24, 20, 42, 16, 58, 20, 76, 16, 76, 48, 58, 52, 42, 48, 24, 52), WHITE), ("l", (30, 44, 44, 32, 56, 40, 68, 24), PERSIMMON), ("o", (65, 19, 72, 27), PERSIMMON)],
    "music": [("o", (34, 40, 46, 50), TEAL), ("o", (56, 36, 68, 46), TEAL), ("r", (44, 18, 46, 45), TEAL), ("r", (66, 14, 68, 41), TEAL), ("p", (44, 18, 68, 14, 68, 20, 44, 24), PERSIMMON)],
    "needle": [("o", (30, 20, 56, 46), PERSIMMON), ("o", (38, 28, 48, 38), PALE), ("l", (52, 42, 72, 16), INK), ("l", (43, 46, 58, 54, 70, 48), GOLD)],
    "phone": [("r", (40, 12, 62, 54), INK), ("r", (42, 17, 60, 47), SOFT), ("o", (49, 48, 53, 52), PAPER), ("o", (46, 26, 56, 36), PERSIMMON)],
    "stairs": [("p", (24, 52, 24, 46, 36, 46, 36, 38, 48, 38, 48, 30, 60, 30, 60, 22, 74, 22, 74, 52), TEAL), ("l", (24, 36, 60, 10), PERSIMMON)],
    "sun": [("o", (40, 12, 60, 32), GOLD), ("l", (24, 38, 76, 38), INK), ("r", (30, 38, 44, 54), PERSIMMON), ("r", (48, 38, 60, 52), BAR), ("r", (63, 38, 72, 50), WHITE)],
    "tools": [("r", (34, 14, 42, 26), INK), ("r", (36, 26, 40, 52), PERSIMMON), ("r", (56, 24, 60, 52), TEAL), ("o", (52, 14, 64, 26), TEAL), ("o", (55, 12, 61, 20), PAPER)],
    "toy": [("r", (26, 34, 46, 46), PERSIMMON), ("r", (50, 28, 70, 46), TEAL), ("r", (52, 20, 58, 28), INK), ("o", (28, 44, 38, 54), INK), ("o", (52, 44, 62, 54), INK), ("o", (62, 44, 72, 54), INK), ("r", (46, 40, 50, 43), INK)],
    "window": [("r", (32, 14, 68, 50), TEAL), ("r", (36, 18, 49, 31), PALE), ("r", (51, 18, 64, 31), PALE), ("r", (36, 33, 49, 46), PALE), ("r", (51, 33, 64, 46), PALE), ("r", (28, 50, 72, 54), INK), ("r", (42, 40, 46, 50), PERSIMMON)],
}  # fmt: skip


def drawing(picture: str, telling: int) -> bytes:
    """The drawing as a JPEG; the two tellings of a story stand before different walls."""
    ground = (PAPER, PALE)[telling] if telling in (0, 1) else PAPER
    image = Image.new("RGB", (100 * SCALE, 66 * SCALE), ground)
    draw = ImageDraw.Draw(image)
    for place, height in enumerate((14, 22, 17, 26, 19, 24, 15)):
        left = place * 15 - telling * 5
        draw.rectangle(scaled((left, 56 - height, left + 13, 56)), fill=SOFT if place % 2 else SUNK)
    draw.rectangle(scaled((0, 56, 100, 66)), fill=(TEAL, BAR)[telling])
    for kind, points, colour in SHAPES[picture]:
        paint(draw, kind, points, colour)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=88)
    return out.getvalue()


def paint(draw: ImageDraw.ImageDraw, kind: str, points: Sequence[float], colour: str) -> None:
    """Put one shape on the drawing."""
    at = scaled(points)
    if kind == "o":
        draw.ellipse(at, fill=colour)
    elif kind == "a":
        draw.pieslice(at, 0, 180, fill=colour)
    elif kind == "r":
        draw.rectangle(at, fill=colour)
    elif kind == "p":
        draw.polygon(at, fill=colour)
    else:
        draw.line(at, fill=colour, width=2 * SCALE, joint="curve")


def scaled(points: Sequence[float]) -> list[float]:
    return [point * SCALE for point in points]
