"""Journey: sign in by the district's own service, which runs as a process of its own."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.accounts.test_oidc import oidc_settings, start_provider
from tests.accounts.test_second_factor import with_password
from tests.e2e.conftest import DESK, PHONE
from tests.personas import Cast


@pytest.mark.parametrize(
    ("size", "language"), [(DESK, "zh-hans"), (PHONE, "en"), (DESK, "en"), (PHONE, "zh-hans")]
)
def test_a_community_signs_in_by_the_districts_service(
    visitor: Callable, own_database: str, tmp_path: Path, settings: Any, size: dict, language: str
) -> None:
    community = Cast.shangcheng().people["community_user"]
    community.email = "zhou@example.cn"
    with_password(community)
    process, port = start_provider(tmp_path)
    try:
        for name, value in oidc_settings(port).items():
            setattr(settings, name, value)
        policy = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
        form_action = [*policy["form-action"], settings.OIDC_ISSUER]
        settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": {**policy, "form-action": form_action}}
        reader = visitor(size, language)
        page = reader.open("/accounts/login/?next=/shangcheng/cases/")
        reader.check("login-with-service")
        page.locator("form[action*='/oidc/'] .button").click()
        page.get_by_role("button", name="stranger").click()
        page.locator("main h1").wait_for()
        reader.check("oidc-nobody")
        page.locator("main .button").click()
        page.locator("form[action*='/oidc/'] .button").click()
        page.get_by_role("button", name="zhou").click()
        page.wait_for_url("**/shangcheng/cases/")
        page.locator(".strip form button").click()
        page.wait_for_url("**/shangcheng/")
    finally:
        process.kill()
        process.wait()
    page = reader.open("/accounts/login/")
    page.locator("form[action*='/oidc/'] .button").click()
    page.locator("main h1").wait_for()
    reader.check("oidc-trouble")
