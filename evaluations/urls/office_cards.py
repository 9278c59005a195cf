"""Addresses of the office: judges' cards of a round."""

from django.urls import URLPattern, path

from evaluations.views import cards as views

cards: list[URLPattern] = [
    path("rounds/<slug:code>/cards/", views.round_cards, name="round_cards"),
    path("rounds/<slug:code>/cards/<slug:card_code>/revoke/", views.revoke, name="card_revoke"),
]
