"""Load a published register of communities, for the demonstration: the same import as on the page."""

from django.utils import timezone

from communities.actions.imports import import_table
from communities.models import District


def load_register(district: District, csv_text: str) -> int:
    """Write every sub-district and community of a csv text into a district's register. Gives the number of rows.

    Raises: UnreadableError or Refusal, with the first wrong rows named. A second time, everything is unchanged.
    """
    plan = import_table(
        "communities", district, "register.csv", csv_text.encode(), by=None, now=timezone.now()
    )
    return len(plan.rows)
