"""What operators watch of signing in."""

from collections.abc import Iterator

from django.db.models import Count
from django.utils import timezone

from accounts.actions.limits import WINDOW
from accounts.models import SignInFailure
from goldidea.lib.metrics import Metric, gauge


def sign_ins() -> Iterator[Metric]:
    """Attempts of the last 15 minutes that were not right (or are just being looked at), by door."""
    recent = SignInFailure.objects.filter(at__gt=timezone.now() - WINDOW).order_by()
    rows = recent.values_list("door").annotate(Count("pk"))
    yield gauge("sign_in_failures", "Wrong attempts to sign in, last 15 minutes", "door", rows)
