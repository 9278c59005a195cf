"""A backup is of one instant, and what is sealed is opened again."""

import os
import threading

import pytest
from django.db import connection, transaction

from goldidea.lib.backup.archive import Opening, Sealing, verified
from goldidea.lib.backup.making import make_backup
from goldidea.lib.models import AuditDetail, AuditEvent


@pytest.mark.database
def test_the_rows_are_those_of_one_instant(own_database, tmp_path, settings):
    """Events and details are written in pairs while the backup runs: it has as many of the one as of the other."""
    settings.MEDIA_ROOT = str(tmp_path / "media")
    (tmp_path / "media").mkdir()
    enough, begun = threading.Event(), threading.Event()

    def write() -> None:
        try:
            while not enough.is_set():
                with transaction.atomic():
                    AuditDetail.objects.create(event=AuditEvent.objects.create(action="x"))
                begun.set()
        finally:
            connection.close()

    writer = threading.Thread(target=write)
    writer.start()
    begun.wait(30)
    counts = set()
    for number in range(5):
        make_backup(tmp_path / f"{number}", None)
        tables = verified(tmp_path / f"{number}", None)["tables"]
        assert tables["lib_auditevent"]["rows"] == tables["lib_auditdetail"]["rows"]
        counts.add(tables["lib_auditevent"]["rows"])
    enough.set()
    writer.join(30)
    assert len(counts) > 1  # it really was written meanwhile


@pytest.mark.parametrize("size", [0, 1, 1024 * 1024, 1024 * 1024 + 1, 3 * 1024 * 1024])
def test_what_is_sealed_is_opened_again(size, tmp_path):
    text, key = os.urandom(size), os.urandom(32)
    with (tmp_path / "x").open("wb") as file:
        sealing = Sealing(file, key)
        sealing.write(text)
        sealing.finish()
    with (tmp_path / "x").open("rb") as file:
        file.read(25)
        assert Opening(file, key).read() == text
