"""The app `lib`: it owns the audit trail's tables and the template tags of the look."""

from django.apps import AppConfig
from django.urls import register_converter


class LibConfig(AppConfig):
    name = "goldidea.lib"
    label = "lib"

    def ready(self) -> None:
        import goldidea.celery  # noqa: F401  without it messages would go to a broker that nobody has
        from goldidea.lib.codes import CodeConverter
        from goldidea.lib.observed import connect

        connect()
        register_converter(CodeConverter, "code")
