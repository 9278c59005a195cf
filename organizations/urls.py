"""Addresses of the office's registers of organizations and venture-philanthropy projects."""

from django.urls import URLPattern

office: list[URLPattern] = []
