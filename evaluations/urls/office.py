"""Addresses of the evaluation in the office: what is to do today, seasons and rules, screening, rounds, results."""

from django.urls import URLPattern, path

from evaluations.urls.office_cards import cards
from evaluations.urls.office_results import results
from evaluations.urls.office_rounds import rounds
from evaluations.urls.office_screening import screening
from evaluations.views.today import today

office: list[URLPattern] = [path("", today, name="today"), *screening, *rounds, *cards, *results]
