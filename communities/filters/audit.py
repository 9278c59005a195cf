"""Parse the filters of the audit trail."""

import django_filters
from django import forms
from django.utils.translation import gettext_lazy as _

from communities.audit_words import OBJECTS, action_choices
from goldidea.lib.models import AuditEvent


class AuditFilter(django_filters.FilterSet):
    """Who did what to which kind of object, and when."""

    person = django_filters.CharFilter(
        label=_("Person"), field_name="detail__actor_name", lookup_expr="icontains"
    )
    action = django_filters.ChoiceFilter(label=_("Action"), choices=action_choices, empty_label=_("all"))
    object_type = django_filters.ChoiceFilter(
        label=_("Kind of object"), choices=sorted(OBJECTS.items()), empty_label=_("all")
    )
    object_name = django_filters.CharFilter(
        label=_("Object"), field_name="detail__object_name", lookup_expr="icontains"
    )
    since = django_filters.DateFilter(
        label=_("From"), field_name="at", lookup_expr="date__gte", widget=forms.DateInput
    )
    until = django_filters.DateFilter(
        label=_("To"), field_name="at", lookup_expr="date__lte", widget=forms.DateInput
    )

    class Meta:
        model = AuditEvent
        fields: list[str] = []
