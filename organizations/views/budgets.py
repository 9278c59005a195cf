"""The budget of a venture-philanthropy project: its lines, in the office and on the organization's own page."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, resolve_url
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from goldidea.lib.htmx import go, page
from organizations import rules
from organizations.actions import budgets as actions
from organizations.budget_forms import PREFIX, LineSet, one_fewer, one_more, stored_lines
from organizations.models import VenturePhilanthropyProject
from organizations.views.own import find as find_own
from organizations.views.philanthropy import find


@require_http_methods(["GET", "POST"])
def budget(request: HttpRequest, code: str) -> HttpResponse:
    """The budget of a project, for the office."""
    project = find(request, code)
    rules.can_manage_project(request.user, project).enforce()
    back = ("office:philanthropy_project", request.district.slug, code)
    return edit(request, project, "office/base.html", back)


@require_http_methods(["GET", "POST"])
def own_budget(request: HttpRequest, code: str, project_code: str) -> HttpResponse:
    """The budget of a project of the own organization."""
    found = find_own(request, code)
    rows = found.philanthropy_projects.select_related("organization__district", "district")
    project = get_object_or_404(rows, code=project_code)
    rules.can_edit_own_project(request.user, project).enforce()
    back = ("own:project_edit", request.district.slug, code, project_code)
    return edit(request, project, "organizations/own_base.html", back)


def edit(
    request: HttpRequest, project: VenturePhilanthropyProject, frame: str, back: tuple[str, ...]
) -> HttpResponse:
    """The lines as stored, as typed with one more or one fewer, or written."""
    stored = list(project.budget_lines.all())
    typed = request.POST
    context = {"project": project, "frame": frame, "back": resolve_url(*back)}
    context["seen"] = typed.get("seen", "") or actions.fingerprint(stored)
    lines = LineSet(typed, prefix=PREFIX) if request.method == "POST" else None
    if lines is None or "add" in typed or "remove" in typed:
        initial = (
            one_more(typed)
            if "add" in typed
            else one_fewer(typed)
            if "remove" in typed
            else stored_lines(stored)
        )
        context |= {"lines": LineSet(initial=initial, prefix=PREFIX), "sums": actions.sums(stored)}
        return page(request, "organizations/budget.html", context)
    if lines.is_valid() and save(request, project, lines, context["seen"]):
        messages.success(request, _("The budget is written."))
        return go(request, *back)
    return page(request, "organizations/budget.html", context | {"lines": lines}, status=422)


def save(request: HttpRequest, project: VenturePhilanthropyProject, lines: Any, seen: str) -> bool:
    """Write the lines; what the action refuses stands above them."""
    try:
        actions.save_budget(project, lines.kept(), seen=seen, by=request.user, now=timezone.now())
    except ValidationError as error:
        lines._non_form_errors.extend(error.messages)
        return False
    return True
