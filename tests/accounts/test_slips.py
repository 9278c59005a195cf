"""The life of a slip: printed, used once, expired, replaced; wrong ones say nothing."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from accounts.actions.slips import VALID_FOR, WrongSlip, activate, issue_slip
from accounts.models import ActivationSlip, User
from goldidea.lib.errors import Refusal
from tests import make

pytestmark = pytest.mark.django_db
NOW = timezone.make_aware(dt.datetime(2026, 3, 2, 12, 0))
PASSWORD = "three lamps over the lake"


@pytest.fixture
def person() -> User:
    return make.user("周书记", username="qingbomen")


def test_a_slip_sets_a_password_once(person: User) -> None:
    printed = issue_slip(person, by=None, now=NOW)
    assert (len(printed.digits), printed.digits.isdecimal(), printed.grouped.count(" ")) == (12, True, 2)
    assert activate("Qingbomen", printed.digits, PASSWORD, now=NOW).check_password(PASSWORD)
    with pytest.raises(WrongSlip):
        activate("qingbomen", printed.digits, PASSWORD, now=NOW)


def test_the_code_is_kept_nowhere(person: User) -> None:
    printed = issue_slip(person, by=None, now=NOW)
    kept = ActivationSlip.objects.values().get()
    assert printed.digits not in str(kept)


def test_expired_replaced_wrong_and_foreign_slips_get_one_answer(person: User) -> None:
    other = make.user(username="liulang")
    replaced = issue_slip(person, by=None, now=NOW)
    live = issue_slip(person, by=None, now=NOW)
    wrong = f"{(int(live.digits) + 1) % 10**12:012d}"
    answers = set()
    for name, digits, when in (
        ("qingbomen", replaced.digits, NOW),
        ("qingbomen", wrong, NOW),
        ("qingbomen", live.digits, NOW + VALID_FOR),
        ("liulang", live.digits, NOW),
        ("nobody", live.digits, NOW),
    ):
        with pytest.raises(WrongSlip) as refused:
            activate(name, digits, PASSWORD, now=when)
        answers.add(str(refused.value.message))
    assert len(answers) == 1
    assert not other.has_usable_password()


def test_a_weak_password_leaves_the_slip_good(person: User) -> None:
    printed = issue_slip(person, by=None, now=NOW)
    for weak in ("short", "12345678901234", "qingbomen1", "password123"):
        with pytest.raises(ValidationError):
            activate("qingbomen", printed.digits, weak, now=NOW)
    assert activate("qingbomen", printed.digits, PASSWORD, now=NOW) == person


def test_a_new_slip_leaves_the_old_password_until_it_is_used(person: User) -> None:
    activate("qingbomen", issue_slip(person, by=None, now=NOW).digits, PASSWORD, now=NOW)
    reset = issue_slip(person, by=None, now=NOW)
    assert User.objects.get(pk=person.pk).check_password(PASSWORD)
    activate("qingbomen", reset.digits, "seven boats under a bridge", now=NOW)
    assert not User.objects.get(pk=person.pk).check_password(PASSWORD)


def test_no_slip_for_judges_and_disabled_accounts(person: User) -> None:
    person.is_active = False
    person.save()
    for account in (person, make.user(kind="judge")):
        with pytest.raises(Refusal):
            issue_slip(account, by=None, now=NOW)


def test_guessing_codes_is_stopped_and_a_weak_password_is_no_guess(person: User, client: Client) -> None:
    printed = issue_slip(person, by=None, now=timezone.now())
    typed = {"username": "qingbomen", "password1": PASSWORD, "password2": PASSWORD}
    weak = {"username": "qingbomen", "digits": printed.grouped, "password1": "short", "password2": "short"}
    assert [client.post("/accounts/activate/", weak).status_code for _try in range(7)] == [422] * 7
    wrong = {**typed, "digits": "000000000000" if printed.digits[0] != "0" else "1" * 12}
    assert [client.post("/accounts/activate/", wrong).status_code for _try in range(6)] == [422] * 5 + [429]
    spelled = {**wrong, "username": "QıNGBOMEN"}  # the database finds the account by it, too
    assert client.post("/accounts/activate/", spelled).status_code == 429
    elsewhere = Client(REMOTE_ADDR="10.0.0.9")
    done = elsewhere.post("/accounts/activate/", {**typed, "digits": "０" * 0 + printed.grouped})
    assert (done.status_code, done.headers["Location"]) == (302, "/desk/")
    assert elsewhere.get("/desks/").status_code == 200


@pytest.mark.parametrize(
    "typed",
    [
        {},
        {"username": "a\x00", "digits": "1", "password1": "x", "password2": "y"},
        {
            "username": "x" * 500,
            "digits": "１２３４５６７８９０１２",
            "password1": PASSWORD,
            "password2": PASSWORD,
        },
        {"username": "qingbomen", "digits": "²³" * 20, "password1": PASSWORD, "password2": ""},
    ],
)
def test_anything_typed_is_answered(client: Client, typed: dict) -> None:
    assert client.post("/accounts/activate/", typed).status_code == 422
