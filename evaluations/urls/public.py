"""Addresses of the evaluation: public."""

from django.urls import URLPattern

public: list[URLPattern] = []
