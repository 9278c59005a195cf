"""Published results as files that the front server sends without the application (deploy/nginx).

Under PUBLISHED_ROOT, for each round that is published: its page in each language, as a reader without cookies gets it, and
result.json, which is written last and says by its bytes which publication the others are of. A publication takes the files of
its round away as it commits, so that nobody is shown the former one; readers get the page from the application until the
worker has written the new files. Another release of the pages begins with an empty folder.
"""

import hashlib
import shutil
from functools import partial
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from django.conf import settings
from django.core.handlers.base import BaseHandler
from django.db import transaction
from django.test import RequestFactory
from django.urls import reverse
from django.utils import translation

from evaluations.models import Publication, Round
from goldidea.lib.jobs import enqueue

SEAL, RELEASE = "result.json", "release"


def replace_files(round_: Round) -> None:
    """After this transaction take the round's files away and ring for new ones."""
    if settings.PUBLISHED_ROOT:
        transaction.on_commit(partial(withdraw, round_), robust=True)
        enqueue("evaluations.tasks.write_public_files")


def withdraw(round_: Round) -> None:
    """Take the round's files away; the seal goes first, so that nothing half gone counts as whole."""
    folder = folder_of(round_)
    (folder / SEAL).unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)


def write_missing() -> int:
    """Write the files of every round whose latest publication has none. Gives the number of rounds written."""
    if not settings.PUBLISHED_ROOT:
        return 0
    begin_release()
    rows = Publication.objects.select_related("round__season__district").order_by("round_id", "-pk")
    return sum(write(row) for row in rows.distinct("round_id") if not is_written(row))


def begin_release() -> None:
    """Files of another release name styles and scripts that are gone: begin anew."""
    root = Path(settings.PUBLISHED_ROOT)
    root.mkdir(parents=True, exist_ok=True)
    mark = root / RELEASE
    if mark.exists() and mark.read_text() == settings.RELEASE:
        return
    for path in root.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    put(mark, settings.RELEASE.encode())


def is_written(publication: Publication) -> bool:
    """Whether the round's files are those of this publication."""
    seal = folder_of(publication.round) / SEAL
    return seal.exists() and hashlib.sha256(seal.read_bytes()).hexdigest() == publication.etag


def write(publication: Publication) -> bool:
    """Write the files of one publication. False, and none are left, if it was followed by another meanwhile."""
    round_ = publication.round
    folder = folder_of(round_)
    address = reverse("public:result", args=[round_.season.district.slug, round_.code])
    for language, _name in settings.LANGUAGES:
        put(folder / f"{language}.html", page_of(address, language))
    put(folder / SEAL, publication.body.encode())
    if round_.publications.filter(pk__gt=publication.pk).exists():
        withdraw(round_)
        return False
    return True


def folder_of(round_: Round) -> Path:
    """Where the round's files lie: the address of its page, under PUBLISHED_ROOT."""
    return Path(settings.PUBLISHED_ROOT, round_.season.district.slug, "results", round_.code)


def page_of(address: str, language: str) -> bytes:
    """The page as the application itself answers a reader without cookies."""
    handler: Any = BaseHandler()
    handler.load_middleware()
    headers = {"accept-language": language, "host": settings.ALLOWED_HOSTS[0].lstrip("*.") or "localhost"}
    with translation.override(language):  # the middleware sets the thread's language
        response = handler.get_response(RequestFactory().get(address, secure=True, headers=headers))
    if response.status_code != 200 or "ETag" not in response or response.cookies:
        raise RuntimeError(f"a public page cannot be kept: {response.status_code}")
    return bytes(response.content)


def put(path: Path, content: bytes) -> None:
    """A file that everybody may read, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as half:
        half.write(content)
    Path(half.name).chmod(0o644)
    Path(half.name).replace(path)
