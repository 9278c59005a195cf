"""Addresses of the office's registers of organizations and projects (`office`), and of organizations' own pages (`own`)."""

from django.urls import URLPattern, path

from organizations import api as addresses
from organizations.views import (
    accounts,
    budgets,
    communities,
    engagements,
    layers,
    organizations,
    philanthropy,
)
from organizations.views import own as pages

office: list[URLPattern] = [
    path("communities/<code:code>/", communities.community, name="community"),
    path("organizations/", organizations.organizations, name="organizations"),
    path("organizations/new/", organizations.organization_new, name="organization_new"),
    path(
        "organizations/export.<str:ending>", organizations.organizations_export, name="organizations_export"
    ),
    path("organizations/<code:code>/", organizations.organization, name="organization"),
    path("organizations/<code:code>/edit/", organizations.organization_edit, name="organization_edit"),
    path("organizations/<code:code>/state/", organizations.organization_state, name="organization_state"),
    path("organizations/<code:code>/layers/", layers.layers, name="organization_layers"),
    path("organizations/<code:code>/layers/edit/", layers.layer_edit, name="organization_layer_edit"),
    path("organizations/<code:code>/constitution/", layers.constitution, name="organization_constitution"),
    path("organizations/<code:code>/phone/", organizations.organization_phone, name="organization_phone"),
    path("organizations/<code:code>/engagements/new/", engagements.engagement_new, name="engagement_new"),
    path(
        "organizations/<code:code>/engagements/<code:engagement_code>/end/",
        engagements.engagement_end,
        name="engagement_end",
    ),
    path("accounts/new/organization/", accounts.new_for_organization, name="account_new_organization"),
    path(
        "accounts/<code:code>/appoint/organization/",
        accounts.appoint_for_organization,
        name="account_appoint_organization",
    ),
    path("slips/organizations/", accounts.open_accounts, name="slips_organizations"),
    path("philanthropy/", philanthropy.projects, name="philanthropy"),
    path("philanthropy/new/", philanthropy.project_new, name="philanthropy_new"),
    path("philanthropy/<code:code>/", philanthropy.project, name="philanthropy_project"),
    path("philanthropy/<code:code>/edit/", philanthropy.project_edit, name="philanthropy_edit"),
    path("philanthropy/<code:code>/budget/", budgets.budget, name="philanthropy_budget"),
]

own: list[URLPattern] = [
    path("", pages.organizations, name="organizations"),
    path("new/", pages.organization_new, name="organization_new"),
    path("<code:code>/", pages.organization, name="organization"),
    path("<code:code>/constitution/", layers.own_constitution, name="constitution"),
    path("<code:code>/edit/", pages.organization_edit, name="organization_edit"),
    path("<code:code>/projects/new/", pages.project_new, name="project_new"),
    path("<code:code>/projects/<code:project_code>/", pages.project_edit, name="project_edit"),
    path("<code:code>/projects/<code:project_code>/budget/", budgets.own_budget, name="project_budget"),
]
api: list[URLPattern] = [
    path(
        "districts/<slug:district_slug>/registers/organizations/",
        addresses.RegisteredOrganizations.as_view(),
        name="registered_organizations",
    ),
]
