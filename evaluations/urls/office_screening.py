"""Addresses of the office: screening."""

from django.urls import URLPattern

screening: list[URLPattern] = []
