"""To the district's own sign-in service and back (OpenID Connect)."""

import logging

from allauth.socialaccount.providers.openid_connect import views as allauth
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe
from requests import RequestException

from accounts.oidc import PROVIDER, is_offered
from goldidea.lib.htmx import go, page

log = logging.getLogger(__name__)


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def begin(request: HttpRequest, provider_id: str) -> HttpResponse:
    """To the service, by a button only: a link from elsewhere begins nothing."""
    offered(provider_id)
    if request.method == "GET":
        return go(request, "account_login")
    try:
        answer: HttpResponse = allauth.login(request, PROVIDER)
    except (RequestException, ValueError, KeyError) as error:  # it is away, or answers nonsense
        log.warning("the sign-in service does not answer: %s", type(error).__name__)
        return page(request, "accounts/oidc_trouble.html", status=503)
    return answer


@login_not_required
@never_cache
@require_safe
def back(request: HttpRequest, provider_id: str) -> HttpResponse:
    """From the service: its code is exchanged, the person matched with an account."""
    offered(provider_id)
    try:
        with transaction.atomic():
            answer: HttpResponse = allauth.callback(request, PROVIDER)
    except (RequestException, ValueError, KeyError) as error:
        log.warning("the sign-in service answered nonsense: %s", type(error).__name__)
        return page(request, "accounts/oidc_trouble.html", status=503)
    return answer


def offered(provider_id: str) -> None:
    if not is_offered() or provider_id != PROVIDER:
        raise Http404
