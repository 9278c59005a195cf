"""Addresses of the start page (`top`) and of the office's registers of divisions, appointments and decisions (`office`)."""

from django.urls import URLPattern, URLResolver

top: list[URLPattern | URLResolver] = []
office: list[URLPattern | URLResolver] = []
