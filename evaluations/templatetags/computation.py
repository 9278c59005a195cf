"""Figures as a reader with a pencil needs them: exact, each with its value for programs beside what people read."""

from collections.abc import Iterable
from fractions import Fraction

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from evaluations.tally.rounding import figure, fraction, rounded

register = template.Library()
LONGEST = 12  # decimals, and digits of a fraction's parts, that are still read
MORE = 4  # decimals of an endless figure beyond those to which the rule rounds


@register.filter
def exactly(value: Fraction | None, places: int = 0) -> SafeString:
    """A figure as results are written; one without an end as a decimal that goes on, with the fraction that it is.

    The attribute holds the exact value: 18.17, or 109/6.
    """
    if value is None:
        return format_html("<span>{}</span>", "–")
    text = figure(value, places)
    if "/" not in text and len(text.partition(".")[2]) <= LONGEST:
        return format_html('<data class="figure" value="{0}">{0}</data>', text)
    short = max(map(len, text.split("/"))) <= LONGEST and "/" in text
    beside = format_html(' <small class="figure__fraction">({})</small>', text) if short else ""
    return format_html(
        '<data class="figure" value="{}">{}…{}</data>', fraction(value), _cut(value, places + MORE), beside
    )


@register.filter
def about(value: Fraction | None, places: int = 0) -> SafeString:
    """A figure that nobody goes on with, short: ≈ 16.55. The attribute still holds the exact value."""
    if value is None or value == rounded(value, places, "half_up"):
        return exactly(value, places)
    short = figure(rounded(value, places, "half_up"), places)
    return format_html('<data class="figure" value="{}">≈ {}</data>', fraction(value), short)


@register.filter
def terms(values: Iterable[Fraction], places: int = 0) -> SafeString:
    """Figures that are added up: 18 + 17.5 + (-2)."""
    shown = ((format_html("({})", exactly(v, places)) if v < 0 else exactly(v, places),) for v in values)
    return format_html_join(" + ", "{}", shown)


@register.filter
def in_order(values: Iterable[Fraction], places: int = 0) -> SafeString:
    """Figures from the lowest to the highest."""
    return format_html_join(", ", "{}", ((exactly(value, places),) for value in sorted(values)))


@register.filter
def signed(value: Fraction) -> SafeString:
    """Points that are added or taken off: +3.17, -0.88, 0.00."""
    sign = "+" if value > 0 else ""
    return format_html('<data class="figure" value="{0}">{1}{0}</data>', figure(value, 2), sign)


@register.filter
def summed(values: Iterable[Fraction]) -> Fraction:
    """Their sum."""
    return sum(values, Fraction(0))


@register.filter
def as_fraction(value: object) -> Fraction:
    """A decimal of a rule set, as a figure."""
    return Fraction(str(value))


def _cut(value: Fraction, places: int) -> str:
    """The decimals of a figure, cut off and not rounded, since more follow."""
    whole = Fraction(int(value * 10**places), 10**places)
    sign = "-" if value < 0 and whole == 0 else ""
    return sign + figure(whole, places)
