"""Who took the register away as a table."""

from typing import Any

from communities.models import District
from goldidea.lib import audit


def record_export(district: District, rows: int, *, by: Any) -> None:
    """Record an export of judges and the number of its rows."""
    audit.record("export judges", district, by=by, district=district, changes={"rows": ("", rows)})
