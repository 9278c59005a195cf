"""The pages of an import: every bad file and every bad step gets an answer; nobody sees another person's table."""

import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from communities.models import Community, SpreadsheetImport
from goldidea.lib.spreadsheets import MAX_BYTES
from tests.personas import Cast

pytestmark = pytest.mark.django_db
HEADERS = "街道代码,街道,社区代码,社区\n"


@pytest.fixture
def cast() -> Cast:
    return Cast.shangcheng()


def signed_in(cast: Cast, role: str = "subdistrict_staff") -> Client:
    client = Client()
    client.force_login(cast.people[role], backend="accounts.backends.AccountBackend")
    return client


def address(name: str, *args: str) -> str:
    return reverse(f"office:{name}", args=["shangcheng", *args])


def send(client: Client, url: str, content: bytes, name: str = "社区.csv"):
    return client.post(url, {"file": SimpleUploadedFile(name, content)})


def upload(cast: Cast, client: Client, *rows: str) -> SpreadsheetImport:
    text = HEADERS + "".join(f"{cast.home.division_code},清波街道,{row}\n" for row in rows)
    answer = send(client, address("import_new", "communities"), text.encode())
    assert answer.status_code == 303
    return SpreadsheetImport.objects.latest("pk")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.xls", b"\xd0\xcf\x11\xe0"),
        ("a.xlsx", b""),
        ("a.xlsx", b"PK\x03\x04"),
        ("a.csv", b"\x00" * 100),
        ("a.csv", "街道代码,社区\n1,2\n".encode()),
        ("a" * 150 + ".csv", b"x"),
        ("a.csv", b"x" * (MAX_BYTES + 1)),
        ("../../etc/passwd", b"a,b\n"),
    ],
)
def test_bad_files_are_answered_at_the_form(cast: Cast, name: str, content: bytes) -> None:
    answer = send(signed_in(cast), address("import_new", "communities"), content, name)
    assert answer.status_code == 422
    assert SpreadsheetImport.objects.count() == 0


def test_nothing_chosen_is_said(cast: Cast) -> None:
    assert signed_in(cast).post(address("import_new", "communities")).status_code == 422


def test_from_upload_to_register(cast: Cast) -> None:
    client, home = signed_in(cast), cast.home.division_code
    found = upload(cast, client, f"{home}002,劳动路社区")
    page = client.get(address("import", found.code))
    assert page.status_code == 200 and "劳动路社区" in page.content.decode()
    assert client.post(address("import_apply", found.code), {"seen": "stale"}).status_code == 409
    assert client.post(address("import_apply", found.code), {"seen": "\x00" * 9}).status_code == 409
    assert Community.objects.filter(name="劳动路社区").count() == 0
    assert client.post(address("import_apply", found.code), {"seen": found.digest}).status_code == 303
    assert Community.objects.filter(name="劳动路社区").count() == 1
    assert client.post(address("import_apply", found.code), {"seen": found.digest}).status_code == 409
    assert client.get(address("import", found.code)).status_code == 200
    assert client.post(address("import_discard", found.code)).status_code == 409


def test_wrong_rows_come_as_a_workbook_and_block_writing(cast: Cast) -> None:
    client, home = signed_in(cast), cast.home.division_code
    found = upload(cast, client, f"{home}002,劳动路社区", "=1+1,=HYPERLINK(1)")
    assert client.post(address("import_apply", found.code), {"seen": found.digest}).status_code == 409
    answer = client.get(address("import_wrong", found.code))
    rows = list(openpyxl.load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True))
    assert rows[0] == ("行号", "街道代码", "街道", "社区代码", "社区", "问题")
    assert rows[1][:5] == ("3", home, "清波街道", "'=1+1", "'=HYPERLINK(1)")
    assert "attachment" in answer["Content-Disposition"] and answer["Cache-Control"] == "no-store"
    assert send(client, address("import_correct", found.code), b"PK\x03\x04", "a.xlsx").status_code == 422
    for result in ("wrong", "new", "all", "nonsense", "\x00"):
        assert (
            client.get(address("import", found.code), {"result": result, "page": "９９"}).status_code == 200
        )


@pytest.mark.parametrize(
    "name", ["import", "import_wrong", "import_apply", "import_correct", "import_discard"]
)
def test_nobody_else_sees_an_upload(cast: Cast, name: str) -> None:
    found = upload(cast, signed_in(cast), f"{cast.home.division_code}002,劳动路社区")
    for role in ("district_staff", "subdistrict_staff_2", "neighbour_staff", "observer", "community_user"):
        client = signed_in(cast, role)
        answer = (
            client.get(address(name, found.code))
            if name in ("import", "import_wrong")
            else client.post(address(name, found.code))
        )
        assert answer.status_code == 404, role


@pytest.mark.parametrize("name", ["communities_export", "organizations_export"])
@pytest.mark.parametrize(("ending", "status"), [("xlsx", 200), ("csv", 200), ("pdf", 404)])
def test_a_filtered_list_is_taken_along(cast: Cast, name: str, ending: str, status: int) -> None:
    client = signed_in(cast)
    answer = client.get(address(name, ending), {"q": "清波门"})
    assert answer.status_code == status
    if ending == "csv":
        text = answer.content.decode("utf-8-sig")
        assert "清波门" in text and "涌金门社区" not in text
