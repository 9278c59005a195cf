"""Strict readers of the environment: a wrong value stops the start with a sentence, never a silent default."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured


def text(name: str, default: str | None = None) -> str:
    """The variable's value; without a default it has to be there."""
    value = os.environ.get(name, default)
    if value is None:
        raise ImproperlyConfigured(f"Set {name} (see README.md, 'Running it').")
    return value


def secret(name: str, default: str | None = None) -> str:
    """The value of NAME, or the stripped content of the file that NAME_FILE points to."""
    path = os.environ.get(f"{name}_FILE")
    if path:
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ImproperlyConfigured(f"{name}_FILE: {path}: {error.strerror}") from error
    return text(name, default)


def flag(name: str, *, default: bool) -> bool:
    """1 or 0, nothing else."""
    value = os.environ.get(name, "1" if default else "0")
    if value not in {"0", "1"}:
        raise ImproperlyConfigured(f"{name} is 1 or 0, not {value!r}.")
    return value == "1"


def number(name: str, default: int, *, least: int = 0) -> int:
    """A whole number, `least` or more."""
    value = os.environ.get(name, str(default))
    if not (value.isascii() and value.isdigit() and int(value) >= least):
        raise ImproperlyConfigured(f"{name} is a whole number, {least} or more, not {value!r}.")
    return int(value)


def words(name: str, default: str = "") -> list[str]:
    """A list separated by commas."""
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


def origin(url: str) -> str:
    """Scheme, host and port of an address; empty for none."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""


def issuer(name: str, *, plain: bool) -> str:
    """The https address of a sign-in service, or nothing; http only where `plain` says so."""
    value = text(name, "")
    if value and not value.startswith(("https://", "http://") if plain else "https://"):
        raise ImproperlyConfigured(f"{name} begins with https://: over http anybody between could sign in.")
    return value


def database(name: str) -> dict[str, Any]:
    """Django's description of `postgresql://user:password@host:port/name?host=%2Fsocket%2Ffolder`."""
    url = urlsplit(secret(name))
    if url.scheme not in {"postgresql", "postgres"} or not url.path.strip("/"):
        raise ImproperlyConfigured(f"{name} has the form postgresql://user:password@host:port/name.")
    query = dict(parse_qsl(url.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(url.path.lstrip("/")),
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "HOST": query.pop("host", unquote(url.hostname or "")),
        "PORT": str(url.port or ""),
        "OPTIONS": query,
        "CONN_MAX_AGE": 60,
        # Without it the first request after a database restart is a 500.
        "CONN_HEALTH_CHECKS": True,
    }


def broker(name: str) -> str:
    """The address of Redis in Celery's form (`redis+socket://` for a Unix socket)."""
    url = text(name)
    return url.replace("unix://", "redis+socket://", 1)
