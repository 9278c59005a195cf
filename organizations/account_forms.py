"""Parse appointments with organizations."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from communities.accounts import places_within
from communities.forms.accounts import TermForm
from communities.models import District
from organizations.models import SocialOrganization


class OrganizationTermForm(TermForm):
    """For which organization, from when to when."""

    field_order = ["organization", "since", "until"]

    def __init__(self, *args: Any, user: User, district: District, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        active = SocialOrganization.objects.of(district).active().order_by("sort_key")
        self.fields["organization"] = forms.ModelChoiceField(
            places_within(user, district, active),
            label=_("Social organization"),
            to_field_name="code",
            empty_label=_("choose one"),
        )
        self.order_fields(self.field_order)
