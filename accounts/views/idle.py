"""Back after a while: the password once more, then on with what was being done."""

import time

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.actions import limits
from accounts.forms.idle import AgainForm, kept_fields
from accounts.gate import SEEN
from accounts.middleware import is_away
from accounts.views.counted import count_attempt
from goldidea.lib import audit
from goldidea.lib.addresses import client_address
from goldidea.lib.htmx import go, page


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "POST"])
def idle(request: HttpRequest) -> HttpResponse:
    """Prove again who it is; the page carries along what a form had sent."""
    given = request.POST if request.method == "POST" else request.GET
    onward = local(request, given.get("next", ""))
    if not is_away(request, request.user) and request.method == "GET":
        return go(request, onward)
    form = AgainForm(request.POST if request.method == "POST" else None, user=request.user)
    kept, with_files = given.get("kept", ""), bool(given.get("with_files"))
    if form.is_bound and proved(request, form):
        if not kept:
            return go(request, onward)
        return page(
            request,
            "accounts/kept.html",
            {"onward": onward, "fields": kept_fields(kept), "with_files": with_files},
        )
    context = {"form": form, "next": onward, "kept": kept, "with_files": with_files}
    return page(request, "accounts/idle.html", context, status=422 if form.is_bound else 200)


def proved(request: HttpRequest, form: AgainForm) -> bool:
    """Whether what was given is right: counted first, like signing in. The session then goes on."""
    account, address = request.user.get_username(), client_address(request)
    count_attempt(form.door, account, address)
    if not form.is_valid():
        return False
    limits.clear(form.door, account, address)
    with transaction.atomic():
        audit.record("come back", request.user, by=request.user, address=address)
        request.session[SEEN] = int(time.time())
    return True


def local(request: HttpRequest, wanted: str) -> str:
    """Where to go on, if that is on this host; else the person's own desk."""
    hosts = {request.get_host()}
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts=hosts, require_https=request.is_secure()):
        return wanted
    return resolve_url("after_sign_in")
