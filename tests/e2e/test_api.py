"""The page of the API and the page of tokens, on a phone and at a desk, in both languages."""

import pytest

from tests import make
from tests.e2e.conftest import DESK, PHONE
from tests.personas import Cast

SIZES = [(PHONE, "zh-hans"), (PHONE, "en"), (DESK, "zh-hans"), (DESK, "en")]


@pytest.mark.parametrize(("size", "language"), SIZES)
def test_the_page_of_the_api(visitor, size, language):
    Cast.shangcheng()
    person = visitor(size, language)
    page = person.open("/shangcheng/")
    page.locator("footer a[href='/api/']").click()
    page.wait_for_url("**/api/")
    person.check("api")
    for fold in page.locator("details.fold.panel").all():
        fold.evaluate("fold => fold.open = true")
    person.check("api-open")


@pytest.mark.parametrize(("size", "language"), SIZES)
def test_tokens(visitor, size, language):
    cast = Cast.shangcheng()
    staff = cast.people["district_staff"]
    staff.set_password("金点子 2018 上城")
    staff.save()
    person = visitor(size, language, user=staff)
    page = person.open("/shangcheng/office/tokens/")
    person.check("tokens-none")
    page.locator(".head a.button").click()
    page.wait_for_url("**/reauthenticate/**")
    page.fill("input[name=password]", "金点子 2018 上城")
    page.keyboard.press("Enter")
    page.wait_for_url("**/tokens/new/")
    page.locator("form.stack-l button.button").last.click()
    page.wait_for_selector("[aria-invalid=true]")
    person.check("token-new-wrong")
    page.fill("input[name=name]", "区统计局年报程序")
    for scope in page.locator("input[name=scopes]").all()[:2]:
        scope.check()
    page.locator("input[name=days]").first.check()
    person.check("token-new")
    page.locator("form.stack-l button.button").last.click()
    page.wait_for_selector("text=goldidea_")
    person.check("token-made")
    make.api_token(cast.district, staff, name="已过期的程序", days=-1)
    page.goto(f"{person.site}/shangcheng/office/tokens/")
    person.check("tokens")
    page.locator("button.button--bad").first.click()
    page.wait_for_selector(".tag.is-bad")
    person.check("token-revoked")
