"""The cast: one person of each role in one district, with a second of those who decide in twos, and the neighbours.

`Cast.shangcheng()` builds the district; `cast.people` maps a role's name in permissions.json to its person.
"""

from dataclasses import dataclass, field
from typing import Self

from accounts.models import User
from communities.models import Community, District, SubDistrict
from judges.models import Judge
from organizations.models import SocialOrganization
from tests import make


@dataclass
class Cast:
    """A district with two sub-districts: 清波 is home, 湖滨 is the neighbour."""

    district: District
    home: SubDistrict
    neighbour: SubDistrict
    community: Community
    neighbour_community: Community
    organization: SocialOrganization
    centre: SocialOrganization
    resident: Judge
    expert: Judge
    people: dict[str, User | None] = field(default_factory=dict)

    @classmethod
    def shangcheng(cls, slug: str = "shangcheng") -> Self:
        district = make.district(slug)
        home = make.sub_district(district, "清波街道", initials="QB")
        neighbour = make.sub_district(district, "湖滨街道", initials="HB")
        community = make.community(home, "清波门社区")
        neighbour_community = make.community(neighbour, "涌金门社区")
        organization = make.organization(
            district, "清波门邻里互助社", home_community=community, sub_district=home
        )
        centre = make.organization(district, "上城区社会组织服务中心", supportive_level="district")
        cast = cls(
            district,
            home,
            neighbour,
            community,
            neighbour_community,
            organization,
            centre,
            resident=make.judge(community),
            expert=make.judge(of=district),
        )
        cast.people = cast._people()
        return cast

    def _people(self) -> dict[str, User | None]:
        people: dict[str, User | None] = {}

        def person(role: str, name: str) -> User:
            people[role] = make.user(name, username=f"{self.district.slug}-{role}".replace("_", "-"))
            return people[role]

        make.appoint(person("platform_admin", "平台管理员"), "platform_admin")
        make.appoint(person("district_staff", "区里的何科长"), "district_staff", self.district)
        make.appoint(person("district_staff_2", "区里的方科员"), "district_staff", self.district)
        make.appoint(person("subdistrict_staff", "清波的沈主任"), "subdistrict_staff", self.home)
        make.appoint(person("subdistrict_staff_2", "清波的陆干事"), "subdistrict_staff", self.home)
        make.appoint(person("neighbour_staff", "湖滨的金主任"), "subdistrict_staff", self.neighbour)
        make.appoint(person("community_user", "清波门的周书记"), "community_user", self.community)
        make.appoint(
            person("neighbour_community_user", "涌金门的钱书记"), "community_user", self.neighbour_community
        )
        make.represent(person("organization_user", "互助社的吴阿姨"), self.organization)
        make.represent(person("supportive_org", "中心的郑老师"), self.centre)
        make.appoint(person("observer", "监督员孙老师"), "observer", self.district)
        people["resident_judge"] = self.resident.user
        people["expert_judge"] = self.expert.user
        people["public"] = None
        return people
