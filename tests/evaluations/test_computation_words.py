"""What a reader sees of a computation, for random rules and rounds: every equation on the page holds, to the digit."""

import json
import re
from fractions import Fraction
from random import Random
from types import SimpleNamespace

import pytest
from django.template.loader import render_to_string
from django.utils import translation
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from evaluations.tally import Inputs, TallyError, parse_rule, tally
from evaluations.tally.computation import PublishedRows, compute, equals_of
from evaluations.tally.messages import FolderError, RuleErrors
from evaluations.templatetags.computation import about, exactly
from evaluations.views.computation import told
from tests.evaluations.agreement import random_case

FIGURE = re.compile(r'<data class="figure" value="([^"]+)">.*?</data>', re.S)
EQUATION = re.compile(r"[-()0-9./+−×÷ ]*\d[-()0-9./+−×÷ ]*(?:=[-()0-9./+−×÷ ]+)+")
PARTS = ("public/_computed_total.html", "public/_computed_place.html")


def lines_of(result: dict) -> list[dict]:
    """The result's lines as a publication holds them."""
    return [
        {**item, "title": item["entry"], "case": "0" * 10, "flags": item["flags"]}
        for item in result["standings"]
    ]


def drawn(rule: dict, inputs: Inputs, result: dict, entry: str, published: bool, language: str) -> str:
    """All parts of the page that hold figures."""
    own = equals_of(result, entry)
    rows = PublishedRows(
        [row for row in inputs.marks if row[1] in own], inputs.given, inputs.adjustments, inputs.votes
    )
    parsed = parse_rule(json.dumps(rule))
    found = compute(parsed, result, rows if published else PublishedRows(), entry)
    round_ = SimpleNamespace(code="1" * 10)
    with translation.override(language):
        context = {
            **told(parsed, result, found, lines_of(result)),
            "district": SimpleNamespace(slug="shangcheng"),
            "publication": SimpleNamespace(code="2" * 10, round=round_),
        }
        panels = [
            render_to_string(
                "public/_computed_panel.html", {**context, "item": item, "lines": item["lines"], "n": n}
            )
            for n, item in enumerate(context["panels"], 1)
        ]
        return "".join([*panels, *(render_to_string(part, context) for part in PARTS)])


def words(page: str) -> list[str]:
    """The page's paragraphs, each figure as its exact value in brackets."""
    plain = FIGURE.sub(lambda found: f"({found[1]})", page)
    return [
        re.sub(r"<[^>]+>", " ", part).replace("&gt;", ">") for part in re.split(r"</?(?:p|td|li)\b", plain)
    ]


def value(side: str) -> Fraction:
    """A side of an equation."""
    text = side.replace("×", "*").replace("÷", "/").replace("−", "-")
    exact = re.sub(r"\d+(?:\.\d+)?", lambda number: f'Fraction("{number[0]}")', text)
    return Fraction(eval(exact, {"Fraction": Fraction}))


def equations(page: str) -> list[list[Fraction]]:
    return [
        [value(side) for side in found[0].split("=")]
        for part in words(page)
        for found in EQUATION.finditer(part)
    ]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.booleans(), st.sampled_from(["zh-hans", "en"]))
def test_every_equation_that_is_shown_holds(seed, published, language):
    rule, inputs = random_case(Random(seed))
    try:
        result = json.loads(tally(parse_rule(json.dumps(rule)), inputs).to_bytes())
    except (RuleErrors, FolderError, TallyError):
        reject()
    for told_line in result["standings"][:3]:
        page = drawn(rule, inputs, result, told_line["entry"], published, language)
        for sides in equations(page):
            assert len(set(sides)) == 1, (sides, page)
        if told_line["total"] is not None:
            assert told_line["total"] in re.findall(r'value="([^"]+)"', page) or "/" in told_line["total"]
        assert "None" not in page


def test_equations_are_found_at_all():
    page = '<p>这 3 个的平均数： (<data class="figure" value="1">1</data> + 2) ÷ 2 = <data class="figure" value="3/2">1.5</data></p>'
    assert equations(page) == [[Fraction(3, 2), Fraction(3, 2)]]
    assert equations("<p>2 × 3 = 7</p>") == [[6, 7]]


@pytest.mark.parametrize(
    ("figure", "places", "shown"),
    [
        (Fraction(18), 2, "18.00"),
        (Fraction("17.5"), 0, "17.5"),
        (Fraction(241, 3), 2, "80.333333…(241/3)"),
        (Fraction(-1, 3), 0, "-0.3333…(-1/3)"),
        (Fraction(-1, 30000), 0, "-0.0000…(-1/30000)"),
        (Fraction(1, 7**20), 2, "0.000000…"),
        (Fraction(1, 2**13), 2, "0.000122…"),
        (None, 2, "–"),
    ],
)
def test_a_figure_is_exact_or_says_that_it_goes_on(figure, places, shown):
    html = str(exactly(figure, places))
    assert re.sub(r"<[^>]+>|\s", "", html) == shown
    if figure is not None:
        assert Fraction(re.search('value="([^"]+)"', html)[1]) == figure


def test_a_figure_for_information_is_short_and_keeps_its_value() -> None:
    assert about(Fraction(629, 38), 2) == '<data class="figure" value="629/38">≈ 16.55</data>'
    assert about(Fraction(37, 2), 2) == exactly(Fraction(37, 2), 2)
    assert about(None, 2) == "<span>–</span>"
