"""Parse what a person gives who was away: the password, or the second factor where there is no password."""

import json
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.factors import FactorForm
from accounts.models import User


class AgainForm(forms.Form):
    """The password of the person whose session waits; a code of the second factor for an account without one."""

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        if user.has_usable_password():
            self.fields["password"] = forms.CharField(
                label=_("Password"),
                max_length=256,
                strip=False,
                widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
            )
        else:
            self.fields["code"] = FactorForm(user=user).fields["code"]

    @property
    def door(self) -> str:
        return "password" if "password" in self.fields else "factor"

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        if not self.user.check_password(password):
            raise forms.ValidationError(_("The password is not right."))
        return password

    def clean_code(self) -> str:
        factor = FactorForm(self.data, user=self.user)
        if not factor.is_valid():
            raise forms.ValidationError(factor.errors.get("code", []))
        code: str = factor.cleaned_data["code"]
        return code


def kept_fields(text: str) -> list[tuple[str, str]]:
    """Names and values of a form that was carried along; nothing when it is none."""
    try:
        rows = json.loads(text or "[]")
        return [(str(name), str(value)) for name, value in rows]
    except (ValueError, TypeError):
        return []
