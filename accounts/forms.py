"""Parse sign-in and password forms."""

from allauth.account.forms import ChangePasswordForm as AllauthChangePasswordForm
from allauth.account.forms import LoginForm


class SignInForm(LoginForm):
    """Sign-in name and password."""


class ChangePasswordForm(AllauthChangePasswordForm):
    """Old and new password."""
