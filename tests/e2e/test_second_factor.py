"""Journeys: staff set up a second factor (app, passkey, printed list) and sign in with it; a code by phone."""

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, expect

from accounts.models import User
from tests.conftest import start_worker
from tests.e2e.conftest import DESK, PHONE
from tests.e2e.test_sign_in import PASSWORD, sheets_of_paper
from tests.personas import Cast

BOTH = [(DESK, "zh-hans"), (PHONE, "en"), (DESK, "en"), (PHONE, "zh-hans")]


@pytest.fixture
def cast(own_database: str, settings: Any) -> Cast:
    settings.REQUIRE_SECOND_FACTOR = True
    return Cast.shangcheng()


@pytest.fixture
def person(cast: Cast) -> User:
    staff = cast.people["subdistrict_staff"]
    staff.set_password(PASSWORD)
    staff.save()
    return staff


def app_code(secret: str, later: int = 0) -> str:
    """What the app shows, now or `later` half minutes from now."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + later))


def sign_in(visitor: Any, person: User) -> Page:
    page = visitor.open("/accounts/login/")
    page.locator("#id_login").fill(person.username)
    page.locator("#id_password").fill(PASSWORD)
    page.locator("main form .button").click()
    return page


def sign_out(page: Page) -> None:
    page.locator(".strip form button").click()
    page.wait_for_url("**/shangcheng/")


@pytest.mark.parametrize(("size", "language"), BOTH)
def test_staff_set_up_an_app_and_sign_in_with_it(
    visitor: Callable, person: User, size: dict, language: str
) -> None:
    office = visitor(size, language)
    page = sign_in(office, person)
    page.wait_for_url("**/accounts/sign-in/")
    office.check("factors-none")
    office.open("/shangcheng/office/")  # nothing else opens
    assert page.url.endswith("/accounts/sign-in/")
    page.locator("a[href$='/sign-in/app/']").click()
    page.wait_for_url("**/sign-in/app/")
    office.check("factor-app")
    secret = page.locator("details code").text_content()
    page.locator("#id_code").fill("000 000")
    page.locator("main form .button").click()
    expect(page.locator("#id_code")).to_have_attribute("aria-invalid", "true")
    office.check("factor-app-wrong")
    assert page.locator("details code").text_content() == secret
    page.locator("#id_code").fill(app_code(secret))
    page.locator("main form .button").click()
    page.wait_for_url("**/list/codes/")
    assert page.locator(".codes li").count() == 40
    office.check("factor-codes")
    if size is DESK:
        assert sheets_of_paper(page, f"factor-codes-{language}") == 1
    page.goto(page.url)
    office.check("factor-codes-again")
    office.open("/accounts/sign-in/")
    office.check("factors")
    page.locator("a[href='/desk/']").click()
    page.wait_for_url("**/shangcheng/office/")
    sign_out(page)

    page = sign_in(office, person)
    page.wait_for_url("**/accounts/second-factor/")
    office.check("second-factor")
    page.locator("#id_code").fill("123456")
    page.locator("main form .button").first.click()
    expect(page.locator("#id_code")).to_have_attribute("aria-invalid", "true")
    office.check("second-factor-wrong")
    page.locator("#id_code").fill(app_code(secret, later=1))
    page.locator("main form .button").first.click()
    page.wait_for_url("**/shangcheng/office/")


@pytest.mark.parametrize(("size", "language"), BOTH)
def test_staff_sign_in_with_a_passkey(
    visitor: Callable, person: User, site: str, size: dict, language: str
) -> None:
    office = visitor(size, language)
    office.site = site.replace("127.0.0.1", "localhost")  # an address of digits can have no passkeys
    protocol = office.context.new_cdp_session(office.page)
    protocol.send("WebAuthn.enable")
    device = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True}
    device |= {"hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True}
    protocol.send("WebAuthn.addVirtualAuthenticator", {"options": device})
    page = sign_in(office, person)
    page.wait_for_url("**/accounts/sign-in/")
    page.locator("a[href$='/sign-in/passkey/']").click()
    page.wait_for_url("**/sign-in/passkey/")
    office.check("factor-passkey")
    page.locator("#id_name").fill("办公室电脑")
    page.locator("[data-passkey] button").click()
    page.wait_for_url("**/list/codes/")
    office.open("/accounts/sign-in/")
    office.check("factors-passkey")
    page.locator("a[href$='/remove/']").first.click()
    page.wait_for_url("**/remove/")
    office.check("factor-remove")
    office.open("/desk/")
    sign_out(page)

    page = sign_in(office, person)
    page.wait_for_url("**/accounts/second-factor/")
    office.check("second-factor-passkey")
    page.locator("[data-passkey] button").click()
    page.wait_for_url("**/shangcheng/office/")


@pytest.mark.parametrize(("size", "language"), BOTH)
def test_staff_without_any_device_sign_in_with_a_printed_list(
    visitor: Callable, person: User, size: dict, language: str
) -> None:
    office = visitor(size, language)
    page = sign_in(office, person)
    page.wait_for_url("**/accounts/sign-in/")
    page.locator("a[href$='/sign-in/list/']").click()
    page.wait_for_url("**/sign-in/list/")
    office.check("factor-list")
    page.locator("main form .button").click()
    codes = page.locator(".codes code").all_inner_texts()
    assert len(set(codes)) == 40
    page.locator("a.button--plain").click()
    page.locator("a[href='/desk/']").click()
    page.wait_for_url("**/shangcheng/office/")
    sign_out(page)
    sign_in(office, person)
    page.locator("#id_code").fill(codes[3])
    page.locator("main form .button").first.click()
    page.wait_for_url("**/shangcheng/office/")
    sign_out(page)
    sign_in(office, person)
    page.locator("#id_code").fill(codes[3])
    page.locator("main form .button").first.click()
    expect(page.locator("#id_code")).to_have_attribute("aria-invalid", "true")
    page.locator("main form .linklike").click()  # stop, and begin again
    sign_in(office, person)
    page.locator("#id_code").fill(codes[4])
    page.locator("main form .button").first.click()
    page.wait_for_url("**/shangcheng/office/")
    assert Authenticator.objects.get(user=person).type == Authenticator.Type.RECOVERY_CODES


@pytest.mark.parametrize(("size", "language"), BOTH)
def test_two_colleagues_reset_a_lost_factor(
    visitor: Callable, cast: Cast, person: User, settings: Any, size: dict, language: str
) -> None:
    settings.REQUIRE_SECOND_FACTOR = False  # of the two who decide; how they sign in is told above
    TOTP.activate(person, generate_totp_secret())
    first = visitor(size, language, user=cast.people["district_staff"])
    page = first.open(f"/shangcheng/office/accounts/{person.code}/")
    page.locator("a[href$='/reset/']").click()
    page.wait_for_url("**/reset/")
    page.locator("main form .button").click()
    expect(page.locator("#id_reason")).to_have_attribute("aria-invalid", "true")
    first.check("account-reset-wrong")
    page.locator("#id_reason").fill("手机遗失，本人来办公室说明")
    page.locator("main form .button").click()
    page.wait_for_url(f"**/accounts/{person.code}/")
    first.check("account-reset-asked")
    second = visitor(size, language, user=cast.people["district_staff_2"])
    page = second.open("/shangcheng/office/decisions/")
    page.locator("main .ask a, main table a").first.click()
    page.wait_for_url("**/decisions/*/")
    second.check("decision-reset")
    page.locator("form[action$='/approve/'] button").click()
    second.open(f"/shangcheng/office/accounts/{person.code}/")
    second.check("account-reset-done")
    admin = visitor(size, language, user=cast.people["platform_admin"])
    admin.open(f"/shangcheng/office/accounts/{person.code}/appoint/staff/")
    admin.check("appoint-administrator")


@pytest.mark.parametrize(("size", "language"), BOTH)
def test_a_community_signs_in_with_a_code_by_phone(
    visitor: Callable,
    cast: Cast,
    own_database: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    settings: Any,
    size: dict,
    language: str,
) -> None:
    """With a worker of its own, which delivers into files."""
    settings.PHONE_GATEWAY = "file"
    monkeypatch.setenv("PHONE_GATEWAY", "file")
    monkeypatch.setenv("OUTBOX", str(tmp_path / "out"))
    community = cast.people["community_user"]
    community.phone = "+8613805710001"
    community.set_password(PASSWORD)
    community.save()
    worker = start_worker(own_database, tmp_path)
    try:
        phone = visitor(size, language)
        page = phone.open("/accounts/login/")
        phone.check("login-with-codes")
        page.locator("a[href='/accounts/code/']").click()
        page.wait_for_url("**/accounts/code/")
        page.locator("main form .button").click()
        expect(page.locator("#id_account")).to_have_attribute("aria-invalid", "true")
        phone.check("code-ask-wrong")
        page.locator("#id_account").fill("138 0571 0001")
        page.locator("main form .button").click()
        page.wait_for_url("**/code/enter/")
        phone.check("code-enter")
        page.locator("#id_digits").fill("12345")
        page.locator("main form .button").click()
        expect(page.locator("#id_digits")).to_have_attribute("aria-invalid", "true")
        phone.check("code-enter-wrong")
        deadline = time.monotonic() + 60
        while not list(tmp_path.glob("out/*.txt")):
            assert time.monotonic() < deadline, (tmp_path / "worker.log").read_text()[-2000:]
            time.sleep(0.2)
        [message] = tmp_path.glob("out/*.txt")
        to, text = message.read_text().splitlines()
        assert to == community.phone and ("金点子" in text) is (language == "zh-hans")
        page.locator("#id_digits").fill(re.search(r"\d{6}", text).group())
        page.locator("main form .button").click()
        page.wait_for_url("**/shangcheng/cases/")
    finally:
        worker.terminate()
        worker.wait(30)


@pytest.mark.parametrize(("size", "language"), BOTH)
def test_who_was_away_comes_back_to_what_was_typed(
    visitor: Callable, cast: Cast, person: User, settings: Any, size: dict, language: str
) -> None:
    settings.REQUIRE_SECOND_FACTOR = False
    office = visitor(size, language, user=person)
    page = office.open("/shangcheng/office/accounts/new/community/")
    page.locator("#id_name").fill("柳浪的赵书记 <&\"'")
    page.locator("#id_email").fill("zhao@example.cn")
    session = SessionStore(session_key=Session.objects.get().pk)
    session["seen"] = time.time() - 31 * 60
    session.save()
    page.locator("main form .button").last.click()
    expect(page.locator("#id_password")).to_be_visible()
    office.check("idle")
    page.locator("#id_password").fill("not this one")
    page.locator("main form .button").click()
    expect(page.locator("#id_password")).to_have_attribute("aria-invalid", "true")
    office.check("idle-wrong")
    page.locator("#id_password").fill(PASSWORD)
    page.locator("main form .button").click()
    page.locator("form[action$='/accounts/new/community/'] .button").wait_for()
    office.check("kept")
    page.locator("main form .button").click()
    expect(page.locator("#id_community")).to_have_attribute("aria-invalid", "true")
    assert page.locator("#id_name").input_value() == "柳浪的赵书记 <&\"'"
    assert page.locator("#id_email").input_value() == "zhao@example.cn"
