"""The office's register of judges."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from communities.api import RegisterList
from judges import rules
from judges.filters import ListedJudges
from judges.models import Judge
from judges.serializers import RegisteredJudge


class RegisteredJudges(RegisterList):
    """The register of judges of the person's area."""

    summary = _("The register of judges of your area, phones masked")
    queryset = Judge.objects.none()
    serializer_class = RegisteredJudge
    filterset_class = ListedJudges
    ordering = ("sort_key", "code")

    def get_queryset(self) -> Any:
        rules.can_list_judges(self.request.user, self.district).enforce()
        return rules.judges_visible_to(self.request.user, self.district).with_place()
