"""Head office, branches, groups: three layers, independent branches, a constitution that is a checked paper."""

import io

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from goldidea.lib.models import AuditDetail
from organizations.actions.layers import save_layer
from organizations.actions.organizations import register_organization
from organizations.models import SocialOrganization
from organizations.views.layers import top_of
from tests import make
from tests.personas import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return Cast.shangcheng()


def organization(cast: Cast, name: str, parent=None, **values) -> SocialOrganization:
    row = SocialOrganization(
        district=cast.district, sub_district=cast.home, name=name, registration="filed", kind="community",
        parent=parent, **values,
    )  # fmt: skip
    return register_organization(row, by=cast.people["subdistrict_staff"], now=timezone.now())


def test_layers_follow_from_what_hangs_on_what(cast: Cast) -> None:
    head = organization(cast, "互助总社")
    branch = organization(cast, "清波分社", head)
    group = organization(cast, "柳浪小组", branch)
    direct = organization(cast, "直属小组", head, layer="group")
    words = [
        str(row.layer_words(parts))
        for row, parts in ((head, True), (branch, True), (group, False), (direct, False))
    ]
    assert words == ["总社", "分社", "小组", "小组"]
    assert organization(cast, "独立社").layer_words(False) == ""
    assert top_of(group) == head


def test_there_are_three_layers_and_independent_branches(cast: Cast) -> None:
    head = organization(cast, "互助总社")
    branch = organization(cast, "清波分社", head)
    group = organization(cast, "柳浪小组", branch)
    with pytest.raises(ValidationError) as found:
        organization(cast, "更小的小组", group)
    assert list(found.value.message_dict) == ["parent"]
    with pytest.raises(ValidationError):
        organization(cast, "分社的分社", branch, layer="branch")
    with pytest.raises(ValidationError):  # its groups would be a fourth layer
        above = organization(cast, "更大的总社")
        head.parent = above
        save_layer(head, by=cast.people["subdistrict_staff"], now=timezone.now())


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (4, 4), "red").save(out, "PNG")
    return out.getvalue()


def client(person) -> Client:
    found = Client()
    found.force_login(person, backend="accounts.backends.AccountBackend")
    return found


def test_a_constitution_is_attached_replaced_and_downloaded(cast: Cast, settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path
    head = organization(cast, "互助总社")
    branch = organization(cast, "清波分社", head)
    staff = client(cast.people["subdistrict_staff"])
    edit = reverse("office:organization_layer_edit", args=["shangcheng", branch.code])
    data = {"layer": "", "constitution_on": "2018-01-05", "supervision": "每季度向总社报告一次"}
    paper = SimpleUploadedFile("章程.png", picture())
    assert staff.post(edit, {**data, "paper": paper}).status_code == 303
    branch.refresh_from_db()
    assert branch.constitution.name.startswith("constitutions/")
    assert branch.constitution_name == "章程.jpg"
    got = staff.get(reverse("office:organization_constitution", args=["shangcheng", branch.code]))
    assert got["Content-Disposition"].startswith("attachment")
    assert got["X-Content-Type-Options"] == "nosniff"
    assert b"".join(got)[:2] == b"\xff\xd8"
    changes = AuditDetail.objects.get(event__action="change layer").changes
    assert changes["constitution"] == ["", "章程.jpg"]
    assert changes["supervision"] == ["", "每季度向总社报告一次"]
    for name, content in (
        ("章程.doc", b"\xd0\xcf\x11\xe0"),
        ("章程.pdf", b"no pdf"),
        ("章程.zip", b"PK\x03\x04"),
    ):
        answer = staff.post(edit, {**data, "paper": SimpleUploadedFile(name, content)})
        assert answer.status_code == 422, name
    page = staff.get(reverse("office:organization_layers", args=["shangcheng", branch.code])).content.decode()
    assert "每季度向总社报告一次" in page
    assert page.rindex("互助总社") < page.rindex("清波分社")
    lone = reverse("office:organization_constitution", args=["shangcheng", head.code])
    assert staff.get(lone).status_code == 404


def test_the_tree_takes_a_constant_number_of_queries(cast: Cast, django_assert_num_queries) -> None:
    head = organization(cast, "互助总社")
    staff = client(cast.people["district_staff"])
    for count in (1, 3):
        while head.branches.count() < count:
            branch = organization(cast, f"分社{head.branches.count()}", head)
            organization(cast, f"小组{head.branches.count()}", branch)
        with django_assert_num_queries(8):
            staff.get(reverse("office:organization_layers", args=["shangcheng", head.code]))


@pytest.mark.parametrize(
    ("role", "status"), [("neighbour_staff", 403), ("observer", 403), ("community_user", 404)]
)
def test_who_keeps_the_layers(cast: Cast, role: str, status: int) -> None:
    head = make.organization(cast.district, sub_district=cast.home)
    url = reverse("office:organization_layer_edit", args=["shangcheng", head.code])
    assert client(cast.people[role]).post(url, {}).status_code == status
