"""Fill the registers: divisions from the published table, organizations, their work and their projects."""

import datetime as dt
from decimal import Decimal
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from accounts.models import User
from communities.actions.appointments import open_account
from communities.actions.register import load_register
from communities.models import Community, SubDistrict
from evaluations.demonstration.cast import Cast
from evaluations.demonstration.people import invented_names, invented_phone
from evaluations.demonstration.plans import Plan
from evaluations.demonstration.societies import (
    AGENCIES,
    DISTRICT_CENTRE,
    GROUPS,
    STUDIOS,
    Agency,
    invented_credit_code,
)
from goldidea.lib.chinese import sort_key
from organizations.actions.appointments import appoint_with
from organizations.actions.engagements import begin_engagement, end_engagement
from organizations.actions.organizations import register_organization
from organizations.actions.projects import save_project
from organizations.models import Engagement, SocialOrganization, VenturePhilanthropyProject

REGISTER = Path(settings.BASE_DIR) / "communities" / "demonstration" / "shangcheng-2018.csv"
PROGRAMME, FUNDER = "柿光社区公益创投（演示）", "上城区柿光社区公益基金会"
BRANCHES = 5  # sub-districts in which the mutual-help society has a branch


def load_divisions(cast: Cast, most: int | None = None) -> None:
    """The sub-districts and communities of the published table; the season is run in the first `most` of them."""
    load_register(cast.district, REGISTER.read_text(encoding="utf-8"))
    cast.places = list(SubDistrict.objects.of(cast.district).order_by("division_code"))[:most]
    for place in cast.places:
        rows = Community.objects.of(cast.district).filter(sub_district=place)
        cast.communities[place.pk] = list(
            rows.select_related("sub_district", "district").order_by("division_code")
        )


def register_societies(cast: Cast, plans: list[Plan]) -> None:
    """The district's agencies and centre, a centre of each sub-district, branches, groups of residents and studios."""
    contacts = invented_names()
    numbers = iter(range(1, 1000))

    def enter(organization: SocialOrganization, by: User) -> SocialOrganization:
        organization.contact_name = next(contacts)
        organization.contact_phone = invented_phone(3, next(numbers))
        return register_organization(organization, by=by, now=timezone.now())

    office = cast.office[0]
    heads: dict[str, SocialOrganization] = {}
    for number, agency in enumerate([DISTRICT_CENTRE, *AGENCIES], 1):
        heads[agency.handle] = enter(agency_row(cast, agency, number), office)
        cast.agencies.setdefault(agency.field, []).append(heads[agency.handle])
        represent(cast, agency.handle, heads[agency.handle])
    for number, place in enumerate(cast.places):
        by = cast.staff[place.pk][0]
        centre = enter(centre_row(cast, place, 50 + number), by)
        represent(cast, f"{sort_key(place.name.removesuffix('街道'))}-centre", centre)
        if number < BRANCHES:
            branch = enter(branch_row(cast, place, heads["lindeng"]), by)
            if number == 0:
                enter(small_group_row(branch), by)
    studios = iter(STUDIOS)
    for plan in plans:
        row = (
            group_row(plan)
            if plan.number % 2 == 0
            else studio_row(plan, studios)
            if plan.number % 6 == 1
            else None
        )
        if row is not None:
            cast.at_home[plan.community.pk] = enter(row, cast.staff[plan.community.sub_district_id][0])


def agency_row(cast: Cast, agency: Agency, number: int) -> SocialOrganization:
    return SocialOrganization(
        district=cast.district,
        name=agency.name,
        registration="registered",
        kind=agency.kind,
        credit_code=invented_credit_code(agency.kind, number),
        rating=agency.rating,
        rating_year=agency.year,
        supportive_level=agency.level,
        profile=agency.profile,
    )


def centre_row(cast: Cast, place: SubDistrict, number: int) -> SocialOrganization:
    return SocialOrganization(
        district=cast.district,
        sub_district=place,
        name=f"{place.name}柿桥社会组织服务中心",
        registration="registered",
        kind="service",
        credit_code=invented_credit_code("service", number),
        rating=3,
        rating_year=2016,
        supportive_level="sub_district",
        profile=f"{place.name}的支持型社会组织（虚构）：场地、培训和申报辅导。",
    )


def branch_row(cast: Cast, place: SubDistrict, head: SocialOrganization) -> SocialOrganization:
    return SocialOrganization(
        district=cast.district,
        sub_district=place,
        name=f"邻灯居民互助社{place.name.removesuffix('街道')}分社",
        registration="filed",
        kind="community",
        parent=head,
        profile="总社之下的分社，各自独立开展互助，小组在楼道里。",
        supervision="依总社章程：每季度向总社报告一次活动与账目，总社每年走访一次。",
    )


def small_group_row(branch: SocialOrganization) -> SocialOrganization:
    """A group of a branch: the third layer."""
    return SocialOrganization(
        district=branch.district,
        sub_district=branch.sub_district,
        name=f"{branch.name.removesuffix('分社')}楼道小组",
        registration="filed",
        kind="community",
        parent=branch,
        profile="一个楼道的互助小组，由分社带着。",
        supervision="每月向分社说一次情况。",
    )


def group_row(plan: Plan) -> SocialOrganization:
    """The group of residents that carries a story, at home in the community that tells it."""
    name, profile = GROUPS[plan.story.key]
    return home_row(plan, name, profile)


def studio_row(plan: Plan, studios: object) -> SocialOrganization | None:
    found = next(studios, None)  # type: ignore[call-overload]
    if found is None:
        return None
    row = home_row(plan, f"{found[0]}能人工作室", found[1])
    row.is_studio = True
    return row


def home_row(plan: Plan, name: str, profile: str) -> SocialOrganization:
    return SocialOrganization(
        district=plan.community.district,
        sub_district=plan.community.sub_district,
        home_community=plan.community,
        name=f"{plan.community.name.removesuffix('社区')}{name}",
        registration="filed",
        kind="community",
        profile=profile,
    )


def represent(cast: Cast, username: str, organization: SocialOrganization) -> None:
    """An account that acts for the organization."""
    by = cast.office[0]
    account = open_account(username, organization.contact_name, district=cast.district, by=by)
    appoint_with(account, organization, since=timezone.localdate(), by=by)


def carriers(cast: Cast, plan: Plan) -> list[SocialOrganization]:
    """Who carries a case: the group at home there, an agency of the field, or both."""
    home = cast.at_home.get(plan.community.pk)
    agencies = cast.agencies[plan.story.field]
    agency = agencies[plan.number % len(agencies)]
    if home is None:
        return [agency]
    return [home] if plan.number % 6 == 0 else [home, agency]


def record_engagements(cast: Cast, plans: list[Plan]) -> None:
    """Agencies work with the communities whose cases they carry; a few have ended."""
    done: set[tuple[int, int]] = set()
    for plan in plans:
        for organization in carriers(cast, plan):
            if (organization.pk, plan.community.pk) in done:
                continue
            done.add((organization.pk, plan.community.pk))
            place = organization.sub_district_id
            by = cast.staff[place][0] if place else cast.office[0]
            row = Engagement(
                organization=organization,
                community=plan.community,
                service=plan.text("title").split("：")[0],
                since=plan.starts_on,
            )
            begin_engagement(row, by=by, now=timezone.now())
            if plan.number % 11 == 3:
                end_engagement(row, until=plan.ends_on, by=by, now=timezone.now())


def enter_projects(cast: Cast, plans: list[Plan], count: int) -> dict[int, VenturePhilanthropyProject]:
    """Venture-philanthropy projects of agencies, each behind a case. Gives case number -> project."""
    projects: dict[int, VenturePhilanthropyProject] = {}
    for plan in plans:
        agency = carriers(cast, plan)[-1]
        if len(projects) == count or agency.registration != "registered" or plan.number % 3 == 1:
            continue
        total, asked = plan.story.budget[plan.telling], plan.story.asked[plan.telling]
        project = VenturePhilanthropyProject(
            district=cast.district,
            organization=agency,
            title=plan.text("title").split("：")[-1],
            programme=PROGRAMME,
            funder=FUNDER,
            year=plan.year - 1,
            budget_total=Decimal(total),
            granted=Decimal(asked),
            starts_on=plan.starts_on,
            ends_on=plan.ends_on + dt.timedelta(days=30),
            summary=plan.text("summary"),
        )
        projects[plan.number] = save_project(project, [plan.community], by=cast.office[0], now=timezone.now())
    return projects
