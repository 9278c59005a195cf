"""Photos: what is taken, what is refused and how, who sees which."""

import io
import struct
import subprocess
import sys
import zlib
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from evaluations.actions.photos import add_photo, move_photo_up, remove_photo
from evaluations.actions.screening import return_submission
from evaluations.actions.submissions import submit_submission
from evaluations.models import Photo, Season, Submission
from evaluations.rules import submissions as rules
from goldidea.lib import image_child
from goldidea.lib.errors import StaleState
from goldidea.lib.images import MOST_BYTES, clean_photo
from tests import make
from tests.evaluations.cases import draft, picture
from tests.personas import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(db: None) -> Cast:
    return Cast.shangcheng()


@pytest.fixture
def season(cast: Cast) -> Season:
    return make.season(cast.district)


@pytest.fixture
def case(cast: Cast, season: Season) -> Submission:
    return draft(cast, season)


def add(cast: Cast, case: Submission, **options: Any) -> Photo:
    return add_photo(case, picture(**options), by=cast.people["community_user"], now=timezone.now())


def opened(photo: bytes) -> Image.Image:
    return Image.open(io.BytesIO(photo))


# ---- Making pictures new


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_the_three_formats_become_a_jpeg_of_at_most_1600(kind: str) -> None:
    clean = opened(clean_photo(picture(kind, (3200, 1000))))
    assert (clean.format, clean.mode, clean.size) == ("JPEG", "RGB", (1600, 500))


def test_metadata_goes_and_the_picture_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x010E] = "GPS 30.24,120.15"
    clean = opened(clean_photo(picture("JPEG", (400, 200), exif=exif)))
    assert (clean.size, dict(clean.getexif()), "exif" in clean.info) == ((200, 400), {}, False)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "1", "I;16", "CMYK", "L"])
def test_other_kinds_of_colour_are_taken(mode: str) -> None:
    out = io.BytesIO()
    Image.new(mode, (40, 30)).save(out, "JPEG" if mode == "CMYK" else "PNG")
    clean = opened(clean_photo(SimpleUploadedFile("x.png", out.getvalue())))
    assert (clean.mode, clean.size) == ("RGB", (40, 30))


def test_what_was_transparent_is_white() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (40, 30), (0, 0, 0, 0)).save(out, "PNG")
    assert opened(clean_photo(SimpleUploadedFile("x.png", out.getvalue()))).getpixel((5, 5)) == (
        255,
        255,
        255,
    )


HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + b"\x00" * 64
DOC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600
SVG = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes that claims to be enormous."""

    def part(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + part(b"IHDR", head)
        + part(b"IDAT", zlib.compress(b"\x00"))
        + part(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "这个文件是空的"),
        (HEIC, "请选择 JPEG"),
        (DOC, "请选择 JPEG"),
        (SVG, "请选择 JPEG"),
        (b"%PDF-1.7", "请选择 JPEG"),
        (b"GIF89a" + b"\x00" * 20, "请选择 JPEG"),
        (bomb(30000, 30000), "超过 4000 万像素"),
        (bomb(7000, 6000), "超过 4000 万像素"),
        (bomb(600, 600), "已损坏"),
        (b"\xff" * 10, "请选择 JPEG"),
    ],
)
def test_what_is_refused_says_what_to_do(content: bytes, words: str) -> None:
    with pytest.raises(ValidationError) as refused:
        clean_photo(SimpleUploadedFile("photo.jpg", content))
    assert words in refused.value.messages[0]


def test_a_file_over_10_mb_is_not_even_read() -> None:
    upload = SimpleUploadedFile("photo.jpg", b"x")
    upload.size = MOST_BYTES + 1
    with pytest.raises(ValidationError) as refused:
        clean_photo(upload)
    assert refused.value.code == "too-large"


def test_a_cut_jpeg_is_damaged() -> None:
    whole = picture(size=(900, 900)).read()
    with pytest.raises(ValidationError):
        clean_photo(SimpleUploadedFile("photo.jpg", whole[: len(whole) // 2]))


def test_the_child_limits_itself() -> None:
    """The decoder runs where memory, time and files are limited, and imports nothing of this project."""
    limits = "import resource, image_child; image_child.limit_resources(); print(resource.getrlimit(resource.RLIMIT_AS)[0])"
    folder = image_child.__file__.rsplit("/", 1)[0]
    done = subprocess.run(
        [sys.executable, "-c", limits], cwd=folder, capture_output=True, text=True, check=True
    )
    assert int(done.stdout) == image_child.MEMORY


# ---- On a case


def test_at_most_six(cast: Cast, case: Submission) -> None:
    for _ in range(6):
        add(cast, case, size=(8, 8))
    with pytest.raises(ValidationError) as refused:
        add(cast, case, size=(8, 8))
    assert refused.value.code == "too-many"


def test_order_and_removal(cast: Cast, case: Submission) -> None:
    by, now = cast.people["community_user"], timezone.now()
    first, second = add(cast, case, size=(8, 8)), add(cast, case, size=(8, 8))
    move_photo_up(second, by=by, now=now)
    assert list(case.photos.values_list("pk", flat=True)) == [second.pk, first.pk]
    remove_photo(second, by=by, now=now)
    remove_photo(second, by=by, now=now)
    assert list(case.photos.values_list("pk", flat=True)) == [first.pk]


def test_a_photo_never_handed_in_leaves_no_file(
    cast: Cast, case: Submission, django_capture_on_commit_callbacks: Any
) -> None:
    photo = add(cast, case, size=(8, 8))
    storage, name = photo.image.storage, photo.image.name
    assert storage.exists(name)
    with django_capture_on_commit_callbacks(execute=True):
        remove_photo(photo, by=cast.people["community_user"], now=timezone.now())
    assert not storage.exists(name)


def test_a_photo_that_was_handed_in_stays_for_the_old_snapshot(cast: Cast, case: Submission) -> None:
    photo = add(cast, case, size=(8, 8))
    by, now = cast.people["community_user"], timezone.now()
    submit_submission(case, by=by, now=now)
    with pytest.raises(StaleState):
        remove_photo(photo, by=by, now=now)
    return_submission(case, {"photos": "换一张"}, by=cast.people["subdistrict_staff"], now=now)
    remove_photo(photo, by=by, now=now)
    photo.refresh_from_db()
    assert (photo.removed_at, rules.can_see_photo(by, photo).hidden) == (now, False)


def test_only_the_communitys_people_add_photos(cast: Cast, case: Submission) -> None:
    case = submit_submission(case, by=cast.people["community_user"], now=timezone.now())
    with pytest.raises(PermissionDenied):
        add_photo(case, picture(), by=cast.people["subdistrict_staff"], now=timezone.now())


# ---- Who sees which


def seen_by(cast: Cast, photo: Photo) -> set[str]:
    return {role for role, person in cast.people.items() if person and rules.can_see_photo(person, photo)}


STAFF = {"district_staff", "district_staff_2", "subdistrict_staff", "subdistrict_staff_2", "observer"}


def test_a_photo_of_a_draft_is_the_communitys(cast: Cast, case: Submission) -> None:
    assert seen_by(cast, add(cast, case, size=(8, 8))) == {"community_user"}


def test_a_photo_handed_in_is_the_offices_too_and_everybodys_once_scoring_opens(
    cast: Cast, season: Season, case: Submission
) -> None:
    photo = add(cast, case, size=(8, 8))
    case = submit_submission(case, by=cast.people["community_user"], now=timezone.now())
    assert seen_by(cast, photo) == {"community_user", *STAFF}
    make.entry(make.round(season, cast.home), case)
    assert seen_by(cast, photo) == {role for role, person in cast.people.items() if person}


def test_the_answer_with_a_photo(cast: Cast, case: Submission, client: Any) -> None:
    photo = add(cast, case)
    address = reverse("cases:photo", args=["shangcheng", photo.code])
    assert client.get(address).status_code == 404
    client.force_login(cast.people["neighbour_community_user"])
    assert client.get(address).status_code == 404
    client.force_login(cast.people["community_user"])
    answer = client.get(address)
    assert answer.status_code == 200
    assert {name: answer[name] for name in (*HEADERS, "Content-Type")} == {
        **HEADERS,
        "Content-Type": "image/jpeg",
    }
    assert opened(answer.content).size == (800, 600)
    photo.image.storage.delete(photo.image.name)
    assert client.get(address).status_code == 404


HEADERS = {
    "Content-Disposition": 'attachment; filename="photo.jpg"',
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cache-Control": "private, max-age=3600",
}


def test_uploading_by_the_page(cast: Cast, case: Submission, client: Any) -> None:
    client.force_login(cast.people["community_user"])
    address = reverse("cases:edit", args=["shangcheng", case.code])
    data = {"revision": case.revision, "effect": "也存下来", "upload": "1"}
    assert client.post(address, {**data, "photos": [picture(), picture("PNG")]}).status_code == 303
    case.refresh_from_db()
    assert (case.photos.count(), case.effect) == (2, "也存下来")
    answer = client.post(
        address, {"revision": case.revision, "photos": SimpleUploadedFile("照片.heic", HEIC)}
    )
    text = answer.content.decode()
    assert (answer.status_code, "照片.heic" in text, "请选择 JPEG" in text) == (422, True, True)
    photo = case.photos.first()
    caption = {"revision": case.revision, f"caption_{photo.code}": "墙门口的小黑板"}
    assert client.post(address, caption).status_code == 303
    photo.refresh_from_db()
    assert photo.caption == "墙门口的小黑板"
    case.refresh_from_db()
    client.post(address, {"revision": case.revision, "drop_photo": photo.code})
    assert case.photos.count() == 1


def test_far_too_much_at_once_is_refused_before_it_is_read(cast: Cast, case: Submission, client: Any) -> None:
    client.force_login(cast.people["community_user"])
    address = reverse("cases:edit", args=["shangcheng", case.code])
    answer = client.post(address, {}, headers={"content-length": str(65 * 1024 * 1024)})
    assert (answer.status_code, answer["X-Refusal"]) == (413, "too-large")
