"""A case as its community writes it: what is read out, and what is read in. Codes name places and organizations."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from communities.models import Community
from communities.serializers import DivisionName
from evaluations.application import LINES, LONGEST_CELL, TEAM, Table
from evaluations.models import Season, Submission
from evaluations.rules.completeness import TEXTS
from evaluations.serializers.public import SeasonName
from goldidea.lib.personal import e164
from organizations.models import SocialOrganization, VenturePhilanthropyProject

LONGEST = 20_000  # characters of one text that a draft keeps
PLAIN = (
    "title",
    "field",
    "summary",
    "head_name",
    "profile",
    "last_inspection",
    "supervising_unit",
    "worker_name",
    "origin_kind",
    "need",
    "deliberation_kind",
    "deliberation_level",
    "deliberated_on",
    "deliberation_record",
    "resolution",
    "practice",
    "effect",
    "beneficiaries",
    "indirect_beneficiaries",
    "locations",
    "starts_on",
    "ends_on",
    "budget_total",
    "amount_asked",
)


class CaseLine(serializers.ModelSerializer[Submission]):
    """A case in a list."""

    season = SeasonName(read_only=True)
    community = DivisionName(source="lead_community", read_only=True)

    class Meta:
        model = Submission
        fields = ["code", "number", "state", "revision", "season", "community", "title", "field"]
        fields += ["saved_at", "submitted_at"]
        read_only_fields = fields


class CaseSerializer(CaseLine):
    """A case whole, without its social worker's phone and its team's names. Send `revision` along with changes."""

    budget_lines = serializers.ListField(child=serializers.DictField(child=serializers.CharField()))

    partners = DivisionName(many=True, read_only=True)
    organizations = serializers.SerializerMethodField()
    philanthropy_project = serializers.SlugRelatedField("code", read_only=True)

    class Meta:
        model = Submission
        fields = [*CaseLine.Meta.fields, *(name for name in PLAIN if name not in CaseLine.Meta.fields)]
        fields += ["partners", "organizations", "philanthropy_project", "budget_lines"]
        read_only_fields = fields

    def get_organizations(self, case: Submission) -> list[str]:
        """Codes, in the order on the case."""
        return [link.organization.code for link in case.organization_links.all()]


class ByCode(serializers.SlugRelatedField[Any]):
    """Something of the address's district by its code; what is elsewhere does not exist."""

    default_error_messages = {
        "does_not_exist": _("There is nothing with this code."),
        "invalid": _("There is nothing with this code."),
    }

    def __init__(self, model: Any, **kwargs: Any) -> None:
        self.model = model
        super().__init__("code", queryset=model.objects.none(), **kwargs)

    def get_queryset(self) -> Any:
        return self.model.objects.of(self.context["district"])

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str) or len(data) > 10 or "\x00" in data:
            self.fail("invalid")
        return super().to_internal_value(data)


class TableField(serializers.ListField):
    """Rows of one of the form's tables: column -> text. What is missing in them is said when the case is handed in."""

    child = serializers.DictField(child=serializers.CharField(max_length=LONGEST_CELL, allow_blank=True))

    def __init__(self, table: Table, **kwargs: Any) -> None:
        self.table = table
        super().__init__(max_length=table.rows, required=False, **kwargs)

    def to_internal_value(self, data: Any) -> list[dict[str, str]]:
        rows: list[dict[str, str]] = super().to_internal_value(data)
        if unknown := {column for row in rows for column in row} - set(self.table.columns):
            raise serializers.ValidationError(", ".join(sorted(unknown)), "unknown")
        return [{column: row.get(column, "") for column in self.table.columns} for row in rows]


class NewCase(serializers.Serializer[Any]):
    """Begin a case. The same `client_key` gives the same case."""

    client_key = serializers.UUIDField()
    season = ByCode(Season)
    community = ByCode(Community)
    title = serializers.CharField(max_length=40, allow_blank=True, default="")


class CaseChanges(serializers.ModelSerializer[Submission]):
    """What is to change; a field that is not sent stays. Drafts may be incomplete."""

    revision = serializers.IntegerField(min_value=0, max_value=2_000_000_000)
    worker_phone = serializers.CharField(max_length=30, allow_blank=True, required=False, write_only=True)
    partners = ByCode(Community, many=True, required=False)
    organizations = ByCode(SocialOrganization, many=True, required=False)
    philanthropy_project = ByCode(VenturePhilanthropyProject, allow_null=True, required=False)
    team = TableField(TEAM)
    budget_lines = TableField(LINES)

    class Meta:
        model = Submission
        fields = ["revision", *PLAIN, "worker_phone", "partners", "organizations", "philanthropy_project"]
        fields += ["team", "budget_lines"]
        extra_kwargs = {name: {"required": False} for name in PLAIN} | {
            # A draft may be too long yet, as on the page.
            name: {"required": False, "max_length": LONGEST}
            for name in TEXTS
        }

    def validate_worker_phone(self, typed: str) -> str:
        return e164(typed) if typed else ""

    def validate(self, sent: dict[str, Any]) -> dict[str, Any]:
        project = sent.get("philanthropy_project")
        named = sent.get("organizations") or [
            link.organization for link in self.context["case"].organization_links.all()
        ]
        if project is not None and project.organization not in named:
            words = _("Only projects of the organizations named above can be chosen.")
            raise serializers.ValidationError({"philanthropy_project": words})
        return sent


class Withdrawal(serializers.Serializer[Any]):
    """Why a case is withdrawn."""

    reason = serializers.CharField(max_length=300, allow_blank=True, default="")
