"""The registers of grids and social workers: for the office, and for communities their own, on the same pages."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, Q, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.again import prove_again
from communities import rules
from communities.actions import grids as actions
from communities.filters.grids import GridFilter, WorkerFilter
from communities.forms.grids import GridForm, LastDayForm, PhoneReasonForm, WorkerForm
from communities.models import Community, Grid, SocialWorker
from communities.registers import register_of
from communities.views.exports import table
from communities.views.registers import saved
from goldidea.lib import audit
from goldidea.lib.htmx import go, page

PER_PAGE = 25
HISTORY = 50


def desk(request: HttpRequest, template: str, context: dict[str, Any], form: Any = None) -> HttpResponse:
    """A page in the frame of the person's desk: the office's with its menu, or the community's own."""
    office = bool(rules.can_enter_office(request.user, request.district))
    frame = "office/base.html" if office else "communities/own_base.html"
    bad = form is not None and form.is_bound and not form.is_valid()
    return page(request, template, {**context, "form": form, "frame": frame}, status=422 if bad else 200)


def places(request: HttpRequest) -> Any:
    """The communities in use whose rows the person may read."""
    rows = Community.objects.of(request.district).current().select_related("sub_district")
    return rules.visible_communities(request.user, request.district, rows).order_by("division_code")


def grids_asked_for(request: HttpRequest) -> GridFilter:
    """The grids that the person may read, as filtered by the address."""
    rules.can_view_grids(request.user, request.district).enforce()
    rows = rules.visible_grids(request.user, request.district, Grid.objects.of(request.district))
    rows = rows.with_place().order_by("community__division_code", "sort_key", "pk")
    return GridFilter(request.GET, rows, communities=places(request))


def workers_asked_for(request: HttpRequest) -> WorkerFilter:
    """The social workers that the person may read, as filtered by the address."""
    rules.can_view_grids(request.user, request.district).enforce()
    rows = rules.visible_grids(request.user, request.district, SocialWorker.objects.of(request.district))
    rows = rows.annotate(grid_count=Count("grids", filter=Q(grids__ended_on=None)))
    rows = rows.select_related("community__sub_district").order_by("sort_key", "pk")
    return WorkerFilter(request.GET, rows, communities=places(request))


def listed(request: HttpRequest, template: str, chosen: Any, kept: Any) -> HttpResponse:
    """A page of a list."""
    context = {
        "filter": chosen,
        "page_obj": Paginator(chosen.qs, PER_PAGE).get_page(request.GET.get("page")),
        "may_add": kept.exists(),
        "may_import": bool(rules.can_import(request.user, request.district)),
        "communities": places(request),
    }
    response = desk(request, template, context)
    response.status_code = 200 if chosen.form.is_valid() else 422
    return response


@require_safe
def grids(request: HttpRequest) -> HttpResponse:
    """The list of grids."""
    kept = rules.communities_kept(request.user, request.district)
    return listed(request, "communities/grids.html", grids_asked_for(request), kept)


@require_safe
def workers(request: HttpRequest) -> HttpResponse:
    """The list of social workers."""
    kept = rules.communities_kept(request.user, request.district)
    return listed(request, "communities/workers.html", workers_asked_for(request), kept)


@require_safe
def grids_export(request: HttpRequest, ending: str) -> HttpResponse:
    """The filtered list as a table that can be imported again."""
    register = register_of("grids")
    return table(register.exported, register.export(grids_asked_for(request).qs), "网格名册", ending)


@require_safe
def workers_export(request: HttpRequest, ending: str) -> HttpResponse:
    """The filtered list as a table that can be imported again; without phones."""
    register = register_of("social_workers")
    return table(register.exported, register.export(workers_asked_for(request).qs), "社工名册", ending)


def find_community(request: HttpRequest, code: str) -> Community:
    """A community of the district by its code."""
    rows = Community.objects.of(request.district).select_related("district", "sub_district")
    community: Community = get_object_or_404(rows, code=code)
    return community


def find(request: HttpRequest, rows: Any, code: str) -> Any:
    """A grid or social worker by its code, if the person may know of it."""
    related = rows.of(request.district).select_related(
        "district", "community__district", "community__sub_district"
    )
    found = get_object_or_404(related, code=code)
    rules.can_see_grids_of(request.user, found.community).enforce()
    return found


@require_safe
def community_grids(request: HttpRequest, code: str) -> HttpResponse:
    """A community's grids as they hang together, with who answers for each: to look at and to print."""
    community = find_community(request, code)
    rules.can_see_grids_of(request.user, community).enforce()
    rows = list(community.grids.in_use().select_related("worker").order_by("sort_key", "pk"))
    context = {
        "community": community,
        "rows": in_tree(rows),
        "vacant": sum(grid.worker_id is None for grid in rows),
        "households": community.grids.in_use()
        .filter(level=Grid.Level.GRID)
        .aggregate(n=Sum("households"))["n"],
        "may_edit": bool(rules.can_keep_grids_of(request.user, community)),
    }
    return desk(request, "communities/community_grids.html", context)


def in_tree(rows: list[Grid]) -> list[tuple[int, Grid]]:
    """Each grid after what it is part of, with its depth."""
    parts: dict[int | None, list[Grid]] = {}
    for grid in rows:
        parts.setdefault(grid.parent_id, []).append(grid)

    def walk(above: int | None, depth: int) -> list[tuple[int, Grid]]:
        return [line for grid in parts.get(above, []) for line in ((depth, grid), *walk(grid.pk, depth + 1))]

    return walk(None, 0)


@require_safe
def choose_community(request: HttpRequest, what: str) -> HttpResponse:
    """Of which community: asked only of those who keep several."""
    rules.can_add_grids(request.user, request.district).enforce()
    kept = list(rules.communities_kept(request.user, request.district).order_by("division_code"))
    address = "office:grid_new_in" if what == "grid" else "office:social_worker_new_in"
    if len(kept) == 1:
        return go(request, address, request.district.slug, kept[0].code)
    context = {"communities": kept, "address": address, "what": what}
    return desk(request, "communities/choose_community.html", context)


@require_http_methods(["GET", "POST"])
def grid_new(request: HttpRequest, code: str) -> HttpResponse:
    """Enter a grid of a community."""
    community = find_community(request, code)
    rules.can_keep_grids_of(request.user, community).enforce()
    grid = Grid(district=request.district, community=community, level=Grid.Level.GRID)
    return edit_grid(request, grid, _("The grid stands in the register."))


@require_http_methods(["GET", "POST"])
def grid_edit(request: HttpRequest, code: str) -> HttpResponse:
    """Correct a grid; its history stands beside."""
    grid = find(request, Grid.objects.with_place(), code)
    rules.can_keep_grids_of(request.user, grid.community).enforce()
    return edit_grid(request, grid, _("Saved."))


def edit_grid(request: HttpRequest, grid: Grid, words: str) -> HttpResponse:
    """The form of a grid, new or known."""
    form = GridForm(request.POST or None, instance=grid)
    known = Grid.objects.filter(pk=grid.pk).first()
    done = saved(
        form, lambda row: actions.save_grid(row, by=request.user, now=timezone.now()), words, request
    )
    if done:
        return go(request, "office:community_grids", request.district.slug, done.community.code)
    context = {
        "grid": known,
        "community": grid.community,
        "history": audit.history(known)[:HISTORY] if known else [],
    }
    return desk(request, "communities/grid_form.html", context, form)


@require_http_methods(["GET", "POST"])
def grid_end(request: HttpRequest, code: str) -> HttpResponse:
    """Record that a grid is no longer in use."""
    grid = find(request, Grid.objects, code)
    rules.can_keep_grids_of(request.user, grid.community).enforce()
    form = LastDayForm(request.POST or None, initial={"on": timezone.localdate()})
    if form.is_valid():
        actions.end_grid(grid, on=form.cleaned_data["on"], by=request.user, now=timezone.now())
        messages.success(request, _("The end of the grid is recorded. Its number is free again."))
        return go(request, "office:community_grids", request.district.slug, grid.community.code)
    return desk(request, "communities/grid_end.html", {"grid": grid}, form)


@require_safe
def worker(request: HttpRequest, code: str) -> HttpResponse:
    """A social worker: facts, grids, history."""
    found = find(request, SocialWorker.objects, code)
    may_edit = bool(rules.can_keep_grids_of(request.user, found.community))
    context = {
        "worker": found,
        "grids": found.grids.in_use().order_by("sort_key"),
        "may_edit": may_edit,
        "may_ask_for_phone": bool(found.phone and rules.can_ask_for_worker_phone(request.user, found)),
        "history": audit.history(found)[:HISTORY] if may_edit else [],
    }
    return desk(request, "communities/worker.html", context)


@require_http_methods(["GET", "POST"])
def worker_new(request: HttpRequest, code: str) -> HttpResponse:
    """Enter a social worker of a community."""
    community = find_community(request, code)
    rules.can_keep_grids_of(request.user, community).enforce()
    new = SocialWorker(district=request.district, community=community)
    return edit_worker(request, new, _("The social worker stands in the register."))


@require_http_methods(["GET", "POST"])
def worker_edit(request: HttpRequest, code: str) -> HttpResponse:
    """Correct a social worker's record; its history stands beside."""
    found = find(request, SocialWorker.objects, code)
    rules.can_keep_grids_of(request.user, found.community).enforce()
    return edit_worker(request, found, _("Saved."))


def edit_worker(request: HttpRequest, found: SocialWorker, words: str) -> HttpResponse:
    """The form of a social worker, new or known."""
    form = WorkerForm(request.POST or None, instance=found)
    known = SocialWorker.objects.filter(pk=found.pk).first()
    done = saved(
        form, lambda row: actions.save_worker(row, by=request.user, now=timezone.now()), words, request
    )
    if done:
        return go(request, "office:social_worker", request.district.slug, done.code)
    context = {
        "worker": known,
        "community": found.community,
        "history": audit.history(known)[:HISTORY] if known else [],
    }
    return desk(request, "communities/worker_form.html", context, form)


@require_http_methods(["GET", "POST"])
def worker_end(request: HttpRequest, code: str) -> HttpResponse:
    """Record a social worker's last day; the grids wait for another."""
    found = find(request, SocialWorker.objects, code)
    rules.can_keep_grids_of(request.user, found.community).enforce()
    form = LastDayForm(request.POST or None, initial={"on": timezone.localdate()})
    if form.is_valid():
        try:
            actions.end_worker(found, until=form.cleaned_data["on"], by=request.user, now=timezone.now())
            messages.success(request, _("The last day is recorded."))
            return go(request, "office:social_worker", request.district.slug, code)
        except ValidationError as error:
            form.add_error("on", error.messages)
    context = {"worker": found, "grids": found.grids.in_use().order_by("sort_key")}
    return desk(request, "communities/worker_end.html", context, form)


@never_cache
@require_http_methods(["GET", "POST"])
def worker_phone(request: HttpRequest, code: str) -> HttpResponse:
    """The whole phone, after the password and a reason; recorded."""
    found = find(request, SocialWorker.objects, code)
    rules.can_ask_for_worker_phone(request.user, found).enforce()
    if again := prove_again(request):
        return again
    form, phone = PhoneReasonForm(request.POST or None), ""
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        phone = actions.show_worker_phone(found, reason=reason, by=request.user, now=timezone.now())
    return desk(request, "communities/worker_phone.html", {"worker": found, "phone": phone}, form)
