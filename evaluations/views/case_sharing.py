"""Writing together: who has a case open, and which organization writes along."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from evaluations.actions.delegations import delegate_case, end_delegation
from evaluations.actions.presence import be_present
from evaluations.forms.papers import DelegateForm
from evaluations.models import Delegation
from evaluations.rules import submissions as rules
from evaluations.views.case_saving import found_case, plain_code
from goldidea.lib.htmx import go, page


@require_safe
def present(request: HttpRequest, code: str) -> HttpResponse:
    """A part of the page: who else has the case open. The page asks by itself every few seconds.

    A GET, so that the idle limit does not take the asking page for its reader; what it notes is only that it asked.
    """
    case = found_case(request, code)
    names = be_present(case, by=request.user, now=timezone.now())
    return page(request, "cases/_others.html", {"others": names})


@require_http_methods(["GET", "POST"])
def delegate(request: HttpRequest, code: str) -> HttpResponse:
    """Let an organization write along; see who does and who did."""
    case = found_case(request, code)
    rules.can_delegate_case(request.user, case).enforce()
    live = case.delegations.filter(ended_at=None).values("organization")
    form = DelegateForm(
        request.POST if request.method == "POST" else None, rules.delegates_for(case).exclude(pk__in=live)
    )
    if form.is_bound and form.is_valid():
        delegate_case(case, form.cleaned_data["organization"], by=request.user, now=timezone.now())
        return go(request, "cases:delegate", request.district.slug, case.code)
    context = {
        "case": case,
        "form": form,
        "editable": rules.editable(case),
        "delegations": case.delegations.select_related("organization", "given_by").order_by("ended_at", "pk"),
    }
    return page(request, "cases/delegate.html", context, status=422 if form.is_bound else 200)


@require_POST
def delegation_end(request: HttpRequest, code: str, delegation_code: str) -> HttpResponse:
    """Take the case back from an organization."""
    case = found_case(request, code)
    rules.can_delegate_case(request.user, case).enforce()
    found = Delegation.objects.filter(submission=case, code=plain_code(delegation_code)).first()
    if found is None:
        raise Http404
    end_delegation(found, by=request.user, now=timezone.now())
    return go(request, "cases:delegate", request.district.slug, case.code)
