"""Addresses of a judge's pages: the list, each project, its marks, conflict and receipt, the slip of all receipts."""

from django.urls import URLPattern, path

from evaluations.views import beginning
from evaluations.views import judging as views

judging: list[URLPattern] = [
    path("", views.list_entries, name="list"),
    path("receipts/", views.receipts, name="receipts"),
    path("trial/", beginning.trial, name="trial"),
    path("<slug:code>/read/", beginning.read, name="read"),
    path("<slug:code>/", views.entry, name="entry"),
    path("<slug:code>/received/", views.received, name="received"),
    path("<slug:code>/conflict/", views.recuse, name="recuse"),
    path("<slug:code>/conflict/take-back/", views.take_back, name="take_back"),
    path("<slug:code>/photos/<slug:photo_code>/", views.photo, name="photo"),
]
