"""Exact rounding and the way figures are written.

Figures are fractions; a figure is rounded only where the rule set lists the stage, and never through a binary
float.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import Literal

Mode = Literal["half_up", "half_even"]


def rounded(value: Fraction, places: int, mode: Mode) -> Fraction:
    """Round to a number of decimals.

    Args:
        value: any fraction.
        places: decimals kept; negative: to tens, hundreds and so on.
        mode: `half_up` sends a half away from zero, below zero too; `half_even` to the even neighbour.

    Source: half_even is GB/T 8170-2008 (equally ISO 80000-1 rule A), which allows only one rounding on the
    way.
    """
    # In whole numbers: this runs for every figure of a result, and fractions are slow.
    above, below = value.numerator, value.denominator
    up, down = (10**places, 1) if places >= 0 else (1, 10**-places)
    whole, rest = divmod(abs(above) * up, below * down)
    twice = 2 * rest - below * down
    if twice > 0 or (twice == 0 and (mode == "half_up" or whole % 2 == 1)):
        whole += 1
    return Fraction((whole if above >= 0 else -whole) * down, up)


@dataclass(frozen=True, slots=True)
class Rounding:
    """Which stages round, to how many decimals, and which way a half goes."""

    mode: Mode
    places: int
    stages: frozenset[str]

    def at(self, stage: str, value: Fraction) -> Fraction:
        """The value as that stage hands it on: rounded if the stage is listed, untouched if not."""
        return rounded(value, self.places, self.mode) if stage in self.stages else value

    @property
    def follows_gbt_8170(self) -> bool:
        """Whether this may be called rounding after GB/T 8170: half to even, and a single stage."""
        return self.mode == "half_even" and len(self.stages) == 1


def exact_sum(values: Iterable[Fraction]) -> Fraction:
    """The sum, over one common denominator: `sum` makes a fraction of every step."""
    terms = [(term.numerator, term.denominator) for term in values if term]
    if len(terms) == 1:
        return Fraction(*terms[0])
    below = lcm(*(term[1] for term in terms))
    return Fraction(sum(above * (below // own) for above, own in terms), below)


def times(value: Fraction, weight: Fraction) -> Fraction:
    """The product. Most weights are 1, and fractions are slow."""
    return value if weight == 1 else value * weight


def figure(value: Fraction, places: int) -> str:
    """Write a figure exactly: as a decimal with at least `places` decimals, or else as a fraction "n/d".

    A rounded figure has exactly `places` decimals. An unrounded one has as many as it needs; if no number of
    decimals is enough (55/3), the fraction itself is written.
    """
    if 10**places % value.denominator == 0:
        return _written(value.numerator * (10**places // value.denominator), places)
    rest, twos, fives = value.denominator, 0, 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    if rest != 1:
        return fraction(value)
    decimals = max(places, twos, fives)
    return _written(value.numerator * 10**decimals // value.denominator, decimals)


def _written(units: int, decimals: int) -> str:
    digits = str(abs(units)).rjust(decimals + 1, "0")
    sign = "-" if units < 0 else ""
    return f"{sign}{digits[:-decimals]}.{digits[-decimals:]}" if decimals else sign + digits


def fraction(value: Fraction) -> str:
    """Write a figure as "n/d" in lowest terms, with "/1" for a whole number."""
    return f"{value.numerator}/{value.denominator}"
