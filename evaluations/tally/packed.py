"""The same tally for many marks: columns of whole numbers, brought into canonical order by numpy, every sum exact.

Marks are whole units of their criterion. A sheet is numbered by its panel, entry and seat, which brings the sheets into
canonical order without a sort, and its marks stand in one row of a matrix with a column for each criterion. What does not
fit, or would be refused, is left to the tally row by row, which names what is wrong: `pack` gives None.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from evaluations.tally.columns import SCALE, AnyInts, Columns, Ints, narrowest
from evaluations.tally.inputs import Inputs
from evaluations.tally.panels import weights_of
from evaluations.tally.rows import entry_ids, seat_ids
from evaluations.tally.rule import Criterion, RuleSet
from evaluations.tally.scale import step_decimals
from evaluations.tally.sheets import PackedMarks

_LIMIT = 1 << 62
_SPARE = 1_000_000  # cells that a table may have beyond some times its contents


def pack(rule: RuleSet, inputs: Inputs, columns: Columns) -> PackedMarks | None:
    """Check the marks and put them into order.

    Returns:
        None if anything is to be refused or does not fit: the tally row by row says what.

    Raises:
        FolderError: an entry or a seat is refused.
    """
    entries = sorted(entry_ids(inputs.entries))
    seats = seat_ids(rule, inputs.seats) if inputs.seats is not None else None
    if seats is None or not len(columns.value):
        return None
    panels = sorted(panel.id for panel in rule.panels if panel.kind == "marks")
    criteria = sorted(rule.criterion)
    seat_names = sorted(set().union(*seats.values()))
    panel = _renumbered(columns.panel, columns.panels, panels)
    entry = _renumbered(columns.entry, columns.entries, entries)
    seat = _renumbered(columns.seat, columns.seats, seat_names)
    criterion = _renumbered(np.arange(len(columns.criteria)), columns.criteria, criteria)
    if min(panel.min(), entry.min(), seat.min()) < 0:
        return None
    if not _seated(seats, panels, seat_names, panel, seat):
        return None
    sizes = (len(panels), len(entries), len(seat_names))
    numbered = _numbered((panel * sizes[1] + entry) * sizes[2] + seat, sizes)
    if numbered is None:
        return None
    kinds, number = numbered
    matrix = _matrix(columns, number, criterion, len(kinds), len(criteria))
    if matrix is None:
        return None
    thousandths, there = matrix
    marked = there.any(axis=1)
    if not marked.all():  # a sheet without a mark is none
        kinds, thousandths, there = kinds[marked], thousandths[marked], there[marked]
    value = _in_units(rule, criteria, thousandths, there)
    units = {item.id: 10 ** step_decimals(item) for item in rule.criteria}
    if value is None or _may_overflow(rule, units, value, len(columns.value), len(seat_names)):
        return None
    rest, seat = np.divmod(kinds, sizes[2])
    panel, entry = np.divmod(rest, sizes[1])
    found = PackedMarks(entries, seat_names, panels, criteria, units, panel, entry, seat, value, there)
    return found if _own_criteria(rule, found) else None


def _renumbered(column: AnyInts, given: Sequence[str], known: Sequence[str]) -> Ints:
    """The numbers of the known names, -1 for an unknown one."""
    place = {name: number for number, name in enumerate(known)}
    found: Ints = np.array([place.get(name, -1) for name in given], dtype=np.int64)[column]
    return found


def _seated(
    seats: Mapping[str, frozenset[str]],
    panels: Sequence[str],
    names: Sequence[str],
    panel: Ints,
    seat: Ints,
) -> bool:
    """Whether each seat belongs to its panel."""
    allowed = np.array([[name in seats[of] for name in names] for of in panels], dtype=bool)
    return bool(allowed[panel, seat].all())


def _own_criteria(rule: RuleSet, marks: PackedMarks) -> bool:
    """Whether each panel marks its own criteria only."""
    for name in marks.panel_names:
        foreign = [item not in rule.panel[name].criteria for item in marks.criterion_names]
        if any(foreign) and marks.there[marks.part_of(name)][:, foreign].any():
            return False
    return True


def _numbered(key: Ints, sizes: tuple[int, int, int]) -> tuple[Ints, Ints] | None:
    """The different keys of sheets, sorted, and the number of each sheet among them; None: two have the same key."""
    size = sizes[0] * sizes[1] * sizes[2]
    if size > _LIMIT:
        return None
    if size > 8 * len(key) + _SPARE:
        kinds, number = np.unique(key, return_inverse=True)
    else:
        there = np.zeros(size, dtype=bool)
        there[key] = True
        kinds, number = np.flatnonzero(there), (np.cumsum(there) - 1)[key]
    return (kinds, number) if len(kinds) == len(key) else None


def _matrix(
    columns: Columns, number: Ints, criterion: Ints, sheets: int, criteria: int
) -> tuple[AnyInts, NDArray[np.bool_]] | None:
    """The marks, sheets by criteria, and where there is one; None: a criterion is unknown, or two marks have one place."""
    if int(criterion.min()) < 0 or sheets * criteria > 8 * len(columns.value) + _SPARE:
        return None
    place = (number * criteria)[columns.sheet]
    place += criterion[columns.criterion]
    value = np.zeros(sheets * criteria, dtype=columns.value.dtype)
    there = np.zeros(sheets * criteria, dtype=bool)
    value[place] = columns.value
    there[place] = True
    if np.count_nonzero(there) < len(place):
        return None
    return value.reshape(sheets, criteria), there.reshape(sheets, criteria)


def _in_units(
    rule: RuleSet, names: Sequence[str], thousandths: AnyInts, there: NDArray[np.bool_]
) -> AnyInts | None:
    """The marks in units of their criterion, 0 where there is none; None: one is out of range or off its step."""
    found = []
    for number, name in enumerate(names):
        own = there[:, number]
        value = _checked(rule.criterion[name], thousandths[own, number].astype(np.int64))
        if value is None:
            return None
        found.append((own, value))
    largest = max(int(np.abs(value).max(initial=0)) for _own, value in found)
    units = np.zeros(thousandths.shape, dtype=narrowest(largest))
    for number, (own, value) in enumerate(found):
        units[own, number] = value
    return units


def _checked(item: Criterion, thousandths: Ints) -> Ints | None:
    """Marks of one criterion in its units; None: one is out of range or off its step."""
    units = 10 ** step_decimals(item)
    least, most, step = (int(Fraction(part) * units) for part in (item.min, item.max, item.step))
    size = int(np.abs(thousandths).max(initial=0)) + 1
    if max(size, abs(least), abs(most), step, SCALE) * max(units, SCALE) > _LIMIT:
        return None
    scaled = thousandths * units
    value: Ints = scaled // SCALE
    sound = (value * SCALE == scaled) & (value >= least) & (value <= most) & ((value - least) % step == 0)
    return value if sound.all() else None


def _may_overflow(rule: RuleSet, units: Mapping[str, int], value: AnyInts, marks: int, seats: int) -> bool:
    """Whether the largest number on the way could leave 62 bits."""
    largest = int(np.abs(value).max(initial=0)) + 1
    for panel in rule.panels:
        if panel.kind != "marks":
            continue
        weights, unit = weights_of(rule, panel, units)
        cap = int(rule.calibration.cap + 1) if rule.calibration else 0
        sheet = largest * sum(weights) + cap * max(unit, 100)
        if sheet * 200 * marks > _LIMIT:
            return True
    # Lines of marks.csv are numbered by seat, criterion and mark.
    return bool(largest * max(marks, 2 * seats * value.shape[1]) > _LIMIT)
