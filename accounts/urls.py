"""Addresses of sign-in, activation, preferences (`top`) and of the office's work with accounts (`office`).

Of django-allauth's views only these have an address: nobody signs up, and no e-mail is needed.
"""

from django.urls import URLPattern, URLResolver, path

from accounts.views import activation, codes, factors, idle, oidc, preferences, sign_in

top: list[URLPattern | URLResolver] = [
    path("preferences/", preferences.preferences, name="preferences"),
    path("accounts/login/", sign_in.SignIn.as_view(), name="account_login"),
    path("accounts/logout/", sign_in.SignOut.as_view(), name="account_logout"),
    path("accounts/inactive/", sign_in.inactive, name="account_inactive"),
    path("accounts/password/change/", sign_in.PasswordChange.as_view(), name="account_change_password"),
    path("accounts/password/reset/", sign_in.forgotten, name="account_reset_password"),
    path("accounts/reauthenticate/", sign_in.Reauthenticate.as_view(), name="account_reauthenticate"),
    path("accounts/reauthenticate/factor/", factors.FactorAgain.as_view(), name="mfa_reauthenticate"),
    path("accounts/oidc/<slug:provider_id>/login/", oidc.begin, name="openid_connect_login"),
    path("accounts/oidc/<slug:provider_id>/login/callback/", oidc.back, name="openid_connect_callback"),
    path("accounts/idle/", idle.idle, name="account_idle"),
    path("accounts/code/", codes.ask, name="code_ask"),
    path("accounts/code/enter/", codes.enter, name="code_enter"),
    path("accounts/second-factor/", factors.SecondFactor.as_view(), name="mfa_authenticate"),
    path("accounts/sign-in/", factors.overview, name="mfa_index"),
    path("accounts/sign-in/app/", factors.App.as_view(), name="mfa_activate_totp"),
    path("accounts/sign-in/passkey/", factors.Passkey.as_view(), name="mfa_add_webauthn"),
    path("accounts/sign-in/list/", factors.PrintedList.as_view(), name="mfa_generate_recovery_codes"),
    path("accounts/sign-in/list/codes/", factors.Codes.as_view(), name="mfa_view_recovery_codes"),
    path("accounts/sign-in/<int:pk>/remove/", factors.remove, name="factor_remove"),
    path("accounts/activate/", activation.activate, name="activate"),
    path("accounts/activate/<slug:slip_code>/", activation.activate, name="activate_slip"),
]
office: list[URLPattern | URLResolver] = []
