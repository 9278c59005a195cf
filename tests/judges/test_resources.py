"""The table of judges: what comes out goes back in; nominations come in by a table, elections do not."""

import pytest
from django.utils import timezone

from communities.actions.imports import import_table
from goldidea.lib import audit
from goldidea.lib.errors import Refusal
from goldidea.lib.spreadsheets import as_csv, as_xlsx
from judges.models import Judge
from judges.resources import JudgeRegister
from tests import make
from tests.judges.conftest import nominated
from tests.personas import Cast

pytestmark = pytest.mark.django_db
HEAD = "姓名,类别,街道,社区,手机,简介,推荐方"


def bring(cast: Cast, *lines: str, by: str = "subdistrict_staff", head: str = HEAD):
    content = "\n".join([head, *lines]).encode()
    return import_table("judges", cast.district, "评委.csv", content, by=cast.people[by], now=timezone.now())


def test_new_rows_are_nominations(cast: Cast) -> None:
    plan = bring(cast, "章淑珍,居民评委,清波街道,清波门社区,138 0013 8000,退休教师,楼组")
    assert plan.counts == {"new": 1, "changed": 0, "unchanged": 0, "wrong": 0}
    judge = Judge.objects.get(name="章淑珍")
    assert (judge.state, judge.community, judge.sub_district, judge.phone) == (
        "nominated",
        cast.community,
        cast.home,
        "+8613800138000",
    )
    assert judge.sort_key == "zhangshuzhen"
    assert [row.event.action for row in audit.history(judge)] == ["nominate judge"]


@pytest.mark.parametrize("write", ["csv", "xlsx"])
def test_an_export_comes_back_unchanged(cast: Cast, write: str) -> None:
    nominated(cast, "章淑珍")
    register = JudgeRegister()
    rows = list(register.export(Judge.objects.of(cast.district).with_place()))
    content = as_csv(register.exported, rows) if write == "csv" else as_xlsx(register.exported, rows, "评委")
    plan = import_table(
        "judges",
        cast.district,
        f"评委.{write}",
        content,
        by=cast.people["district_staff"],
        now=timezone.now(),
    )
    assert plan.counts == {"new": 0, "changed": 0, "unchanged": 3, "wrong": 0}


def test_a_known_judge_is_put_right(cast: Cast) -> None:
    (one,) = nominated(cast, "章淑珍")
    plan = bring(cast, "章淑珍,,清波街道,清波门社区,,社区志愿者,")
    assert plan.counts["changed"] == 1
    one.refresh_from_db()
    assert (one.introduction, one.phone) == ("社区志愿者", "+8613800138000")


@pytest.mark.parametrize(
    ("line", "by"),
    [
        ("章淑珍,评审,清波街道,清波门社区,,,", "subdistrict_staff"),
        ("章淑珍,居民评委,清波街道,,,,", "subdistrict_staff"),
        ("章淑珍,居民评委,清波街道,没有的社区,,,", "subdistrict_staff"),
        ("章淑珍,居民评委,湖滨街道,涌金门社区,,,", "subdistrict_staff"),
        ("郑教授,专家,,,,,", "subdistrict_staff"),
        (",居民评委,清波街道,清波门社区,,,", "district_staff"),
        ("章淑珍,居民评委,清波街道,清波门社区,12,,", "district_staff"),
        (f"{'长' * 41},居民评委,清波街道,清波门社区,,,", "district_staff"),
    ],
)
def test_wrong_rows_write_nothing(cast: Cast, line: str, by: str) -> None:
    before = Judge.objects.count()
    with pytest.raises(Refusal):
        bring(cast, "李阿毛,居民评委,清波街道,清波门社区,,,", line, by=by)
    assert Judge.objects.count() == before


def test_elections_and_terms_do_not_come_by_a_table(cast: Cast) -> None:
    with pytest.raises(Refusal):
        bring(cast, "章淑珍,居民评委,清波街道,清波门社区,已聘任", head="姓名,类别,街道,社区,状态")


def test_the_same_row_twice(cast: Cast) -> None:
    line = "章淑珍,居民评委,清波街道,清波门社区,,,"
    with pytest.raises(Refusal):
        bring(cast, line, line)


def test_two_of_one_name_need_their_codes(cast: Cast) -> None:
    one, _two = nominated(cast, "章淑珍", "章淑珍")
    with pytest.raises(Refusal):
        bring(cast, "章淑珍,居民评委,清波街道,清波门社区,,教师,")
    plan = bring(cast, f"{one.code},章淑珍,清波门社区,教师", head="编号,姓名,社区,简介")
    assert plan.counts["changed"] == 1


def test_the_neighbours_code_is_no_code(cast: Cast) -> None:
    (one,) = nominated(cast, "高小敏", community=cast.neighbour_community)
    texts = []
    for code in (one.code, "0000000000"):
        with pytest.raises(Refusal) as refused:
            bring(cast, f"{code},高小敏,涌金门社区,教师", head="编号,姓名,社区,简介")
        texts.append(str(refused.value.message))
    assert texts[0] == texts[1]


def test_judges_go_along_with_their_community(cast: Cast) -> None:
    from judges.actions.divisions import judges_follow

    new = make.community(cast.home, "新清波门社区")
    ended = make.judge(cast.community, state="ended")
    judges_follow(cast.community, new, day=timezone.localdate(), by=None)
    cast.resident.refresh_from_db()
    ended.refresh_from_db()
    assert (cast.resident.community, ended.community) == (new, cast.community)
    renamed = make.sub_district(cast.district, "新清波街道", initials="XQ")
    judges_follow(cast.home, renamed, day=timezone.localdate(), by=None)
    cast.resident.refresh_from_db()
    assert cast.resident.sub_district == renamed
