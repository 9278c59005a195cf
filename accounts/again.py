"""Ask for the password, or another proof, again before something that is looked at rarely and recorded."""

from urllib.parse import urlencode

from allauth.account.internal.flows.reauthentication import did_recently_reauthenticate
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from goldidea.lib.htmx import go


def prove_again(request: HttpRequest) -> HttpResponse | None:
    """Where to go first; None if the person has proved lately who it is.

    Ask it after the rule: whoever may not look at all is told so, and not asked for a password first.
    """
    if did_recently_reauthenticate(request):
        return None
    return go(request, f"{reverse('account_reauthenticate')}?{urlencode({'next': request.path})}")
