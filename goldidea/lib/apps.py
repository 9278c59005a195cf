"""The app `lib`: it owns the audit trail's tables and the template tags of the look."""

from django.apps import AppConfig


class LibConfig(AppConfig):
    name = "goldidea.lib"
    label = "lib"
