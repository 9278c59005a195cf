"""Communities write their cases; the office sends some back and accepts them."""

from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from evaluations.actions.papers import add_paper
from evaluations.actions.photos import add_photo
from evaluations.actions.screening import accept_submission, return_submission
from evaluations.actions.submissions import create_submission, save_submission, submit_submission
from evaluations.demonstration.cast import Cast
from evaluations.demonstration.drawings import drawing
from evaluations.demonstration.people import invented_names, invented_phone
from evaluations.demonstration.plans import Plan
from evaluations.demonstration.registers import carriers
from evaluations.models import Season, Submission
from organizations.models import VenturePhilanthropyProject

TEXTS = ("title", "summary", "need", "resolution", "practice", "effect")
UNCOUNTED = "请补充受益人数是怎样统计的，并写明统计的时间。"
COUNTED = "受益人数按{when}的签到簿和登记表逐一核对，一人只计一次。"
CAPTION = "示意图（演示）"
WITH_PAPERS = 3  # the first cases bring a paper
PROFILE = (
    "由{place}居民自发组织，在社区备案，骨干十余人，长期参与社区议事与邻里服务。（演示数据，内容为虚构。）"
)
SHARES = (("material", "活动物资", 5), ("people", "带领与讲师劳务", 3), ("publicity", "宣传印刷", 2))


def write_case(
    cast: Cast, season: Season, plan: Plan, project: VenturePhilanthropyProject | None, *, pictured: bool
) -> Submission:
    """A community's person starts a case, saves it and adds a picture; it is not handed in yet."""
    by, now = cast.writers[plan.community.pk], timezone.now()
    case = create_submission(season, plan.community, by=by, now=now, title=plan.text("title"))
    values = {**case_values(plan), "organizations": carriers(cast, plan), "partners": partners(cast, plan)}
    values["philanthropy_project"] = project
    case = save_submission(case, values, by=by, now=now, base_revision=case.revision)
    if pictured:
        upload = SimpleUploadedFile("photo.jpg", drawing(plan.story.picture, plan.telling), "image/jpeg")
        add_photo(case, upload, by=by, now=now, caption=CAPTION)
        if plan.number <= WITH_PAPERS:
            drawn = drawing(plan.story.picture, plan.telling)
            add_paper(case, SimpleUploadedFile("备案证明（演示）.jpg", drawn), "registration", by=by, now=now)
    return case


def case_values(plan: Plan) -> dict[str, Any]:
    """What the community types into the form."""
    story = plan.story
    workers = list(invented_names())
    return {
        **{name: plan.text(name) for name in TEXTS},
        "field": story.field,
        "worker_name": workers[(plan.number * 5 + plan.year) % len(workers)],
        "worker_phone": invented_phone(2, plan.year % 10 * 100 + plan.number),
        "origin_kind": story.begins,
        "deliberation_kind": story.kind,
        "deliberation_level": story.level,
        "deliberated_on": plan.deliberated_on,
        "deliberation_record": plan.text("record"),
        "beneficiaries": story.people[plan.telling],
        "starts_on": plan.starts_on,
        "ends_on": plan.ends_on,
        **application(plan, workers),
        "budget_total": Decimal(story.budget[plan.telling]),
        "amount_asked": Decimal(story.asked[plan.telling]),
    }


def application(plan: Plan, names: list[str]) -> dict[str, Any]:
    """What the application form asks for besides the story."""
    people, place = plan.story.people[plan.telling], plan.community.name
    first = (plan.number * 7 + plan.year) % len(names)
    roles = (("项目负责人", "bachelor", "social_worker"), ("执行社工", "college", "assistant"))
    return {
        "head_name": names[first],
        "profile": PROFILE.format(place=place),
        "team": [
            {
                "name": names[(first + at) % len(names)],
                "education": education,
                "certificate": held,
                "role": role,
            }
            for at, (role, education, held) in enumerate(roles)
        ],
        "indirect_beneficiaries": people * 3,
        "locations": f"{place}活动室及周边墙门",
        "budget_lines": budget_lines(plan.story.budget[plan.telling], plan.story.asked[plan.telling]),
    }


def budget_lines(total: int, asked: int) -> list[dict[str, str]]:
    """Three lines, 5 : 3 : 2, that make the total; what is asked for is spread over them likewise."""
    left, lines = (total, asked), []
    for number, (category, item, share) in enumerate(SHARES):
        last = number == len(SHARES) - 1
        price, granted = left if last else (total * share // 10, asked * share // 10)
        left = (left[0] - price, left[1] - granted)
        lines.append(
            {
                "category": category,
                "item": item,
                "unit_price": str(price),
                "unit": "项",
                "quantity": "1",
                "own": str(price - granted),
                "granted": str(granted),
                "remark": "",
            }
        )
    return lines


def partners(cast: Cast, plan: Plan) -> list[Any]:
    """Every seventh case has a partner community next door."""
    there = cast.communities[plan.community.sub_district_id]
    place = there.index(plan.community)
    return [there[(place + 1) % len(there)]] if plan.number % 7 == 2 else []


def hand_in(cast: Cast, case: Submission, plan: Plan) -> Submission:
    """The community hands the case in and gets its number."""
    return submit_submission(case, by=cast.writers[plan.community.pk], now=timezone.now())


def send_back(cast: Cast, case: Submission, plan: Plan) -> Submission:
    """The sub-district returns a case with a reason at a field."""
    by = cast.staff[plan.community.sub_district_id][0]
    return return_submission(case, {"effect": UNCOUNTED}, by=by, now=timezone.now())


def put_right(cast: Cast, case: Submission, plan: Plan) -> Submission:
    """The community answers the reason and hands the case in again."""
    by, now = cast.writers[plan.community.pk], timezone.now()
    added = COUNTED.format(when=f"{plan.ends_on:%Y年%m月}")
    save_submission(case, {"effect": plan.text("effect") + added}, by=by, now=now)
    return submit_submission(case, by=by, now=timezone.now())


def accept(cast: Cast, case: Submission, plan: Plan) -> Submission:
    """The sub-district accepts the case after its checklist."""
    by = cast.staff[plan.community.sub_district_id][1]
    return accept_submission(case, by=by, now=timezone.now(), checked=["registered"])


def collect_cases(
    cast: Cast,
    season: Season,
    plans: list[Plan],
    projects: dict[int, VenturePhilanthropyProject],
    *,
    pictured: bool = False,
) -> tuple[list[Submission], int]:
    """All cases from the first draft to acceptance; gives them and how many were sent back once."""
    cases = [write_case(cast, season, plan, projects.get(plan.number), pictured=pictured) for plan in plans]
    pairs = [(hand_in(cast, case, plan), plan) for case, plan in zip(cases, plans, strict=True)]
    returned = [(case, plan) for case, plan in pairs if plan.is_returned]
    for case, plan in returned:
        put_right(cast, send_back(cast, case, plan), plan)
    return [accept(cast, case, plan) for case, plan in pairs], len(returned)
