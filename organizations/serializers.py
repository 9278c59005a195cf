"""What the API says of social organizations. Contacts are not among it."""

from typing import Any

from rest_framework import serializers

from communities.serializers import DivisionName
from organizations.models import SocialOrganization


class RegisteredOrganization(serializers.ModelSerializer[SocialOrganization]):
    """An organization as the register has it, without its contact."""

    sub_district = DivisionName(read_only=True, allow_null=True)
    home_community = DivisionName(read_only=True, allow_null=True)
    parent: Any = DivisionName(read_only=True, allow_null=True)

    class Meta:
        model = SocialOrganization
        fields = [
            "code",
            "name",
            "registration",
            "kind",
            "credit_code",
            "rating",
            "rating_year",
            "sub_district",
            "home_community",
            "supportive_level",
            "parent",
            "is_studio",
            "profile",
            "state",
        ]
        read_only_fields = fields
