"""Addresses of the office: screening."""

from django.urls import URLPattern, path

from evaluations.views import screening as views

screening: list[URLPattern] = [
    path("cases/", views.list_handed_in, name="cases"),
    path("cases/export/", views.export_cases, name="cases_export"),
    path("cases/<slug:code>/", views.screen_case, name="case"),
    path("cases/<slug:code>/return/", views.return_case, name="case_return"),
    path("cases/<slug:code>/accept/", views.accept_case, name="case_accept"),
    path("cases/<slug:code>/refuse/", views.refuse_case, name="case_refuse"),
    path("cases/<slug:code>/reopen/", views.reopen_case, name="case_reopen"),
]
