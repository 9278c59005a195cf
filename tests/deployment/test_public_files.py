"""Published results as files: what the front server sends is what the application would have answered."""

import pytest
from django.utils import timezone

from evaluations.actions import public_files
from evaluations.actions.publication import publish_final
from evaluations.models import Publication, Round
from tests import make
from tests.evaluations.test_public_reading import published

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def root(settings, tmp_path):
    settings.PUBLISHED_ROOT = str(tmp_path)
    return tmp_path


def files(root) -> list[str]:
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def finish(round_: Round) -> None:
    Round.objects.filter(pk=round_.pk).update(notice_to=round_.notice_from)
    round_.refresh_from_db()
    publish_final(round_, by=make.user(), second=make.user(), now=timezone.now())


def test_the_files_are_the_pages(client, root):
    round_ = published()
    assert public_files.write_missing() == 1
    folder = f"shangcheng/results/{round_.code}"
    assert files(root) == ["release", f"{folder}/en.html", f"{folder}/result.json", f"{folder}/zh-hans.html"]
    for language in ("zh-hans", "en"):
        answer = client.get(f"/{folder}/", headers={"accept-language": language})
        assert (root / folder / f"{language}.html").read_bytes() == answer.content
    assert (root / folder / "result.json").read_bytes() == client.get(f"/{folder}/result.json").content
    assert all((root / name).stat().st_mode & 0o777 == 0o644 for name in files(root))
    assert public_files.write_missing() == 0


def test_a_new_publication_takes_the_former_files_away_at_once(root, django_capture_on_commit_callbacks):
    round_ = published()
    public_files.write_missing()
    with django_capture_on_commit_callbacks(execute=True):
        finish(round_)
    assert files(root) == ["release"]
    assert public_files.write_missing() == 1
    assert '"kind":"final"' in (root / f"shangcheng/results/{round_.code}/result.json").read_text()


def test_files_of_a_publication_that_was_followed_meanwhile_do_not_stay(root):
    round_ = published()
    first = Publication.objects.select_related("round__season__district").get()
    finish(round_)
    assert public_files.write(first) is False
    assert files(root) == []


def test_what_a_kill_left_stale_is_found(root):
    round_ = published()
    public_files.write_missing()
    finish(round_)  # its files were never taken away
    assert public_files.write_missing() == 1
    assert '"kind":"final"' in (root / f"shangcheng/results/{round_.code}/result.json").read_text()


def test_a_new_release_writes_everything_anew(root, settings):
    round_ = published()
    public_files.write_missing()
    (root / "shangcheng/results/gone").mkdir()
    settings.RELEASE = "2"
    assert public_files.write_missing() == 1
    assert not (root / "shangcheng/results/gone").exists()
    assert (root / "release").read_text() == "2"
    assert f"shangcheng/results/{round_.code}/en.html" in files(root)


def test_without_a_folder_nothing_is_written(settings):
    settings.PUBLISHED_ROOT = ""
    published()
    assert public_files.write_missing() == 0
