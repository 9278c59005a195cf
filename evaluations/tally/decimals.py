"""Plain decimals: the only way in which a number is written in a rule set or an input file."""

from __future__ import annotations

import re
from decimal import Decimal

# No exponent, no sign but a minus, no leading zeros, ASCII digits only ([0-9], never \d).
_PLAIN = re.compile(r"-?(?:0|[1-9][0-9]{0,11})(?:\.[0-9]{1,12})?")


def plain_decimal(text: str) -> Decimal | None:
    """The number that a plain decimal writes, or None if the text is not one.

    At most 12 digits before the point and 12 after it, so that no input can make arithmetic slow.
    """
    return Decimal(text) if _PLAIN.fullmatch(text) else None


def plain_text(value: Decimal) -> str:
    """Write a decimal plainly, without an exponent and without trailing zeros: 18.50 is 18.5, -0 is 0."""
    if value == 0:
        return "0"
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def decimals_of(value: Decimal) -> int:
    """The number of decimals that a decimal needs: 1 for 18.50."""
    return len(plain_text(value).partition(".")[2])
