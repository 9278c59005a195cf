"""PERSONAL_DATA_KEY changes: everything readable and found again, nothing left under the former key, or nothing changed at all."""

import re

import pytest
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from accounts.actions.slips import issue_slip
from accounts.models import ActivationSlip, User
from evaluations.actions.cards import issue_cards
from evaluations.actions.closing import close_round_early
from goldidea.lib.personal import decrypt, encrypt, keyed_hash
from goldidea.lib.rotation import encrypted_fields
from tests import make
from tests.conftest import ROOT
from tests.evaluations.judging import Scene

pytestmark = pytest.mark.django_db
PHONE = "+8613900001234"


def turned(settings, tmp_path, capsys) -> str:
    """Change the key and run the command; what it said."""
    former = tmp_path / "former"
    former.write_text(settings.PERSONAL_DATA_KEY + "\n")
    settings.PERSONAL_DATA_KEY = Fernet.generate_key().decode()
    call_command("rotate_personal_data_key", former_key_file=former)
    return capsys.readouterr().out


def test_everything_is_readable_and_found_again(settings, tmp_path, capsys):
    person = make.user("李四", phone=PHONE)
    judge = make.judge(of=make.district(), phone=PHONE)
    slip = issue_slip(person, by=None, now=timezone.now())
    secret = {"secret": encrypt("TOTPSECRET"), "used": [1], "codes": [encrypt("a"), "plain"]}
    Authenticator.objects.create(user=person, type=Authenticator.Type.TOTP, data=secret)
    before = User.objects.get(pk=person.pk).phone_hash
    said = turned(settings, tmp_path, capsys)
    person, judge = User.objects.get(pk=person.pk), type(judge).objects.get(pk=judge.pk)
    assert (person.phone, judge.phone, person.phone_hash) == (PHONE, PHONE, keyed_hash(PHONE))
    assert before != person.phone_hash
    data = Authenticator.objects.get().data
    assert (decrypt(data["secret"]), decrypt(data["codes"][0]), data["codes"][1]) == (
        "TOTPSECRET",
        "a",
        "plain",
    )
    assert ActivationSlip.objects.get(pk=slip.slip.pk).revoked_at is not None
    assert (
        "accounts.User.phone: 1 values" in said and "slips that are void now, to be printed again: 1" in said
    )


def test_a_value_that_the_former_key_does_not_read_stops_it(settings, tmp_path, capsys):
    person = make.user("李四", phone=PHONE)
    stranger = make.user("王五")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_user SET phone = 'gAAAAAnonsense' WHERE id = %s", [stranger.pk])
        cursor.execute("SELECT phone FROM accounts_user WHERE id = %s", [person.pk])
        stored = cursor.fetchone()
        with pytest.raises(
            CommandError, match=f"Nothing was changed. accounts.User.phone of row {stranger.pk}"
        ):
            turned(settings, tmp_path, capsys)
        cursor.execute("SELECT phone FROM accounts_user WHERE id = %s", [person.pk])
        assert cursor.fetchone() == stored


def test_cards_in_use_are_not_made_void(settings, tmp_path, capsys):
    scene = Scene.open()
    issue_cards(scene.seats, by=None, now=timezone.now())
    with pytest.raises(CommandError, match="2 judges' cards are in use"):
        turned(settings, tmp_path, capsys)
    close_round_early(scene.round, by=make.user(), second=make.user(), now=timezone.now())
    assert "cards of closed rounds taken back: 2" in turned(settings, tmp_path, capsys)


def test_the_same_key_is_refused(settings, tmp_path):
    (tmp_path / "same").write_text(settings.PERSONAL_DATA_KEY)
    with pytest.raises(CommandError, match="are the same"):
        call_command("rotate_personal_data_key", former_key_file=tmp_path / "same")


# Whoever keeps something new under the key says here how it is turned; a look-up hash in a field of its own is not enough.
TURNED = {
    "goldidea/lib/audit.py",  # evidence: stays under the key of its time
    "goldidea/lib/backup/making.py",  # a word by which the key is recognized
    "goldidea/lib/backup/restoring.py",
    "goldidea/lib/rotation.py",
    "accounts/actions/codes.py",  # good for minutes: forgotten
    "accounts/actions/factors.py",  # accounts.rotation
    "accounts/actions/limits.py",  # counts of minutes: forgotten
    "accounts/actions/slips.py",  # void, printed again
    "accounts/factors.py",  # accounts.rotation
    "accounts/models.py",  # phone_hash: beside phone
    "accounts/querysets.py",  # looks it up
    "evaluations/actions/cards.py",  # not while any is in use
    "goldidea/lib/api/counting.py",  # counts of a minute: forgotten
}


def test_everything_kept_under_the_key_is_known():
    uses = re.compile(r"^(?!.*\bdef ).*(?<![.\w])(keyed_hash|encrypt|decrypt)\(", re.MULTILINE)
    apps = ("accounts", "communities", "organizations", "judges", "evaluations", "goldidea")
    files = [path for app in apps for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts]
    found = {str(p.relative_to(ROOT)) for p in files if uses.search(p.read_text(encoding="utf-8"))}
    assert found - {"goldidea/lib/personal.py"} - TURNED == set()
    assert len(encrypted_fields()) >= 5
