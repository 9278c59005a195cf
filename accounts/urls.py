"""Addresses of sign-in, activation, preferences (`top`) and of the office's work with accounts (`office`).

Of django-allauth's views only these have an address: nobody signs up, and no e-mail is needed.
"""

from django.urls import URLPattern, URLResolver, path

from accounts.views import activation, preferences, sign_in

top: list[URLPattern | URLResolver] = [
    path("preferences/", preferences.preferences, name="preferences"),
    path("accounts/login/", sign_in.SignIn.as_view(), name="account_login"),
    path("accounts/logout/", sign_in.SignOut.as_view(), name="account_logout"),
    path("accounts/inactive/", sign_in.inactive, name="account_inactive"),
    path("accounts/password/change/", sign_in.PasswordChange.as_view(), name="account_change_password"),
    path("accounts/password/reset/", sign_in.forgotten, name="account_reset_password"),
    path("accounts/reauthenticate/", sign_in.Reauthenticate.as_view(), name="account_reauthenticate"),
    path("accounts/activate/", activation.activate, name="activate"),
    path("accounts/activate/<slug:slip_code>/", activation.activate, name="activate_slip"),
]
office: list[URLPattern | URLResolver] = []
