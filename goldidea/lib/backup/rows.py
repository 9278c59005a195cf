"""Copy the rows of all tables out of PostgreSQL and in again, byte for byte (COPY, text format, in the order of the keys)."""

import hashlib
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

PART = 8 * 1024 * 1024
# Whoever is signed in signs in again: the rows would open accounts to who holds a backup.
LEFT_OUT = {"django_session"}

TABLES = """
SELECT c.relname,
  array(SELECT a.attname FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        AND a.attgenerated = '' ORDER BY a.attnum)::text[],
  array(SELECT a.attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY (i.indkey)
        WHERE i.indrelid = c.oid AND i.indisprimary ORDER BY a.attnum)::text[]
FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' ORDER BY c.relname
"""
SEQUENCES = (
    "SELECT sequencename, start_value, last_value FROM pg_sequences WHERE schemaname = 'public' ORDER BY 1"
)
TRIGGERS = """
SELECT c.relname, t.tgname, t.tgenabled::text FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
WHERE NOT t.tgisinternal AND c.relnamespace = 'public'::regnamespace ORDER BY 1, 2
"""
ENABLED = {"O": "ENABLE", "A": "ENABLE ALWAYS", "R": "ENABLE REPLICA"}


def quoted(name: str) -> str:
    """A name of the database as it stands in a statement."""
    return str(connection.ops.quote_name(name))


def fetched(sql: str) -> list[tuple[Any, ...]]:
    """All rows of a statement."""
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def tables() -> dict[str, tuple[list[str], list[str]]]:
    """Every table with its columns (but generated ones) and the columns of its key."""
    return {name: (columns, key) for name, columns, key in fetched(TABLES)}


def sequences() -> dict[str, list[int | None]]:
    """Every sequence with its first number, and the last one that it gave (None: none yet)."""
    return {name: [first, last] for name, first, last in fetched(SEQUENCES)}


class _Parts(io.RawIOBase):
    """Gathers what COPY writes, row by row, and hands it on in parts that end with a row."""

    def __init__(self, hand_on: Callable[[bytes], None]) -> None:
        self._hand_on, self._held, self.digest = hand_on, bytearray(), hashlib.sha256()

    def writable(self) -> bool:
        return True

    def write(self, row: Any) -> int:
        self._held += row
        if len(self._held) >= PART:
            self.finish()
        return len(row)

    def finish(self) -> None:
        if self._held:
            self.digest.update(self._held)
            self._hand_on(bytes(self._held))
            self._held.clear()


def copy_out(name: str, hand_on: Callable[[bytes], None]) -> dict[str, Any]:
    """Give the table's rows to `hand_on` in parts; returns its columns, number of rows and SHA-256."""
    columns, key = tables()[name]
    parts = _Parts(hand_on)
    chosen = ", ".join(map(quoted, columns))
    order = ", ".join(map(quoted, key or columns))
    rows = 0
    if name not in LEFT_OUT:
        with connection.cursor() as cursor:
            query = f"SELECT {chosen} FROM {quoted(name)} ORDER BY {order}"  # noqa: S608  names of the catalog, quoted
            cursor.copy_expert(f"COPY ({query}) TO STDOUT", parts)
            rows = cursor.rowcount
        parts.finish()
    return {"columns": columns, "rows": rows, "sha256": parts.digest.hexdigest()}


def copy_in(name: str, columns: list[str], part: bytes) -> None:
    """Put a part of a table's rows in."""
    with connection.cursor() as cursor:
        chosen = ", ".join(map(quoted, columns))
        cursor.copy_expert(f"COPY {quoted(name)} ({chosen}) FROM STDIN", io.BytesIO(part))


@contextmanager
def emptied() -> Iterator[None]:
    """Inside a transaction of the owner: all tables empty and no trigger of ours awake; afterwards every one as it was.

    The checks of foreign keys are made before the triggers wake up.
    """
    awake = [row for row in fetched(TRIGGERS) if row[2] in ENABLED]
    with connection.cursor() as cursor:
        for table, trigger, _state in awake:
            cursor.execute(f"ALTER TABLE {quoted(table)} DISABLE TRIGGER {quoted(trigger)}")
        cursor.execute(f"TRUNCATE {', '.join(map(quoted, tables()))}")
        yield
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table, trigger, state in awake:
            cursor.execute(f"ALTER TABLE {quoted(table)} {ENABLED[state]} TRIGGER {quoted(trigger)}")
    if [row for row in fetched(TRIGGERS) if row[2] in ENABLED] != awake:
        raise RuntimeError("a trigger is not as it was")


def set_sequences(given: dict[str, list[int | None]]) -> None:
    """Let every sequence go on after the number that it gave last."""
    with connection.cursor() as cursor:
        for name, (first, last) in given.items():
            number = first if last is None else last
            cursor.execute("SELECT setval(%s, %s, %s)", [f"public.{quoted(name)}", number, last is not None])
