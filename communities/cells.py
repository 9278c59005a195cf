"""What cells of tables hold, as offices write it: codes, days, short texts."""

import datetime as dt
import re
import unicodedata

from django.utils.translation import gettext_noop

from communities.registers import Row

ROUNDED = gettext_noop(
    "This code was rounded by the spreadsheet and its last digits are lost. Format the column as text and type the code again."
)
DIGITS = gettext_noop("This code has to have %(wanted)d digits; here are %(found)d.")
NOT_DIGITS = gettext_noop("A division code has digits only.")
NO_DATE = gettext_noop("Write this date like 2018-03-01.")
TOO_LONG = gettext_noop("At most %(limit)d characters; here are %(found)d.")


def division_code(row: Row, key: str, digits: int) -> str:
    """A code as digits; what is wrong with it is said at the cell."""
    text = unicodedata.normalize("NFKC", row.cell(key)).replace(" ", "")
    if not text or key in row.errors:
        return ""
    if re.fullmatch(r"\d+(\.\d+)?[eE]\+?\d+", text):
        row.wrong(key, ROUNDED)
    elif not re.fullmatch("[0-9]+", text):
        row.wrong(key, NOT_DIGITS)
    elif len(text) != digits:
        row.wrong(key, DIGITS, wanted=digits, found=len(text))
    return "" if key in row.errors else text


def day(row: Row, key: str) -> dt.date | None:
    """A date as offices write it: 2018-03-01, 2018/3/1, 2018.3.1, 2018年3月1日."""
    text = unicodedata.normalize("NFKC", row.cell(key))
    if not text or key in row.errors:
        return None
    match = re.fullmatch(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", text)
    try:
        return dt.date(*map(int, match.groups())) if match else row.wrong(key, NO_DATE)
    except ValueError:
        return row.wrong(key, NO_DATE)


def short_enough(row: Row, key: str, limit: int) -> str:
    """The text of a cell, refused when it is longer than its column."""
    text = row.cell(key)
    if len(text) > limit:
        row.wrong(key, TOO_LONG, limit=limit, found=len(text))
    return text
