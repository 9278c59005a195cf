"""Parse sign-in, activation and password forms."""

from typing import Any

from allauth.account.forms import ChangePasswordForm as AllauthChangePasswordForm
from allauth.account.forms import LoginForm
from allauth.account.forms import ReauthenticateForm as AllauthReauthenticateForm
from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.actions.slips import DIGITS
from accounts.models import User
from goldidea.lib.codes import new_code

NAME_HINT = _("The name on your slip, or the mobile phone or e-mail that the office has of you.")
PASSWORD_HINT = _(
    "At least 10 characters, not only digits, and nothing easily guessed such as your name. A short sentence is good."
)


def drop_placeholders(form: forms.Form) -> None:
    """A label stands above its field; a grey copy of it inside says nothing more."""
    for field in form.fields.values():
        field.widget.attrs.pop("placeholder", None)


class SignInForm(LoginForm):
    """Sign-in name (or phone, or e-mail) and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = forms.CharField(
            label=_("Sign-in name"),
            help_text=NAME_HINT,
            max_length=254,
            widget=forms.TextInput(
                attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
            ),
        )
        self.fields["password"].label = _("Password")
        self.fields["password"].help_text = ""
        self.fields["password"].max_length = 256
        self.order_fields(["login", "password"])
        drop_placeholders(self)

    def clean_login(self) -> str:
        """The account's sign-in name. A name of nobody, or of two, goes the same way and takes the same time."""
        typed: str = self.cleaned_data["login"].strip()
        self.account = account_name(typed)
        return self.account or f"{new_code()}?"


def account_name(typed: str) -> str:
    """The sign-in name that was meant; empty when nobody or more than one person goes by it."""
    found = list(User.objects.called(typed).values_list("username", flat=True)[:2])
    return found[0] if len(found) == 1 else ""


class ChangePasswordForm(AllauthChangePasswordForm):
    """Present and new password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in (
            ("oldpassword", _("Present password")),
            ("password1", _("New password")),
            ("password2", _("New password again")),
        ):
            self.fields[name].label, self.fields[name].help_text = label, ""
        self.fields["password1"].help_text = PASSWORD_HINT
        drop_placeholders(self)


class ReauthenticateForm(AllauthReauthenticateForm):
    """The password once more, before something delicate."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].label, self.fields["password"].help_text = _("Password"), ""
        drop_placeholders(self)


class ActivationForm(forms.Form):
    """What stands on the slip, and the password that the person chooses."""

    username = forms.CharField(
        label=_("Sign-in name"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    digits = forms.CharField(
        label=_("Code"),
        help_text=_("The 12 digits on your slip. Spaces do not matter."),
        max_length=40,
        widget=forms.TextInput(
            attrs={"class": "digits digits--long", "inputmode": "numeric", "autocomplete": "one-time-code"}
        ),
    )
    password1 = forms.CharField(
        label=_("New password"),
        help_text=PASSWORD_HINT,
        max_length=256,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}, render_value=True),
    )
    password2 = forms.CharField(
        label=_("New password again"),
        max_length=256,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}, render_value=True),
    )

    def clean_digits(self) -> str:
        digits = "".join(str(int(c)) for c in self.cleaned_data["digits"] if c.isdecimal())
        if len(digits) != DIGITS:
            raise forms.ValidationError(_("The code has 12 digits."))
        return digits

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("password1") and values.get("password2") not in (None, "", values["password1"]):
            self.add_error("password2", _("The two passwords differ."))
        return values
