"""Celery's doors of this app."""

from celery import shared_task
from django.utils import timezone

from accounts.actions import limits


@shared_task
def forget_old_attempts() -> None:
    """Delete counted attempts to sign in that no limit looks at any more."""
    limits.forget_old_attempts(timezone.now())
