"""Parse the filters of the list of accounts."""

from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from communities.accounts import tables
from communities.models import Appointment

ROLES = [
    *[(role.value, role.label) for role in Appointment.Role if role != Appointment.Role.PLATFORM_ADMIN],
    ("organization_user", _("social organization")),
    ("supportive_org", _("supportive organization")),
]
STATES = [
    ("no", _("not activated")),
    ("yes", _("activated")),
    ("disabled", _("disabled")),
]


class AccountFilter(django_filters.FilterSet):
    """Name, role and state of accounts."""

    q = django_filters.CharFilter(label=_("Name or sign-in name"), method="by_name")
    role = django_filters.ChoiceFilter(label=_("Role"), choices=ROLES, method="by_role", empty_label=_("all"))
    activated = django_filters.ChoiceFilter(
        label=_("State"), choices=STATES, method="by_state", empty_label=_("all")
    )
    order = django_filters.OrderingFilter(
        fields=[("sort_key", "name"), ("username", "username"), ("last_login", "last_login")],
        widget=forms.HiddenInput,  # the headers of the table order it
    )

    class Meta:
        model = User
        fields: list[str] = []

    def __init__(self, *args: Any, district: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.district = district

    def by_name(self, rows: QuerySet[Any], _name: str, words: str) -> QuerySet[Any]:
        return rows.filter(
            Q(name__icontains=words) | Q(username__icontains=words) | Q(sort_key__icontains=words)
        )

    def by_role(self, rows: QuerySet[Any], _name: str, role: str) -> QuerySet[Any]:
        held = Q(pk=None)
        for table in tables():
            ids = table.account_ids_in(role, self.district, timezone.localdate())
            if ids is not None:
                held |= Q(pk__in=ids)
        return rows.filter(held)

    def by_state(self, rows: QuerySet[Any], _name: str, state: str) -> QuerySet[Any]:
        if state == "disabled":
            return rows.filter(is_active=False)
        rows = rows.filter(is_active=True)
        return rows.activated() if state == "yes" else rows.not_activated()
