"""What a post of a case's form does: save all that was typed, then what its button says."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from communities import rules as places
from communities.models import Community
from evaluations.actions import photos
from evaluations.actions.submissions import save_submission
from evaluations.application import TABLES
from evaluations.forms.merging import Merge, merge
from evaluations.forms.submissions import CaseForm
from evaluations.models import Photo, Submission
from evaluations.rules import submissions as rules
from goldidea.lib.errors import StaleRevision
from goldidea.lib.htmx import go
from organizations.models import SocialOrganization


def found_case(request: HttpRequest, code: str) -> Submission:
    """The case with this code in the request's district, for one who may write it. Else 404, or 403 with the reason."""
    cases = Submission.objects.of(request.district).with_parties()
    case = cases.filter(code=code).first()
    if case is None:
        raise Http404
    rules.can_write_case(request.user, case).enforce()
    return case


def own_communities(request: HttpRequest) -> Any:
    """The communities for which the person acts."""
    ids = places.community_ids(request.user, request.district)
    return Community.objects.filter(pk__in=ids).select_related("sub_district")


class Clash(Exception):
    """Two people changed the same fields differently."""

    def __init__(self, laid: Merge) -> None:
        super().__init__()
        self.laid = laid


def save_typed(request: HttpRequest, case: Submission) -> tuple[CaseForm, Submission]:
    """Save what the page sent; what somebody else changed in other fields meanwhile stays.

    Raises: Clash when both changed the same field, or somebody was quicker by milliseconds.
    """
    laid = merge(case, request.POST)
    stale = laid.base_revision != case.revision
    if stale and laid.clashes:
        raise Clash(laid)
    form = CaseForm(case, laid.merged() if stale else laid.mine, own_communities(request))
    form.is_valid()
    values = form.values | organizations_after(request, case)
    try:
        saved = save_submission(
            case, values, rough=form.rough, base_revision=case.revision, by=request.user, now=timezone.now()
        )
    except StaleRevision as error:
        fresh = found_case(request, case.code)
        raise Clash(merge(fresh, request.POST)) from error
    return form, saved


def organizations_after(request: HttpRequest, case: Submission) -> dict[str, list[SocialOrganization]]:
    """The organizations of the case after the button that was pressed: one more, one less, one earlier."""
    post = request.POST
    now = [link.organization for link in case.organization_links.all()]
    if "add" in post:
        register = SocialOrganization.objects.of(request.district).active()
        return {"organizations": [*now, *register.filter(code=plain_code(post["add"]))]}
    if "drop" in post:
        return {"organizations": [o for o in now if o.code != post["drop"]]}
    if "earlier" in post:
        place = next((i for i, o in enumerate(now) if o.code == post["earlier"]), 0)
        if place:
            now[place - 1], now[place] = now[place], now[place - 1]
        return {"organizations": now}
    return {}


def plain_code(text: str) -> str:
    """A code as it came, without the character that no database takes."""
    return text.replace("\x00", "")[:10]


STEPS = {
    "add": "organizations",
    "drop": "organizations",
    "earlier": "organizations",
    "search": "organizations",
}
PHOTO_STEPS = ("drop_photo", "earlier_photo", "upload")


def steps_on(request: HttpRequest) -> str:
    """The part of the form to which the pressed button belongs; empty for saving and for going on."""
    if any(name in request.POST for name in PHOTO_STEPS):
        return "photos"
    if "attach" in request.POST or "drop_paper" in request.POST:
        return "papers"
    if request.POST.get("more") in TABLES:
        return request.POST["more"]
    return next((part for name, part in STEPS.items() if name in request.POST), "")


def take_step(request: HttpRequest, case: Submission, form: CaseForm) -> list[str]:
    """Photos: take in the new ones, remove one, move one. Gives what could not be done."""
    post, now = request.POST, timezone.now()
    for name, act in (("drop_photo", photos.remove_photo), ("earlier_photo", photos.move_photo_up)):
        photo = Photo.objects.filter(submission=case, code=plain_code(post.get(name, ""))).first()
        if photo:
            act(photo, by=request.user, now=now)
    problems = []
    for upload in request.FILES.getlist("photos"):
        try:
            photos.add_photo(case, upload, by=request.user, now=now)
        except ValidationError as error:
            problems += [f"{upload.name}: {words}" for words in error.messages]
    return problems


def after_saving(request: HttpRequest, case: Submission) -> HttpResponse:
    """Where the pressed button leads: to the check before handing in, or back to its part of the form."""
    if "check" in request.POST:
        return go(request, "cases:submit", request.district.slug, case.code)
    address = reverse("cases:edit", args=[request.district.slug, case.code])
    part = steps_on(request)
    words = request.POST.get("organizations", "").replace("\x00", "").strip()[:80]
    if words and (not part or "search" in request.POST):
        query = QueryDict(mutable=True)
        query["organizations"] = words
        return go(request, f"{address}?{query.urlencode()}#organizations")
    if not part:
        messages.success(request, _("Saved."))
    return go(request, f"{address}#{part}" if part else address)
