"""Addresses of the office's registers of organizations and venture-philanthropy projects."""

from django.urls import URLPattern, path

from organizations.views import accounts

office: list[URLPattern] = [
    path("accounts/new/organization/", accounts.new_for_organization, name="account_new_organization"),
    path(
        "accounts/<slug:code>/appoint/organization/",
        accounts.appoint_for_organization,
        name="account_appoint_organization",
    ),
    path("slips/organizations/", accounts.open_accounts, name="slips_organizations"),
]
