"""Addresses of the evaluation, one list an audience."""

from evaluations.urls.api import api
from evaluations.urls.card import card
from evaluations.urls.cases import cases
from evaluations.urls.judging import judging
from evaluations.urls.office import office
from evaluations.urls.public import public

__all__ = ["api", "card", "cases", "judging", "office", "public"]
