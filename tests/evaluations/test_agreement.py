"""Engine, verify.py and the page's module give the same bytes. The long form: benchmarks/faults/agreement.py."""

import shutil

import pytest

from tests.evaluations.agreement import compare

EVERYTHING = {
    *("criterion", "sheet", "mean", "median", "marks", "votes", "given", "top", "ladder", "standard"),
    *("exact", "panel", "lot", "shared rank", "unranked", "adjusted", "corrected"),
    *("below_advised", "below_min_marks", "incomplete_sheet", "tie_step_skipped", "no_points"),
    *("votes_all_zero", "votes_no_spread", "too_few_sheets", "correction_capped", "not_calibrated"),
}


def test_three_programs_count_alike(tmp_path):
    if shutil.which("node") is None:
        pytest.skip("NO NODE: the page's module was not compared with the engine.")
    seen, apart = compare(400, 1, tmp_path)
    assert apart == []
    assert EVERYTHING - set(seen) == set()
