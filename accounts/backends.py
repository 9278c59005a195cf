"""Two doors: people with a password, judges with a printed card. Neither opens the other."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend

from accounts.models import User


class AccountBackend(AuthenticationBackend):
    """Password sign-in for people; a judge's account has none."""

    def authenticate(self, request: Any, **credentials: Any) -> User | None:
        user = super().authenticate(request, **credentials)
        return user if user is not None and user.kind == User.Kind.PERSON else None


class JudgeBackend:
    """Names the door in the session of a judge who came by a card; it never authenticates by itself."""

    def authenticate(self, request: Any, **credentials: Any) -> None:
        return None

    def get_user(self, user_id: int) -> User | None:
        return User.objects.filter(pk=user_id, kind=User.Kind.JUDGE, is_active=True).first()
