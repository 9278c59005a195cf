"""Sign in with a one-time code by phone or e-mail, where the installation has a gateway."""

from collections.abc import Callable
from functools import wraps

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.actions import codes, limits
from accounts.forms.codes import AskForCodeForm, SignInCodeForm
from accounts.forms.sign_in import account_name
from accounts.gateways import codes_are_sent
from accounts.models import User
from accounts.views.counted import count_attempt
from goldidea.lib.addresses import client_address
from goldidea.lib.htmx import go, page

ASKED = "sign-in code"  # in the session: the public code of the row, and the name that was typed


def where_offered(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Without a gateway there is no such page."""

    @wraps(view)
    def offered(request: HttpRequest, *args: str) -> HttpResponse:
        if not codes_are_sent():
            raise Http404
        return view(request, *args)

    return offered


@login_not_required
@where_offered
@never_cache
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """For which account; the answer is the same whether there is one."""
    form = AskForCodeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        typed = form.cleaned_data["account"]
        row = codes.ask_for_code(
            typed, address=client_address(request), language=get_language() or "", now=timezone.now()
        )
        request.session[ASKED] = [row.code, typed]
        return go(request, "code_enter")
    return page(request, "accounts/code_ask.html", {"form": form}, status=422 if form.is_bound else 200)


@login_not_required
@where_offered
@sensitive_post_parameters("digits")
@never_cache
@require_http_methods(["GET", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    """The digits of the message; who has a second factor is asked for that too."""
    asked = request.session.get(ASKED)
    if not asked:
        return go(request, "code_ask")
    form = SignInCodeForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and (user := taken(request, form, *asked)):
        del request.session[ASKED]
        record_authentication(request, user, method="code")
        return perform_login(request, Login(user=user, redirect_url=resolve_url("after_sign_in")))
    return page(request, "accounts/code_enter.html", {"form": form}, status=422 if form.is_bound else 200)


def taken(request: HttpRequest, form: SignInCodeForm, code: str, typed: str) -> User | None:
    """The person whose code was right; None when the form now says what was wrong."""
    address = client_address(request)
    account = account_name(typed) or typed
    count_attempt("code", account, address)
    user = codes.take_code(code, form.cleaned_data["digits"], now=timezone.now())
    if user is None:
        form.add_error("digits", _("The code is not right, or no longer good. Ask for another one."))
        return None
    limits.clear("code", account, address)
    return user
