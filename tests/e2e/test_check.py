"""A resident checks a result on the own phone: the browser's own count, a bent file, a receipt, the sheet that is printed."""

import random
from typing import Any

import pytest

from evaluations.models import Publication
from goldidea.lib import signing
from goldidea.lib.audit_sealing import sign_head
from tests.e2e.conftest import DESK, PHONE
from tests.evaluations import bent
from tests.evaluations.bundles import Published, published

NARROW = {"width": 320, "height": 640}


@pytest.fixture
def found(own_database: str) -> Published:
    return published()


WAYS = {"320": (NARROW, "en"), "360": (PHONE, "zh-hans"), "1280": (DESK, "en")}


@pytest.mark.parametrize(("size", "language"), WAYS.values(), ids=WAYS)
def test_the_browser_computes_the_same_result(
    visitor: Any, found: Published, size: Any, language: str
) -> None:
    someone = visitor(size, language)
    page = someone.open(f"/shangcheng/results/{found.round.code}/check/")
    someone.check("check-before")
    page.locator("[data-check] button").click()
    good = {"zh-hans": "全部相符", "en": "Everything holds"}[language]
    page.locator("[data-said]", has_text=good).wait_for()
    assert page.locator("[data-step].is-ok").count() == 4
    assert page.locator("[data-lines] tbody tr").count() == found.round.entries.count()
    someone.check("check-after")
    someone.open(f"/shangcheng/receipts/?code={found.receipts['voided'].code}")
    someone.check("receipt")
    someone.open(f"/shangcheng/rounds/{found.round.code}/log/")
    someone.check("log")


def test_the_browser_says_in_words_what_does_not_hold(visitor: Any, found: Published) -> None:
    from evaluations.actions.bundling import zipped

    files = found.files
    result = files["result.json"].replace(b'"total":"', b'"total":"1', 1)
    events = bent.events_of(files)
    twice = bent.relog(files, [*events, events[-1]], signing.sign)
    wrong = {
        ("files", "不符：marks.csv"): {**files, "marks.csv": files["marks.csv"] + b" "},
        ("log", "断开，行：1"): bent.relist(
            {**files, "log.jsonl": b"".join(files["log.jsonl"].splitlines(True)[1:])}, signing.sign
        ),
        ("log", "截止与此前的评分表不符"): bent.relist(twice, signing.sign),
        ("openings", "与当时封存的不符"): bent.relist(
            bent.swap_openings(files, random.Random(1)), signing.sign
        ),
        ("result", "有数字与分数不符"): bent.relist({**files, "result.json": result}, signing.sign),
    }
    someone = visitor(PHONE)
    code = Publication.objects.get().code
    for (step, words), bundle in wrong.items():
        body = zipped(bundle)
        someone.page.route(
            f"**/bundles/{code}.zip", lambda route, _request, body=body: route.fulfill(body=body)
        )
        page = someone.open(f"/shangcheng/results/{found.round.code}/check/")
        page.locator("[data-check] button").click()
        page.locator("[data-said]", has_text="有不符之处").wait_for()
        assert page.locator("[data-step].is-bad").get_attribute("data-step") == step
        assert words in page.locator("[data-step].is-bad [data-words]").inner_text()
        someone.page.unroute(f"**/bundles/{code}.zip")
    someone.check("check-bad")


@pytest.mark.parametrize(("size", "language"), [(PHONE, "zh-hans"), (DESK, "en")], ids=["360", "1280"])
def test_the_observer_sees_the_heads_of_the_trail(
    visitor: Any, found: Published, settings: Any, tmp_path: Any, size: Any, language: str
) -> None:
    settings.AUDIT_HEADS_FILE = tmp_path / "heads"
    sign_head()
    someone = visitor(size, language, user=found.room.cast.people["observer"])
    page = someone.open("/shangcheng/office/audit/")
    page.locator("a[href$='/audit/heads/']").click()
    page.locator("pre", has_text="goldidea/audit").wait_for()
    someone.check("audit-heads")
