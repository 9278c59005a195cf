"""Parse the name for which a code is wanted, and the code."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.actions.codes import DIGITS
from accounts.forms.factors import CodeField


class AskForCodeForm(forms.Form):
    """Phone, e-mail or sign-in name."""

    account = forms.CharField(
        label=_("Mobile phone, e-mail or sign-in name"),
        max_length=254,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )


class SignInCodeForm(forms.Form):
    """The digits of the message."""

    digits = CodeField(pgettext_lazy("one-time", "Code"), _("The 6 digits of the message."))

    def clean_digits(self) -> str:
        digits: str = self.cleaned_data["digits"]
        if len(digits) != DIGITS:
            raise forms.ValidationError(_("The code has 6 digits."))
        return digits
