"""Celery's doors. A message is a doorbell: it carries an id at most, and losing one costs two seconds."""

from celery import shared_task
from django.utils import timezone

from evaluations.actions import analysing, bundling, closing, public_files, sealing, tallying
from evaluations.models import Round
from goldidea.lib.audit_sealing import seal_audit, sign_head
from goldidea.lib.jobs import enqueue


@shared_task
def tally_round(round_id: int) -> None:
    """Tally one closed round. Delivered twice, late or stale, it does nothing the second time."""
    tallying.tally_round(round_id, timezone.now())


@shared_task
def analyse_tally(tally_id: int) -> None:
    """Analyse one tally. Delivered twice, late or stale, it does nothing the second time."""
    analysing.analyse_tally(tally_id)


@shared_task
def seal() -> None:
    """Chain what was written since to the logs of rounds and to the audit trail."""
    sealing.seal_rounds()
    seal_audit()


@shared_task
def checkpoint() -> None:
    """Sign the logs of rounds under way, and the head of the audit trail."""
    sealing.checkpoint_rounds()
    sign_head()


@shared_task
def build_bundle(tally_id: int) -> None:
    """Build the bundle of one published tally."""
    bundling.build_bundle(tally_id)


@shared_task
def tick() -> None:
    """Close what is due; ring for closed rounds whose message was lost."""
    closing.close_due_rounds(timezone.now())
    for pk in Round.objects.awaiting_tally().values_list("pk", flat=True):
        enqueue("evaluations.tasks.tally_round", round_id=pk)
    for pk in analysing.tallies_without_analysis().values_list("pk", flat=True):
        enqueue("evaluations.tasks.analyse_tally", tally_id=pk)
    for pk in bundling.bundles_waiting().values_list("pk", flat=True):
        enqueue("evaluations.tasks.build_bundle", tally_id=pk)


@shared_task
def write_public_files() -> None:
    """Write what is published and has no file yet. Rung when something is published."""
    public_files.write_missing()
