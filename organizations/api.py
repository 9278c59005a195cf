"""The office's register of social organizations."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from communities.api import RegisterList
from organizations import rules
from organizations.filters import ListedOrganizations
from organizations.models import SocialOrganization
from organizations.serializers import RegisteredOrganization


class RegisteredOrganizations(RegisterList):
    """The register of social organizations."""

    summary = _("The register of social organizations, without contacts")
    queryset = SocialOrganization.objects.none()
    serializer_class = RegisteredOrganization
    filterset_class = ListedOrganizations
    ordering = ("sort_key", "code")

    def get_queryset(self) -> Any:
        rules.can_view_register(self.request.user, self.district).enforce()
        rows = rules.visible_organizations(self.request.user, self.district)
        return rows.select_related("sub_district", "home_community", "parent")
