"""How often a 90 % rank interval holds the true rank, and how well the true order is recovered: by simulation.

    python benchmarks/coverage.py

100 entries, 60 judges with 5 or 7 marks an entry. True quality has a standard deviation of 5 points, severity of 5, chance of 6. Judges are
assigned at random, or so that strict judges tend to get good entries. Seeded; the same figures on every run of one set of
libraries. Required of the intervals: 88 to 93 %. Beside it the rank correlation with the truth of the trimmed mean and of the calibrated
one, and the same where two of the judges collude: they give full marks to three entries of their choice and none to the rest.
"""

import argparse
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np

from evaluations.tally.additive import Design, Floats, Ints, estimate
from evaluations.tally.influence import averages_without
from evaluations.tally.intervals import belief, rank_draws
from evaluations.tally.rule import Trim

ENTRIES, JUDGES = 100, 60
QUALITY, SEVERITY, CHANCE = 5.0, 5.0, 6.0
TRIM = Trim(1, 1, 5, 7)


def assigned(chance: np.random.RandomState, marks: int, pull: Floats) -> tuple[Ints, Ints]:
    """So many judges of each entry, nobody with more than a fair load; `pull` says who is drawn to whom."""
    most = -(-ENTRIES * marks // JUDGES)
    load = np.zeros(JUDGES, dtype=int)
    pairs = []
    for entry in chance.permutation(ENTRIES):
        liking = chance.gumbel(size=JUDGES) + pull[entry]
        liking[load >= most] = -np.inf
        for judge in np.argsort(-liking)[:marks]:
            pairs.append((entry, judge))
            load[judge] += 1
    entry, judge = np.array(pairs).T
    return entry, judge


def ranks(values: Floats) -> Ints:
    """1 for the highest."""
    found = np.empty(len(values), dtype=int)
    found[np.argsort(-values)] = np.arange(1, len(values) + 1)
    return found


def trimmed(entry: Ints, values: Floats) -> Floats:
    return averages_without(entry, values, ENTRIES, TRIM, "mean", 1)[0]


def season(seed: int, marks: int, correlated: bool, colluders: int) -> dict[str, float]:
    """One simulated season: coverage, mean width, and rank correlations with the truth."""
    chance = np.random.RandomState(seed)
    quality, severity = chance.normal(0, QUALITY, ENTRIES), chance.normal(0, SEVERITY, JUDGES)
    pull = np.outer(quality / QUALITY, severity / SEVERITY) * correlated
    entry, judge = assigned(chance, marks, pull)
    totals = 75 + quality[entry] - severity[judge] + chance.normal(0, CHANCE, len(entry))
    if colluders:
        friends = chance.choice(ENTRIES, 3, replace=False)
        plot = judge < colluders
        totals[plot] = np.where(np.isin(entry[plot], friends), 100.0, 40.0)
    _judges, numbers = np.unique(judge, return_inverse=True)
    design = Design(entry, numbers, ENTRIES, int(numbers.max()) + 1)
    truth = ranks(quality)
    correct = np.round(np.clip(estimate(design, totals).severity, -15, 15), 2)
    found = {
        "plain": float(np.corrcoef(truth, ranks(trimmed(entry, totals)))[0, 1]),
        "calibrated": float(np.corrcoef(truth, ranks(trimmed(entry, totals + correct[numbers])))[0, 1]),
    }
    believed = belief(design, totals)
    assert believed is not None
    low, high = rank_draws([(1.0, believed)], np.zeros(ENTRIES), np.array([seed])).interval()
    found["coverage"] = float(np.mean((low <= truth) & (truth <= high)))
    found["width"] = float(np.mean(high - low + 1))
    return found


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seasons", type=int, default=100)
    given = parser.parse_args()
    started, missed = time.process_time(), 0
    print("| marks | assignment | colluders | coverage | mean width | ρ trimmed | ρ calibrated |")
    print("|---|---|---|---|---|---|---|")
    for colluders in (0, 2):
        for marks in (5, 7):
            for correlated in (False, True):
                runs = [season(1000 * marks + n, marks, correlated, colluders) for n in range(given.seasons)]
                mean = {key: float(np.mean([run[key] for run in runs])) for key in runs[0]}
                error = float(np.std([run["coverage"] for run in runs])) / given.seasons**0.5
                missed += not colluders and not 0.88 <= mean["coverage"] <= 0.93
                print(
                    f"| {marks} | {'quality-correlated' if correlated else 'random'} | {colluders} "
                    f"| {100 * mean['coverage']:.1f} ± {100 * error:.1f} % | {mean['width']:.1f} "
                    f"| {mean['plain']:.3f} | {mean['calibrated']:.3f} |"
                )
    print(f"{given.seasons} seasons each, {time.process_time() - started:.0f} s of CPU")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
