"""How far judges agree: Krippendorff's alpha, intraclass correlations, Kendall's W, components of variance.

Sources: Krippendorff, Content Analysis (alpha for interval data, missing marks allowed); Shrout & Fleiss,
Intraclass correlations, Psychological Bulletin 86 (1979); Kendall, Rank Correlation Methods (1948); Patterson &
Thompson, Recovery of inter-block information when block sizes are unequal, Biometrika 58 (1971).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, log

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.stats import rankdata

from evaluations.tally.additive import Design, Floats, covariance, estimate


@dataclass(frozen=True, slots=True)
class Components:
    """Variances: of the entries, of the judges' severities, and of what is left (with its degrees of freedom)."""

    entry: float
    judge: float
    residual: float
    degrees: int


@dataclass(frozen=True, slots=True)
class Intraclass:
    """The six forms of Shrout and Fleiss, by their names there: (1,1) to (3,k)."""

    one_single: float
    two_single: float
    three_single: float
    one_average: float
    two_average: float
    three_average: float


def krippendorff_alpha(design: Design, values: Floats) -> float | None:
    """Alpha for interval data; None where no entry has two marks or all marks are equal."""
    counts = np.bincount(design.entry, minlength=design.entries)
    paired = counts[design.entry] > 1
    entry, values = design.entry[paired], values[paired] - values.mean()
    n = len(values)
    if n == 0:
        return None
    counts = np.where(counts > 1, counts, 2)
    sums = np.bincount(entry, values, design.entries)
    squares = np.bincount(entry, values * values, design.entries)
    present = np.bincount(entry, minlength=design.entries)
    observed = float(((2 * present * squares - 2 * sums**2) / (counts - 1)).sum()) / n
    expected = float(2 * n * (values * values).sum() - 2 * values.sum() ** 2) / (n * (n - 1))
    return 1 - observed / expected if expected > 1e-12 else None


def kendall_w(ratings: Floats) -> float | None:
    """Kendall's W, corrected for ties, of judges (rows) by entries (columns) without a gap."""
    judges, entries = ratings.shape
    if judges < 2 or entries < 2:
        return None
    ranks = np.vstack([rankdata(row) for row in ratings])
    sums = ranks.sum(axis=0)
    spread = float(((sums - sums.mean()) ** 2).sum())
    ties = 0.0
    for row in ratings:
        counts = np.unique(row, return_counts=True)[1]
        ties += float((counts.astype(float) ** 3 - counts).sum())
    most = judges**2 * (entries**3 - entries) - judges * ties
    return 12 * spread / most if most > 0 else None


def intraclass_of_complete(ratings: Floats) -> Intraclass | None:
    """The six forms from the mean squares of entries (rows) by judges (columns) without a gap."""
    n, k = ratings.shape
    if n < 2 or k < 2:
        return None
    total = ratings - ratings.mean()
    rows, columns = total.mean(axis=1), total.mean(axis=0)
    between = k * float(rows @ rows) / (n - 1)
    judges = n * float(columns @ columns) / (k - 1)
    rest = total - rows[:, None] - columns[None, :]
    error = float((rest * rest).sum()) / ((n - 1) * (k - 1))
    within_sum = float(((total - rows[:, None]) ** 2).sum())
    within = within_sum / (n * (k - 1))
    if between < 1e-12:
        return None
    return Intraclass(
        one_single=(between - within) / (between + (k - 1) * within),
        two_single=(between - error) / (between + (k - 1) * error + k * (judges - error) / n),
        three_single=(between - error) / (between + (k - 1) * error),
        one_average=(between - within) / between,
        two_average=(between - error) / (between + (judges - error) / n),
        three_average=(between - error) / between,
    )


def intraclass_of_components(found: Components, marks: float) -> Intraclass | None:
    """The same forms from components of variance, for an entry with so many marks (their harmonic mean)."""
    if found.entry + found.judge + found.residual < 1e-12:
        return None
    agreement = found.judge + found.residual

    def share(noise: float) -> float:
        whole = found.entry + noise
        return found.entry / whole if whole > 0 else 1.0

    single, average = share(agreement), share(agreement / marks)
    return Intraclass(single, single, share(found.residual), average, average, share(found.residual / marks))


def components(design: Design, values: Floats) -> Components | None:
    """The components by restricted maximum likelihood, each factor with the other one fixed.

    For complete marks these are the estimates of the analysis of variance, never below zero. None where no degree of freedom is left.
    """
    groups = design.groups[0]
    degrees = len(values) - design.entries - design.judges + groups
    if degrees < 1:
        return None
    fit = estimate(design, values)
    residual = float(fit.residual @ fit.residual) / degrees
    of_entries, of_judges = covariance(design)
    return Components(
        entry=spread_beyond(fit.entry, residual * of_entries),
        judge=spread_beyond(fit.severity, residual * of_judges),
        residual=residual,
        degrees=degrees,
    )


def spread_beyond(estimates: Floats, noise: Floats) -> float:
    """The variance of the true values behind estimates whose errors have a known covariance, by REML."""
    size = len(estimates)
    if size < 2:
        return 0.0
    # Relative to the spread seen, so that the search does not depend on the scale of the marks.
    scale = float(np.var(estimates, ddof=1))
    if scale < 1e-12:
        return 0.0
    values, vectors = np.linalg.eigh(noise / scale)
    values = np.clip(values, 0, None)
    ones, seen = vectors.T @ np.ones(size), vectors.T @ (estimates / scale**0.5)

    def badness(logarithm: float) -> float:
        variance = values + np.exp(logarithm)
        weight = float((ones * ones / variance).sum())
        rest = seen - ones * float((ones * seen / variance).sum()) / weight
        return float(np.log(variance).sum() + (rest * rest / variance).sum()) + log(weight)

    found = minimize_scalar(badness, bounds=(log(1e-8), log(1e2)), method="bounded", options={"xatol": 1e-9})
    variance = float(np.exp(found.x))
    return variance * scale if variance > 1e-6 else 0.0


def judges_needed(single: float | None, wanted: float = 0.8) -> int | None:
    """How many judges an entry needs for a reliability of their mean, after Spearman and Brown."""
    if single is None or single <= 0:
        return None
    return max(1, ceil(wanted * (1 - single) / (single * (1 - wanted)) - 1e-9))
