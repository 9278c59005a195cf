"""Figures for Prometheus at /metrics: of this process what it answered, and of the database what operators watch.

Nothing in them is personal: labels are routes, states, doors and outcomes. With several web processes
PROMETHEUS_MULTIPROC_DIR names a folder in which they add up; what the workers do is read from the database instead.
"""

import time
from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.utils.module_loading import import_string
from django.views.decorators.http import require_safe
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
    multiprocess,
)
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.values import ValueClass

from goldidea.lib.health import database_answers
from goldidea.lib.jobs import redis_answers

OURS = CollectorRegistry()
REQUESTS = Counter("goldidea_requests", "Requests answered", ["route", "method", "status"], registry=OURS)
SECONDS = Histogram(
    "goldidea_request_seconds",
    "Seconds until the answer",
    ["route"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
    registry=OURS,
)
SHEETS = Counter("goldidea_sheets", "Score sheets handed in, by outcome", ["outcome"], registry=OURS)
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


def observe(route: str, method: str, status: int, seconds: float) -> None:
    """Count one answered request."""
    REQUESTS.labels(route, method if method in METHODS else "other", status).inc()
    SECONDS.labels(route).observe(seconds)


class Figures:
    """Reads the figures of the apps (settings.FIGURES) when it is asked; without a database only that it is away."""

    def collect(self) -> Iterator[Metric]:
        begin = time.perf_counter()
        up = database_answers()
        yield GaugeMetricFamily("goldidea_database_up", "Whether the database answers", value=up)
        yield GaugeMetricFamily("goldidea_redis_up", "Whether the doorbell answers", value=redis_answers())
        if up:
            try:
                yield from [figure for path in settings.FIGURES for figure in import_string(path)()]
            except DatabaseError:  # gone since; the next scrape says so
                return
        seconds = time.perf_counter() - begin
        yield GaugeMetricFamily("goldidea_figures_seconds", "Seconds to read these figures", value=seconds)


def gauge(name: str, words: str, label: str, rows: Iterable[tuple[str, float]]) -> GaugeMetricFamily:
    """A gauge with one label."""
    family = GaugeMetricFamily(f"goldidea_{name}", words, labels=[label])
    for value, number in rows:
        family.add_metric([value], number)
    return family


def exposition() -> bytes:
    """All figures in Prometheus' text form."""
    registry = OURS
    if ValueClass.__name__ == "MmapedValue":  # several processes write into PROMETHEUS_MULTIPROC_DIR
        registry = CollectorRegistry()
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    of_database: Any = CollectorRegistry()
    of_database.register(Figures())
    return generate_latest(registry) + generate_latest(of_database)


@require_safe
@login_not_required
def metrics(request: HttpRequest) -> HttpResponse:
    """For who holds METRICS_TOKEN; for everybody else, and where no token is set, there is no such page."""
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not settings.METRICS_TOKEN or not constant_time_compare(given, settings.METRICS_TOKEN):
        raise Http404
    return HttpResponse(exposition(), content_type=CONTENT_TYPE_LATEST)
