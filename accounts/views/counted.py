"""Doors at which attempts are counted before they are looked at, and a wrong one is answered with 422."""

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.actions import limits
from accounts.models import User
from goldidea.lib import audit
from goldidea.lib.addresses import client_address

LOCKED = {"password": "lock sign-in", "code": "lock code", "factor": "lock second factor"}


class Counted:
    """For django-allauth's form views. `door` is what is counted; `tried_by` are the fields of an attempt."""

    request: HttpRequest
    door = "password"
    tried_by: tuple[str, ...] = ("password",)

    def account(self) -> str:
        """The sign-in name of the account that is tried."""
        return self.request.user.get_username()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.account() and any(request.POST.get(field) for field in self.tried_by):
            count_attempt(self.door, self.account(), client_address(request))
        return super().post(request, *args, **kwargs)  # type: ignore[misc]

    def form_valid(self, form: Any) -> HttpResponse:
        limits.clear(self.door, self.account(), client_address(self.request))
        with transaction.atomic():
            response = super().form_valid(form)  # type: ignore[misc]
            self.record(form)
        return response

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)  # type: ignore[attr-defined]

    def record(self, form: Any) -> None:
        """Write into the audit trail what was done."""


def count_attempt(door: str, account: str, address: str | None) -> None:
    """Count an attempt at an account; one that locks a known account is worth a line in the audit trail.

    Raises: TooMany.
    """
    now = timezone.now()
    limits.enter(door, account, address, now=now)
    known = User.objects.filter(username__iexact=account).first()
    if known is not None and limits.is_last_try(door, account, now=now):
        audit.record(LOCKED[door], known, address=address)
