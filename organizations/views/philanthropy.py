"""The office's register of venture-philanthropy projects."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from communities.rules import can_view_divisions
from communities.views.registers import saved
from goldidea.lib import audit
from goldidea.lib.htmx import go, page
from organizations import rules
from organizations.actions import projects as actions
from organizations.filters import ProjectFilter
from organizations.forms import ProjectForm
from organizations.models import VenturePhilanthropyProject

PER_PAGE = 25


def find(request: HttpRequest, code: str) -> VenturePhilanthropyProject:
    """The project with this code, if the person may know of the register."""
    rules.can_view_register(request.user, request.district).enforce()
    rows = VenturePhilanthropyProject.objects.of(request.district)
    related = rows.select_related("district", "organization__district", "organization__sub_district")
    project: VenturePhilanthropyProject = get_object_or_404(related, code=code)
    return project


def keep(request: HttpRequest, form: Any, words: str) -> Any:
    """Save a project with its communities."""
    return saved(
        form,
        lambda row: actions.save_project(
            row, form.cleaned_data["communities"], by=request.user, now=timezone.now()
        ),
        words,
        request,
    )


@require_safe
def projects(request: HttpRequest) -> HttpResponse:
    """The list of projects."""
    rules.can_view_register(request.user, request.district).enforce()
    rows = VenturePhilanthropyProject.objects.of(request.district).select_related("organization")
    chosen = ProjectFilter(request.GET, rows.order_by("-year", "title", "pk"))
    context = {
        "filter": chosen,
        "page_obj": Paginator(chosen.qs, PER_PAGE).get_page(request.GET.get("page")),
        "may_add": bool(rules.can_register(request.user, request.district)),
    }
    return page(
        request, "organizations/projects.html", context, status=200 if chosen.form.is_valid() else 422
    )


@require_safe
def project(request: HttpRequest, code: str) -> HttpResponse:
    """A project: programme, funder, money, dates, communities."""
    found = find(request, code)
    may_edit = bool(rules.can_manage_project(request.user, found))
    context = {
        "project": found,
        "lines": list(found.budget_lines.all()),
        "own_money": found.budget_total - found.granted,
        "communities": found.communities.select_related("sub_district"),
        "may_edit": may_edit,
        "links": can_view_divisions(request.user, request.district),
        "history": audit.history(found)[:20] if may_edit else [],
    }
    return page(request, "organizations/project.html", context)


@require_http_methods(["GET", "POST"])
def project_new(request: HttpRequest) -> HttpResponse:
    """Enter a project; from an organization's page its name stands there already."""
    rules.can_register(request.user, request.district).enforce()
    form = ProjectForm(
        request.POST or None,
        instance=VenturePhilanthropyProject(district=request.district),
        initial={"year": timezone.localdate().year},
    )
    done = keep(request, form, _("The project stands in the register."))
    if done:
        return go(request, "office:philanthropy_project", request.district.slug, done.code)
    return page(
        request, "organizations/project_new.html", {"form": form}, status=422 if form.is_bound else 200
    )


@require_http_methods(["GET", "POST"])
def project_edit(request: HttpRequest, code: str) -> HttpResponse:
    """Correct a project; its history stands beside."""
    found = find(request, code)
    rules.can_manage_project(request.user, found).enforce()
    form = ProjectForm(request.POST or None, instance=found)
    if keep(request, form, _("Saved.")):
        return go(request, "office:philanthropy_project", request.district.slug, code)
    context = {"form": form, "project": find(request, code), "history": audit.history(found)[:20]}
    return page(request, "organizations/project_edit.html", context, status=422 if form.is_bound else 200)
