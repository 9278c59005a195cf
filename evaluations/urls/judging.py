"""Addresses of the evaluation: judging."""

from django.urls import URLPattern

judging: list[URLPattern] = []
