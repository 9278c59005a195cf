"""Celery's doors of this app."""

from celery import shared_task
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone

from accounts.actions import codes, limits
from goldidea.lib.api.counting import forget_old_counts


@shared_task
def forget_old_attempts() -> None:
    """Delete counted attempts to sign in, codes and counted requests that no limit looks at any more, and ended sessions."""
    now = timezone.now()
    limits.forget_old_attempts(now)
    codes.forget_old_codes(now)
    forget_old_counts(now)
    SessionStore.clear_expired()


@shared_task
def send_codes() -> None:
    """Hand the codes that were asked for to their gateways."""
    codes.send_codes(timezone.now())
