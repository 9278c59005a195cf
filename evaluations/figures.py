"""What operators watch of the rounds: how many are in which state, and what waits for the worker."""

from collections.abc import Iterator

from django.db import connection
from django.db.models import Count
from prometheus_client.core import GaugeMetricFamily, SummaryMetricFamily

from evaluations.models import Round, ScoreSheet
from evaluations.states import RoundState
from goldidea.lib.metrics import Metric, gauge

# By the database's clock. A round waits from its deadline until a worker closes it, then until its tally is committed.
WAITING = """
SELECT coalesce(max(extract(epoch FROM clock_timestamp() - closes_at)) FILTER (WHERE state = 'open'), 0),
       coalesce(max(extract(epoch FROM clock_timestamp() - closed_at)) FILTER (
         WHERE state = 'closed' AND NOT EXISTS (
           SELECT 1 FROM evaluations_votepanel p WHERE p.round_id = evaluations_round.id
           AND NOT EXISTS (SELECT 1 FROM evaluations_votecount c WHERE c.panel_id = p.id))), 0)
FROM evaluations_round WHERE state IN ('open', 'closed')
"""
TALLIED = """
SELECT count(*), coalesce(sum(extract(epoch FROM t.computed_at - r.closed_at)), 0)
FROM evaluations_tally t JOIN evaluations_round r ON r.id = t.round_id WHERE t.version = 1
"""


def rounds() -> Iterator[Metric]:
    """Rounds by state, seconds that closing and tallying lag behind, seconds from close to tally, stored sheets."""
    found = dict(Round.objects.order_by().values_list("state").annotate(Count("pk")))
    yield gauge("rounds", "Rounds by state", "state", [(s, found.get(s, 0)) for s in RoundState])
    with connection.cursor() as cursor:
        cursor.execute(WAITING)
        overdue, waiting = cursor.fetchone()
        cursor.execute(TALLIED)
        count, seconds = cursor.fetchone()
    yield GaugeMetricFamily(
        "goldidea_close_overdue_seconds", "Longest past its deadline", value=max(overdue, 0)
    )
    yield GaugeMetricFamily("goldidea_tally_waiting_seconds", "Longest closed and not tallied", value=waiting)
    yield SummaryMetricFamily(
        "goldidea_close_to_tally_seconds", "Close to committed tally", count_value=count, sum_value=seconds
    )
    yield GaugeMetricFamily("goldidea_stored_sheets", "Score sheets stored", value=ScoreSheet.objects.count())
