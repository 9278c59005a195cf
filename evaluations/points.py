"""Bonus points and deductions as people read them."""

from decimal import Decimal

from evaluations.tally.decimals import plain_text


def signed(points: Decimal) -> str:
    """With their sign: +2, −1.5."""
    text = plain_text(abs(points))
    return text if points == 0 else ("+" if points > 0 else "−") + text
