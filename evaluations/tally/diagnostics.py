"""Signs for review in one panel: how strict, even and consistent each judge was, and whether homes were favoured.

Nothing here is ever acted on automatically. Source of the correction for many tests: Benjamini & Hochberg,
Controlling the false discovery rate, JRSS B 57 (1995).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2
from scipy.stats import t as student

from evaluations.tally.additive import Design, Floats, Ints, covariance, estimate

DISCOVERY = 0.05
SAME_SHARE = 0.8  # of a judge's sheets with the very same marks
SAME_SHEETS = 5  # fewer sheets say nothing about sameness
HOME_SHEETS = (
    5  # a coefficient of fewer sheets would tell whose they are, and with that where a pseudonym lives
)


@dataclass(frozen=True, slots=True)
class JudgeFigures:
    """One figure of each kind for every judge; None for all where no degree of freedom is left.

    `severity` in points with its standard error; `spread` the standard deviation of the judge's totals; `chi2`
    the judge's squared residuals in units of the residual variance with `degrees`, `p` and `adjusted` (for the
    number of judges); `same` the greatest share of sheets with the very same marks.
    """

    severity: Floats
    error: Floats
    spread: Floats
    chi2: Floats
    degrees: Floats
    p: Floats
    adjusted: Floats
    same: Floats


@dataclass(frozen=True, slots=True)
class Home:
    """By how many points judges marked their own place up, other things equal, with its t."""

    coefficient: float
    error: float
    t: float
    degrees: int
    p: float
    marks: int


def judge_figures(design: Design, totals: Floats, same: Floats) -> JudgeFigures | None:
    """The figures of every judge of a panel."""
    degrees = len(totals) - design.entries - design.judges + design.groups[0]
    fit = estimate(design, totals)
    squares = float(fit.residual @ fit.residual)
    if degrees < 1 or squares < 1e-9:
        return None
    variance = squares / degrees
    of_entries, of_judges = covariance(design)
    shares = (design.meetings.toarray() / design.of_entry[:, None]) @ of_judges
    entry, judge = design.entry, design.judge
    leverage = np.diag(of_entries)[entry] + np.diag(of_judges)[judge] - 2 * shares[entry, judge]
    own = np.bincount(judge, fit.residual**2, design.judges) / variance
    # The expectation of a judge's sum of squares is what the fit leaves free of it.
    free: Floats = np.clip(np.bincount(judge, 1 - leverage, design.judges), 1e-9, None).astype(np.float64)
    p = chi2.sf(own, free)
    mean = np.bincount(judge, totals, design.judges) / design.of_judge
    around = np.bincount(judge, (totals - mean[judge]) ** 2, design.judges)
    spread = np.sqrt(around / np.maximum(design.of_judge - 1, 1))
    return JudgeFigures(
        severity=fit.severity,
        error=np.sqrt(np.clip(variance * np.diag(of_judges), 0, None)),
        spread=spread,
        chi2=own,
        degrees=free,
        p=p,
        adjusted=adjusted_p(p),
        same=same,
    )


def adjusted_p(p: Floats) -> Floats:
    """Benjamini and Hochberg's adjusted p: at most so large a share of those below it is found by chance."""
    order = np.argsort(p)[::-1]
    count = len(p)
    scaled = p[order] * count / np.arange(count, 0, -1)
    found = np.empty(count)
    found[order] = np.minimum(np.minimum.accumulate(scaled), 1)
    return found


def home_advantage(design: Design, totals: Floats, own: NDArray[np.bool_]) -> Home | None:
    """The coefficient of `own` (a sheet for the judge's own place) beside entries and judges.

    None where fewer than HOME_SHEETS sheets are for an own place, where it cannot be told from entries and
    judges, or without degrees of freedom. Source: Frisch & Waugh, Econometrica 1 (1933).
    """
    degrees = len(totals) - design.entries - design.judges + design.groups[0] - 1
    if degrees < 1 or own.sum() < HOME_SHEETS:
        return None
    rest = estimate(design, own.astype(np.float64)).residual
    information = float(rest @ rest)
    if information < 1e-9:
        return None
    left = estimate(design, totals).residual
    coefficient = float(rest @ left) / information
    squares = float(left @ left) - coefficient**2 * information
    if squares < 1e-9:
        return None
    error = (squares / degrees / information) ** 0.5
    t = coefficient / error
    return Home(coefficient, error, t, degrees, float(2 * student.sf(abs(t), degrees)), int(own.sum()))


def same_marks(judge: Ints, patterns: Ints, judges: int) -> Floats:
    """The greatest share of each judge's sheets that bear the very same marks."""
    _pairs, counts = np.unique(np.column_stack([judge, patterns]), axis=0, return_counts=True)
    most = np.zeros(judges, dtype=np.int64)
    np.maximum.at(most, _pairs[:, 0], counts)
    found: Floats = most / np.maximum(np.bincount(judge, minlength=judges), 1)
    return found
