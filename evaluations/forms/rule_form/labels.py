"""What each place of a rule set is called in an office, what helps to fill it, and which words it may hold."""

from __future__ import annotations

import re
from collections.abc import Mapping

from django.utils.translation import gettext as _

from evaluations.tally import MESSAGES, RuleError

_INDICES = re.compile(r"\[\d+\]")

Words = dict[str, str]


def pattern(place: str) -> str:
    """A place without its numbers: `criteria[0].max` is `criteria[].max`."""
    return _INDICES.sub("[]", place)


def labels() -> Words:
    """Pattern of a place -> what the field is called, in the reader's language."""
    return {
        "criteria[].id": _("Short name"),
        "criteria[].name.zh-hans": _("Name (Chinese)"),
        "criteria[].name.en": _("Name (English)"),
        "criteria[].help.zh-hans": _("What it asks (Chinese)"),
        "criteria[].help.en": _("What it asks (English)"),
        "criteria[].min": _("Least mark"),
        "criteria[].max": _("Greatest mark"),
        "criteria[].step": _("In steps of"),
        "criteria[].weight": _("Counts times"),
        "criteria[].levels[].from": _("From mark"),
        "criteria[].levels[].name.zh-hans": _("Level (Chinese)"),
        "criteria[].levels[].name.en": _("Level (English)"),
        "criteria[].levels[].help.zh-hans": _("What it means (Chinese)"),
        "criteria[].levels[].help.en": _("What it means (English)"),
        "panels[].id": _("Short name"),
        "panels[].weight": _("Counts times"),
        "panels[].criteria": _("Which criteria they mark"),
        "panels[].conversion.full": _("Points for the most votes"),
        "panels[].conversion.first": _("Points for the first"),
        "panels[].conversion.step": _("Less for each rank after that"),
        "panels[].conversion.mean": _("Mean"),
        "panels[].conversion.spread": _("Spread (one standard deviation)"),
        "level": _("What is counted first"),
        "average": _("What remains is"),
        "trim.high": _("Highest left out"),
        "trim.low": _("Lowest left out"),
        "trim.from": _("Leave out from so many marks on"),
        "trim.advised": _("Advised from so many marks on"),
        "min_marks": _("Marks needed"),
        "calibration.cap": _("Correction at most (points)"),
        "calibration.min_marks": _("Sheets that a judge needs to be corrected"),
        "calibration.if_disconnected": _("If judges and cases fall into separate groups"),
        "rounding.mode": _("A half is rounded"),
        "rounding.places": _("Decimals"),
        "rounding.stages": _("Rounded after these steps"),
        "ties[]": _("What decides"),
        "lot_seed": _("The sentence of the lot"),
        "adjustments.min": _("From (points, such as -5)"),
        "adjustments.max": _("To (points)"),
        "awards[].id": _("Short name"),
        "awards[].name.zh-hans": _("Award (Chinese)"),
        "awards[].name.en": _("Award (English)"),
        "awards[].places": _("Places"),
        "advance.per_sub_district": _("Places of each sub-district"),
        "advance.places": _("Or places altogether, in proportion to cases"),
        "advance.others": _("After them, best of the rest"),
        "advance.others_by": _("The best of the rest by"),
        "advance.ties": _("Equal at the line"),
        "publish_marks": _("Single marks"),
        "conduct.mode": _("How judges mark"),
        "conduct.bench": _("Resident judges come from"),
        "conduct.conflicts": _("Nobody marks a case of"),
        "conduct.notice_working_days": _("Working days of notice"),
        "conduct.assignment.per_entry": _("Judges of a panel for a case, at most"),
        "conduct.assignment.per_judge": _("Cases for a judge, at most"),
        "conduct.start_after": _("Scoring begins after so many cases were seen"),
        "conduct.calibration_item": _("A trial case that does not count"),
        "conduct.checklist[]": _("To be checked"),
        "conduct.papers[]": _("Paper"),
    }


def hints() -> Words:
    """Pattern of a place -> the line of help below its label."""
    return {
        "panels[].id": _("residents, experts, organizations, online and onsite are shown by their names."),
        "panels[].weight": _("1: as it is. 0.7: seven tenths. 0: shown apart, never decides."),
        "trim.from": _("Must be more than are left out."),
        "trim.advised": _("With fewer marks the result says so. 0: no advice."),
        "min_marks": _("With fewer, a panel has no result for the case, and the case no rank."),
        "lot_seed": _("Read out before the round opens. Needed where a lot may decide; else leave it empty."),
        "advance.others": _("Only where one panel decides, the same in all preliminaries."),
        "conduct.notice_working_days": _("0: no notice."),
        "conduct.start_after": _("0: at once. A judge reads so many cases before the first marks are taken."),
        "conduct.calibration_item": _("All judges mark it first, to agree on what marks mean."),
    }


def choices() -> Mapping[str, Words]:
    """Pattern of a place -> the words it may hold, each as an office says it."""
    return {
        "level": {
            "criterion": _("each criterion by itself, over all judges"),
            "sheet": _("each judge's sheet, added up"),
        },
        "average": {"mean": _("averaged"), "median": _("the middle value (median)")},
        "calibration.if_disconnected": {
            "refuse": _("refuse the tally"),
            "uncalibrated": _("publish without correction, by two people's decision"),
        },
        "rounding.mode": {"half_up": _("up (below zero: down)"), "half_even": _("to the even neighbour")},
        "rounding.stages": {
            "criterion": _("a criterion's average"),
            "weighted": _("a criterion times its weight"),
            "sheet": _("a sheet's total"),
            "panel": _("a panel's score"),
            "share": _("a panel's share"),
            "total": _("the total"),
        },
        "advance.others_by": {"total": _("their total")},
        "advance.ties": {"all": _("all of them go on"), "lot": _("the lot decides")},
        "publish_marks": {"by_seat": _("published, by the number of a seat"), "none": _("not published")},
        "conduct.mode": {"online": _("online"), "live": _("during a live presentation")},
        "conduct.bench": {
            "own": _("the sub-district that hosts the round"),
            "exchange": _("one other sub-district"),
            "all": _("all sub-districts"),
        },
        "conduct.conflicts": {
            "own_community": _("their own community"),
            "own_organization": _("their own organization"),
            "own_sub_district": _("their own sub-district"),
        },
        "conduct.calibration_item": {"true": _("yes"), "false": _("no")},
    }


def absent() -> Words:
    """Pattern of an optional choice -> what holds where nothing is chosen."""
    return {
        "publish_marks": _("not said"),
        "advance.others_by": _("nothing"),
        "conduct.mode": _("not said: online"),
        "conduct.bench": _("not said: the sub-district that hosts the round"),
        "conduct.calibration_item": _("not said: no"),
        "calibration.if_disconnected": _("not said"),
    }


def refusal_in_a_form(error: RuleError, words: str) -> str:
    """A refusal as it is said at a field: without quotes, keys and brackets, which are matters of the text."""
    if error.code not in MESSAGES:
        return words
    match error.code:
        case "not-a-decimal":
            return _("Write a number, such as 20 or 0.5.")
        case "not-a-count":
            return _("Write a whole number.")
        case "empty-text" | "missing-key" | "not-text":
            return _("Fill this in.")
        case "no-name":
            return _("Write a name in at least one language.")
        case "not-one-of" | "unknown-tie":
            return _("Choose one.")
        case "advance-one-way":
            return _("Fill in one of them: places of each sub-district, or places altogether.")
    return words[:1].upper() + words[1:]
