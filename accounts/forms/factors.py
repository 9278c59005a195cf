"""Parse codes and passkeys of the second factor: django-allauth's forms, in the office's words."""

from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.actions.factors import take_code_of_app

DIGITS = {"class": "digits", "inputmode": "numeric", "autocomplete": "one-time-code"}


def ascii_digits(typed: str) -> str:
    """The digits of a code however it was typed: with spaces, in full width."""
    return "".join(str(int(c)) for c in typed if c.isdecimal())


class CodeField(forms.CharField):
    """A code of digits."""

    def __init__(self, label: Any, help_text: Any = "") -> None:
        super().__init__(
            label=label, help_text=help_text, max_length=40, widget=forms.TextInput(attrs=DIGITS)
        )

    def clean(self, value: Any) -> str:
        return ascii_digits(super().clean(value))


class TakesCode:
    """A code of the authenticator app or of the printed list, good once."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"] = CodeField(  # type: ignore[attr-defined]
            pgettext_lazy("one-time", "Code"),
            _("The 6 digits that the app shows now, or 8 digits of your printed list."),
        )

    def clean_code(self) -> str:
        code: str = super().clean_code()  # type: ignore[misc]
        factor = self.authenticator  # type: ignore[attr-defined]
        if factor.type == Authenticator.Type.TOTP and not take_code_of_app(factor, code):
            raise get_adapter().validation_error("incorrect_code")
        return code


class FactorForm(TakesCode, AuthenticateForm):
    """The second factor while signing in."""


class FactorAgainForm(TakesCode, ReauthenticateForm):
    """The second factor once more, before something delicate: for accounts without a password."""


class AppForm(ActivateTOTPForm):
    """The first code of an authenticator app, which proves that it has taken the key."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"] = CodeField(_("The 6 digits that the app shows now"))


class PasskeyForm(AddWebAuthnForm):
    """A passkey, with a name by which its person knows it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"] = forms.CharField(
            label=_("Name of the passkey"), help_text=_("Such as: office computer, my phone."), max_length=40
        )
        self.order_fields(["name", "credential"])
