"""Parse the making of an API token."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiToken

DAYS = [("30", _("30 days")), ("90", _("90 days")), ("365", _("one year"))]


class TokenForm(forms.Form):
    """What the token is for, what it may read, how long it is good. `client_key`: a form sent twice makes one token."""

    name = forms.CharField(
        label=_("What it is for"),
        max_length=60,
        help_text=_(
            "The program or the office that will use it, so that you know later which one to revoke."
        ),
    )
    scopes = forms.MultipleChoiceField(
        label=_("What it may read"),
        choices=ApiToken.Scope.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Tick at least one.")},
    )
    days = forms.ChoiceField(label=_("Good for"), choices=DAYS, widget=forms.RadioSelect)
    client_key = forms.UUIDField(widget=forms.HiddenInput)

    def clean_days(self) -> int:
        return int(self.cleaned_data["days"])

    @property
    def values(self) -> dict[str, Any]:
        return self.cleaned_data
