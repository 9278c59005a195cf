"""One object of each kind in the home sub-district, one in the neighbour's, and the same again in a second district."""

import datetime as dt
import io
from decimal import Decimal
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from communities.actions.decisions import request_decision
from communities.models import SpreadsheetImport
from evaluations.actions.cards import issue_cards
from evaluations.actions.closing import close_round_early
from evaluations.actions.correcting import correct_round
from evaluations.actions.drafts import begin_draft
from evaluations.actions.funding import decide_funding, save_funding_plan
from evaluations.actions.publication import publish_final, publish_provisional
from evaluations.actions.tallying import tally_round
from evaluations.models import Bundle, Photo, VotePanel
from goldidea.lib.sealing import checkpoint
from judges.models import ElectionMeeting, StandingInterest
from organizations.models import Engagement, VenturePhilanthropyProject
from tests import make
from tests.make import LONG_AGO
from tests.personas import Cast

# Looked for in every byte that leaves (test_permissions.py): phones are shown masked, whole only where it is logged.
CANARIES = {
    "organization": "+8613900007771",
    "judge": "+8613900007772",
    "worker": "+8613900007773",
    "user": "+8613900007774",
    "social worker": "+8613900007775",
    "objector": "+8613900007776",
}
ROUNDING = {"mode": "half_up", "places": 2, "stages": ["panel", "total"]}
MARKS = {"甲": [("50", "30"), ("40", "20")], "乙": [("30", "30"), ("40", "20")]}


def jpeg() -> bytes:
    """A picture of one pixel."""
    out = io.BytesIO()
    Image.new("RGB", (1, 1)).save(out, "JPEG")
    return out.getvalue()


class World:
    """`own[kind]` and `other[kind]` are codes; kinds of the whole district have the same code in both."""

    def __init__(self, slug: str) -> None:
        self.cast = Cast.shangcheng(slug)
        # Can sign in: the end of an administrator is asked for while another one stays.
        self.cast.people["platform_admin"].set_password("jindianzi-2018")
        self.cast.people["platform_admin"].save()
        self.own = self._place(self.cast.home, self.cast.community, self.cast.organization, "community_user")
        type(self.cast.organization).objects.filter(pk=self.cast.organization.pk).update(
            contact_phone=CANARIES["organization"], contact_name="吴阿姨"
        )
        other_organization = make.organization(self.cast.district, sub_district=self.cast.neighbour)
        place = (
            self.cast.neighbour,
            self.cast.neighbour_community,
            other_organization,
            "neighbour_community_user",
        )
        self.other = self._place(*place)
        district = self._district()
        self.own.update(district)
        self.other.update(district)

    def _district(self) -> dict[str, Any]:
        season = make.season(self.cast.district, "全区")
        rules = make.rule_set(season)
        final = make.round(season, None, rules, "draft")
        token = make.api_token(self.cast.district, self.cast.people["district_staff"])
        self.token = token.text
        bare = make.season(self.cast.district, "无决赛")
        make.rule_set(bare)
        draft = make.season(self.cast.district, "筹备", state="draft")
        staff = self.cast.people["district_staff_2"]
        return {
            "season": season.code,
            "season_draft": draft.code,
            "season_without_final": bare.code,
            "rule_set": rules.code,
            "rule_draft": begin_draft(season, make.rule_text(), "草稿", by=staff, now=timezone.now()).code,
            "final_draft": final.code,
            "token": token.row.code,
            "word": "0123456789",
        }

    def _place(self, sub_district: Any, community: Any, organization: Any, role: str) -> dict[str, Any]:
        district, people, now = self.cast.district, self.cast.people, timezone.now()
        centres = [self.cast.centre] if sub_district == self.cast.home else []
        name = sub_district.name
        season = make.season(district, f"{name} 申报")
        draft = make.submission(season, community, "draft", by=people[role])
        submitted = make.submission(season, community, "submitted", worker_phone=CANARIES["worker"])
        paper = make.paper(submitted, people[role])
        make.snapshot(submitted, papers=[{"code": paper.code, "need": "", "kind": "pdf", "sha256": ""}])
        delegations = [make.delegation(draft, to, people[role]) for to in (organization, *centres)]
        drafted = make.round(make.season(district, f"{name} 待开"), sub_district, state="draft")
        opened = make.scored_round(make.season(district, f"{name} 评分"), sub_district, MARKS)
        adjustable = self._adjustable(make.season(district, f"{name} 加分"), sub_district)
        pointed = self._pointed(make.season(district, f"{name} 带分"), sub_district)
        voted = self._voted(make.season(district, f"{name} 投票"), sub_district)
        tallied = self._tallied(make.scored_round(make.season(district, f"{name} 已计"), sub_district, MARKS))
        published = self._tallied(
            make.scored_round(make.season(district, f"{name} 公示"), sub_district, MARKS)
        )
        publication = publish_provisional(published, by=make.user(), second=make.user(), now=now)
        self._bundle(publication)
        refused = self._refused(make.season(district, f"{name} 无结果"), sub_district)
        final, funded = (self._final(district, sub_district, f"{name} {word}") for word in ("终审", "已资助"))
        corrected = self._corrected(district, sub_district, f"{name} 更正")
        decide_funding(funded.funding, by=make.user(), second=make.user(), now=now)
        objection = make.objection(published, contact=CANARIES["objector"], scan=jpeg())
        decision = request_decision("close_round", opened, {}, by=people["district_staff_2"], now=now)
        meeting = make.saved(
            ElectionMeeting(
                district=district,
                sub_district=sub_district,
                held_on=dt.date(2018, 1, 2),
                place="会议室",
                present=9,
                record=SimpleUploadedFile("r.jpg", jpeg()),
                record_name="r.jpg",
            )
        )
        project = make.saved(
            VenturePhilanthropyProject(
                district=district, organization=organization, title="创投", programme="计划", funder="基金会", year=2018,
                budget_total=10, granted=5,
            )
        )  # fmt: skip
        return {
            "sub_district": sub_district.code,
            "community": community.code,
            "organization": organization.code,
            "philanthropy": project.code,
            "account": people[role].code,
            "administrator": people["platform_admin"].code,
            "election": meeting.code,
            "case_draft": draft.code,
            "case_submitted": submitted.code,
            "paper": paper.code,
            "delegation": delegations[0].code,
            "round_draft": drafted.code,
            "round_open": opened.code,
            "round_adjustable": adjustable.code,
            "round_pointed": pointed.code,
            "round_voted": voted.code,
            "round_tallied": tallied.code,
            "public_round": published.code,
            "round_refused": refused.code,
            "round_final": final.code,
            "round_funded": funded.code,
            "public_rule_set": published.rule_set.code,
            "public_case": published.entries.first().submission.code,
            "publication": publication.code,
            "objection": objection.code,
            "correction": corrected.code,
            "decision": decision.code,
            **self._around(sub_district, community, organization, people[role], opened, drafted),
        }

    def _bundle(self, publication: Any) -> None:
        """A bundle with nothing in it: the file is served, not read."""
        head = checkpoint(f"round/{publication.round.code}", "closing")
        row = Bundle(tally=publication.tally, checkpoint=head, sha256="0" * 64, size=3, with_marks=True)
        row.file.save("world.zip", ContentFile(b"zip"), save=False)
        row.save()

    def _around(
        self, sub_district: Any, community: Any, organization: Any, person: Any, opened: Any, drafted: Any
    ) -> dict[str, Any]:
        """What hangs on the objects of the place: engagements, appointments, seats, cards, photos, imports."""
        district, now = self.cast.district, timezone.now()
        disabled = make.user(is_active=False)
        make.appoint(disabled, "community_user", community)
        seat = opened.seats.first()
        card = issue_cards([seat], by=person, now=now)[0].card
        refused = make.submission(make.season(district, f"{sub_district} 未过"), community, "not_eligible")
        photo = Photo.objects.create(submission=refused, image=SimpleUploadedFile("p.jpg", jpeg()))
        make.snapshot(refused, photos=[{"code": photo.code, "caption": ""}])
        uploader = self.cast.people[
            "subdistrict_staff" if sub_district == self.cast.home else "neighbour_staff"
        ]
        table = SpreadsheetImport.objects.create(
            district=district, kind="communities", filename="x.csv", state="ready", uploaded_by=uploader,
            table="[]",
        )  # fmt: skip
        judge = make.judge(community, state="nominated", phone=CANARIES["judge"])
        type(person).objects.filter(pk=person.pk).update(
            phone=f"{CANARIES['user'][:-2]}{person.pk % 90 + 10}"
        )
        paper = SimpleUploadedFile("c.jpg", jpeg())
        organization.constitution.save("c.jpg", paper, save=False)
        organization.constitution_name = "c.jpg"
        organization.save(update_fields=["constitution", "constitution_name"])
        answers = make.social_worker(community, phone=CANARIES["social worker"])
        return {
            "social_worker": answers.code,
            "organization_with_paper": organization.code,
            "grid": make.grid(community, worker=answers).code,
            "account_disabled": disabled.code,
            "appointment": person.appointments.get().code,
            "engagement": make.saved(
                Engagement(organization=organization, community=community, since=LONG_AGO)
            ).code,
            "judge": judge.code,
            "interest": make.saved(
                StandingInterest(judge=judge, kind="work", organization=organization)
            ).code,
            "judge_elected": self._elected(community).code,
            "judge_appointed": make.judge(community).code,
            "case_refused": refused.code,
            "photo": photo.code,
            "import": table.code,
            "seat": seat.code,
            "seat_draft": make.seat(drafted, make.judge(community)).code,
            "card": card.code,
            "entry": opened.entries.first().code,
        }

    def _elected(self, community: Any) -> Any:
        meeting = make.saved(
            ElectionMeeting(
                district=self.cast.district, sub_district=community.sub_district, held_on=dt.date(2018, 1, 3),
                place="会议室", present=9,
            )
        )  # fmt: skip
        votes = {"votes_for": 5, "votes_against": 1, "votes_abstaining": 0}
        return make.judge(
            community, state="elected", meeting=meeting, user=None, consent_at=None, term_from=None, **votes
        )

    def _final(self, district: Any, sub_district: Any, name: str) -> Any:
        """A round with final results and a plan of its money."""
        round_ = self._tallied(make.scored_round(make.season(district, name), sub_district, MARKS))
        people = {"by": make.user(), "second": make.user(), "now": timezone.now()}
        publish_provisional(round_, **people)
        publish_final(round_, **people)
        values = {"budget": Decimal(1000), "least_percent": 100, "lot_seed": "", "caps": {}}
        save_funding_plan(round_, values, by=self.cast.people["district_staff"], now=timezone.now())
        return round_

    def _refused(self, season: Any, sub_district: Any) -> Any:
        """A closed round whose two judges have marked no case in common: it has no result."""
        calibration = {"method": "additive", "cap": "15", "min_marks": 1, "if_disconnected": "refuse"}
        rule = make.rule_set(season, level="sheet", calibration=calibration, rounding=ROUNDING, min_marks=1)
        round_ = make.scored_round(season, sub_district, {"甲": [("50", "30")]}, rules=rule)
        lead = make.community(sub_district)
        alone = make.entry(round_, make.submission(season, lead, "accepted", "乙"))
        seat = make.seat(round_, make.judge(lead))
        make.assign(seat, alone)
        make.sheet(seat, alone, need="20", effect="30")
        return self._tallied(round_)

    def _voted(self, season: Any, sub_district: Any) -> Any:
        """A closed round whose tally waits for counted votes."""
        votes = {
            "id": "online",
            "kind": "votes",
            "weight": "1",
            "conversion": {"method": "top", "full": "100"},
        }
        panels = [{"id": "residents", "kind": "marks", "weight": "1"}, votes]
        round_ = make.scored_round(season, sub_district, MARKS, rules=make.rule_set(season, panels=panels))
        VotePanel.objects.create(round=round_, key="online")
        return self._tallied(round_)

    def _pointed(self, season: Any, sub_district: Any) -> Any:
        """A round being prepared to which a panel brings points from elsewhere."""
        panels = [
            {"id": "residents", "kind": "marks", "weight": "1"},
            {"id": "before", "kind": "given", "weight": "1"},
        ]
        return make.round(season, sub_district, make.rule_set(season, panels=panels), "draft")

    def _adjustable(self, season: Any, sub_district: Any) -> Any:
        """An open round whose rule allows bonus points and deductions."""
        rules = make.rule_set(season, adjustments={"min": "-5", "max": "5"})
        return make.scored_round(season, sub_district, MARKS, rules=rules)

    def _corrected(self, district: Any, sub_district: Any, name: str) -> Any:
        """The correction of a round on notice."""
        season = make.season(district, name)
        rules = make.rule_set(season, adjustments={"min": "-5", "max": "5"})
        round_ = self._tallied(make.scored_round(season, sub_district, MARKS, rules=rules))
        people = {"by": make.user(), "second": make.user(), "now": timezone.now()}
        publish_provisional(round_, **people)
        change = {"kind": "adjustment", "entry": round_.entries.first().key, "points": "-1"}
        return correct_round(round_, change, **people, reason="逾期提交")

    def _tallied(self, round_: Any) -> Any:
        close_round_early(round_, by=make.user(), second=make.user(), now=timezone.now())
        tally_round(round_.pk, timezone.now())
        round_.refresh_from_db()
        return round_
