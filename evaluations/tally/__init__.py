"""The tally: from a rule set and the rows of a round to an exact result that anybody can recompute.

Pure: no Django, no database, no clock, no chance; the standard library only, but for calibration and analysis,
which need numpy and scipy, and for `tally_columns`, the fast way for very many marks. `parse_rule` reads the rule set
(`rule`, `parsing`, `consistency`), `tally` counts (`ballots` sorts the marks into sheets, `panels` and
`votes` make scores of them, `ranking` puts entries in order, `count` joins the steps), `Result` writes
result.json. Very many marks come as `columns`; `packed` checks them, `sheets` and `grouped` add them up. `folder` reads and writes the files, `advance` and `awards` say what follows from a result. What
is refused is a `RuleError` or a `FolderError` with a code of `MESSAGES`. The rules in plain words are in
docs/tally.md.
"""

from evaluations.tally.advance import Advance, Advancing, advance
from evaluations.tally.awards import awards
from evaluations.tally.count import tally, tally_columns
from evaluations.tally.folder import folder_files, read_folder
from evaluations.tally.inputs import Inputs
from evaluations.tally.messages import (
    MESSAGES,
    WARNINGS,
    AdvanceError,
    DisconnectedError,
    FolderError,
    RuleError,
    RuleErrors,
    TallyError,
    warning_params,
)
from evaluations.tally.parsing import parse_rule
from evaluations.tally.result import Result, Standing
from evaluations.tally.rule import Criterion, Panel, RuleSet
from evaluations.tally.scale import FullMarks, MarkScale, full_marks, mark_scale, step_decimals

__all__ = [
    "MESSAGES",
    "WARNINGS",
    "Advance",
    "AdvanceError",
    "Advancing",
    "Criterion",
    "DisconnectedError",
    "FolderError",
    "FullMarks",
    "Inputs",
    "MarkScale",
    "Panel",
    "Result",
    "RuleError",
    "RuleErrors",
    "RuleSet",
    "Standing",
    "TallyError",
    "advance",
    "awards",
    "folder_files",
    "full_marks",
    "mark_scale",
    "parse_rule",
    "read_folder",
    "step_decimals",
    "tally",
    "tally_columns",
    "warning_params",
]
