"""The app `accounts`: notes when a session begins, and checks how it is set up."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_in

        import accounts.checks  # noqa: F401
        from accounts.gate import begin_session

        user_logged_in.connect(begin_session, dispatch_uid="accounts.begin_session")
