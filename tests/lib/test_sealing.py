"""Sealing: the tree of the published vectors, one chain, one signature, and five ways to bend an audit trail."""

import contextlib
import json
import stat
import threading
from pathlib import Path

import psycopg2
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import connections

from goldidea.lib import audit, merkle, sealing, signing
from goldidea.lib.audit_sealing import LOG, read_heads, seal_audit, sign_head
from goldidea.lib.models import AuditEvent, Checkpoint, Seal
from tests import make
from tests.conftest import OWNER

# The eight classic leaves of Certificate Transparency and the roots of their trees (RFC 6962; pymerkle 7.0.0 agrees).
LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
LEAF = "395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56"
NODE = "aa217fe888e47007fa15edab33c2b492a722cb106c64667fc2b044444de66bbb"


@pytest.mark.parametrize("size", range(9))
def test_the_tree_is_the_one_of_the_standard(size):
    leaves = [merkle.leaf_hash(bytes.fromhex(leaf)) for leaf in LEAVES[:size]]
    assert merkle.root_hash(leaves).hex() == ROOTS[size]


def test_hashes_of_leaves_and_nodes_are_those_of_the_standard():
    assert merkle.leaf_hash(b"L123456").hex() == LEAF
    assert merkle.node_hash(b"N123", b"N456").hex() == NODE


def test_the_key_is_made_once_for_its_owner_alone(settings, tmp_path):
    settings.SIGNING_KEY_FILE = str(tmp_path / "secrets" / "key")
    found: list[bytes] = []
    makers = [threading.Thread(target=lambda: found.append(signing.public_key())) for _n in range(8)]
    for maker in makers:
        maker.start()
    for maker in makers:
        maker.join()
    path = Path(settings.SIGNING_KEY_FILE)
    assert len(set(found)) == 1
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["key"]
    signing._read.cache_clear()
    assert signing.public_key() == found[0]


@pytest.mark.parametrize("content", [b"", b"c2hvcnQ=", b"%%%"])
def test_a_file_that_holds_no_key_stops_with_a_sentence(settings, tmp_path, content):
    path = tmp_path / "key"
    path.write_bytes(content)
    settings.SIGNING_KEY_FILE = str(path)
    with pytest.raises(ImproperlyConfigured, match="32 bytes"):
        signing.public_key()


def test_a_note_holds_for_its_text_its_name_and_its_key_only(settings, tmp_path):
    note = signing.sign("goldidea/audit", "goldidea/audit\n1\nAAAA\n")
    assert signing.is_signed("goldidea/audit", note)
    assert not signing.is_signed("goldidea/other", note)
    assert not signing.is_signed("goldidea/audit", note.replace("\n1\n", "\n2\n"))
    assert not signing.is_signed("goldidea/audit", note[:-8] + "AAAAAA=\n")
    assert not signing.is_signed("goldidea/audit", note + "\n")
    settings.SIGNING_KEY_FILE = str(tmp_path / "another")
    assert not signing.is_signed("goldidea/audit", note)


@pytest.fixture
def trail(own_database, settings, tmp_path):
    """Twelve entries of the trail, sealed and signed, its head exported; two more that nothing has signed."""
    settings.AUDIT_HEADS_FILE = tmp_path / "heads.txt"
    place = make.district()
    for number in range(12):
        audit.record(f"look {number}", place)
    sign_head()
    audit.record("look 12", place)
    audit.record("look 13", place)
    seal_audit()
    return own_database


# Only a superuser can switch a reference off; the owner takes it away.
REFERENCES = (
    "SELECT conrelid::regclass, conname FROM pg_constraint WHERE contype = 'f' AND confrelid = %s::regclass"
)


def as_owner(database: str, *statements: str) -> None:
    """What only somebody with the owner's password could do: switch the triggers off and write."""
    where = connections["default"].settings_dict
    account = {"user": OWNER["USER"], "password": OWNER["PASSWORD"]}
    at = {"host": where["HOST"], "port": where["PORT"] or None, "dbname": database}
    with (
        contextlib.closing(psycopg2.connect(**at, **account)) as connection,
        connection,
        connection.cursor() as cursor,
    ):
        for table in ("lib_auditevent", "lib_seal", "lib_checkpoint"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            cursor.execute(REFERENCES, [table])
            for other, constraint in cursor.fetchall():
                cursor.execute(f'ALTER TABLE {other} DROP CONSTRAINT "{constraint}"')
        for statement in statements:
            cursor.execute(statement)


NTH = "(SELECT event FROM lib_seal WHERE log = 'audit' AND seq = {})"
SWAP = """UPDATE lib_seal a SET event = b.event FROM (VALUES (4, 7), (7, 4)) AS v (seq, other), lib_seal b
          WHERE a.log = 'audit' AND b.log = 'audit' AND a.seq = v.seq AND b.seq = v.other"""
BENT = {
    "mutate": ["UPDATE lib_auditevent SET action = 'nothing' WHERE id = " + NTH.format(5)],
    "delete": ["DELETE FROM lib_auditevent WHERE id = " + NTH.format(5)],
    "insert": [
        "INSERT INTO lib_auditevent (role, action, object_type, object_code, district, before, after, at) "
        "SELECT role, 'never happened', object_type, object_code, district, before, after, at - interval '1 hour' "
        "FROM lib_auditevent WHERE id = " + NTH.format(5)
    ],
    "reorder": ["ALTER TABLE lib_seal DROP CONSTRAINT one_seal_of_a_row", SWAP],
    "truncate": [
        "DELETE FROM lib_auditevent WHERE id IN (SELECT event FROM lib_seal WHERE log = 'audit' AND seq >= 6)",
        "DELETE FROM lib_seal WHERE log = 'audit' AND seq >= 6",
        "DELETE FROM lib_checkpoint",
    ],
}


@pytest.mark.parametrize("bent", BENT)
def test_a_bent_trail_is_found(trail, bent, capsys):
    call_command("verify_audit")
    as_owner(trail, *BENT[bent])
    with pytest.raises(CommandError, match="found"):
        call_command("verify_audit")
    assert "audit:" in capsys.readouterr().err


def test_an_insertion_that_was_sealed_in_the_meantime_is_found_too(trail):
    as_owner(trail, *BENT["insert"])
    seal_audit()
    with pytest.raises(CommandError):
        call_command("verify_audit")


def test_a_head_kept_elsewhere_finds_a_trail_that_was_written_anew(trail, settings, tmp_path, capsys):
    kept = tmp_path / "kept.txt"
    kept.write_text(Path(settings.AUDIT_HEADS_FILE).read_text())
    Path(settings.AUDIT_HEADS_FILE).unlink()
    as_owner(
        trail,
        "UPDATE lib_auditevent SET action = 'nothing' WHERE id = " + NTH.format(5),
        "DELETE FROM lib_seal",
        "DELETE FROM lib_checkpoint",
    )
    seal_audit(whole=True)
    call_command("verify_audit")  # consistent in itself
    with pytest.raises(CommandError):
        call_command("verify_audit", heads=kept)
    assert "exported head 1 is of other lines" in capsys.readouterr().err


@pytest.mark.django_db
def test_sealing_goes_on_where_it_was_and_seals_nothing_twice(settings, tmp_path):
    settings.AUDIT_HEADS_FILE = tmp_path / "heads.txt"
    place = make.district()
    audit.record("one", place)
    before = seal_audit()
    assert before >= 1 and seal_audit() == 0
    audit.record("two", place)
    assert seal_audit() == 1
    seals = list(Seal.objects.filter(log=LOG).order_by("seq"))
    assert [seal.seq for seal in seals] == list(range(before + 1))
    assert [seal.prev for seal in seals] == [sealing.FIRST, *(seal.leaf for seal in seals[:-1])]
    assert {seal.event for seal in seals} == set(AuditEvent.objects.values_list("pk", flat=True))
    head, again = sign_head(), sign_head()
    assert head == again and Checkpoint.objects.count() == 1
    assert signing.is_signed("goldidea/audit", head.note)
    assert list(read_heads(settings.AUDIT_HEADS_FILE.read_text())) == [head.note]


@pytest.mark.django_db
def test_nothing_personal_enters_the_sealed_text():
    place, person = make.district(), make.user("王小明")
    event = audit.record(
        "look", place, by=person, changes={"phone": ("", "+8613912345678")}, reason="王小明 问"
    )
    from goldidea.lib.audit_sealing import body_of

    text = body_of(event)
    assert json.loads(text)["actor"] == str(person.person_key)
    assert "王小明" not in text and "139" not in text.replace(str(person.person_key), "")
