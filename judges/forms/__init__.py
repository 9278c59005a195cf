"""Parse what the office types about judges; nothing here saves."""

from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.translation import gettext_lazy as _

from goldidea.lib.personal import e164


class PhoneField(forms.CharField):
    """A phone number as people write it; gives E.164, or nothing."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"inputmode": "tel", "autocomplete": "off"}
        super().__init__(max_length=30, widget=forms.TextInput(attrs=attrs), **kwargs)

    def clean(self, value: Any) -> str:
        typed = super().clean(value)
        return e164(typed) if typed else ""


class ReasonForm(forms.Form):
    """Why: a sentence that stays with the record."""

    reason = forms.CharField(label=_("Reason"), max_length=200, widget=forms.Textarea(attrs={"rows": 3}))


def show_at(form: forms.Form, error: ValidationError) -> None:
    """What an action refuses, said at the field that it speaks of, or on top."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for field, problems in error.error_dict.items():
        known = field in form.fields and field != NON_FIELD_ERRORS
        form.add_error(field if known else None, problems)
