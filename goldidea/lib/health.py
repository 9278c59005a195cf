"""Is the process alive, and can it do its work? For operators and front servers."""

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from goldidea.lib.jobs import redis_answers


@require_safe
@login_not_required
def healthz(_request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
@login_not_required
def readyz(_request: HttpRequest) -> HttpResponse:
    """The database answers (else 503). Redis is reported, but its absence stops nobody: it is only a doorbell."""
    parts = {"database": database_answers(), "redis": redis_answers()}
    return JsonResponse({"ready": parts["database"], **parts}, status=200 if parts["database"] else 503)


def database_answers() -> bool:
    """Whether the database answers a statement."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return True
    except DatabaseError:
        return False
