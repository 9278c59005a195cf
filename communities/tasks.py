"""Celery's doors of this app."""

from celery import shared_task
from django.utils import timezone

from communities.actions import decisions, imports


@shared_task
def lapse_decisions() -> None:
    """Let two-person requests lapse that nobody answered for 7 days."""
    decisions.lapse_decisions(timezone.now())


@shared_task
def read_import(import_id: int) -> None:
    """Read and compare one uploaded table."""
    imports.read_import(import_id)


@shared_task
def read_waiting_imports() -> None:
    """Read uploaded tables whose message was lost."""
    imports.read_waiting_imports(timezone.now())


@shared_task
def forget_imports() -> None:
    """Empty uploaded tables that nobody wrote for 14 days."""
    imports.forget_imports(timezone.now())
