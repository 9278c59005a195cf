"""The feed of notices: every publication once, for every reader the same, not sent twice."""

import pytest
from defusedxml.ElementTree import fromstring

from tests.api.test_public import scored

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"


def test_every_publication_stands_in_the_feed(client):
    _cast, round_ = scored(publish=2)
    answer = client.get("/shangcheng/notices/feed/")
    assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
    feed = fromstring(answer.content)
    links = [entry.find(f"{ATOM}link").get("href") for entry in feed.findall(f"{ATOM}entry")]
    codes = [row.code for row in round_.publications.order_by("-pk")]
    assert links == [f"http://testserver/shangcheng/notices/{code}/" for code in codes]
    assert len({entry.find(f"{ATOM}id").text for entry in feed.findall(f"{ATOM}entry")}) == 2
    again = client.get("/shangcheng/notices/feed/", headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304
    assert (
        client.get("/shangcheng/notices/feed/", headers={"Accept-Language": "en"}).content == answer.content
    )


def test_before_a_publication_the_feed_is_empty(client):
    scored(publish=0)
    assert fromstring(client.get("/shangcheng/notices/feed/").content).findall(f"{ATOM}entry") == []


def test_the_notices_lead_to_the_feed(client):
    scored()
    assert 'type="application/atom+xml"' in client.get("/shangcheng/notices/").content.decode()
