"""May this person? Everything starts from appointments: who, as what, where, today."""

import datetime as dt
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from communities.models import Appointment, Community, District
from goldidea.lib.verdict import ALLOWED, HIDDEN, Verdict

Role = Appointment.Role
STAFF = (Role.DISTRICT_STAFF, Role.SUBDISTRICT_STAFF)


def appointments(user: Any, on: dt.date | None = None) -> list[Appointment]:
    """The person's appointments today (read once for a request, kept on the user object)."""
    if not getattr(user, "is_authenticated", False) or getattr(user, "kind", "") != "person":
        return []
    if on is not None:
        return list(user.appointments.on(on).with_place())
    if not hasattr(user, "_appointments_today"):
        user._appointments_today = list(user.appointments.on(timezone.localdate()).with_place())
    return user._appointments_today


def needs_second_factor(user: Any) -> bool:
    """Offices, observers and administrators sign in with two factors; communities and organizations may."""
    return any(a.role != Role.COMMUNITY_USER for a in appointments(user))


def roles_in(user: Any, district: District | None) -> set[str]:
    """The person's roles in a district by appointment to a division (organizations add theirs)."""
    return {a.role for a in appointments(user) if district is not None and a.district_id == district.pk}


def is_platform_admin(user: Any) -> bool:
    return any(a.role == Role.PLATFORM_ADMIN for a in appointments(user))


def is_district_staff(user: Any, district: Any) -> bool:
    return any(a.role == Role.DISTRICT_STAFF and a.district_id == district.pk for a in appointments(user))


def is_observer(user: Any, district: Any) -> bool:
    return any(a.role == Role.OBSERVER and a.district_id == district.pk for a in appointments(user))


def is_staff(user: Any, district: Any) -> bool:
    """District or sub-district staff of this district."""
    return any(a.role in STAFF and a.district_id == district.pk for a in appointments(user))


def staff_sub_district_ids(user: Any, district: Any) -> set[int]:
    """Sub-districts whose staff the person is."""
    return {
        a.sub_district_id
        for a in appointments(user)
        if a.role == Role.SUBDISTRICT_STAFF and a.district_id == district.pk and a.sub_district_id
    }


def community_ids(user: Any, district: Any) -> set[int]:
    """Communities for which the person acts."""
    return {
        a.community_id
        for a in appointments(user)
        if a.role == Role.COMMUNITY_USER and a.district_id == district.pk and a.community_id
    }


def covers(user: Any, district: Any, sub_district_id: int | None) -> bool:
    """Whether the person is staff for this sub-district: its own staff, or the district's."""
    return is_district_staff(user, district) or (
        sub_district_id is not None and sub_district_id in staff_sub_district_ids(user, district)
    )


def can_staff(user: Any, district: Any, sub_district_id: int | None) -> Verdict:
    """Staff of the place and of the district may; for everybody else another area's objects do not exist (404).

    Twin: `within_reach`.
    """
    if covers(user, district, sub_district_id):
        return ALLOWED
    return HIDDEN


def within_reach(user: Any, district: Any, queryset: Any, path: str = "sub_district") -> Any:
    """The rows of `queryset` whose sub-district (by `path`) the person is staff for. Twin of `can_staff`."""
    if is_district_staff(user, district):
        return queryset
    return queryset.filter(**{f"{path}__in": staff_sub_district_ids(user, district)})


def can_enter_office(user: Any, district: Any) -> Verdict:
    """The workbench: staff and, to read, the observer. Others may not know what is in it."""
    return ALLOWED if is_staff(user, district) or is_observer(user, district) else HIDDEN


def can_decide_for_district(user: Any, district: Any) -> Verdict:
    """What only the district's staff may do."""
    if is_district_staff(user, district):
        return ALLOWED
    if is_staff(user, district):
        return Verdict(_("Only the district's staff can do this."))
    return HIDDEN


def can_view_divisions(user: Any, district: Any) -> Verdict:
    """The register of sub-districts and communities: all staff of the district, and the platform's administrators.

    Everybody else meets the names where they are published. Twin: `visible_divisions`.
    """
    return ALLOWED if is_staff(user, district) or is_platform_admin(user) else HIDDEN


def visible_divisions(user: Any, district: Any, queryset: Any) -> Any:
    """The rows of the register that the person may read: all of the district, or none. Twin of `can_view_divisions`."""
    return queryset.of(district) if can_view_divisions(user, district) else queryset.none()


def can_manage_place(user: Any, district: Any, sub_district_id: int | None) -> Verdict:
    """Change what belongs to a sub-district: its own staff and the district's; its neighbours are told whose it is.

    Twin: `within_reach`.
    """
    if covers(user, district, sub_district_id):
        return ALLOWED
    if is_staff(user, district):
        return Verdict(
            _("This belongs to another sub-district. Its own staff and the district's can change it.")
        )
    if is_platform_admin(user):
        return Verdict(_("Administrators of the platform look after accounts and change no register."))
    return HIDDEN


def can_add_community(user: Any, district: Any) -> Verdict:
    """Enter a community; that the sub-district is one's own is asked of the filled form (`can_manage_community`)."""
    return ALLOWED if is_staff(user, district) else can_manage_place(user, district, None)


def can_manage_community(user: Any, community: Any) -> Verdict:
    """Create or edit a community: staff of its sub-district, or of the district. Twin: `within_reach`."""
    return can_manage_place(user, community.district, community.sub_district_id)


def can_manage_sub_district(user: Any, sub_district: Any) -> Verdict:
    """Edit a sub-district: its own staff, or the district's. Twin: `within_reach` by the path `pk`."""
    return can_manage_place(user, sub_district.district, sub_district.pk)


def can_add_sub_district(user: Any, district: Any) -> Verdict:
    """A new sub-district is nobody's own yet: the district's staff."""
    verdict = can_decide_for_district(user, district)
    return can_manage_place(user, district, None) if verdict.hidden else verdict


def can_manage_tokens(user: Any, district: Any) -> Verdict:
    """Make and revoke the district's API tokens: its staff. Twin: `ApiTokenQuerySet.of`, for those who may."""
    return can_decide_for_district(user, district)


def can_import(user: Any, district: Any) -> Verdict:
    """Import a table into a register: staff; which rows they may change is said row by row."""
    return ALLOWED if is_staff(user, district) else HIDDEN


def can_see_import(user: Any, upload: Any) -> Verdict:
    """An upload is seen by the person who uploaded it: contacts stand in it. Twin: `ImportQuerySet.by`."""
    own = upload.uploaded_by_id == user.pk and is_staff(user, upload.district)
    return ALLOWED if own else HIDDEN


def can_view_calendar(user: Any, district: Any) -> Verdict:
    """The calendar: whoever may enter the office."""
    return can_enter_office(user, district)


def can_edit_calendar(user: Any, district: Any) -> Verdict:
    """Holidays and make-up days are the district's to enter."""
    verdict = can_decide_for_district(user, district)
    if verdict.hidden and is_observer(user, district):
        return Verdict(_("The observer reads and changes nothing."))
    return verdict


def can_view_grids(user: Any, district: Any) -> Verdict:
    """The registers of grids and social workers: the office, and communities for their own. Twin: `visible_grids`."""
    return ALLOWED if community_ids(user, district) else can_enter_office(user, district)


def visible_grids(user: Any, district: Any, queryset: Any) -> Any:
    """The grids or social workers that the person may read. Twin of `can_see_grids_of`."""
    if is_observer(user, district) or is_district_staff(user, district):
        return queryset
    return queryset.filter(
        Q(community__sub_district__in=staff_sub_district_ids(user, district))
        | Q(community__in=community_ids(user, district))
    )


def visible_communities(user: Any, district: Any, queryset: Any) -> Any:
    """The communities whose grids the person may read. Twin of `can_see_grids_of`."""
    if is_observer(user, district) or is_district_staff(user, district):
        return queryset
    return queryset.filter(
        Q(sub_district__in=staff_sub_district_ids(user, district)) | Q(pk__in=community_ids(user, district))
    )


def can_see_grids_of(user: Any, community: Any) -> Verdict:
    """The grids and social workers of a community, phones masked. Twin: `visible_grids`."""
    if is_observer(user, community.district):
        return ALLOWED
    return ALLOWED if can_keep_grids_of(user, community) else HIDDEN


def can_keep_grids_of(user: Any, community: Any) -> Verdict:
    """Enter and change them: the community itself, its sub-district, the district. Twin: `communities_kept`."""
    if covers(user, community.district, community.sub_district_id):
        return ALLOWED
    if community.pk in community_ids(user, community.district):
        return ALLOWED
    if is_observer(user, community.district):
        return Verdict(_("The observer reads and changes nothing."))
    return HIDDEN


def can_add_grids(user: Any, district: Any) -> Verdict:
    """Enter a grid or a social worker; whose it is is asked of the community (`can_keep_grids_of`)."""
    if is_staff(user, district) or community_ids(user, district):
        return ALLOWED
    return Verdict(_("The observer reads and changes nothing.")) if is_observer(user, district) else HIDDEN


def communities_kept(user: Any, district: Any) -> Any:
    """The communities in use whose grids the person keeps. Twin of `can_keep_grids_of`."""
    rows = Community.objects.of(district).current().select_related("sub_district")
    if is_district_staff(user, district):
        return rows
    return rows.filter(
        Q(sub_district__in=staff_sub_district_ids(user, district)) | Q(pk__in=community_ids(user, district))
    )


def can_ask_for_worker_phone(user: Any, worker: Any) -> Verdict:
    """The whole phone, with the password and a reason, logged: those who keep the register."""
    return can_keep_grids_of(user, worker.community)
