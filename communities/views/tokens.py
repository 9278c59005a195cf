"""Tokens of the API: what a district's programs read with. Made after the password once more, shown once."""

import uuid

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.actions.tokens import make_token, revoke_token
from accounts.models import ApiToken
from communities import rules
from communities.forms.tokens import TokenForm
from goldidea.lib.htmx import go, page


@require_safe
def tokens(request: HttpRequest) -> HttpResponse:
    """The district's tokens: the good ones first, never their text."""
    rules.can_manage_tokens(request.user, request.district).enforce()
    rows = list(ApiToken.objects.of(request.district).select_related("made_by"))
    now = timezone.now()
    for row in rows:
        row.is_live = row.revoked_at is None and row.expires_at > now and row.made_by.is_active
    context = {"tokens": sorted(rows, key=lambda row: not row.is_live), "now": now}
    return page(request, "accounts/tokens.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new_token(request: HttpRequest) -> HttpResponse:
    """Make a token. The answer to the form shows it, this once."""
    rules.can_manage_tokens(request.user, request.district).enforce()
    return make(request)


@reauthentication_required
def make(request: HttpRequest) -> HttpResponse:
    """The form, and the token that it makes, once the password was given again."""
    form = TokenForm(request.POST or None, initial={"client_key": uuid.uuid4()})
    if request.method == "POST" and form.is_valid():
        made = make_token(request.district, **form.values, by=request.user, now=timezone.now())
        return page(request, "accounts/token_made.html", {"token": made})
    return page(request, "accounts/token_new.html", {"form": form}, status=422 if form.is_bound else 200)


@require_POST
def revoke(request: HttpRequest, code: str) -> HttpResponse:
    """End a token. No password is asked for: revoking must be quick."""
    rules.can_manage_tokens(request.user, request.district).enforce()
    token = get_object_or_404(ApiToken.objects.of(request.district), code=code)
    revoke_token(token, by=request.user, now=timezone.now(), district=request.district)
    messages.success(request, _("The token “%(name)s” opens nothing any more.") % {"name": token.name})
    return go(request, "office:tokens", request.district.slug)
