"""What the tally says when it refuses something or warns, in one table that can be translated.

Every refusal carries a stable `code` and its `params`; the sentence is `MESSAGES[code] % params`. A
translated interface shows `gettext(MESSAGES[code]) % params`; `gettext_noop` only marks the sentences for the
extractor.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

Params = Mapping[str, str | int]

SHOWN = 60  # characters of a refused text that are quoted back
FEW = 6  # names of a long list that are quoted


def gettext_noop(sentence: str) -> str:
    """Mark a sentence for translation without translating it here."""
    return sentence


_ = gettext_noop

MESSAGES: Mapping[str, str] = {
    # JSON
    "json-not-utf-8": _("the bytes are not UTF-8"),
    "json-too-long": _("the document is longer than %(limit)s bytes"),
    "json-syntax": _("this is not JSON (line %(line)s, column %(column)s)"),
    "json-too-deep": _("the document is nested more than %(limit)s levels deep"),
    "json-duplicate-key": _('the key "%(key)s" stands twice'),
    "json-number": _('the number %(number)s is not a whole number; write decimals as text, such as "0.5"'),
    "json-large-number": _("a whole number lies beyond 2^53 - 1"),
    "json-key": _('the key "%(key)s" is not plain ASCII'),
    "json-surrogate": _("the text holds half a character (a lone surrogate)"),
    "json-not-nfc": _('the text "%(text)s" is not in Unicode normal form C'),
    "json-type": _("a value of the type %(type)s has no place in canonical JSON"),
    # rule set: shape
    "not-an-object": _("an object { } is expected here"),
    "not-a-list": _("a list [ ] is expected here"),
    "not-text": _("a text in quotes is expected here"),
    "not-a-count": _("a whole number from 0 to %(limit)s, without quotes, is expected here"),
    "not-a-decimal": _('a plain decimal in quotes, such as "0.5", is expected here'),
    "empty-text": _("the text is empty"),
    "long-text": _("the text is longer than %(limit)s characters"),
    "missing-key": _('the key "%(key)s" is missing'),
    "unknown-key": _('the key "%(key)s" is not known'),
    "bad-id": _("an id is made of 1 to 40 characters: a to z, 0 to 9, - and _"),
    "bad-language": _('"%(key)s" is not a language code such as zh-hans or en'),
    "no-name": _("a name in at least one language is needed"),
    "not-one-of": _('"%(value)s" is not one of: %(choices)s'),
    "too-many": _("there are more than %(limit)s of these"),
    "none-given": _("at least one is needed"),
    "duplicate-id": _('the id "%(id)s" stands twice'),
    "duplicate-value": _('"%(value)s" stands twice'),
    # rule set: sense
    "max-not-above-min": _("the greatest mark must be above the least (%(min)s)"),
    "step-not-positive": _("the step must be above 0"),
    "max-off-step": _("the greatest mark cannot be reached from %(min)s in steps of %(step)s"),
    "negative-weight": _("a weight cannot be negative"),
    "weights-all-zero": _("the weights are all 0"),
    "level-out-of-range": _("a level must begin between %(min)s and %(max)s, on a step of %(step)s"),
    "unknown-criterion": _('the criterion "%(criterion)s" is not known'),
    "criteria-only-for-marks": _("only a panel that gives marks has criteria"),
    "conversion-only-for-votes": _("only a panel of votes has a conversion"),
    "conversion-missing": _("a panel of votes needs a conversion"),
    "conversion-not-positive": _("this number must be above 0"),
    "conversion-negative": _("this number cannot be negative"),
    "trim-leaves-nothing": _("trimming must begin above high + low = %(dropped)s marks"),
    "calibration-needs-sheets": _('judges are corrected by whole sheets: calibration needs "level": "sheet"'),
    "cap-not-positive": _("the greatest correction must be above 0"),
    "foreign-stage": _('the rounding stage "%(stage)s" does not exist at the level "%(level)s"'),
    "unknown-tie": _('"%(step)s" is not a step of a tie'),
    "tie-unknown-panel": _('the step "%(step)s" names a panel that does not exist'),
    "tie-not-marks": _('the step "%(step)s" names a panel that gives no marks'),
    "tie-unknown-criterion": _('the step "%(step)s" names a criterion that its panel does not mark'),
    "tie-bare-criterion": _(
        'the step "%(step)s" must name its panel, since not exactly one panel gives marks'
    ),
    "tie-weight-zero": _('the step "%(step)s" names a panel of weight 0, which never decides'),
    "tie-no-marks": _('the step "%(step)s" needs a panel of marks with a weight above 0'),
    "lot-without-seed": _("a lot needs its lot_seed, the sentence read out before the round opens"),
    "adjustments-reversed": _("the greatest adjustment lies below the least (%(min)s)"),
    "advance-one-way": _('give either "per_sub_district" or "places", not both and not neither'),
    "others-not-comparable": _(
        'other places need "others_by": "total" and exactly one panel with a weight above 0, since totals '
        "of different juries are not comparable"
    ),
    "others-by-without-others": _('"others_by" has no meaning without other places'),
    # folder: files
    "no-folder": _("there is no such folder, or it cannot be read"),
    "no-file": _("the file is missing"),
    "unreadable": _("the file cannot be read"),
    "file-too-long": _("the file is longer than %(limit)s bytes"),
    "not-utf-8": _("the bytes are not UTF-8 (byte %(byte)s)"),
    "nul": _("the file holds a NUL character"),
    "no-header": _("the first row with the names of the columns is missing"),
    "missing-column": _('the column "%(column)s" is missing'),
    "extra-column": _('the column "%(column)s" is not known'),
    "duplicate-column": _('the column "%(column)s" stands twice'),
    "open-quote": _("a quotation mark is not closed, or something follows a closed one"),
    "blank-row": _("the row is empty"),
    "wrong-width": _("the row has %(found)s fields instead of %(expected)s"),
    "long-field": _("a field is longer than %(limit)s characters"),
    # folder: rows
    "bad-name": _(
        'the %(column)s "%(value)s" is not 1 to %(limit)s characters in normal form C, without control '
        "characters or outer spaces"
    ),
    "duplicate-row": _("the same %(columns)s stands here for the second time (%(values)s)"),
    "unknown-entry": _('the entry "%(entry)s" is not in entries.csv'),
    "unknown-panel": _('the panel "%(panel)s" is not in the rule set'),
    "unknown-seat": _('the seat "%(seat)s" of the panel "%(panel)s" is not in seats.csv'),
    "criterion-not-in-panel": _('the panel "%(panel)s" does not mark a criterion "%(criterion)s"'),
    "panel-of-another-kind": _(
        'the panel "%(panel)s" is of the kind "%(kind)s"; this file is for "%(expected)s"'
    ),
    "not-a-mark": _('"%(mark)s" is not a plain decimal'),
    "mark-out-of-range": _('the mark %(mark)s for "%(criterion)s" lies outside %(min)s to %(max)s'),
    "mark-off-step": _('the mark %(mark)s for "%(criterion)s" is not on a step of %(step)s from %(min)s'),
    "not-points": _('"%(points)s" is not a plain decimal'),
    "not-votes": _('"%(votes)s" is not a whole number of votes'),
    "votes-missing": _(
        'the panel "%(panel)s" has no votes for the entry "%(entry)s"; no votes are written 0'
    ),
    "adjustments-not-allowed": _("the rule set allows no adjustments"),
    "adjustment-out-of-range": _("%(points)s points lie outside the adjustments allowed, %(min)s to %(max)s"),
    "adjustments-sum-out-of-range": _(
        'the adjustments of the entry "%(entry)s" add up to %(points)s, outside %(min)s to %(max)s'
    ),
    # advance
    "advance-not-in-rule": _("the rule set does not say who advances"),
    "advance-unknown-entry": _('the entry "%(entry)s" has no sub-district here'),
    "advance-twice": _('the entry "%(entry)s" stands in two results'),
    "advance-two-rounds": _(
        'entries of the sub-district "%(sub_district)s" stand in two results, so their ranks do not compare'
    ),
    "advance-no-cases": _('the number of accepted cases of the sub-district "%(sub_district)s" is missing'),
    "advance-not-comparable": _(
        "other places by total need one weighted panel with the same judges in all preliminaries"
    ),
    # calibration
    "disconnected": _(
        'the panel "%(panel)s" cannot be calibrated: its judges and entries fall into %(count)s groups '
        "without a common sheet: %(groups)s"
    ),
    # command
    "usage": _("one folder is expected: python -m evaluations.tally FOLDER [--analysis]"),
    "cannot-write": _("the result cannot be written to standard output"),
}

# The sentence of a warning of a result is WARNINGS[warning["code"]] % warning_params(warning).
WARNINGS: Mapping[str, str] = {
    "below_advised": _("%(entry)s: %(panel)s gave %(marks)s marks; %(advised)s are advised"),
    "below_min_marks": _("%(entry)s: %(panel)s gave %(marks)s marks; %(min_marks)s are needed, so no result"),
    "correction_capped": _("%(panel)s: the correction of seat %(seat)s is limited to %(points)s points"),
    "incomplete_sheet": _(
        "%(entry)s: the sheet of seat %(seat)s of %(panel)s is incomplete and does not count"
    ),
    "not_calibrated": _(
        "%(panel)s is not calibrated: its judges and entries fall into %(groups)s groups without a common sheet"
    ),
    "no_points": _("%(entry)s: %(panel)s has no points"),
    "too_few_sheets": _(
        "%(panel)s: seat %(seat)s is not corrected: %(sheets)s sheets, %(min_marks)s are needed"
    ),
    "votes_all_zero": _("%(panel)s: nobody voted, so no result"),
    "votes_no_spread": _("%(panel)s: all entries have the same votes, so no standard score exists"),
    "tie_step_skipped": _("the step %(step)s was skipped: not every tied entry has that value (%(entries)s)"),
}


class TallyError(ValueError):
    """A refusal: `code` and `params` choose the sentence in `MESSAGES`."""

    def __init__(self, code: str, params: Params | None = None) -> None:
        self.code = code
        self.params: Params = {name: _shown(value) for name, value in (params or {}).items()}
        super().__init__(code, self.params)

    @property
    def message(self) -> str:
        """The English sentence, on one line."""
        return MESSAGES[self.code] % self.params

    def __str__(self) -> str:
        return self.message


class RuleError(TallyError):
    """A rule set is refused. `place` says where, such as `criteria[0].max`; empty: the whole document."""

    def __init__(self, place: str, code: str, params: Params | None = None) -> None:
        super().__init__(code, params)
        self.place = place

    def __str__(self) -> str:
        return f"{self.place}: {self.message}" if self.place else self.message


class RuleErrors(RuleError):
    """All refusals of one rule set in `errors`; itself the first of them."""

    def __init__(self, errors: Sequence[RuleError]) -> None:
        first = errors[0]
        super().__init__(first.place, first.code, first.params)
        self.errors = tuple(errors)

    @property
    def message(self) -> str:
        """The first refusal's own sentence, which may stand in another table than `MESSAGES`."""
        return self.errors[0].message


class FolderError(TallyError):
    """Input rows are refused. `file` names the file; `row` counts from 1, the header; None: the file."""

    def __init__(self, file: str, row: int | None, code: str, params: Params | None = None) -> None:
        super().__init__(code, params)
        self.file = file
        self.row = row

    def __str__(self) -> str:
        where = f"{self.file}, row {self.row}" if self.row is not None else self.file
        return f"{where}: {self.message}"


class DisconnectedError(TallyError):
    """Panels are refused since their judges cannot be compared. The sentence names the first of them.

    `panels` holds all of them, each with its groups: the entries and the seats of each.
    """

    def __init__(self, panels: Mapping[str, Sequence[tuple[Sequence[str], Sequence[str]]]]) -> None:
        self.panels = dict(panels)
        panel, groups = next(iter(self.panels.items()))
        super().__init__("disconnected", {"panel": panel, "count": len(groups)})
        self.panel = panel
        self.groups = tuple(groups)
        named = [f"{_few(entries)} ({_few(seats)})" for entries, seats in groups]
        self.params = {**self.params, "groups": one_line(_few(named, "; "))}


class AdvanceError(TallyError):
    """It cannot be said who advances."""


def warning_params(warning: Mapping[str, object]) -> dict[str, str]:
    """What the sentence of a warning names; several entries are joined by commas."""
    return {
        name: ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
        for name, value in warning.items()
    }


def one_line(text: str) -> str:
    """The text on one line of any terminal: characters that are not printable become escapes."""
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)


def _few(names: Sequence[str], between: str = ", ") -> str:
    """The first few of some names."""
    return between.join([*names[:FEW], "…"] if len(names) > FEW else names)


def _shown(value: str | int) -> str | int:
    if isinstance(value, int):
        return value
    return one_line(value if len(value) <= SHOWN else value[:SHOWN] + "…")
