"""Addresses of the evaluation under /api/v1/districts/<district>/."""

from django.urls import URLPattern, URLResolver, include, path

from evaluations.api import cases, judging, public

in_district: list[URLPattern] = [
    path("seasons/", public.Seasons.as_view(), name="seasons"),
    path("seasons/<code:code>/", public.OneSeason.as_view(), name="season"),
    path("projects/", public.Projects.as_view(), name="projects"),
    path("projects.csv", public.ProjectTable.as_view(), name="projects_csv"),
    path("projects/<code:code>/", public.OneProject.as_view(), name="project"),
    path("results/", public.Results.as_view(), name="results"),
    path("results/<code:code>/", public.OneResult.as_view(), name="result"),
    path("results/<code:code>/versions/", public.Versions.as_view(), name="versions"),
    path("results/<code:code>/standings.csv", public.ResultTable.as_view(), name="standings_csv"),
    path("notices/", public.Notices.as_view(), name="notices"),
    path("notices/<code:code>/", public.OneNotice.as_view(), name="notice"),
    path("judging/seat/", judging.OwnSeat.as_view(), name="seat"),
    path("judging/entries/", judging.OwnEntries.as_view(), name="entries"),
    path("judging/entries/<code:code>/sheets/", judging.OwnSheets.as_view(), name="sheets"),
    path("judging/receipts/", judging.OwnReceipts.as_view(), name="receipts"),
    path("cases/", cases.OwnCases.as_view(), name="cases"),
    path("cases/<code:code>/", cases.OwnCase.as_view(), name="case"),
    path("cases/<code:code>/submit/", cases.HandInCase.as_view(), name="case_submit"),
    path("cases/<code:code>/withdraw/", cases.WithdrawCase.as_view(), name="case_withdraw"),
    path("registers/cases/", cases.HandedInCases.as_view(), name="handed_in_cases"),
]
api: list[URLPattern | URLResolver] = [path("districts/<slug:district_slug>/", include(in_district))]
