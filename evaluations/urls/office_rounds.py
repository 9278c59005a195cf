"""Addresses of the office: rounds."""

from django.urls import URLPattern

rounds: list[URLPattern] = []
