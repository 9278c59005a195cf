"""Addresses of the office: counting and publishing."""

from django.urls import URLPattern, path

from evaluations.views import funding
from evaluations.views import results as views

results: list[URLPattern] = [
    path("rounds/<code:code>/results/", views.round_results, name="round_results"),
    path("rounds/<code:code>/publish/", views.round_publish, name="round_publish"),
    path("rounds/<code:code>/close/", views.round_close, name="round_close"),
    path("rounds/<code:code>/void/", views.round_void, name="round_void"),
    path("rounds/<code:code>/funding/", funding.round_funding, name="round_funding"),
    path("rounds/<code:code>/funding/ask/", funding.round_funding_ask, name="round_funding_ask"),
    path("rounds/<code:code>/advance/", views.round_advance, name="round_advance"),
]
