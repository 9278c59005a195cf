"""Browser journeys: a real Chromium, the real pages, a committed database of the test's own, both languages, axe.

`DJANGO_ALLOW_ASYNC_UNSAFE`: Playwright's synchronous interface keeps an event loop in this thread.
"""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
# Milliseconds: a machine under load is slow, not wrong.
PATIENCE = 30_000
expect.set_options(timeout=PATIENCE)
PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 900}
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--disable-sync",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "/e2e/" in str(item.path):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium a session: the system's, else Playwright's own. Without one: a failure in CI, else a loud skip."""
    with sync_playwright() as playwright:
        system = next(
            filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
        )
        try:
            chromium = playwright.chromium.launch(executable_path=system, args=FLAGS)
        except Error as error:
            message = "NO BROWSER: this journey did not run. `make browser` gets a Chromium."
            if os.environ.get("CI") == "true":
                pytest.fail(f"{message} {error}")
            pytest.skip(message)
        yield chromium
        chromium.close()


@pytest.fixture
def site(own_database: str) -> Iterator[str]:
    """The address of the running site, on the test's own database."""
    server = LiveServer("127.0.0.1")
    yield server.url
    server.stop()


class Visitor:
    """One person at one device. `check()` is what every page has to stand: no overflow, no axe finding, no raw id."""

    def __init__(self, context: BrowserContext, site: str, language: str) -> None:
        self.context, self.site, self.language = context, site, language
        self.page: Page = context.new_page()
        self.errors: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on(
            "console",
            lambda m: (
                self.errors.append(m.text) if m.type == "error" and "Security Policy" in m.text else None
            ),
        )

    def open(self, path: str, status: int = 200) -> Page:
        response = self.page.goto(self.site + path)
        assert response is not None and response.status == status, (path, response and response.status)
        return self.page

    def sign_in(self, user: Any) -> None:
        """Enter by a session made in the database (sign-in itself has its own journey)."""
        from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
        from django.contrib.sessions.backends.db import SessionStore

        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.create()
        self.context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": session.session_key, "url": self.site}]
        )

    def check(self, name: str = "") -> None:
        """No sideways overflow, no script or policy error, no axe finding; a picture when SHOTS names a folder."""
        self.page.wait_for_load_state()
        wide = self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert wide <= 0, f"{self.page.url}: {wide} px of sideways overflow"
        assert self.errors == []
        found = Axe().run(self.page).response["violations"]
        assert [(v["id"], [n["html"][:160] for n in v["nodes"][:3]]) for v in found] == [], self.page.url
        text = self.page.inner_text("body")
        if self.language == "en" and name:
            untranslated = [line for line in text.splitlines() if re.search(r"[\u4e00-\u9fff]", line)]
            self.chinese = untranslated  # names of people and places stay Chinese: looked at by eye
        if name and os.environ.get("SHOTS"):
            folder = Path(os.environ["SHOTS"])
            folder.mkdir(parents=True, exist_ok=True)
            width = self.page.viewport_size["width"]
            self.page.screenshot(path=folder / f"{name}-{self.language}-{width}.png", full_page=True)


@pytest.fixture
def visitor(browser: Browser, site: str) -> Iterator[Callable[..., Visitor]]:
    """Make a visitor: `visitor(size=PHONE, language="zh-hans")`."""
    contexts: list[BrowserContext] = []

    def make(
        size: dict[str, int] = DESK, language: str = "zh-hans", user: Any = None, **options: Any
    ) -> Visitor:
        context = browser.new_context(
            viewport=size,
            locale="zh-CN" if language == "zh-hans" else "en-GB",
            timezone_id="Asia/Shanghai",
            **options,
        )
        context.set_default_timeout(PATIENCE)
        context.add_cookies([{"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": site}])
        contexts.append(context)
        person = Visitor(context, site, language)
        if user is not None:
            person.sign_in(user)
        return person

    yield make
    for context in contexts:
        context.close()
