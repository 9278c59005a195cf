"""The advisory lock of a round. Sheets take it shared (in their trigger); whoever moves or reads a round whole, exclusive.

Take it before any row lock on the round: a sheet on its way holds the shared lock and must not wait for the row.
"""

import zlib

from django.db import connection

ROUND_LOCK = 7101
NUMBERS_LOCK = 7102
ANALYSIS_LOCK = 7105
REQUEST_LOCK = 7110


def hold_round(round_id: int) -> None:
    """Wait for sheets on their way and keep later ones waiting, until the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [ROUND_LOCK, round_id])


def share_round(round_id: int) -> None:
    """Keep the round from moving until the end of the transaction, beside others who do the same."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s, %s)", [ROUND_LOCK, round_id])


def hold_numbers(season_id: int) -> None:
    """One case of a season at a time takes its number, so that numbers have no gaps. Taken before the case's row."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [NUMBERS_LOCK, season_id])


def claim_analysis(tally_id: int) -> bool:
    """Whether nobody else analyses this tally; if so, keep it until the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [ANALYSIS_LOCK, tally_id])
        return bool(cursor.fetchone()[0])


def lock_key(key: str) -> None:
    """One request with this key at a time, until the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s, %s)", [REQUEST_LOCK, zlib.crc32(key.encode()) - 2**31]
        )
