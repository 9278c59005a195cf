"""Logs as JSON lines that name nobody: no name, phone, address, query string or value of a visitor's.

One line a request and one a task (goldidea/lib/observed.py), all with the id of the request that began the work. Where the
law wants network addresses kept, the front server's own log keeps them, by day and by the same id (docs/operations.md).
"""

import datetime as dt
import json
import logging
import traceback
from contextvars import ContextVar
from typing import Any

# The id of the request, or of the request that rang for the task, that this thread works on.
request_id: ContextVar[str] = ContextVar("request_id", default="")

# Their messages repeat what a visitor sent: an address with a card's token in it, a host, values of a row.
REPEAT_VISITORS = ("django.request", "django.security", "django.db", "django.template", "celery.app.trace")
FRAMES = 25


class JsonFormatter(logging.Formatter):
    """One JSON object a line: at (UTC), level, logger, message, request, and what the record's `fields` add.

    Of an exception it tells the kind and the places in the code, not the words: those of a database quote the row.
    """

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
        }
        if not record.name.startswith(REPEAT_VISITORS):
            line["message"] = record.getMessage()
        if request_id.get():
            line["request"] = request_id.get()
        line |= getattr(record, "fields", {})
        if record.exc_info and record.exc_info[1] is not None:
            line["error"] = described(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False, default=str)


def described(error: BaseException) -> dict[str, Any]:
    """An exception without its words: kind, places ("file:line function"), the database's code, and its cause."""
    kind = type(error)
    frames = traceback.extract_tb(error.__traceback__)[-FRAMES:]
    told: dict[str, Any] = {
        "kind": f"{kind.__module__}.{kind.__qualname__}",
        "where": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
    }
    if getattr(error, "pgcode", None):
        told["database"] = [error.pgcode, error.diag.table_name, error.diag.constraint_name]  # type: ignore[attr-defined]
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None:
        told["cause"] = described(cause)
    return told


def configuration(*, development: bool) -> dict[str, Any]:
    """Django's LOGGING: JSON lines, or for a person at a terminal plain lines and only what went wrong."""
    quiet = {name: {"level": "WARNING"} for name in ("celery.worker.strategy", "celery.beat")}
    if development:
        formatter: dict[str, Any] = {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}
        loggers = {"goldidea.requests": {"level": "CRITICAL"}, "goldidea.tasks": {"level": "CRITICAL"}}
    else:
        # The lines of requests and tasks tell what these would, without the words.
        formatter = {"()": "goldidea.lib.logs.JsonFormatter"}
        loggers = {"django.request": {"level": "CRITICAL"}, "celery.app.trace": {"level": "CRITICAL"}}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": formatter},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["console"], "level": "INFO"},
        "loggers": {
            # Django hangs handlers of its own on these two.
            "django": {"handlers": [], "level": "INFO", "propagate": True},
            "django.server": {"handlers": ["console"], "level": "INFO", "propagate": False},
            **quiet,
            **loggers,
        },
    }
