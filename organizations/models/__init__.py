"""What is true of social organizations, their engagements, their projects and budgets."""

from organizations.models.budgets import BudgetLine
from organizations.models.organizations import (
    Engagement,
    OrganizationAppointment,
    Origin,
    SocialOrganization,
    VenturePhilanthropyProject,
)

__all__ = [
    "BudgetLine",
    "Engagement",
    "OrganizationAppointment",
    "Origin",
    "SocialOrganization",
    "VenturePhilanthropyProject",
]
