"""What the API says of judges: what the office's list shows, phones masked."""

from rest_framework import serializers

from communities.serializers import DivisionName
from judges.models import Judge


class RegisteredJudge(serializers.ModelSerializer[Judge]):
    """A judge as the register has it."""

    sub_district = DivisionName(read_only=True, allow_null=True)
    community = DivisionName(read_only=True, allow_null=True)
    masked_phone = serializers.CharField(read_only=True)

    class Meta:
        model = Judge
        fields = [
            "code",
            "kind",
            "name",
            "sub_district",
            "community",
            "masked_phone",
            "state",
            "term_from",
            "term_to",
        ]
        read_only_fields = fields
