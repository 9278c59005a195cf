"""How a form field looks: label, mark, hint, error, control and count, the same on every page.

`settings.FORM_RENDERER` names `Renderer`; after that `{{ form }}` and `{{ form.name.as_field_group }}` give
the `field` component, and no form class has to know it. What each field *means* stays in the app's forms.
"""

from __future__ import annotations

from typing import Any, Final

from django.forms import BaseForm, widgets
from django.forms import Field as FormField
from django.forms.boundfield import BoundField
from django.forms.fields import IntegerField
from django.forms.renderers import TemplatesSetting
from django.utils.functional import cached_property
from django.utils.translation import gettext_noop, ngettext_lazy

# Django's own words for the commonest errors: named here so that this project's catalog says them better.
COMMON_ERRORS: Final = (
    gettext_noop("This field is required."),
    gettext_noop("Enter a whole number."),
    gettext_noop("Enter a number."),
    gettext_noop("Enter a valid date."),
    gettext_noop("Enter a valid date/time."),
    gettext_noop("Select a valid choice. %(value)s is not one of the available choices."),
    gettext_noop("Select a valid choice. That choice is not one of the available choices."),
    gettext_noop("The submitted file is empty."),
    gettext_noop("Ensure this value is less than or equal to %(limit_value)s."),
    gettext_noop("Ensure this value is greater than or equal to %(limit_value)s."),
    ngettext_lazy(
        "Ensure this value has at most %(limit_value)d character (it has %(show_value)d).",
        "Ensure this value has at most %(limit_value)d characters (it has %(show_value)d).",
        "limit_value",
    ),
)

ROWS: Final = "5"
LONG_LABEL: Final = 14  # a choice with a longer label gets a row of its own

# The browser's own pickers want ISO dates whatever the reader's language is.
PICKERS: Final = (
    (widgets.DateInput, "date", "%Y-%m-%d"),
    (widgets.DateTimeInput, "datetime-local", "%Y-%m-%dT%H:%M"),
    (widgets.TimeInput, "time", "%H:%M"),
)


class Field(BoundField):
    """One field of a form together with what was typed into it."""

    def __init__(self, form: BaseForm, field: FormField, name: str) -> None:
        super().__init__(form, field, name)
        self.limit: int | None = None
        adapt(field)
        if isinstance(field.widget, widgets.Textarea):
            self.limit = getattr(field, "max_length", None)

    @property
    def kind(self) -> str:
        """Which drawing: check, choices, group (several inputs), file or line (one input)."""
        widget = self.field.widget
        if isinstance(widget, widgets.CheckboxInput):
            return "check"
        if isinstance(widget, widgets.RadioSelect | widgets.CheckboxSelectMultiple):
            return "choices"
        if self.use_fieldset:
            return "group"
        return "file" if isinstance(widget, widgets.FileInput) else "line"

    @property
    def optional(self) -> bool:
        """Marked as optional only where something else is required: in a filter nothing has to be marked."""
        return not self.field.required and any(field.required for field in self.form.fields.values())

    @property
    def one_column(self) -> bool:
        """Whether the choices are too long to stand side by side."""
        return any(len(str(choice.choice_label)) > LONG_LABEL for choice in self.subwidgets)

    @property
    def anchor(self) -> str:
        """The id that a link in the error summary leads to: the first thing that can take focus."""
        if self.kind == "choices" and self.auto_id:
            return f"{self.auto_id}_0"
        return self.id_for_label or self.auto_id

    @cached_property
    def count(self) -> int:
        """Characters typed so far, counted as the server counts them."""
        return len(str(self.value() or ""))

    @property
    def over(self) -> bool:
        return self.limit is not None and self.count > self.limit

    @property
    def aria_describedby(self) -> str | None:
        """Hint, error and count, in the order in which they are read."""
        ids = super().aria_describedby
        if ids is None or self.limit is None or not self.auto_id:
            return ids
        return f"{ids} {self.auto_id}_count".strip()

    def build_widget_attrs(self, attrs: dict[str, Any], widget: Any = None) -> dict[str, Any]:
        attrs = super().build_widget_attrs(attrs, widget)
        if self.kind == "choices":  # said by the group; a single radio button is never wrong by itself
            attrs.pop("aria-invalid", None)
        return attrs


def adapt(field: FormField) -> None:
    """Fit a field's control to the people who use it; the widget is this form's own copy."""
    widget = field.widget
    for known, input_type, iso in PICKERS:
        if type(widget) is known:
            widget.input_type, widget.format = input_type, iso
    if type(widget) is widgets.NumberInput:
        # In type=number a browser drops what it cannot read, full-width digits too; here nothing typed is lost.
        widget.input_type = "text"
        for name in ("min", "max", "step"):
            widget.attrs.pop(name, None)
        widget.attrs.setdefault("inputmode", "numeric" if isinstance(field, IntegerField) else "decimal")
        widget.attrs.setdefault("autocomplete", "off")
    if isinstance(widget, widgets.Textarea):
        # A pasted text that is too long is kept whole and counted, not cut without a word.
        widget.attrs.pop("maxlength", None)
        widget.attrs.pop("cols", None)
        if widget.attrs.get("rows") == "10":
            widget.attrs["rows"] = ROWS
    if type(widget) is widgets.ClearableFileInput:
        widget.template_name = "components/_file.html"


class Renderer(TemplatesSetting):
    """Draws every form with the product's own templates."""

    form_template_name = "components/_form.html"
    field_template_name = "components/_field.html"
    bound_field_class = Field
