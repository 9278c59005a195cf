"""The public pages of the bundle: the file, the button, the receipt, the sheet for the notice board."""

import io
import zipfile

import pytest
from django.utils import timezone
from django.utils.translation import override

from accounts.actions import limits
from communities.models import Decision
from evaluations.actions.analysing import analyse_tally
from evaluations.actions.bundling import build_bundle
from evaluations.actions.closing import close_round_early
from evaluations.actions.opening import cancel_round
from evaluations.actions.publication import publish_provisional
from evaluations.actions.tallying import tally_round
from evaluations.models import Publication
from evaluations.receipts import Outcome, digest_prefix
from goldidea.lib.audit_sealing import sign_head
from tests import make
from tests.evaluations.bundles import open_room, published, score
from tests.evaluations.judging import Scene, hand_in

pytestmark = pytest.mark.django_db


def look(client, code, district="shangcheng", **values):
    return client.get(f"/{district}/receipts/", {"code": code}, **values)


def test_before_the_close_a_receipt_says_received_and_nothing_else(client):
    scene = open_room()
    receipts = score(scene)
    for receipt in receipts.values():
        answer = look(client, receipt.code).content.decode()
        assert "已按时收到" in answer and receipt.code in answer
        assert not any(word in answer for word in ("已计入", "不计入"))
    close_round_early(scene.round, by=scene.staff, second=scene.second, now=timezone.now())
    told = {
        "counted": "已计入",
        "replaced": "重新交了一张",
        "voided": "两人决定作废",
        "recused": "已声明回避",
    }
    for status, words in told.items():
        assert words in look(client, receipts[status].code).content.decode()
        assert receipts[status].signed.split("\n")[1] in look(client, receipts[status].code).content.decode()
    Decision.objects.create(
        district=scene.cast.district,
        kind="void_sheet",
        object_code=scene.round.code,
        object_name="",
        payload={"sheet": receipts["voided"].digest},
        reason="两位评委拿错了手机",
        state="approved",
        requested_by=scene.staff,
        requested_at=timezone.now(),
        expires_at=timezone.now(),
    )
    assert "两位评委拿错了手机" in look(client, receipts["voided"].code).content.decode()
    typed = receipts["counted"].code.lower().replace("-", " ")
    assert "已计入" in look(client, typed).content.decode()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_each_thing_that_can_become_of_a_sheet_is_told_in_words(language):
    """And no two alike, in either language."""
    with override(language):
        words = {str(outcome.label) for outcome in Outcome}
    assert len(words) == len(Outcome) == 7
    chinese = [any("\u4e00" <= char <= "\u9fff" for char in word) for word in words]
    assert all(chinese) if language == "zh-hans" else not any(chinese)


def test_a_receipt_of_a_cancelled_round_counts_nowhere(client):
    scene = Scene.open()
    receipt = hand_in(scene.seat, scene.entry)
    staff = scene.cast.people["district_staff"]
    cancel_round(scene.round, by=staff, second=staff, reason="雨", now=timezone.now())
    assert "本轮已取消" in look(client, receipt.code).content.decode()


def test_another_districts_receipt_and_an_unknown_one_answer_alike(client):
    make.district("xihu", division_code="330106", name="西湖区")
    scene = Scene.open()
    receipt = hand_in(scene.seat, scene.entry)
    foreign, unknown = look(client, receipt.code, "xihu"), look(client, "AAAA-BBBB-CCCC", "xihu")
    assert foreign.status_code == unknown.status_code == 200
    assert "本区没有这张回执" in foreign.content.decode()
    assert receipt.signed not in foreign.content.decode()


@pytest.mark.parametrize("typed", ["", "ABCD", "ABCD-EFGH-JKL9", "x" * 41, "ABCD-EFGH-JKLM-N", "\x00"])
def test_what_is_no_receipt_is_answered_at_the_field(client, typed):
    make.district()
    assert look(client, typed).status_code == 422


def test_a_receipt_is_read_as_it_was_printed():
    from evaluations.actions.events import receipt_code

    digest = "0123456789abcdef" * 4
    assert digest_prefix(receipt_code(digest)) == digest[:15]


def test_guessing_ends_and_finding_does_not_count(client):
    scene = Scene.open()
    receipt = hand_in(scene.seat, scene.entry)
    for _n in range(limits.OF_AN_ACCOUNT + 2):
        assert look(client, receipt.code).status_code == 200
    codes = [f"AAAA-BBBB-CC{a}{b}" for a in "ABCDEFGHIJK" for b in "ABCDEFGHIJ"]
    answers = [look(client, code).status_code for code in codes[: limits.OF_AN_ADDRESS + 1]]
    assert set(answers[:-1]) == {200} and answers[-1] == 429


def test_the_page_the_file_and_the_sheet_for_the_notice_board(client):
    found = published()
    code, publication = found.round.code, Publication.objects.get()
    here = client.get(f"/shangcheng/results/{code}/").content.decode()
    assert f"/shangcheng/results/{code}/check/" in here
    page = client.get(f"/shangcheng/results/{code}/check/").content.decode()
    address = f"/shangcheng/bundles/{publication.code}.zip"
    assert address in page and found.bundle.sha256 in page and found.bundle.checkpoint.root in page
    answer = client.get(address)
    content = b"".join(answer.streaming_content)
    assert (len(content), answer["Content-Type"]) == (found.bundle.size, "application/zip")
    assert "immutable" in answer["Cache-Control"] and answer["Content-Disposition"].startswith("attachment")
    assert zipfile.ZipFile(io.BytesIO(content)).testzip() is None
    sheet = client.get(f"/shangcheng/rounds/{code}/log/").content.decode()
    assert found.bundle.checkpoint.root in sheet and "评分截止时的记录" in sheet
    make.district("xihu", division_code="330106", name="西湖区")
    for path in (f"results/{code}/check/", f"bundles/{publication.code}.zip", f"rounds/{code}/log/"):
        assert client.get(f"/xihu/{path}").status_code == 404


def test_a_publication_whose_bundle_is_still_being_made_says_so(client):
    scene = open_room()
    score(scene)
    close_round_early(scene.round, by=scene.staff, second=scene.second, now=timezone.now())
    row = tally_round(scene.round.pk, timezone.now())
    scene.round.refresh_from_db()
    assert client.get(f"/shangcheng/results/{scene.round.code}/check/").status_code == 404
    assert build_bundle(row.pk) is None  # nothing is published
    publication = publish_provisional(scene.round, by=scene.staff, second=scene.second, now=timezone.now())
    page = client.get(f"/shangcheng/results/{scene.round.code}/check/").content.decode()
    assert "正在生成" in page
    assert "js/check.js" not in page
    assert client.get(f"/shangcheng/bundles/{publication.code}.zip").status_code == 404
    assert build_bundle(row.pk) is None  # the analysis is not there yet
    analyse_tally(row.pk)
    assert build_bundle(row.pk) is not None
    answer = client.get(f"/shangcheng/bundles/{publication.code}.zip")
    answer.close()
    assert answer.status_code == 200


def test_while_scoring_runs_the_log_page_shows_the_hourly_signature(client):
    scene = open_room()
    page = client.get(f"/shangcheng/rounds/{scene.round.code}/log/").content.decode()
    assert "正在评分" in page and "goldidea/round/" in page


def test_the_observer_reads_the_head_of_the_trail(client, settings, tmp_path):
    settings.AUDIT_HEADS_FILE = tmp_path / "heads"
    scene = open_room()
    client.force_login(scene.cast.people["observer"], backend="accounts.backends.AccountBackend")
    assert "尚未签名" in client.get("/shangcheng/office/audit/heads/").content.decode()
    head = sign_head()
    assert head.note.split("\n")[2] in client.get("/shangcheng/office/audit/heads/").content.decode()
