"""Agreement of judges against published answers."""

import csv
import json

import numpy as np
import pytest

from evaluations.tally.additive import Design
from evaluations.tally.reliability import (
    components,
    intraclass_of_complete,
    intraclass_of_components,
    judges_needed,
    kendall_w,
    krippendorff_alpha,
)

from .reference import reference


def answers(name):
    return json.loads(reference(f"{name}.json").read_text(encoding="utf-8"))


def sparse(units):
    """A design and its marks from rows of entries with None for no mark; entries without a mark are left out."""
    found = [
        (row, column, mark)
        for row, of in enumerate(units)
        for column, mark in enumerate(of)
        if mark is not None
    ]
    rows, entry = np.unique([item[0] for item in found], return_inverse=True)
    columns, judge = np.unique([item[1] for item in found], return_inverse=True)
    return Design(entry, judge, len(rows), len(columns)), np.array([float(item[2]) for item in found])


def test_the_six_forms_of_shrout_and_fleiss():
    document = answers("icc_shrout_fleiss_1979")
    found = intraclass_of_complete(np.array(document["data"]["ratings"], dtype=float))
    published = document["expected"]["published"]
    names = {
        "ICC11": found.one_single,
        "ICC21": found.two_single,
        "ICC31": found.three_single,
        "ICC1k": found.one_average,
        "ICC2k": found.two_average,
        "ICC3k": found.three_average,
    }
    assert {name: round(value, 2) for name, value in names.items()} == {
        name: published[name] for name in names
    }
    computed = document["expected"]["computed"]
    assert {name: round(value, 9) for name, value in names.items()} == {
        name: computed[name] for name in names
    }


def test_components_of_complete_marks_give_the_same_forms():
    """ICC(2) and ICC(3) by components are those by mean squares, where no component is negative."""
    ratings = np.array(answers("icc_shrout_fleiss_1979")["data"]["ratings"], dtype=float)
    found = intraclass_of_components(components(*sparse(ratings.tolist())), 4.0)
    exact = intraclass_of_complete(ratings)
    for name in ("two_single", "three_single", "two_average", "three_average"):
        assert getattr(found, name) == pytest.approx(getattr(exact, name), abs=1e-6)


def test_kendalls_w_with_and_without_ties():
    document = answers("kendall_w")
    siegel, tied = (np.array(document["data"][name], dtype=float) for name in ("siegel", "kendall_tied"))
    published = document["expected"]["published"]
    assert round(kendall_w(siegel), 2) == published["siegel"]["W"]
    assert round(kendall_w(tied), 3) == published["kendall_tied"]["W_tie_corrected"]
    assert kendall_w(np.ones((3, 4))) is None


def test_krippendorffs_alpha_with_missing_marks():
    document = answers("krippendorff_alpha")
    published = document["expected"]["published"]
    wiki = np.array(document["data"]["wiki_coders_by_units"], dtype=object).T.tolist()
    assert round(krippendorff_alpha(*sparse(wiki)), 3) == published["wiki"]["interval"]
    units = document["data"]["krippC_units_by_coders"]
    assert round(krippendorff_alpha(*sparse(units)), 3) == published["krippC"]["interval"]
    assert krippendorff_alpha(*sparse([[1, None], [None, 2]])) is None


def test_the_components_of_penicillin():
    """Plates by samples, crossed: the published REML standard deviations."""
    published = answers("mixed_penicillin")["expected"]["published"]
    with reference("mixed_penicillin.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    plates, samples = (sorted({row[key] for row in rows}) for key in ("plate", "sample"))
    design = Design(
        np.array([plates.index(row["plate"]) for row in rows]),
        np.array([samples.index(row["sample"]) for row in rows]),
        len(plates),
        len(samples),
    )
    found = components(design, np.array([float(row["diameter"]) for row in rows]))
    assert round(found.entry**0.5, 4) == published["sd_plate"]
    assert round(found.judge**0.5, 4) == published["sd_sample"]
    assert round(found.residual**0.5, 4) == published["sd_resid"]


def test_how_many_judges_a_reliability_of_80_needs():
    assert [judges_needed(value) for value in (0.8, 0.5, 0.17, 0.0, None)] == [1, 4, 20, None, None]
