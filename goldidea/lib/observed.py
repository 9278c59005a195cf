"""What operators see of requests and tasks: one line in the log each, and the metrics of requests."""

import logging
import sys
import time
import uuid
from collections.abc import Callable
from typing import Any

from celery.signals import setup_logging, task_failure, task_postrun, task_prerun
from django.conf import settings
from django.core.signals import got_request_exception
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.utils.functional import LazyObject

from goldidea.lib import metrics
from goldidea.lib.logs import request_id

REQUESTS, TASKS = logging.getLogger("goldidea.requests"), logging.getLogger("goldidea.tasks")
# Asked every few seconds by machines; a line only when something is wrong.
UNSEEN = {"healthz", "readyz", "metrics"}


class Statements:
    """Counts the statements of a request (Django's execute_wrapper), with the seconds that they took."""

    def __init__(self) -> None:
        self.count, self.seconds = 0, 0.0

    def __call__(self, execute: Callable[..., Any], *arguments: Any) -> Any:
        begin = time.perf_counter()
        try:
            return execute(*arguments)
        finally:
            self.count += 1
            self.seconds += time.perf_counter() - begin


class ObservedMiddleware:
    """Measures every request: route (never the address), method, status, milliseconds, statements, person's random key."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        statements, begin = Statements(), time.perf_counter()
        with connection.execute_wrapper(statements):
            response = self.get_response(request)
        seconds = time.perf_counter() - begin
        route = route_of(request)
        metrics.observe(route, request.method or "", response.status_code, seconds)
        if response.status_code < 500 and (route in UNSEEN or request.path.startswith(settings.STATIC_URL)):
            return response
        fields = {
            "route": route,
            "method": request.method,
            "status": response.status_code,
            "ms": round(seconds * 1000, 1),
            "statements": statements.count,
            "database_ms": round(statements.seconds * 1000, 1),
            "person": person_of(request),
        }
        failure = getattr(request, "failure", None)
        REQUESTS.log(
            logging.ERROR if response.status_code >= 500 else logging.INFO,
            "request",
            extra={"fields": fields},
            exc_info=failure,
        )
        return response


def route_of(request: HttpRequest) -> str:
    """The name of the address, such as "public:result"; empty where nothing matched."""
    match = request.resolver_match
    return match.view_name if match else ""


def person_of(request: HttpRequest) -> str:
    """The random key of who is signed in, if the request asked who it is. Asks nothing itself."""
    user = request.__dict__.get("_cached_user") or request.__dict__.get("user")
    return "" if isinstance(user, LazyObject) else str(getattr(user, "person_key", ""))


def keep_failure(request: HttpRequest | None = None, **_rest: Any) -> None:
    """An exception that nobody caught belongs to its request's line."""
    if request is not None:
        request.failure = sys.exc_info()[1]  # type: ignore[attr-defined]


def begin_task(task: Any, **_rest: Any) -> None:
    """The task goes on under the id of the request that rang for it, or under a new one."""
    request_id.set(task.request.get("request_id") or uuid.uuid4().hex)
    task.request.begun = time.perf_counter()


def end_task(task: Any, state: str | None = None, **_rest: Any) -> None:
    """One line a task; the clock's own, that found nothing wrong, only where DEBUG is wanted."""
    rung = bool(task.request.get("request_id"))
    begun = getattr(task.request, "begun", None)
    fields = {
        "task": task.name,
        "state": state,
        "ms": round((time.perf_counter() - begun) * 1000, 1) if begun else None,
    }
    level = logging.INFO if rung else logging.DEBUG
    TASKS.log(logging.ERROR if state == "FAILURE" else level, "task", extra={"fields": fields})
    request_id.set("")


def task_failed(sender: Any, exception: BaseException, **_rest: Any) -> None:
    """Where a task failed; its own line follows."""
    TASKS.error("task failed", extra={"fields": {"task": sender.name}}, exc_info=exception)


def leave_logging_alone(**_rest: Any) -> None:
    """Celery configures no logging: the settings do."""


def connect() -> None:
    """Listen to Django's and Celery's signals, once a process."""
    got_request_exception.connect(keep_failure)
    setup_logging.connect(leave_logging_alone)
    task_prerun.connect(begin_task)
    task_postrun.connect(end_task)
    task_failure.connect(task_failed)
