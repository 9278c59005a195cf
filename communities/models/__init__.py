"""What is true of districts, their divisions and people, their grids, and their calendar."""

from communities.models.calendar import CalendarYear
from communities.models.divisions import (
    Appointment,
    Community,
    Decision,
    District,
    Division,
    SpreadsheetImport,
    SubDistrict,
)
from communities.models.grids import Grid, SocialWorker

__all__ = [
    "Appointment",
    "CalendarYear",
    "Community",
    "Decision",
    "District",
    "Division",
    "Grid",
    "SocialWorker",
    "SpreadsheetImport",
    "SubDistrict",
]
