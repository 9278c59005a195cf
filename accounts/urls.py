"""Addresses of sign-in, activation, preferences (`top`) and of the office's work with accounts (`office`)."""

from django.urls import URLPattern, URLResolver

top: list[URLPattern | URLResolver] = []
office: list[URLPattern | URLResolver] = []
