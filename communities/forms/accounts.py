"""Parse accounts and appointments as the office types them."""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from communities.accounts import can_ask_for_administrator, places_within
from communities.actions.appointments import check_username, free_username
from communities.models import Appointment, Community, District, SubDistrict
from goldidea.lib.personal import e164, masked

Role = Appointment.Role


class IdentityForm(forms.Form):
    """Who the account is for."""

    name = forms.CharField(
        label=_("Name"), max_length=80, help_text=_("A person, or the name of the community or organization.")
    )
    username = forms.CharField(
        label=_("Sign-in name"),
        max_length=40,
        required=False,
        help_text=_("Letters and digits, easily typed. Leave it empty and one is made from the name."),
        widget=forms.TextInput(
            attrs={"autocapitalize": "none", "spellcheck": "false", "autocomplete": "off"}
        ),
    )
    phone = forms.CharField(
        label=_("Mobile phone"),
        max_length=20,
        required=False,
        help_text=_("Kept encrypted and shown masked. One can also sign in with it."),
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    email = forms.EmailField(label=_("E-mail"), max_length=254, required=False)

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())

    def clean_username(self) -> str:
        username = self.cleaned_data["username"].strip().lower()
        if username:
            check_username(username)
            if User.objects.filter(username__iexact=username).exists():
                raise ValidationError(_("This sign-in name is taken."))
        return username

    def clean_phone(self) -> str:
        return e164(self.cleaned_data["phone"]) if self.cleaned_data["phone"] else ""

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if not values.get("username") and "username" not in self.errors and values.get("name"):
            values["username"] = free_username(values["name"])
        return values


class EditIdentityForm(IdentityForm):
    """A person's name, phone and e-mail; the phone is not shown, only replaced or taken out."""

    field_order = ["name", "phone", "without_phone", "email"]
    without_phone = forms.BooleanField(label=_("Take the phone out"), required=False)

    def __init__(self, *args: Any, account: User, **kwargs: Any) -> None:
        super().__init__(*args, initial={"name": account.name, "email": account.email}, **kwargs)
        self.account = account
        del self.fields["username"]
        if account.phone:
            self.fields["phone"].help_text = _("Now %(phone)s. Leave it empty to keep it.") % {
                "phone": masked(account.phone)
            }
        else:
            del self.fields["without_phone"]

    def clean(self) -> dict[str, Any]:
        values = forms.Form.clean(self) or {}
        if not values.get("phone") and not values.get("without_phone"):
            values["phone"] = self.account.phone
        return values


class TermForm(forms.Form):
    """From when to when."""

    since = forms.DateField(label=_("From"), initial=timezone.localdate, widget=forms.DateInput)
    until = forms.DateField(
        label=_("Last day"), required=False, help_text=_("Empty: until it is ended."), widget=forms.DateInput
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        since, until = values.get("since"), values.get("until")
        if since and not dt.date(2000, 1, 1) <= since <= dt.date(2100, 1, 1):
            self.add_error("since", _("Choose a date between 2000 and 2100."))
        if since and until and until < since:
            self.add_error("until", _("The last day is before the first."))
        return values


class CommunityTermForm(TermForm):
    """For which community, from when to when."""

    field_order = ["community", "since", "until"]

    def __init__(self, *args: Any, user: User, district: District, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        valid = Community.objects.of(district).on(timezone.localdate()).order_by("sort_key")
        self.fields["community"] = forms.ModelChoiceField(
            places_within(user, district, valid),
            label=_("Community"),
            to_field_name="code",
            empty_label=_("choose one"),
        )
        self.order_fields(self.field_order)


class StaffTermForm(TermForm):
    """Which staff role, where, from when to when, and why: a second person approves it."""

    field_order = ["role", "sub_district", "since", "until", "reason"]
    role = forms.ChoiceField(
        label=_("Role"),
        choices=[(r, r.label) for r in (Role.SUBDISTRICT_STAFF, Role.DISTRICT_STAFF, Role.OBSERVER)],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        help_text=_("The second person reads it before approving."),
        widget=forms.Textarea(attrs={"rows": "3"}),
    )

    def __init__(self, *args: Any, user: User, district: District, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if can_ask_for_administrator(user):
            self.fields["role"].choices += [(Role.PLATFORM_ADMIN, Role.PLATFORM_ADMIN.label)]
        self.fields["sub_district"] = forms.ModelChoiceField(
            SubDistrict.objects.of(district).on(timezone.localdate()),
            label=_("Sub-district"),
            to_field_name="code",
            required=False,
            empty_label=_("choose one"),
            help_text=_("Only for sub-district staff."),
        )
        self.order_fields(self.field_order)

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if values.get("role") == Role.SUBDISTRICT_STAFF:
            if not values.get("sub_district") and "sub_district" not in self.errors:
                self.add_error("sub_district", _("Choose the sub-district."))
        elif values.get("sub_district"):
            values["sub_district"] = None
        return values

    def payload(self) -> dict[str, str]:
        """What the decision has to carry."""
        values = self.cleaned_data
        return {
            "role": values["role"],
            "sub_district": values["sub_district"].code if values.get("sub_district") else "",
            "since": values["since"].isoformat(),
            "until": values["until"].isoformat() if values.get("until") else "",
        }


class ReasonForm(forms.Form):
    """Why something is asked for that takes two people."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        help_text=_("The second person reads it before approving."),
        widget=forms.Textarea(attrs={"rows": "3"}),
    )


class SlipForm(forms.Form):
    """For which accounts slips are printed; those without a slip that is still good are ticked."""

    accounts = forms.MultipleChoiceField(
        label=_("Accounts"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one account.")},
    )

    def __init__(self, *args: Any, accounts: list[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by_code = {account.code: account for account in accounts}
        self.fields["accounts"].choices = [(a.code, f"{a.name} · {a.username}") for a in accounts]
        self.fields["accounts"].initial = [a.code for a in accounts if not a.slip_is_out]

    def clean_accounts(self) -> list[User]:
        return [self.by_code[code] for code in self.cleaned_data["accounts"]]
