"""One-time codes: what a guesser and a curious person learn (nothing), how long a code is good, what sending costs."""

import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts.actions import codes, limits
from accounts.actions.factors import reset_sign_in
from accounts.gateways import Console, gateway
from accounts.models import SignInCode, User
from goldidea.lib.errors import TooMany
from goldidea.lib.models import AuditEvent
from tests import make
from tests.accounts.test_second_factor import app_of
from tests.accounts.test_sign_in import PASSWORD
from tests.personas import Cast

pytestmark = pytest.mark.django_db
ASK, ENTER = "/accounts/code/", "/accounts/code/enter/"
NOON = timezone.make_aware(dt.datetime(2026, 3, 2, 12, 0))
HALL = "10.1.2.3"


@pytest.fixture(autouse=True)
def outbox(settings: Any, tmp_path: Path) -> Path:
    settings.PHONE_GATEWAY, settings.EMAIL_GATEWAY, settings.OUTBOX = "file", "file", tmp_path / "out"
    return settings.OUTBOX


@pytest.fixture
def person() -> User:
    user = Cast.shangcheng().people["community_user"]
    user.phone, user.email = "+8613805710001", "zhou@example.cn"
    user.set_password(PASSWORD)
    user.save()
    return user


def delivered(outbox: Path) -> list[tuple[str, str]]:
    """(address, digits) of every message, the oldest first."""
    files = sorted(outbox.glob("*.txt"), key=lambda path: path.stat().st_mtime_ns) if outbox.exists() else []
    lines = [path.read_text().splitlines() for path in files]
    return [(to, re.search(r"\d{6}", text).group()) for to, text in lines]


def ask(typed: str, address: str = HALL, now: dt.datetime = NOON) -> SignInCode:
    return codes.ask_for_code(typed, address=address, language="zh-hans", now=now)


@pytest.mark.parametrize(
    ("typed", "to"),
    [
        ("13805710001", "+8613805710001"),
        ("Zhou@example.cn", "zhou@example.cn"),
        ("shangcheng-community-user", "+8613805710001"),
    ],
)
def test_one_signs_in_with_a_code(person: User, outbox: Path, typed: str, to: str) -> None:
    client = Client()
    assert client.post(ASK, {"account": typed}).headers["Location"] == ENTER
    assert codes.send_codes(timezone.now()) == 1
    [(address, digits)] = delivered(outbox)
    assert address == to
    wrong = f"{(int(digits) + 1) % 10**6:06d}"
    assert client.post(ENTER, {"digits": wrong}).status_code == 422
    assert client.post(ENTER, {"digits": f"{digits[:3]} {digits[3:]}"}).headers["Location"] == "/desk/"
    assert client.get("/shangcheng/cases/").status_code == 200
    assert AuditEvent.objects.get(action="sign in").role == "community_user"


def test_staff_give_their_second_factor_too(person: User, outbox: Path) -> None:
    app_of(person)
    client = Client()
    client.post(ASK, {"account": person.phone})
    codes.send_codes(timezone.now())
    assert (
        client.post(ENTER, {"digits": delivered(outbox)[0][1]}).headers["Location"]
        == "/accounts/second-factor/"
    )


def test_the_answer_is_the_same_whether_the_account_exists(
    person: User, outbox: Path, django_assert_num_queries: Any
) -> None:
    User.objects.filter(pk=make.user("没激活的人", phone="+8613805710002").pk).update(password="!")
    off = make.user("停用的人", phone="+8613805710003", password=PASSWORD)
    User.objects.filter(pk=off.pk).update(is_active=False)
    pages, answers = [], []
    for typed in ("13805710001", "13805710009", "13805710002", "13805710003", "nobody@example.cn", "nobody"):
        client = Client()
        answers.append((client.post(ASK, {"account": typed}).status_code, len(client.cookies)))
        pages.append(re.sub(rb'value="[^"]{64}"', b"", client.get(ENTER).content))
        assert client.post(ENTER, {"digits": "000000"}).status_code == 422
    assert len(set(answers)) == len(set(pages)) == 1
    assert codes.send_codes(timezone.now()) == 1
    assert [to for to, _digits in delivered(outbox)] == ["+8613805710001"]


def test_a_code_is_good_once_for_five_minutes_and_five_tries(person: User) -> None:
    code = ask(person.phone)
    digits = codes.digits_of(code)
    assert codes.take_code(code.code, digits, now=NOON + dt.timedelta(minutes=4, seconds=59)) == person
    assert codes.take_code(code.code, digits, now=NOON + dt.timedelta(minutes=4, seconds=59)) is None
    late = ask(person.phone)
    assert codes.take_code(late.code, codes.digits_of(late), now=NOON + codes.VALID_FOR) is None
    tried = ask(person.phone)
    for _try in range(codes.TRIES):
        assert codes.take_code(tried.code, "000000", now=NOON) is None
    assert codes.take_code(tried.code, codes.digits_of(tried), now=NOON) is None


def test_the_code_stands_nowhere(person: User, outbox: Path) -> None:
    client = Client()
    client.post(ASK, {"account": person.phone})
    code = SignInCode.objects.get()
    row = " ".join(str(value) for value in SignInCode.objects.values_list().get())
    assert codes.digits_of(code) not in row.replace(code.seed, "")
    assert codes.digits_of(code) not in str(dict(client.session))


def test_sending_is_limited_by_name_by_account_and_by_address(person: User, outbox: Path) -> None:
    for _more in range(3):
        ask(person.phone)
    with pytest.raises(TooMany) as refused:
        ask(person.phone)
    assert refused.value.retry_after == 15 * 60 + 1
    with pytest.raises(TooMany):  # a name of nobody is refused alike
        for _more in range(4):
            ask("nobody")
    ask(person.email)  # another name of the same account: the same answer, and no fourth message
    assert codes.send_codes(NOON) == 3
    assert len(delivered(outbox)) == 3
    for number in range(60 - SignInCode.objects.count()):
        ask(f"name {number}")
    with pytest.raises(TooMany):
        ask("one more")
    ask("one more", address="10.1.2.4")


def test_a_days_messages_to_one_account_are_ten(person: User) -> None:
    for number in range(10):
        ask(person.phone, address=f"10.2.{number}.1", now=NOON + number * dt.timedelta(minutes=20))
    with pytest.raises(TooMany):
        ask(person.phone, address="10.3.3.3", now=NOON + dt.timedelta(hours=5))


def test_guesses_are_counted_and_forwarding_headers_change_nothing(person: User) -> None:
    client = Client()
    statuses = []
    for n in range(7):
        client.post(ASK, {"account": person.phone}) if n % 3 == 0 else None
        statuses.append(
            client.post(ENTER, {"digits": "000000"}, HTTP_X_FORWARDED_FOR=f"10.4.4.{n}").status_code
        )
    assert statuses == [422] * limits.OF_A_PAIR + [429] * 2


def test_a_gateway_that_fails_says_so_without_the_address(person: User, settings: Any, caplog: Any) -> None:
    settings.PHONE_GATEWAY = "tests.accounts.test_codes.Broken"
    ask(person.phone)
    assert codes.send_codes(NOON) == 0
    assert codes.send_codes(NOON) == 0  # at most once
    assert "OSError" in caplog.text and "13805710001" not in caplog.text


class Broken(Console):
    def send(self, to: str, text: str) -> None:
        raise OSError(f"no way to {to}")


def test_mail_goes_by_the_mail_server(person: User, settings: Any) -> None:
    settings.EMAIL_GATEWAY = "smtp"
    code = ask(person.email)
    assert codes.send_codes(NOON) == 1
    assert mail.outbox[0].to == [person.email] and codes.digits_of(code) in mail.outbox[0].body


def test_without_a_gateway_there_is_no_such_door(person: User, settings: Any) -> None:
    assert ASK.encode() in Client().get("/accounts/login/").content
    settings.PHONE_GATEWAY = settings.EMAIL_GATEWAY = ""
    assert gateway("phone") is None
    assert [Client().get(path).status_code for path in (ASK, ENTER)] == [404, 404]
    assert ASK.encode() not in Client().get("/accounts/login/").content


def test_codes_are_forgotten_after_two_days(person: User) -> None:
    ask(person.phone)
    assert codes.forget_old_codes(NOON + dt.timedelta(hours=47)) == 0
    assert codes.forget_old_codes(NOON + dt.timedelta(hours=49)) == 1


def test_a_code_on_a_lost_phone_opens_nothing_after_a_reset(person: User) -> None:
    code = ask(person.phone)
    digits = codes.digits_of(code)
    reset_sign_in(person, by=None, reason="手机丢了")
    assert codes.take_code(code.code, digits, now=NOON) is None


def test_a_code_opens_no_account_that_was_disabled_since(person: User) -> None:
    code = ask(person.phone)
    User.objects.filter(pk=person.pk).update(is_active=False)
    assert codes.take_code(code.code, codes.digits_of(code), now=NOON) is None
