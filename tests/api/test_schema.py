"""The description holds: schemathesis asks every address what it promises, as everybody who can ask.

SCHEMA_EXAMPLES=200 is the long form (tests/api in docs/api.md).
"""

import copy
import json
import os
from pathlib import Path

import drf_spectacular
import pytest
import schemathesis
from django.conf import settings as django_settings
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, settings
from jsonschema.validators import Draft202012Validator
from schemathesis.specs.openapi.checks import positive_data_acceptance

from accounts.models import ApiToken
from evaluations.actions.closing import close_round_early
from evaluations.actions.publication import publish_provisional
from evaluations.actions.tallying import tally_round
from evaluations.models import Entry, Publication, Round, Season, Submission
from goldidea.lib.api.paging import signer
from goldidea.lib.api.schema import document
from goldidea.lib.models import RequestCount
from goldidea.wsgi import application
from tests import make
from tests.conftest import clone
from tests.evaluations.judging import Scene
from tests.personas import Cast

EXAMPLES = int(os.environ.get("SCHEMA_EXAMPLES", "3"))
# One thing of each kind has a code that the description's examples know.
KNOWN = {
    "seasons": "ssss000000",
    "projects": "pppp000000",
    "results": "rrrr000000",
    "notices": "nnnn000000",
    "entries": "eeee000000",
    "cases": "cccc000000",
}
SHORT = ["anonymous", "all scopes"]
EVERYBODY = [*SHORT, *ApiToken.Scope.values, "community_user", "district_staff", "judge"]
CALLERS = EVERYBODY if "SCHEMA_EXAMPLES" in os.environ else SHORT
# What no schema can say: a cursor is one that we signed, a code is that of something that is there.
NARROWED = {
    "season": {"type": "string", "enum": [KNOWN["seasons"]]},
    "sub_district": {"type": "string", "enum": ["dddd000000"]},
    "community": {"type": "string", "enum": ["mmmm000000"]},
    "q": {"type": "string", "maxLength": 60, "pattern": "^[^\\u0000]*$"},
}


def described() -> dict:
    """The description, its addresses narrowed to a district that is there and to things that are, or are not."""
    whole = copy.deepcopy(document("en"))
    for path, methods in whole["paths"].items():
        kind = path.split("{code}")[0].strip("/").split("/")[-1]
        for operation in methods.values():
            for parameter in operation.get("parameters", []):
                if parameter["name"] == "district_slug":
                    parameter["schema"] = {"type": "string", "enum": ["shangcheng"]}
                parameter["schema"] = NARROWED.get(parameter["name"], parameter["schema"])
                if parameter["name"] == "cursor":
                    view = operation["operationId"][0].upper() + operation["operationId"][1:]
                    own = signer(view).sign_object([0, False, None])
                    parameter["schema"] = {"type": "string", "enum": [own]}
                if parameter["name"] == "code":
                    parameter["schema"] = {"type": "string", "enum": [KNOWN[kind], "0" * 10]}
    return whole


schema = schemathesis.openapi.from_dict(described())
schema.app = application


@pytest.fixture(scope="module")
def callers(django_db_setup, django_db_blocker):
    """Headers of everybody who asks, on a database of this module's own."""
    with clone(django_db_blocker):
        cast = Cast.shangcheng()
        place(cast)
        staff = cast.people["district_staff"]
        yield {
            "anonymous": {},
            **{s: bearer(make.api_token(cast.district, staff, [s])) for s in ApiToken.Scope.values},
            "all scopes": bearer(make.api_token(cast.district, staff)),
            **{role: session(cast.people[role]) for role in ("community_user", "district_staff")},
            "judge": seated(cast),
        }


def place(cast: Cast) -> None:
    """A published round, a case in it, a draft of the community."""
    season = make.season(cast.district, "已公布")
    round_ = make.scored_round(season, cast.home, {"甲": [("50", "30"), ("40", "20")]})
    people = {"by": make.user(), "second": make.user(), "now": timezone.now()}
    close_round_early(round_, **people)
    tally_round(round_.pk, people["now"])
    round_.refresh_from_db()
    Submission.objects.update(code=KNOWN["projects"])  # before it is published: snapshots keep it
    publish_provisional(round_, **people)
    Round.objects.filter(pk=round_.pk).update(code=KNOWN["results"])
    Season.objects.filter(pk=season.pk).update(code=KNOWN["seasons"])
    type(cast.home).objects.filter(pk=cast.home.pk).update(code="dddd000000")
    type(cast.community).objects.filter(pk=cast.community.pk).update(code="mmmm000000")
    draft = make.submission(season, cast.community)
    Submission.objects.filter(pk=draft.pk).update(code=KNOWN["cases"])


def bearer(token) -> dict[str, str]:
    return {"Authorization": f"Bearer {token.text}"}


def session(user) -> dict[str, str]:
    client = Client()
    client.force_login(user, backend="accounts.backends.AccountBackend")
    return cookies(client)


def seated(cast: Cast) -> dict[str, str]:
    """A judge at the seat, on the phone where the card's code was typed."""
    scene = Scene.open(cast)
    client = Client()
    scene.sit(client)
    Entry.objects.filter(pk=scene.entry.pk).update(code=KNOWN["entries"])
    return cookies(client)


def cookies(client: Client) -> dict[str, str]:
    secret = "a" * 32
    pairs = {name: morsel.value for name, morsel in client.cookies.items()}
    pairs[django_settings.CSRF_COOKIE_NAME] = secret
    return {"Cookie": "; ".join(f"{k}={v}" for k, v in pairs.items()), "X-CSRFToken": secret}


def test_it_is_a_description():
    folder = Path(drf_spectacular.__file__).parent / "validation"
    rules = json.loads((folder / "openapi_3_0_schema.json").read_text())
    for language in ("en", "zh-hans"):
        assert list(Draft202012Validator(rules).iter_errors(document(language))) == []
    assert {"token", "session"} == set(document("en")["components"]["securitySchemes"])


@pytest.mark.parametrize("caller", CALLERS)
@schema.parametrize()
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
def test_it_holds(case, callers, caller):
    RequestCount.objects.all().delete()
    if case.path_parameters.get("code") == KNOWN["notices"]:  # a publication keeps the code it was made with
        case.path_parameters["code"] = Publication.objects.get().code
    # Beyond the schema a case has rules of its own (what is asked for lies within the budget): only reads must all succeed.
    beyond = [] if case.method == "GET" else [positive_data_acceptance]
    case.call_and_validate(headers=callers[caller], excluded_checks=beyond)
