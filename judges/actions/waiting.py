"""A paper that waits while something else in its form is put right: nothing that was chosen has to be chosen again."""

import datetime as dt
from typing import Any

from django.core import signing
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from goldidea.lib.codes import new_code
from judges.papers import Paper

FOLDER = "elections/waiting"
KEPT = dt.timedelta(days=1)
SALT = "judges.waiting-paper"


def keep_waiting(paper: Paper, *, by: Any, now: dt.datetime) -> str:
    """Keep a checked paper for a day; gives the ticket by which the same person finds it again."""
    forget_waiting(now)
    name = default_storage.save(f"{FOLDER}/{new_code(20)}.{paper.kind}", ContentFile(paper.content))
    return signing.dumps({"file": name, "name": paper.name, "by": by.pk}, salt=SALT)


def waiting_paper(ticket: str, *, by: Any) -> Paper | None:
    """The paper behind a ticket; None when there is none, it is somebody else's or too old."""
    try:
        held = signing.loads(ticket, salt=SALT, max_age=KEPT)
    except signing.BadSignature:
        return None
    if held["by"] != by.pk or not default_storage.exists(held["file"]):
        return None
    with default_storage.open(held["file"]) as file:
        return Paper(file.read(), held["file"].rsplit(".", 1)[-1], held["name"])


def forget_waiting(now: dt.datetime) -> int:
    """Delete what has waited for more than a day. Gives its number."""
    if not default_storage.exists(FOLDER):
        return 0
    _folders, files = default_storage.listdir(FOLDER)
    paths = [f"{FOLDER}/{name}" for name in files]
    old = [path for path in paths if default_storage.get_modified_time(path) < now - KEPT]
    for path in old:
        default_storage.delete(path)
    return len(old)
