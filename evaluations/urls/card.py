"""Addresses of the evaluation: card."""

from django.urls import URLPattern

card: list[URLPattern] = []
