"""Addresses of the start page (`top`) and of the office's registers of divisions, appointments and decisions (`office`)."""

from django.urls import URLPattern, URLResolver, path

from communities.views import start

top: list[URLPattern | URLResolver] = [
    path("", start.start, name="start"),
    path("desk/", start.after_sign_in, name="after_sign_in"),
    path("desks/", start.choose_desk, name="desks"),
]
office: list[URLPattern | URLResolver] = []
