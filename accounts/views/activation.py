"""Set the own password with a printed slip."""

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.actions import limits, slips
from accounts.forms.sign_in import ActivationForm, account_name
from accounts.models import ActivationSlip, User
from goldidea.lib.addresses import client_address
from goldidea.lib.htmx import page


@login_not_required
@never_cache
@sensitive_post_parameters("digits", "password1", "password2")
@require_http_methods(["GET", "POST"])
def activate(request: HttpRequest, slip_code: str = "") -> HttpResponse:
    """Sign-in name and code from the slip, and a password of one's own. The slip's QR brings its sign-in name along."""
    slip = ActivationSlip.objects.select_related("user").filter(code=slip_code).first() if slip_code else None
    form = ActivationForm(
        request.POST if request.method == "POST" else None,
        initial={"username": slip.user.username if slip else ""},
    )
    if form.is_valid() and (user := activated(request, form)):
        return enter(request, user)
    return page(request, "accounts/activate.html", {"form": form}, status=422 if form.is_bound else 200)


def activated(request: HttpRequest, form: ActivationForm) -> User | None:
    """The account with its new password; None when the form now says what was wrong."""
    name, address = form.cleaned_data["username"], client_address(request)
    account = account_name(name) or name  # however it was spelled
    limits.enter("slip", account, address, now=timezone.now())
    password = form.cleaned_data["password1"]
    try:
        user = slips.activate(
            name, form.cleaned_data["digits"], password, now=timezone.now(), address=address
        )
    except slips.WrongSlip as refusal:
        form.add_error(None, str(refusal.message))
        return None
    except ValidationError as weak:
        limits.clear("slip", account, address)  # the code was right
        form.add_error("password1", weak)
        return None
    limits.clear("slip", account, address)
    limits.clear("password", user.username, address)
    return user


def enter(request: HttpRequest, user: User) -> HttpResponse:
    """Signed in right away, the slip has just proved who it is; who has a second factor is asked for that too."""
    messages.success(request, _("Your password is set. From now on you sign in with it."))
    record_authentication(request, user, method="slip")
    return perform_login(request, Login(user=user, redirect_url=resolve_url("after_sign_in")))
