"""Celery's doors of this app."""

from celery import shared_task
from django.utils import timezone

from accounts.actions import codes, limits


@shared_task
def forget_old_attempts() -> None:
    """Delete counted attempts to sign in, and codes, that no limit looks at any more."""
    limits.forget_old_attempts(timezone.now())
    codes.forget_old_codes(timezone.now())


@shared_task
def send_codes() -> None:
    """Hand the codes that were asked for to their gateways."""
    codes.send_codes(timezone.now())
