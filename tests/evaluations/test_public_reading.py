"""What everybody may read: the rules of a round from its opening on, photos of a public case, pages that need not be sent twice."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from evaluations.actions.closing import close_round_early
from evaluations.actions.publication import publish_provisional
from evaluations.actions.tallying import tally_round
from evaluations.models import Photo
from evaluations.states import RoundState
from tests import make
from tests.personas import Cast

pytestmark = pytest.mark.django_db


def published():
    """A round on notice, with its district."""
    cast = Cast.shangcheng()
    round_ = make.scored_round(make.season(cast.district), cast.home, {"甲": [("50", "30"), ("40", "20")]})
    people = {"by": make.user(), "second": make.user(), "now": timezone.now()}
    close_round_early(round_, **people)
    tally_round(round_.pk, people["now"])
    round_.refresh_from_db()
    publish_provisional(round_, **people)
    return round_


@pytest.mark.parametrize("state", RoundState)
def test_a_rule_is_public_once_a_round_under_it_has_opened(client, state):
    cast = Cast.shangcheng()
    round_ = make.round(make.season(cast.district), cast.home, state=state)
    hidden = state in (RoundState.DRAFT, RoundState.CANCELLED)
    answer = client.get(f"/shangcheng/rules/{round_.rule_set.code}/")
    assert answer.status_code == (404 if hidden else 200)
    address = f"/shangcheng/rules/{round_.rule_set.code}/"
    assert (address in client.get("/shangcheng/").content.decode()) is not hidden


def test_a_rule_of_another_district_is_not_found(client):
    Cast.shangcheng()
    there = Cast.shangcheng("elsewhere")
    round_ = make.round(make.season(there.district), there.home, state=RoundState.OPEN)
    assert client.get(f"/shangcheng/rules/{round_.rule_set.code}/").status_code == 404


def test_the_result_and_its_notice_lead_to_the_rule(client):
    round_ = published()
    address = f'href="/shangcheng/rules/{round_.rule_set.code}/"'
    notice = round_.publications.get().code
    assert address in client.get(f"/shangcheng/results/{round_.code}/").content.decode()
    assert address in client.get(f"/shangcheng/notices/{notice}/").content.decode()


def test_a_public_case_shows_its_photos(client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    cast = Cast.shangcheng()
    season = make.season(cast.district)
    round_ = make.round(season, cast.home, state=RoundState.OPEN)
    case = make.submission(season, cast.community, "accepted")
    photo = Photo.objects.create(submission=case, image=SimpleUploadedFile("p.jpg", b"picture"))
    make.snapshot(case, photos=[{"code": photo.code, "caption": "墙门口"}])
    make.entry(round_, case)
    source = f'src="/shangcheng/cases/photos/{photo.code}/"'
    for path in ("", "projects/", f"projects/{case.code}/"):
        assert source in client.get(f"/shangcheng/{path}").content.decode()
    assert client.get(f"/shangcheng/cases/photos/{photo.code}/").content == b"picture"


def test_a_result_is_not_sent_twice_to_the_same_reader(client):
    address = f"/shangcheng/results/{published().code}/"
    client.get(address)
    first = client.get(address)
    again = client.get(address, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert [again[name] for name in ("ETag", "Cache-Control")] == [first["ETag"], "no-cache"]
    for response in (first, again):
        assert {"Cookie", "Accept-Language", "HX-Request"} <= set(response["Vary"].split(", "))


@pytest.mark.parametrize(("cookie", "value"), [("language", "en"), ("text", "elder"), ("theme", "dark")])
def test_a_reader_who_wants_another_page_gets_it(client, cookie, value):
    address = f"/shangcheng/results/{published().code}/"
    client.get(address)
    first = client.get(address)
    client.cookies[cookie] = value
    assert client.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 200


@pytest.mark.parametrize(
    ("state", "tones", "result"),
    [
        (RoundState.DRAFT, ["wait", "wait"], False),
        (RoundState.OPEN, ["now", "wait"], False),
        (RoundState.TALLIED, ["now", "wait"], False),
        (RoundState.ON_NOTICE, ["ok", "now"], True),
        (RoundState.FINAL, ["ok", "ok"], True),
    ],
)
def test_its_community_sees_how_far_a_case_has_come(client, state, tones, result):
    cast = Cast.shangcheng()
    season = make.season(cast.district)
    case = make.submission(season, cast.community, "accepted")
    make.snapshot(case)
    make.entry(make.round(season, cast.home, state=state), case)
    client.force_login(cast.people["community_user"])
    answer = client.get(f"/shangcheng/cases/{case.code}/view/")
    assert [tone for _words, tone, _when in answer.context["stages"]][3:] == tones
    link = f'href="/shangcheng/projects/{case.code}/"'
    for page in (answer, client.get("/shangcheng/cases/")):
        assert (link in page.content.decode()) is result
