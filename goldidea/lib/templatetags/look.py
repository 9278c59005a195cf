"""The look's pieces as template tags, so that a page says what it shows and not how it is drawn."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import segno
from django import template
from django.core.paginator import Page
from django.forms import BaseForm, BaseFormSet
from django.forms.boundfield import BoundField
from django.http import QueryDict
from django.template import Context
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

register = template.Library()

TONES: Final = frozenset({"ok", "now", "wait", "warn", "bad", "edge", "new"})
MESSAGE_TONES: Final = {"debug": "wait", "info": "now", "success": "ok", "warning": "warn", "error": "bad"}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to put right, and the id of the field where it is put right."""

    words: str
    label: str = ""
    anchor: str = ""


@register.filter
def brackets(value: Any) -> str:
    """` (value)` as the reader's language writes it: （value） in Chinese, with no space before it. Nothing for nothing."""
    return _(" (%(what)s)") % {"what": value} if value not in (None, "") else ""


@register.inclusion_tag("components/_error_summary.html")
def error_summary(*forms: BaseForm | BaseFormSet[Any]) -> dict[str, list[Problem]]:
    """Every problem of the forms and formsets given, with links to the fields. Nothing when all is well."""
    for form in forms:
        form.summarised = True  # type: ignore[union-attr]  # components/_form.html does not say it a second time
    return {"problems": [problem for form in forms for problem in problems_of(form)]}


def problems_of(form: BaseForm | BaseFormSet[Any]) -> Iterator[Problem]:
    """The problems of a form in the order of its fields; those of no single field come first."""
    if not form.is_bound:
        return
    for error in form.non_form_errors() if isinstance(form, BaseFormSet) else form.non_field_errors():
        yield Problem(str(error))
    if isinstance(form, BaseFormSet):
        for part in form.forms:
            yield from problems_of(part)
        return
    for name in form.fields:
        for error in form.errors.get(name, ()):
            yield problem_at(form[name], str(error))


def problem_at(field: BoundField, words: str) -> Problem:
    """A problem of one field; a hidden field cannot be visited, so it gets no link."""
    if field.is_hidden:
        return Problem(words)
    return Problem(
        words, str(field.label), getattr(field, "anchor", "") or field.id_for_label or field.auto_id
    )


@register.inclusion_tag("components/_pager.html", takes_context=True)
def pager(context: Context, page: Page[Any], param: str = "page") -> dict[str, Any]:
    """Where one is in a long list, and the way to the rest; filters and order in the address are kept."""
    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return {
        "page": page,
        "gap": page.paginator.ELLIPSIS,
        "numbers": [
            (number, address(context, **{param: str(number)}) if isinstance(number, int) else "")
            for number in numbers
        ],
        "before": address(context, **{param: str(page.number - 1)}) if page.has_previous() else "",
        "after": address(context, **{param: str(page.number + 1)}) if page.has_next() else "",
    }


@register.simple_tag(takes_context=True)
def sort_header(context: Context, name: str, label: str, kind: str = "") -> SafeString:
    """A column's heading that sorts by it (`order` in the address); a second press turns the order round.

    Args:
        name: the field in the filter's ordering.
        kind: "num" for a column of numbers.
    """
    order = query_of(context).get("order", "").split(",")[0]
    here = order.lstrip("-") == name
    falling = here and order.startswith("-")
    return format_html(
        '<th scope="col"{}{}><a class="sort" href="{}">{}</a></th>',
        format_html(' class="{}"', kind) if kind else "",
        format_html(' aria-sort="{}"', "descending" if falling else "ascending") if here else "",
        address(context, order=f"-{name}" if here and not falling else name, page=None),
        label,
    )


def query_of(context: Context) -> QueryDict:
    """The address's query, empty where a page is drawn without a request."""
    request = context.get("request")
    return request.GET if request is not None else QueryDict()


def address(context: Context, **changes: str | None) -> str:
    """This page's own address with some of its parameters changed, or taken out with None."""
    query = query_of(context).copy()
    for name, value in changes.items():
        if value is None:
            query.pop(name, None)
        else:
            query[name] = value
    return f"?{query.urlencode()}"


@register.simple_tag
def origin(value: str) -> SafeString:
    """Grown in this community, or come from outside: relative to the row's community, never good or bad."""
    if value == "endogenous":
        return format_html('<span class="origin origin--in">{}</span>', pgettext("origin", "endogenous"))
    if value == "exogenous":
        return format_html('<span class="origin origin--out">{}</span>', pgettext("origin", "exogenous"))
    return mark_safe("")


@register.simple_tag
def state_tag(word: str, tone: str) -> SafeString:
    """A state by word, shape and colour. Tone: ok, now, wait, warn, bad, edge or new."""
    return format_html('<span class="tag is-{}">{}</span>', checked_tone(tone), word)


def checked_tone(tone: str) -> str:
    """A tone that the stylesheet knows; another is the writer's mistake, found by the page's first test."""
    if tone not in TONES:
        raise template.TemplateSyntaxError(f"unknown tone {tone!r}; known: {', '.join(sorted(TONES))}")
    return tone


@register.filter
def tone(level: str) -> str:
    """The tone of a message's level: {{ message.level_tag|tone }}."""
    return MESSAGE_TONES.get(level, "now")


@register.inclusion_tag("components/_empty.html")
def empty(title: str, text: str = "", url: str = "", action: str = "") -> dict[str, str]:
    """An empty list that says what to do next."""
    return {"title": title, "text": text, "url": url, "action": action}


@register.simple_tag
def number_cells(numbers: Iterable[str]) -> SafeString:
    """A cell of a table for each number. A loop in the template costs ten times as much, and a ranking has thousands."""
    return format_html_join("", '<td class="num">{}</td>', ((number,) for number in numbers))


@register.simple_tag
def qr(text: str, label: str = "") -> SafeString:
    """A QR code as SVG that prints sharp; `label` says what it opens, for those who cannot see it."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(
        out,
        kind="svg",
        xmldecl=False,
        svgns=False,
        nl=False,
        border=4,
        omitsize=True,
        dark="#000",
        light="#fff",
        svgclass=None,
        lineclass=None,
    )
    drawing = out.getvalue().decode().removeprefix("<svg")
    code = mark_safe(drawing)  # noqa: S308  made of numbers by segno; the text is in the pattern, not in the markup
    return format_html(
        '<span class="qr"><svg role="img" aria-label="{}"{}</span>', label or _("QR code"), code
    )
