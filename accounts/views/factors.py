"""How one signs in: the password, second factors, set up, used and removed. django-allauth's ceremonies, our pages."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.mfa.base import views as allauth
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView, ViewRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.webauthn.forms import ReauthenticateWebAuthnForm
from allauth.mfa.webauthn.internal.auth import begin_authentication
from allauth.mfa.webauthn.views import AddWebAuthnView
from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from accounts.actions import factors as actions
from accounts.factors import FEW, NAMES, Type, codes_left, factors_of, has_factor
from accounts.forms.factors import FactorAgainForm
from accounts.gate import FACTOR_KNOWN
from accounts.models import User
from accounts.views.counted import Counted
from goldidea.lib.addresses import client_address
from goldidea.lib.htmx import go, page


def for_people(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Judges sign in with their card, and with nothing else."""

    @wraps(view)
    def of_person(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated and request.user.kind != User.Kind.PERSON:
            raise PermissionDenied(_("Judges sign in with their card."))
        return view(request, *args, **kwargs)

    return of_person


hidden_from_logs = method_decorator(sensitive_post_parameters("code", "credential"), name="dispatch")
kept_nowhere = method_decorator([for_people, never_cache], name="dispatch")


def as_json(options: Any) -> str:
    """What the browser's passkey functions are asked with."""
    return json.dumps(options, cls=DjangoJSONEncoder)


@hidden_from_logs
class SecondFactor(Counted, allauth.AuthenticateView):
    """While signing in: a code of the app or of the printed list, or a passkey."""

    door, tried_by = "factor", ("code", "credential")
    template_name = "accounts/second_factor.html"

    def account(self) -> str:
        return self.stage.login.user.get_username()

    def record(self, form: Any) -> None:
        left = codes_left(factors_of(self.stage.login.user))
        if left is not None and left <= FEW:
            words = ngettext(
                "Your printed list has %(number)d code left. Print a new one, under “My sign-in”.",
                "Your printed list has %(number)d codes left. Print a new one, under “My sign-in”.",
                left,
            )
            messages.warning(self.request, words % {"number": left})

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.pop("form", None)
        context = super().get_context_data(**kwargs)
        mine = factors_of(self.stage.login.user)
        context["takes_code"] = bool(mine[Type.TOTP] or mine[Type.RECOVERY_CODES])
        context["options"] = as_json(context["js_data"]["request_options"]) if mine[Type.WEBAUTHN] else ""
        return context


@kept_nowhere
@hidden_from_logs
class FactorAgain(Counted, allauth.ReauthenticateView):
    """The second factor once more, for accounts without a password."""

    door, tried_by = "factor", ("code", "credential")
    template_name = "accounts/second_factor.html"
    http_method_names = ["get", "post", "head", "options"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not has_factor(request.user):
            return go(request, "mfa_index")
        return super().dispatch(request, *args, **kwargs)

    def get_form_class(self) -> type[forms.Form]:
        return ReauthenticateWebAuthnForm if "credential" in self.request.POST else FactorAgainForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        mine = factors_of(self.request.user)
        context["takes_code"] = bool(mine[Type.TOTP] or mine[Type.RECOVERY_CODES])
        context["options"] = as_json(begin_authentication(self.request.user)) if mine[Type.WEBAUTHN] else ""
        if "credential" in context["form"].fields:
            context["form"] = FactorAgainForm(user=self.request.user)
        return context


class Added(Counted):
    """A set-up: counted like the factor itself, and written down."""

    door, tried_by = "factor", ("code", "credential")
    kind: Any = ""

    def record(self, form: Any) -> None:
        actions.record_added(self.kind, self.request.user, address=client_address(self.request))


@kept_nowhere
@hidden_from_logs
class App(Added, ActivateTOTPView):
    """Set up an authenticator app: scan the square, type the first code."""

    kind, template_name = Type.TOTP, "accounts/factor_app.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if factors_of(request.user)[Type.TOTP]:
            return go(request, "mfa_index")
        return super().dispatch(request, *args, **kwargs)


@kept_nowhere
@hidden_from_logs
class Passkey(Added, AddWebAuthnView):
    """Set up a passkey on this device or key."""

    kind, template_name = Type.WEBAUTHN, "accounts/factor_passkey.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["form"] = kwargs.get("form") or self.get_form()
        context["options"] = as_json(context["js_data"]["creation_options"])
        return context


@kept_nowhere
class PrintedList(Added, GenerateRecoveryCodesView):
    """A new list of one-time codes; the one before is no longer good."""

    kind, template_name = Type.RECOVERY_CODES, "accounts/factor_list.html"

    def get_form_class(self) -> type[forms.Form]:
        return NoFields


class NoFields(forms.Form):
    """A button. django-allauth's form refuses a list without an app or a passkey; here it may be the only factor."""

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)


@kept_nowhere
class Codes(ViewRecoveryCodesView):
    """The list itself, shown once, to be printed."""

    template_name = "accounts/factor_codes.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not factors_of(request.user)[Type.RECOVERY_CODES]:
            return go(request, "mfa_index")
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["codes"] = [f"{code[:4]} {code[4:]}" for code in context["unused_codes"]]
        return context


@for_people
@never_cache
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """How I sign in, and what of it is set up."""
    mine = factors_of(request.user)
    left = codes_left(mine)
    context = {
        "app": next(iter(mine[Type.TOTP]), None),
        "passkeys": [(factor, factor.wrap().name) for factor in mine[Type.WEBAUTHN]],
        "list": next(iter(mine[Type.RECOVERY_CODES]), None),
        "left": left,
        "few": left is not None and left <= FEW,
        "any": any(mine.values()),
    }
    return page(request, "accounts/factors.html", context)


@for_people
@never_cache
@require_http_methods(["GET", "POST"])
@reauthentication_required(app="allauth.mfa")
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a factor away. With the last one gone, staff have to set up another at once."""
    factor = Authenticator.objects.filter(pk=pk, user=request.user).first()
    if factor is None:  # gone already
        return go(request, "mfa_index")
    if request.method == "GET":
        name = factor.wrap().name if factor.type == Type.WEBAUTHN else ""
        return page(request, "accounts/factor_remove.html", {"kind": NAMES[Type(factor.type)], "name": name})
    actions.remove_factor(factor, by=request.user, address=client_address(request))
    if not has_factor(request.user):
        request.session.pop(FACTOR_KNOWN, None)
    messages.success(request, _("The second factor is removed."))
    return go(request, "mfa_index")
