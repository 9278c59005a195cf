"""Addresses of the evaluation: cases."""

from django.urls import URLPattern

cases: list[URLPattern] = []
