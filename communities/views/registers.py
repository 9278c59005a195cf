"""The office's registers of communities and sub-districts. A community's page stands in organizations.views.communities."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from communities import rules
from communities.actions import divisions as actions
from communities.filters.registers import CommunityFilter, SubDistrictFilter
from communities.forms.registers import (
    CommunityChangeForm,
    CommunityForm,
    RegisterForm,
    SubDistrictChangeForm,
    SubDistrictForm,
)
from communities.models import Community, SubDistrict
from communities.registers import register_of
from communities.views.exports import table
from goldidea.lib import audit
from goldidea.lib.htmx import go, page

PER_PAGE = 25


def communities_asked_for(request: HttpRequest) -> CommunityFilter:
    """The register's communities as filtered by the address."""
    rules.can_view_divisions(request.user, request.district).enforce()
    rows = rules.visible_divisions(request.user, request.district, Community.objects)
    rows = rows.select_related("sub_district").order_by("division_code", "-valid_from")
    return CommunityFilter(request.GET, rows, district=request.district)


@require_safe
def communities(request: HttpRequest) -> HttpResponse:
    """The list of communities."""
    chosen = communities_asked_for(request)
    context = {
        "filter": chosen,
        "page_obj": Paginator(chosen.qs, PER_PAGE).get_page(request.GET.get("page")),
        "may_add": bool(rules.can_add_community(request.user, request.district)),
    }
    return page(
        request, "communities/communities.html", context, status=200 if chosen.form.is_valid() else 422
    )


@require_safe
def communities_export(request: HttpRequest, ending: str) -> HttpResponse:
    """The filtered list as a table that can be imported again."""
    register = register_of("communities")
    return table(register.exported, register.export(communities_asked_for(request).qs), "社区名册", ending)


def find_community(request: HttpRequest, code: str) -> Community:
    """The community with this code, if the person may know of the register."""
    rows = rules.visible_divisions(request.user, request.district, Community.objects)
    community: Community = get_object_or_404(
        rows.select_related("district", "sub_district", "predecessor"), code=code
    )
    return community


def find_sub_district(request: HttpRequest, code: str) -> SubDistrict:
    """The sub-district with this code, if the person may know of the register."""
    rows = rules.visible_divisions(request.user, request.district, SubDistrict.objects)
    sub_district: SubDistrict = get_object_or_404(rows.select_related("district", "predecessor"), code=code)
    return sub_district


def saved(form: RegisterForm, save: Any, words: Any, request: HttpRequest) -> Any:
    """Run an action on what a valid form says; what the action refuses is said at the form. None if it was not saved."""
    if not form.is_valid():
        return None
    try:
        row = save(form.instance)
    except ValidationError as error:
        form.say(error)
        return None
    messages.success(request, words)
    return row


@require_http_methods(["GET", "POST"])
def community_new(request: HttpRequest) -> HttpResponse:
    """Enter a community."""
    rules.can_add_community(request.user, request.district).enforce()
    form = CommunityForm(
        request.POST or None, instance=Community(district=request.district), user=request.user
    )
    community = saved(
        form,
        lambda row: actions.add_community(row, by=request.user, now=timezone.now()),
        _("The community stands in the register."),
        request,
    )
    if community:
        return go(request, "office:community", request.district.slug, community.code)
    return page(
        request, "communities/community_new.html", {"form": form}, status=422 if form.is_bound else 200
    )


@require_http_methods(["GET", "POST"])
def community_edit(request: HttpRequest, code: str) -> HttpResponse:
    """Correct a community's typing errors; its history stands beside."""
    community = find_community(request, code)
    rules.can_manage_community(request.user, community).enforce()
    form = CommunityForm(request.POST or None, instance=community, user=request.user)
    done = saved(
        form,
        lambda row: actions.correct_community(row, by=request.user, now=timezone.now()),
        _("Saved."),
        request,
    )
    if done:
        return go(request, "office:community", request.district.slug, code)
    context = {
        "form": form,
        "division": find_community(request, code),
        "history": audit.history(community)[:20],
    }
    return page(request, "communities/community_edit.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
def community_change(request: HttpRequest, code: str) -> HttpResponse:
    """Record a rename, a moved border or a part split off: a new community continues this one from a day on."""
    former = find_community(request, code)
    rules.can_manage_community(request.user, former).enforce()
    new = Community(
        district=request.district,
        sub_district=former.sub_district,
        name=former.name,
        division_code=former.division_code,
    )
    form = CommunityChangeForm(request.POST or None, instance=new, user=request.user, former=former)
    form.instance.predecessor = former
    done = saved(
        form,
        lambda row: actions.succeed_community(
            former, row, goes_on=form.cleaned_data.get("goes_on", False), by=request.user, now=timezone.now()
        ),
        _("The change stands in the register."),
        request,
    )
    if done:
        return go(request, "office:community", request.district.slug, done.code)
    context = {"form": form, "division": former}
    return page(request, "communities/community_change.html", context, status=422 if form.is_bound else 200)


@require_safe
def sub_districts(request: HttpRequest) -> HttpResponse:
    """The list of sub-districts with the number of their communities."""
    rules.can_view_divisions(request.user, request.district).enforce()
    rows = rules.visible_divisions(request.user, request.district, SubDistrict.objects).annotate(
        community_count=Count("communities", filter=Q(communities__valid_to=None))
    )
    chosen = SubDistrictFilter(request.GET, rows.order_by("division_code", "-valid_from"))
    context = {
        "filter": chosen,
        "page_obj": Paginator(chosen.qs, PER_PAGE).get_page(request.GET.get("page")),
        "may_add": bool(rules.can_add_sub_district(request.user, request.district)),
    }
    return page(
        request, "communities/sub_districts.html", context, status=200 if chosen.form.is_valid() else 422
    )


@require_safe
def sub_district(request: HttpRequest, code: str) -> HttpResponse:
    """A sub-district: its codes and dates, its communities, its history."""
    found = find_sub_district(request, code)
    may_edit = bool(rules.can_manage_sub_district(request.user, found))
    context = {
        "division": found,
        "may_edit": may_edit,
        "communities": found.communities.current(),
        "successors": found.successors.all(),
        "history": audit.history(found)[:20] if may_edit else [],
    }
    return page(request, "communities/sub_district.html", context)


@require_http_methods(["GET", "POST"])
def sub_district_new(request: HttpRequest) -> HttpResponse:
    """Enter a sub-district: the district's staff."""
    rules.can_add_sub_district(request.user, request.district).enforce()
    form = SubDistrictForm(request.POST or None, instance=SubDistrict(district=request.district))
    done = saved(
        form,
        lambda row: actions.add_sub_district(row, by=request.user, now=timezone.now()),
        _("The sub-district stands in the register."),
        request,
    )
    if done:
        return go(request, "office:sub_district", request.district.slug, done.code)
    return page(
        request, "communities/sub_district_new.html", {"form": form}, status=422 if form.is_bound else 200
    )


@require_http_methods(["GET", "POST"])
def sub_district_edit(request: HttpRequest, code: str) -> HttpResponse:
    """Correct a sub-district's typing errors; its history stands beside."""
    found = find_sub_district(request, code)
    rules.can_manage_sub_district(request.user, found).enforce()
    form = SubDistrictForm(request.POST or None, instance=found)
    done = saved(
        form,
        lambda row: actions.correct_sub_district(row, by=request.user, now=timezone.now()),
        _("Saved."),
        request,
    )
    if done:
        return go(request, "office:sub_district", request.district.slug, code)
    context = {
        "form": form,
        "division": find_sub_district(request, code),
        "history": audit.history(found)[:20],
    }
    return page(request, "communities/sub_district_edit.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
def sub_district_change(request: HttpRequest, code: str) -> HttpResponse:
    """Record that a sub-district was renamed or merged: a new one continues it from a day on."""
    former = find_sub_district(request, code)
    rules.can_manage_sub_district(request.user, former).enforce()
    new = SubDistrict(
        district=request.district,
        name=former.name,
        division_code=former.division_code,
        initials=former.initials,
        predecessor=former,
    )
    form = SubDistrictChangeForm(request.POST or None, instance=new, former=former)
    done = saved(
        form,
        lambda row: actions.succeed_sub_district(former, row, by=request.user, now=timezone.now()),
        _("The change stands in the register."),
        request,
    )
    if done:
        return go(request, "office:sub_district", request.district.slug, done.code)
    context = {"form": form, "division": former}
    return page(
        request, "communities/sub_district_change.html", context, status=422 if form.is_bound else 200
    )
