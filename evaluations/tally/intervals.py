"""How sure a rank is: draws of what the entries may truly be worth, and the ranks they would give.

The entry effects of the two-way model, judges fixed, have a normal error with covariance s²(diag(1/n) + …). They
are drawn to their mean by as much as they are spread by chance alone (empirical Bayes, Morris, Parametric
empirical Bayes inference, JASA 78 (1983)): else an entry that was lucky would be taken for a good one, and too
many intervals would miss. Panels are drawn independently and added by weight.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from evaluations.tally.additive import Design, Floats, Ints, covariance, estimate
from evaluations.tally.reliability import spread_beyond

DRAWS = 10_000
CONFIDENCE = 0.90
LEAST_SPREAD = 1e-4  # of the variance of the error
_CHUNK = 1_000_000


@dataclass(frozen=True, slots=True)
class Belief:
    """What is believed of the entries of one panel: a multivariate normal distribution, in points.

    `middle` and `spread` are the mean and the variance of the entries' true values themselves.
    """

    mean: Floats
    covariance: Floats
    middle: float
    spread: float


@dataclass(frozen=True, slots=True)
class RankDraws:
    """How often each entry had each rank: `counts`[entry, rank - 1], in `draws` draws."""

    counts: Ints
    draws: int

    def interval(self) -> tuple[Ints, Ints]:
        """The least and the greatest rank of the central interval of each entry."""
        cumulated = np.cumsum(self.counts, axis=1)
        tail = (1 - CONFIDENCE) / 2 * self.draws
        return (cumulated > tail).argmax(axis=1) + 1, (cumulated >= self.draws - tail).argmax(axis=1) + 1

    def expected(self) -> Floats:
        """The mean rank of each entry."""
        ranks = np.arange(1, self.counts.shape[1] + 1)
        found: Floats = (self.counts @ ranks / self.draws).astype(np.float64)
        return found

    def top(self, places: int) -> Floats:
        """How probable it is that an entry is among so many best."""
        found: Floats = self.counts[:, :places].sum(axis=1) / self.draws
        return found


def belief(design: Design, totals: Floats) -> Belief | None:
    """The entry effects of one panel after shrinkage; None where nothing is left to measure chance by."""
    degrees = len(totals) - design.entries - design.judges + design.groups[0]
    if degrees < 1:
        return None
    fit = estimate(design, totals)
    squares = float(fit.residual @ fit.residual)
    if squares < 1e-9:
        return None
    noise = squares / degrees * covariance(design)[0]
    # Entries that differ by nothing but chance still have an order, of which nothing is known: not quite zero.
    spread = max(spread_beyond(fit.entry, noise), LEAST_SPREAD * float(np.diag(noise).mean()))
    size = design.entries
    inverse = np.linalg.inv(noise + spread * np.eye(size))
    middle = float((inverse @ fit.entry).sum() / inverse.sum())
    mean: Floats = fit.entry - (noise @ inverse @ (fit.entry - middle)).astype(np.float64)
    kept = spread * np.eye(size) - spread * spread * inverse
    return Belief(mean, (kept + kept.T) / 2, middle, spread)


def rank_draws(
    beliefs: Sequence[tuple[float, Belief]], fixed: Floats, seed: Ints, groups: Ints | None = None
) -> RankDraws:
    """Draw totals and count ranks.

    Args:
        beliefs: the weight of each panel with what is believed of the entries.
        fixed: what each entry has besides: votes, given points, adjustments.
        groups: rank each entry among those of its group only.
    """
    size = len(fixed)
    chance = np.random.RandomState(seed)
    roots = [(weight, found.mean, _root(found.covariance)) for weight, found in beliefs]
    group = np.zeros(size, dtype=np.int64) if groups is None else groups
    by_group = np.argsort(group, kind="stable")
    first = np.searchsorted(group[by_group], group[by_group])
    counts = np.zeros(size * size, dtype=np.int64)
    done, step = 0, max(1, min(DRAWS, _CHUNK // max(1, size)))
    while done < DRAWS:
        rows = min(step, DRAWS - done)
        totals = np.tile(fixed, (rows, 1))
        for weight, mean, root in roots:
            totals += weight * (mean + chance.standard_normal((rows, size)) @ root.T)
        order = np.argsort(-totals, axis=1)
        if groups is not None:
            order = np.take_along_axis(order, np.argsort(group[order], axis=1, kind="stable"), axis=1)
        places = np.arange(size) - first
        counts += np.bincount((order * size + places).ravel(), minlength=size * size)
        done += rows
    return RankDraws(counts.reshape(size, size), DRAWS)


def _root(matrix: Floats) -> Floats:
    """A root of a covariance matrix, by Cholesky with a trace of noise where it is singular."""
    size = len(matrix)
    trace = float(np.trace(matrix)) / max(1, size)
    return np.linalg.cholesky(matrix + 1e-9 * trace * np.eye(size)).astype(np.float64)


def seed_words(digest: str) -> Ints:
    """The eight big-endian 32-bit words of a SHA-256, as a seed."""
    return np.frombuffer(bytes.fromhex(digest), dtype=">u4").astype(np.int64)
