"""What the API says of districts, divisions and people. They write out; nothing here saves."""

from typing import Any

from rest_framework import serializers

from communities.models import Community, District, SubDistrict


class DistrictSerializer(serializers.ModelSerializer[District]):
    """A district: `slug` stands in its addresses."""

    class Meta:
        model = District
        fields = ["slug", "name", "name_en", "division_code", "is_demonstration"]
        read_only_fields = fields


class DivisionName(serializers.Serializer[Any]):
    """A sub-district or community as it is named elsewhere."""

    code = serializers.CharField()
    name = serializers.CharField()


class SubDistrictSerializer(serializers.ModelSerializer[SubDistrict]):
    """A sub-district by name."""

    class Meta:
        model = SubDistrict
        fields = ["code", "name", "division_code"]
        read_only_fields = fields


class RegisteredSubDistrict(serializers.ModelSerializer[SubDistrict]):
    """A sub-district as the register has it."""

    class Meta:
        model = SubDistrict
        fields = ["code", "name", "division_code", "initials", "valid_from", "valid_to"]
        read_only_fields = fields


class RegisteredCommunity(serializers.ModelSerializer[Community]):
    """A community as the register has it."""

    sub_district = DivisionName(read_only=True)

    class Meta:
        model = Community
        fields = ["code", "name", "division_code", "sub_district", "valid_from", "valid_to"]
        read_only_fields = fields


class RoleSerializer(serializers.Serializer[Any]):
    """One role of a person, where it holds."""

    role = serializers.CharField()
    district = serializers.CharField(source="district.slug", allow_null=True, default=None)
    place = serializers.CharField()


class PersonSerializer(serializers.Serializer[Any]):
    """Who is signed in."""

    name = serializers.CharField()
    kind = serializers.CharField()
    roles = RoleSerializer(many=True)
