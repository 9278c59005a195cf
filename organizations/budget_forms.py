"""Parse the lines of a budget: any number of them, more and fewer by a button, with and without a script."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from organizations.models import BudgetLine

PREFIX = "line"
MOST_SENT = 100
FIELDS = ["category", "item", "unit_price", "unit", "quantity", "granted", "own", "remark"]


class BudgetLineForm(forms.ModelForm):  # type: ignore[type-arg]
    """One line; its total is worked out, never typed."""

    class Meta:
        model = BudgetLine
        fields = FIELDS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].choices = [("", _("choose")), *BudgetLine.Category.choices]
        for name in ("granted", "own"):
            self.fields[name].required = False

    def has_changed(self) -> bool:
        """A line of which nothing is typed is no line."""
        return any(str(self.data.get(self.add_prefix(name), "")).strip() for name in FIELDS)

    def clean_granted(self) -> Any:
        return self.cleaned_data["granted"] or Decimal(0)

    def clean_own(self) -> Any:
        return self.cleaned_data["own"] or Decimal(0)


class Lines(BaseFormSet):  # type: ignore[type-arg]
    """All lines of a budget."""

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        return {**super().get_form_kwargs(index), "empty_permitted": True}

    def kept(self) -> list[BudgetLine]:
        """The lines of which something was typed."""
        return [form.instance for form in self.forms if form.has_changed()]


LineSet = formset_factory(BudgetLineForm, formset=Lines, extra=0, max_num=MOST_SENT, absolute_max=MOST_SENT)
Typed = list[dict[str, str]]


def stored_lines(budget: Iterable[BudgetLine]) -> Typed:
    """What is stored, as it would have been typed; an empty line for a budget without any."""
    return [{name: as_typed(getattr(line, name)) for name in FIELDS} for line in budget] or [{}]


def as_typed(value: Any) -> str:
    """A stored value as somebody would type it: 1 and not 1.00; 8.5 and not 8.50."""
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)


def typed_lines(data: QueryDict) -> Typed:
    """What was sent, as typed."""
    text = data.get(f"{PREFIX}-TOTAL_FORMS", "")
    count = min(int(text), MOST_SENT) if text.isascii() and text.isdigit() and len(text) < 5 else 0
    return [{name: data.get(f"{PREFIX}-{n}-{name}", "") for name in FIELDS} for n in range(count)]


def one_more(data: QueryDict) -> Typed:
    """What was sent, and an empty line."""
    return [*typed_lines(data), {}][:MOST_SENT]


def one_fewer(data: QueryDict) -> Typed:
    """What was sent without the line that the button names."""
    kept = [line for n, line in enumerate(typed_lines(data)) if str(n) != data.get("remove")]
    return kept or [{}]
