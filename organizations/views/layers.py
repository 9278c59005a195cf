"""Head office, branches, groups: the tree of an organization, its constitution, supervision."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from communities import rules as places
from communities.views.registers import saved
from goldidea.lib import audit
from goldidea.lib.htmx import go, page
from goldidea.lib.papers import attachment
from organizations import rules
from organizations.actions.layers import save_layer
from organizations.layer_forms import LayerForm
from organizations.models import SocialOrganization
from organizations.views.organizations import find
from organizations.views.own import find as find_own


@require_safe
def layers(request: HttpRequest, code: str) -> HttpResponse:
    """The whole tree to which an organization belongs, from its head office down; to look at and to print."""
    found = find(request, code)
    head = top_of(found)
    rows = tree(request, head)
    context = {
        "organization": found,
        "head": head,
        "rows": rows,
        "may_edit": places.is_staff(request.user, request.district),
        "without": sum(not row.constitution for _depth, row, _words in rows),
    }
    return page(request, "organizations/layers.html", context)


def top_of(organization: SocialOrganization) -> SocialOrganization:
    """The head office; an organization that stands alone is its own. A circle of imported rows ends after ten steps."""
    for _step in range(10):
        if organization.parent is None:
            break
        organization = organization.parent
    return organization


def tree(request: HttpRequest, head: SocialOrganization) -> list[tuple[int, SocialOrganization, Any]]:
    """(depth, organization, layer in words): branches under the head office, groups under their branch; two queries."""
    known = SocialOrganization.objects.of(request.district).select_related("sub_district", "parent__parent")
    branches = list(known.filter(parent=head).order_by("sort_key"))
    groups = list(known.filter(parent__in=[row.pk for row in branches]).order_by("sort_key"))
    under: dict[int | None, list[SocialOrganization]] = {}
    for row in groups:
        under.setdefault(row.parent_id, []).append(row)
    rows: list[tuple[int, SocialOrganization, Any]] = [(0, head, head.layer_words(bool(branches)))]
    for branch in branches:
        rows.append((1, branch, branch.layer_words(branch.pk in under)))
        rows += [(2, group, group.layer_words(False)) for group in under.get(branch.pk, [])]
    return rows


@require_http_methods(["GET", "POST"])
def layer_edit(request: HttpRequest, code: str) -> HttpResponse:
    """Layer, constitution, supervision; the history stands beside."""
    found = find(request, code)
    rules.can_manage_organization(request.user, found).enforce()
    form = LayerForm(request.POST or None, request.FILES or None, instance=found)
    done = saved(
        form,
        lambda row: save_layer(row, paper=form.checked, by=request.user, now=timezone.now()),
        _("Saved."),
        request,
    )
    if done:
        return go(request, "office:organization_layers", request.district.slug, code)
    context = {"form": form, "organization": find(request, code), "history": audit.history(found)[:20]}
    return page(request, "organizations/layer_edit.html", context, status=422 if form.is_bound else 200)


@require_safe
def constitution(request: HttpRequest, code: str) -> HttpResponseBase:
    """The attached constitution, for the office."""
    return downloaded(find(request, code))


@require_safe
def own_constitution(request: HttpRequest, code: str) -> HttpResponseBase:
    """The attached constitution, for those who act for the organization."""
    return downloaded(find_own(request, code))


def downloaded(found: SocialOrganization) -> HttpResponseBase:
    """Never shown inside a page, only saved as a file."""
    paper = found.constitution
    if not paper or not paper.storage.exists(paper.name):
        raise Http404
    return attachment(paper.open(), found.constitution_name, paper.name.rsplit(".", 1)[-1])
