"""Addresses on a judge's printed card: short, without a district, since the card says it."""

from django.urls import URLPattern, path

from evaluations.views import cards

card: list[URLPattern] = [
    path("", cards.how, name="how"),
    path("<slug:token>/", cards.scan, name="scan"),
]
