"""Addresses that everybody may read."""

from django.urls import URLPattern, path

from evaluations.views import checking, computation, corrections, feed, funding, quality
from evaluations.views import public as views

public: list[URLPattern] = [
    path("", views.home, name="home"),
    path("projects/", views.projects, name="projects"),
    path("projects/<code:code>/", views.project, name="project"),
    path("results/", views.results, name="results"),
    path("results/<code:code>/", views.result, name="result"),
    path("results/<code:code>/result.json", views.result_json, name="result_json"),
    path("results/<code:code>/judging/", quality.quality, name="quality"),
    path("results/<code:code>/check/", checking.check, name="check"),
    path("results/<code:code>/cases/<code:case>/", computation.computation, name="computation"),
    path("notices/<code:code>/cases/<code:case>/", computation.computation_then, name="computation_then"),
    path("bundles/<code:code>.zip", checking.bundle, name="bundle"),
    path("receipts/", checking.receipts, name="receipts"),
    path("rounds/<code:code>/log/", checking.log, name="log"),
    path("results/<code:code>/funding/", funding.public_funding, name="funding"),
    path("corrections/<code:code>/", corrections.correction, name="correction"),
    path("rules/<code:code>/", views.rules, name="rules"),
    path("judges/", views.judge, name="judge"),
    path("notices/", views.notices, name="notices"),
    path("notices/feed/", feed.notices, name="feed"),
    path("notices/<code:code>/", views.notice, name="notice"),
]
