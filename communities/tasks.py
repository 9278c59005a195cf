"""Celery's doors of this app."""

from celery import shared_task
from django.utils import timezone

from communities.actions import decisions


@shared_task
def lapse_decisions() -> None:
    """Let two-person requests lapse that nobody answered for 7 days."""
    decisions.lapse_decisions(timezone.now())
