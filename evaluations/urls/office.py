"""Addresses of the evaluation in the office: what is to do today, seasons and rules, screening, rounds, results."""

from django.urls import URLPattern

from evaluations.urls.office_results import results
from evaluations.urls.office_rounds import rounds
from evaluations.urls.office_screening import screening

office: list[URLPattern] = [*screening, *rounds, *results]
