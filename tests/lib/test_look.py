"""The pieces of pages: each draws what it says, in words and for a screen reader."""

from types import SimpleNamespace
from typing import Any

import pytest
from django import forms
from django.core.paginator import Paginator
from django.http import QueryDict
from django.template import Context, Template, TemplateSyntaxError
from django.utils import translation

from goldidea.lib.templatetags.look import brackets


class CaseForm(forms.Form):
    title = forms.CharField(label="Title", help_text="As on the poster")
    summary = forms.CharField(label="Summary", max_length=10, widget=forms.Textarea)
    field = forms.ChoiceField(
        label="Field", widget=forms.RadioSelect, choices=[("a", "Elders"), ("b", "Children")]
    )
    people = forms.IntegerField(label="People", required=False)
    day = forms.DateField(label="Day", required=False)
    agreed = forms.BooleanField(label="We agree")
    hidden = forms.CharField(widget=forms.HiddenInput, required=False)

    def clean(self) -> None:
        raise forms.ValidationError("The dates are the wrong way round")


class SearchForm(forms.Form):
    q = forms.CharField(label="Words", required=False)


@pytest.fixture(autouse=True)
def english() -> Any:
    with translation.override("en"):
        yield


def draw(source: str, query: str = "", **context: Any) -> str:
    request = SimpleNamespace(GET=QueryDict(query))
    return Template("{% load look %}" + source).render(Context({"request": request, **context})).strip()


def filled(**changes: str) -> CaseForm:
    return CaseForm({"title": "A", "summary": "B", "field": "a", "agreed": "on", **changes})


def test_a_hint_and_an_error_are_tied_to_their_field() -> None:
    html = str(filled(title="")["title"].as_field_group())
    assert 'for="id_title"' in html
    assert 'aria-describedby="id_title_helptext id_title_error"' in html
    assert 'aria-invalid="true"' in html
    assert '<div id="id_title_error"><p class="field__error">This field is required.</p></div>' in html


def test_an_over_long_text_is_kept_and_counted() -> None:
    html = str(filled(summary="twelve chars")["summary"].as_field_group())
    assert ">\ntwelve chars</textarea>" in html
    assert "maxlength" not in html
    assert 'aria-describedby="id_summary_error id_summary_count"' in html
    assert "<span data-now>12</span> / 10 characters" in html


def test_choices_are_one_group_with_a_legend() -> None:
    html = str(filled(field="")["field"].as_field_group())
    assert '<fieldset class="field is-bad" aria-describedby="id_field_error">' in html
    assert '<label for="id_field_0">Elders</label>' in html
    assert "aria-invalid" not in html


def test_a_number_is_typed_as_text_so_that_nothing_is_lost() -> None:
    html = str(filled(people="three")["people"].as_field_group())
    assert '<input type="text" name="people" value="three" inputmode="numeric"' in html
    assert filled(people="１２").fields["people"].clean("１２") == 12


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_date_is_iso_for_the_browser_s_picker(language: str) -> None:
    with translation.override(language):
        html = str(filled(day="2018-09-20")["day"].as_field_group())
    assert '<input type="date" name="day" value="2018-09-20"' in html


def test_only_what_is_not_required_among_required_ones_is_marked() -> None:
    assert "optional" in str(CaseForm()["people"].as_field_group())
    assert "optional" not in str(CaseForm()["title"].as_field_group())
    assert "optional" not in str(SearchForm()["q"].as_field_group())


def test_the_summary_lists_every_problem_with_its_field() -> None:
    html = draw("{% error_summary form %}", form=filled(title="", field="", agreed=""))
    assert "4 things to put right" in html
    assert "<strong>The dates are the wrong way round</strong>" in html
    assert '<a href="#id_title">Title: This field is required.</a>' in html
    assert '<a href="#id_field_0">Field: This field is required.</a>' in html
    assert '<a href="#id_agreed">We agree: This field is required.</a>' in html


def test_a_summary_says_once_what_concerns_the_whole_form() -> None:
    assert draw("{{ form }}", form=filled()).count("wrong way round") == 1
    assert draw("{% error_summary form %}{{ form }}", form=filled()).count("wrong way round") == 1


def test_no_problem_no_summary() -> None:
    assert draw("{% error_summary a b %}", a=CaseForm(), b=SearchForm({"q": ""})) == ""


def test_a_formset_s_problems_are_listed_too() -> None:
    lines = forms.formset_factory(CaseForm)(
        {"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "0", "form-0-title": "x", "form-0-summary": "y"}
    )
    assert 'href="#id_form-0-field_0"' in draw("{% error_summary lines %}", lines=lines)


def test_the_pager_keeps_filters_and_says_where_one_is() -> None:
    page = Paginator(range(140), 25).page(2)
    html = draw("{% pager page %}", "state=returned&page=2", page=page)
    assert "26–50 of 140" in html
    assert 'href="?state=returned&amp;page=3" rel="next"' in html
    with translation.override("zh-hans"):
        assert "第 26—50 条，共 140 条" in draw("{% pager page %}", page=page)


def test_the_pager_of_one_page_only_counts() -> None:
    html = draw("{% pager page %}", page=Paginator(range(3), 25).page(1))
    assert "1–3 of 3" in html
    assert "<a " not in html


@pytest.mark.parametrize(
    ("query", "sorted_", "href"),
    [
        ("page=3", "", "?order=total"),
        ("order=total", ' aria-sort="ascending"', "?order=-total"),
        ("order=-total", ' aria-sort="descending"', "?order=total"),
        ("order=name", "", "?order=total"),
    ],
)
def test_a_heading_sorts_and_says_how(query: str, sorted_: str, href: str) -> None:
    html = draw('{% sort_header "total" "Total" "num" %}', query)
    assert html == f'<th scope="col" class="num"{sorted_}><a class="sort" href="{href}">Total</a></th>'


def test_an_origin_is_a_word_and_a_shape() -> None:
    assert draw('{% origin "endogenous" %}') == '<span class="origin origin--in">endogenous</span>'
    assert draw('{% origin "exogenous" %}') == '<span class="origin origin--out">exogenous</span>'
    assert draw('{% origin "" %}') == ""


def test_a_state_is_escaped_and_its_tone_known() -> None:
    assert draw('{% state_tag word "warn" %}', word="<b>") == '<span class="tag is-warn">&lt;b&gt;</span>'
    with pytest.raises(TemplateSyntaxError):
        draw('{% state_tag "x" "purple" %}')


def test_an_empty_list_says_what_to_do_next() -> None:
    html = draw('{% empty "No case waits" "They come here." "/cases" "See all" %}')
    assert '<a class="button button--plain" href="/cases">See all</a>' in html


def test_a_code_to_scan_carries_no_inline_style_and_has_a_name() -> None:
    html = draw('{% qr "https://example.org/?a=1&b=<2>" label %}', label='Your "list"')
    assert 'role="img" aria-label="Your &quot;list&quot;"' in html
    assert "style=" not in html
    assert html.endswith("</svg></span>")


def test_brackets_are_those_of_the_language() -> None:
    said = {}
    for language in ("zh-hans", "en"):
        with translation.override(language):
            said[language] = (brackets("2026-1 版"), brackets(7), brackets(""), brackets(None))
    assert said == {"zh-hans": ("（2026-1 版）", "（7）", "", ""), "en": (" (2026-1 版)", " (7)", "", "")}
