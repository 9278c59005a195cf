"""Districts and sub-districts for everybody, oneself, and the office's registers of divisions."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiToken
from communities import rules
from communities.desks import desks
from communities.filters.registers import ListedCommunities, ListedSubDistricts
from communities.models import Community, District, SubDistrict
from communities.serializers import (
    DistrictSerializer,
    PersonSerializer,
    RegisteredCommunity,
    RegisteredSubDistrict,
    SubDistrictSerializer,
)
from goldidea.lib.api.views import OwnList, OwnThing, PublicList, PublicThing

Scope = ApiToken.Scope


class Districts(PublicList):
    """The districts of this installation."""

    summary = _("The districts of this installation")
    scope = Scope.NAMES
    queryset = District.objects.all()
    serializer_class = DistrictSerializer
    ordering = ("slug",)


class OneDistrict(PublicThing):
    """One district; the address names it."""

    summary = _("One district")
    scope = Scope.NAMES
    queryset = District.objects.none()
    serializer_class = DistrictSerializer

    def get_object(self) -> Any:
        self.filter_queryset(self.queryset)
        return self.district


class SubDistricts(PublicList):
    """The sub-districts that exist today."""

    summary = _("The sub-districts that exist today")
    scope = Scope.NAMES
    queryset = SubDistrict.objects.none()
    serializer_class = SubDistrictSerializer
    ordering = ("division_code", "code")

    def get_queryset(self) -> Any:
        return SubDistrict.objects.of(self.district).on(timezone.localdate())


class Myself(OwnThing):
    """Who is signed in, with the roles of today."""

    summary = _("Who is signed in, with the roles of today")
    serializer_class = PersonSerializer
    queryset = District.objects.none()

    def get_object(self) -> Any:
        self.filter_queryset(self.queryset)
        person = self.request.user
        return {"name": person.get_full_name(), "kind": person.kind, "roles": desks(person)}


class RegisterList(OwnList):
    """A register of the district, for those who may open its page."""

    part = "registers"

    def filter_values(self) -> dict[str, Any]:
        return {"district": self.district}


class RegisteredSubDistricts(RegisterList):
    """The register of sub-districts."""

    summary = _("The register of sub-districts")
    queryset = SubDistrict.objects.none()
    serializer_class = RegisteredSubDistrict
    filterset_class = ListedSubDistricts
    ordering = ("division_code", "code")

    def filter_values(self) -> dict[str, Any]:
        return {}

    def get_queryset(self) -> Any:
        rules.can_view_divisions(self.request.user, self.district).enforce()
        return rules.visible_divisions(self.request.user, self.district, SubDistrict.objects)


class RegisteredCommunities(RegisterList):
    """The register of communities."""

    summary = _("The register of communities")
    queryset = Community.objects.none()
    serializer_class = RegisteredCommunity
    filterset_class = ListedCommunities
    ordering = ("division_code", "code")

    def get_queryset(self) -> Any:
        rules.can_view_divisions(self.request.user, self.district).enforce()
        rows = rules.visible_divisions(self.request.user, self.district, Community.objects)
        return rows.select_related("sub_district")
