"""May this person? Organizations stand in a sub-district's register (or in the district's); their own people act for them."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from communities import rules as places
from goldidea.lib.verdict import ALLOWED, HIDDEN, Verdict
from organizations.models import SocialOrganization
from organizations.states import OrganizationState

DISSOLVED = _("This organization is dissolved: its page stays as it was.")


def own_organization_ids(user: Any) -> set[int]:
    """Organizations for which the person acts today (read once for a request, kept on the user object)."""
    if not getattr(user, "is_authenticated", False) or getattr(user, "kind", "") != "person":
        return set()
    if not hasattr(user, "_organizations_today"):
        held = user.organization_appointments.on(timezone.localdate())
        user._organizations_today = set(held.values_list("organization_id", flat=True))
    return user._organizations_today


def acts_in(user: Any, district: Any) -> bool:
    """Whether the person acts for an organization of this district."""
    return SocialOrganization.objects.of(district).filter(pk__in=own_organization_ids(user)).exists()


def can_view_register(user: Any, district: Any) -> Verdict:
    """The office's lists of organizations and projects: staff and the observer. Twin: `visible_organizations`."""
    return places.can_enter_office(user, district)


def can_view_organization(user: Any, organization: SocialOrganization) -> Verdict:
    """An organization's page in the office. Twin: `visible_organizations`."""
    return can_view_register(user, organization.district)


def visible_organizations(user: Any, district: Any) -> Any:
    """The organizations whose office pages the person may read. Twin of `can_view_organization`."""
    rows = SocialOrganization.objects.of(district)
    return rows if can_view_register(user, district) else rows.none()


def can_manage_register(user: Any, district: Any, sub_district_id: int | None) -> Verdict:
    """Change what stands in a sub-district's register (None: the district's)."""
    if places.is_observer(user, district) and not places.is_staff(user, district):
        return Verdict(_("The observer reads and changes nothing."))
    verdict = places.can_manage_place(user, district, sub_district_id)
    return HIDDEN if places.is_platform_admin(user) and not verdict else verdict


def can_register(user: Any, district: Any) -> Verdict:
    """Enter a new organization; that the place is one's own is asked of the filled form (`can_manage_organization`)."""
    if places.is_staff(user, district):
        return ALLOWED
    return can_manage_register(user, district, None)


def can_manage_organization(user: Any, organization: SocialOrganization) -> Verdict:
    """Edit it, move its state, end its engagements: staff of its sub-district, or of the district.

    Twin: `manageable_organizations`.
    """
    verdict = can_manage_register(user, organization.district, organization.sub_district_id)
    if verdict and organization.state == OrganizationState.DISSOLVED:
        return Verdict(DISSOLVED)
    return verdict


def manageable_organizations(user: Any, district: Any) -> Any:
    """The organizations that the person may edit. Twin of `can_manage_organization`."""
    rows = SocialOrganization.objects.of(district).exclude(state=OrganizationState.DISSOLVED)
    return places.within_reach(user, district, rows)


def can_see_contact(user: Any, organization: SocialOrganization) -> Verdict:
    """The contact's name and masked phone: who may ask for the whole one, and the observer."""
    if places.is_observer(user, organization.district):
        return ALLOWED
    return can_ask_for_phone(user, organization)


def can_ask_for_phone(user: Any, organization: SocialOrganization) -> Verdict:
    """The whole phone, with a reason and the password, logged: staff of the place. Twin: `reachable_by_phone`."""
    return can_manage_register(user, organization.district, organization.sub_district_id)


def reachable_by_phone(user: Any, district: Any) -> Any:
    """The organizations whose phone the person may ask for. Twin of `can_ask_for_phone`."""
    return places.within_reach(user, district, SocialOrganization.objects.of(district))


def can_view_own(user: Any, organization: SocialOrganization) -> Verdict:
    """The page of those who act for an organization. Twin: `own_organizations`."""
    return ALLOWED if organization.pk in own_organization_ids(user) else HIDDEN


def own_organizations(user: Any, district: Any) -> Any:
    """The organizations for which the person acts in a district. Twin of `can_view_own`."""
    return SocialOrganization.objects.of(district).filter(pk__in=own_organization_ids(user))


def can_edit_own(user: Any, organization: SocialOrganization) -> Verdict:
    """The own profile and contact; all of it while it is only proposed."""
    verdict = can_view_own(user, organization)
    if verdict and organization.state == OrganizationState.DISSOLVED:
        return Verdict(DISSOLVED)
    return verdict


def can_propose(user: Any, district: Any) -> Verdict:
    """Propose an organization for the register: who acts for one of the district (a branch, a group, a studio)."""
    return ALLOWED if acts_in(user, district) else HIDDEN


def can_manage_project(user: Any, project: Any) -> Verdict:
    """Edit a venture-philanthropy project in the office: staff of the organization's place."""
    return can_manage_organization(user, project.organization)


def can_edit_own_project(user: Any, project: Any) -> Verdict:
    """Edit the project of one's own organization; supportive organizations keep none."""
    if project.organization.supportive_level:
        return HIDDEN
    return can_edit_own(user, project.organization)
