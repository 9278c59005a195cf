"""Addresses of the office: counting and publishing."""

from django.urls import URLPattern, path

from evaluations.views import adjustments, corrections, funding, objections, points, quality
from evaluations.views import results as views

results: list[URLPattern] = [
    path("rounds/<code:code>/results/", views.round_results, name="round_results"),
    path("rounds/<code:code>/judging/", quality.round_judging, name="round_judging"),
    path("rounds/<code:code>/publish/", views.round_publish, name="round_publish"),
    path("rounds/<code:code>/close/", views.round_close, name="round_close"),
    path("rounds/<code:code>/plain/", views.round_plain, name="round_plain"),
    path("rounds/<code:code>/void/", views.round_void, name="round_void"),
    path("rounds/<code:code>/funding/", funding.round_funding, name="round_funding"),
    path("rounds/<code:code>/funding/ask/", funding.round_funding_ask, name="round_funding_ask"),
    path("rounds/<code:code>/correct/", corrections.round_correct, name="round_correct"),
    path("rounds/<code:code>/adjustments/", adjustments.round_adjustments, name="round_adjustments"),
    path("rounds/<code:code>/adjust/", adjustments.round_adjust, name="round_adjust"),
    path("rounds/<code:code>/points/", points.round_points, name="round_points"),
    path("rounds/<code:code>/points/<slug:panel>/given/", points.round_given, name="round_given"),
    path("rounds/<code:code>/points/<slug:panel>/votes/", points.round_votes, name="round_votes"),
    path("rounds/<code:code>/points/<slug:panel>/take/", points.round_given_take, name="round_given_take"),
    path("rounds/<code:code>/objections/", objections.round_objections, name="round_objections"),
    path("rounds/<code:code>/objections/new/", objections.objection_new, name="objection_new"),
    path("objections/<code:code>/", objections.objection, name="objection"),
    path("objections/<code:code>/contact/", objections.objection_contact, name="objection_contact"),
    path("objections/<code:code>/decide/", objections.objection_decide, name="objection_decide"),
    path("objections/<code:code>/scan/", objections.objection_scan, name="objection_scan"),
    path("rounds/<code:code>/advance/", views.round_advance, name="round_advance"),
]
