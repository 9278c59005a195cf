"""The two-way additive model of sheet totals: total = entry - severity of the judge + chance, by least squares.

Severities are fixed effects that sum to zero over all judges. The entries are eliminated first, which leaves
the judges' Laplacian C = diag(m) - N'diag(1/n)N with n sheets an entry and m a judge. `estimate` solves in
binary floats; `exact_severities` solves the same equations in whole numbers by Dixon's p-adic lifting.

Sources: the intrablock equations of an incomplete block design (John & Williams, Cyclic and Computer
Generated Designs, 1995, ch. 1); Dixon, Exact solution of linear equations using p-adic expansions, Numerische
Mathematik 40 (1982).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import isqrt

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

# Primes below 2^20: a sum of 2^22 products of two residues still fits into 63 bits.
_LARGEST_PRIME = 1_048_573


@dataclass(frozen=True)
class Design:
    """Which judge filled in a sheet for which entry: one number of each for every sheet, counted from 0.

    Every entry from 0 to `entries` - 1 and every judge from 0 to `judges` - 1 has a sheet.
    """

    entry: Ints
    judge: Ints
    entries: int
    judges: int

    @cached_property
    def of_entry(self) -> Ints:
        """The number of sheets of each entry."""
        return np.bincount(self.entry, minlength=self.entries).astype(np.int64)

    @cached_property
    def of_judge(self) -> Ints:
        """The number of sheets of each judge."""
        return np.bincount(self.judge, minlength=self.judges).astype(np.int64)

    @cached_property
    def meetings(self) -> csr_array:
        """The incidence matrix, entries by judges: 1 where there is a sheet."""
        ones = np.ones(len(self.entry), dtype=np.int64)
        return csr_array((ones, (self.entry, self.judge)), shape=(self.entries, self.judges))

    @cached_property
    def by_judge(self) -> csr_array:
        """The same, judges by entries."""
        return self.meetings.T.tocsr()

    @cached_property
    def laplacian(self) -> Floats:
        """C, judges by judges: positive semidefinite; its kernel is spanned by the connected groups."""
        weighted = self.meetings.astype(np.float64).multiply(1.0 / self.of_entry[:, None])
        product: Floats = (self.meetings.T @ weighted.tocsr()).toarray()
        return np.diag(self.of_judge.astype(np.float64)) - product

    @cached_property
    def groups(self) -> tuple[int, Ints, Ints]:
        """How many connected groups there are, and the group of each entry and of each judge."""
        size = self.entries + self.judges
        edges = csr_array(
            (np.ones(len(self.entry), dtype=np.int8), (self.entry, self.judge + self.entries)),
            shape=(size, size),
        )
        count, labels = connected_components(edges, directed=False)
        return int(count), labels[: self.entries], labels[self.entries :]


@dataclass(frozen=True)
class Estimates:
    """Least squares in binary floats: `entry` effects on the scale of the totals, `severity` of judges."""

    entry: Floats
    severity: Floats
    residual: Floats


def estimate(design: Design, totals: Floats) -> Estimates:
    """Fit the model.

    Args:
        totals: one for each sheet of the design. Where the design is not connected, severities sum to zero in
            each group, which nothing but an assumption justifies.
    """
    middle = np.bincount(design.entry, totals, design.entries) / design.of_entry
    lower = np.bincount(design.judge, middle[design.entry] - totals, design.judges)
    severity = np.linalg.solve(design.laplacian + _kernel(design), lower).astype(np.float64)
    entry = middle + np.bincount(design.entry, severity[design.judge], design.entries) / design.of_entry
    return Estimates(entry, severity, totals - entry[design.entry] + severity[design.judge])


def covariance(design: Design) -> tuple[Floats, Floats]:
    """The covariances of the entry effects and of the severities, each in units of the residual variance."""
    kernel = _kernel(design)
    of_judges = np.linalg.inv(design.laplacian + kernel) - kernel
    shares = design.meetings.toarray() / design.of_entry[:, None]
    of_entries = np.diag(1.0 / design.of_entry) + shares @ of_judges @ shares.T
    return of_entries, of_judges


def _kernel(design: Design) -> Floats:
    """The projection on the kernel of C; added to C it makes the equations regular and severities sum to zero."""
    _count, _entries, judges = design.groups
    together = judges[:, None] == judges[None, :]
    kernel: Floats = together / together.sum(axis=1, keepdims=True)
    return kernel


def exact_severities(design: Design, totals: Sequence[int], judges: Iterable[int]) -> Mapping[int, Fraction]:
    """The exact severities of some judges, in the unit of the totals, of a connected design.

    The last judge is held at zero, which leaves a regular system of whole numbers; its solution is found
    modulo a high power of a prime, digit by digit, and from that the fraction. A fraction with numerator and
    denominator below the bound is unique, so the result is exact and does not depend on the prime.
    """
    right = _right_side(design, totals)
    bound = _bound(design, right)
    solution, modulus = _lifted(design, right, 4 * design.judges**2 * bound * bound)
    whole = sum(solution[design.entries :])
    found = {}
    for judge in judges:
        own = solution[design.entries + judge] if judge < design.judges - 1 else 0
        value = (design.judges * own - whole) % modulus
        found[judge] = _fraction(value, modulus, 2 * design.judges * bound) / design.judges
    return found


def _right_side(design: Design, totals: Sequence[int]) -> list[int]:
    """The sums of totals: by entry, and by judge (all but the last) with the other sign."""
    by_entry, by_judge = [0] * design.entries, [0] * design.judges
    for entry, judge, total in zip(design.entry.tolist(), design.judge.tolist(), totals, strict=True):
        by_entry[entry] += total
        by_judge[judge] -= total
    return by_entry + by_judge[:-1]


def _bound(design: Design, right: Sequence[int]) -> int:
    """Hadamard's bound on the determinant of the system and on each determinant of Cramer's rule."""
    bound = 1 << 1
    for count in [*design.of_entry.tolist(), *design.of_judge.tolist()[:-1]]:
        bound *= isqrt(count * count + count) + 1
    return bound * (isqrt(sum(value * value for value in right)) + 1)


def _lifted(design: Design, right: list[int], enough: int) -> tuple[list[int], int]:
    """The solution modulo a power of a prime above `enough`, and that power."""
    prime = _LARGEST_PRIME
    while (solve := _solver(design, prime)) is None:
        prime = _prime_below(prime)
    left = np.array(right, dtype=object)
    digits, modulus = [], 1
    while modulus <= enough:
        digit = solve((left % prime).astype(np.int64))
        left = (left - _times(design, digit)) // prime
        digits.append(digit)
        modulus *= prime
    solution = [0] * len(right)
    for digit in reversed(digits):
        solution = [value * prime + found for value, found in zip(solution, digit.tolist(), strict=True)]
    return solution, modulus


def _times(design: Design, vector: Ints) -> Ints:
    """The system's matrix times a vector: n x entry - severities of its judges; m x severity - its entries."""
    entry, severity = vector[: design.entries], np.append(vector[design.entries :], 0)
    upper = design.of_entry * entry - design.meetings @ severity
    lower = design.of_judge * severity - design.meetings.T @ entry
    product: Ints = np.concatenate([upper, lower[:-1]])
    return product


class _Solver:
    """Solves the system modulo a prime, the judges' part by an inverse that is computed once."""

    def __init__(self, design: Design, prime: int, inverse: Ints, of_entry: Ints) -> None:
        self.design, self.prime, self.inverse, self.of_entry = design, prime, inverse, of_entry

    def __call__(self, right: Ints) -> Ints:
        design, prime = self.design, self.prime
        upper, lower = right[: design.entries], right[design.entries :]
        middle = upper * self.of_entry % prime
        severity = self.inverse @ ((lower + (design.meetings.T @ middle)[:-1]) % prime) % prime
        sums = (upper + design.meetings @ np.append(severity, 0)) % prime
        return np.concatenate([sums * self.of_entry % prime, severity])


def _solver(design: Design, prime: int) -> _Solver | None:
    """None where the prime divides the determinant."""
    if not (design.of_entry % prime).all():
        return None
    of_entry = np.array([pow(int(count), -1, prime) for count in design.of_entry], dtype=np.int64)
    scaled = design.meetings.multiply(of_entry[:, None]).tocsr()
    matrix = (np.diag(design.of_judge) - (design.meetings.T @ scaled).toarray()) % prime
    inverse = _inverse(matrix[:-1, :-1], prime)
    return None if inverse is None else _Solver(design, prime, inverse, of_entry)


def _inverse(matrix: Ints, prime: int) -> Ints | None:
    """The inverse modulo a prime by Gauss and Jordan; None where there is none."""
    size = len(matrix)
    work: Ints = np.hstack([matrix, np.eye(size, dtype=np.int64)])
    for column in range(size):
        below = np.flatnonzero(work[column:, column])
        if not len(below):
            return None
        pivot = column + int(below[0])
        work[[column, pivot]] = work[[pivot, column]]
        work[column] = work[column] * pow(int(work[column, column]), -1, prime) % prime
        factors = work[:, column].copy()
        factors[column] = 0
        touched = np.flatnonzero(factors)
        work[touched] = (work[touched] - factors[touched, None] * work[column]) % prime
    return work[:, size:]


def _fraction(value: int, modulus: int, bound: int) -> Fraction:
    """The fraction that is `value` modulo `modulus`, numerator at most `bound`: by Euclid, stopped half way."""
    before, after, first, second = modulus, value, 0, 1
    while after > bound:
        times = before // after
        before, after = after, before - times * after
        first, second = second, first - times * second
    return Fraction(after, second)


def _prime_below(number: int) -> int:
    candidate = number - 1
    while any(candidate % divisor == 0 for divisor in range(2, isqrt(candidate) + 1)):
        candidate -= 1
    return candidate
