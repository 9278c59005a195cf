"""Addresses of the office: results."""

from django.urls import URLPattern

results: list[URLPattern] = []
