"""Addresses of the office's register of judges, their nomination, election and appointment."""

from django.urls import URLPattern

office: list[URLPattern] = []
