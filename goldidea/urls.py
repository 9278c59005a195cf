"""Addresses: accounts and preferences at the top, everything else under the short name of a district.

Each app lists its addresses by audience; here they come together under one name an audience.
"""

from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt
from django.views.i18n import set_language

import accounts.urls
import communities.urls
import evaluations.urls
import judges.urls
import organizations.urls
from goldidea.lib import health, metrics
from goldidea.lib.api.page import api_page
from goldidea.lib.api.schema import description
from goldidea.lib.api.views import nothing

office = (
    communities.urls.office
    + organizations.urls.office
    + judges.urls.office
    + accounts.urls.office
    + evaluations.urls.office
)

handler500 = "goldidea.lib.refusals.server_error"

api = [
    path("", api_page, name="page"),
    path("v1/openapi.json", description, name="description"),
    path(
        "v1/",
        include([*communities.urls.api, *organizations.urls.api, *judges.urls.api, *evaluations.urls.api]),
    ),
    path("<path:rest>", nothing, name="nothing"),
]

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", metrics.metrics, name="metrics"),
    # Without a token, like the preferences: public pages are the same for everybody and can be kept.
    path("language/", csrf_exempt(login_not_required(set_language)), name="set_language"),
    *communities.urls.top,
    *accounts.urls.top,
    path("api/", include((api, "api"))),
    path("card/", include((evaluations.urls.card, "card"))),
    path("<slug:district_slug>/", include((evaluations.urls.public, "public"))),
    path("<slug:district_slug>/office/", include((office, "office"))),
    path("<slug:district_slug>/organization/", include((organizations.urls.own, "own"))),
    path("<slug:district_slug>/cases/", include((evaluations.urls.cases, "cases"))),
    path("<slug:district_slug>/judging/", include((evaluations.urls.judging, "judging"))),
]

handler400 = "goldidea.lib.refusals.bad_request"
handler403 = "goldidea.lib.refusals.not_permitted"
handler404 = "goldidea.lib.refusals.not_found"
