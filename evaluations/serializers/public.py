"""Open data: seasons, cases as they were frozen, results as they were published. No person stands in them."""

from hashlib import sha256
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from communities.serializers import DivisionName
from evaluations.models import Correction, Publication, Season, Submission, Tally
from evaluations.states import TallyState
from organizations.models import Origin

PUBLISHED_TALLIES = (TallyState.PROVISIONAL, TallyState.FINAL, TallyState.SUPERSEDED)


class SeasonSerializer(serializers.ModelSerializer[Season]):
    """A season."""

    class Meta:
        model = Season
        fields = [
            "code",
            "year",
            "name",
            "name_en",
            "introduction",
            "state",
            "submissions_open_at",
            "submissions_close_at",
            "corrections_close_at",
        ]
        read_only_fields = fields


class SeasonName(serializers.Serializer[Any]):
    """A season as it is named elsewhere."""

    code = serializers.CharField()
    name = serializers.CharField()


class RoundName(serializers.Serializer[Any]):
    """A round as it is named elsewhere."""

    code = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.CharField()


class ProjectSerializer(serializers.Serializer[Any]):
    """A case in a list, from what was frozen when its last round opened."""

    code = serializers.CharField()
    number = serializers.CharField()
    season = SeasonName()
    title = serializers.CharField()
    field = serializers.ChoiceField(Submission.Field.choices, allow_blank=True)
    summary = serializers.CharField(allow_blank=True)
    sub_district = DivisionName()
    community = DivisionName()

    def to_representation(self, case: Any) -> dict[str, Any]:
        body = case.opened[-1].snapshot.body
        return {
            "code": case.code,
            "number": body["number"],
            "season": named(case.season),
            "title": body["title"],
            "field": body.get("field") or "",
            "summary": body.get("summary") or "",
            "sub_district": place(body["sub_district"]),
            "community": place(body["community"]),
        }


class OrganizationInCase(serializers.Serializer[Any]):
    """An organization of a case; its origin is relative to the case's community."""

    name = serializers.CharField()
    origin = serializers.ChoiceField(Origin.choices, allow_blank=True)


class PhotoInCase(serializers.Serializer[Any]):
    """A photo of a case."""

    code = serializers.CharField()
    caption = serializers.CharField(allow_blank=True)


class ResultOfCase(serializers.Serializer[Any]):
    """A case's line in the latest publication of a round."""

    round = RoundName()
    kind = serializers.ChoiceField(Publication.Kind.choices)
    rank = serializers.IntegerField(allow_null=True)
    tied = serializers.BooleanField()
    total = serializers.CharField(allow_blank=True)


class ProjectDetailSerializer(ProjectSerializer):
    """A case as its public page tells it, with what is published of its results."""

    TEXTS = ("need", "resolution", "practice", "effect", "origin_kind", "budget_total", "amount_asked")

    origin_kind = serializers.CharField(allow_blank=True)
    need = serializers.CharField(allow_blank=True)
    deliberation = serializers.CharField(allow_blank=True)
    resolution = serializers.CharField(allow_blank=True)
    practice = serializers.CharField(allow_blank=True)
    effect = serializers.CharField(allow_blank=True)
    beneficiaries = serializers.IntegerField(allow_null=True)
    budget_total = serializers.CharField(allow_blank=True)
    amount_asked = serializers.CharField(allow_blank=True)
    partners = DivisionName(many=True)
    organizations = OrganizationInCase(many=True)
    photos = PhotoInCase(many=True)
    results = ResultOfCase(many=True)

    def to_representation(self, case: Any) -> dict[str, Any]:
        body = case.opened[-1].snapshot.body
        return {
            **super().to_representation(case),
            **{name: body.get(name) or "" for name in self.TEXTS},
            "deliberation": (body.get("deliberation") or {}).get("record") or "",
            "beneficiaries": body.get("beneficiaries"),
            "partners": [place(partner) for partner in body.get("partners") or []],
            "organizations": [
                {"name": one["name"], "origin": one.get("origin") or ""}
                for one in body.get("organizations") or []
            ],
            "photos": [
                {"code": photo["code"], "caption": photo.get("caption") or ""}
                for photo in body.get("photos") or []
            ],
            "results": self.context["results"],
        }


class PublicationSerializer(serializers.Serializer[Any]):
    """A publication in a list: of which round, when, and until when it hangs out."""

    code = serializers.CharField(help_text=_("Of the notice."))
    kind = serializers.ChoiceField(Publication.Kind.choices)
    season = SeasonName()
    round = RoundName()
    sub_district = serializers.CharField(allow_null=True)
    published_at = serializers.DateTimeField()
    notice_from = serializers.DateField(allow_null=True)
    notice_to = serializers.DateField(allow_null=True)

    def to_representation(self, row: Publication) -> dict[str, Any]:
        of = row.round
        return {
            "code": row.code,
            "kind": row.kind,
            "season": named(of.season),
            "round": {"code": of.code, "name": of.name, "kind": of.kind},
            "sub_district": of.sub_district.name if of.sub_district else None,
            "published_at": row.published_at,
            "notice_from": of.notice_from,
            "notice_to": of.notice_to,
        }


class NoticeSerializer(PublicationSerializer):
    """A notice: the publication and the snapshot that it made known, whole."""

    is_superseded = serializers.BooleanField(help_text=_("A later publication of this round stands."))
    snapshot = serializers.DictField(help_text=_("goldidea-publication/1, as published: it never changes."))

    def to_representation(self, row: Any) -> dict[str, Any]:
        told = {"is_superseded": row.is_superseded, "snapshot": row.snapshot}
        return {**super().to_representation(row), **told}


class CorrectionOfVersion(serializers.Serializer[Any]):
    """What led to a version that is not the first."""

    code = serializers.CharField(help_text=_("Of its public page."))
    kind = serializers.ChoiceField(Correction.Kind.choices)
    reasons = serializers.CharField()


class BundleOfVersion(serializers.Serializer[Any]):
    """The file with which anybody recomputes a version."""

    address = serializers.CharField(help_text=_("On this site."))
    sha256 = serializers.CharField()
    size = serializers.IntegerField()


class VersionSerializer(serializers.Serializer[Any]):
    """One version of a round's result, with what can be read of it."""

    version = serializers.IntegerField()
    state = serializers.ChoiceField([(state.value, state.label) for state in PUBLISHED_TALLIES])
    published_at = serializers.DateTimeField(help_text=_("For the first time."))
    result_sha256 = serializers.CharField(help_text=_("Of its result.json."))
    notices = serializers.ListField(
        child=serializers.CharField(), help_text=_("Their codes, the first one first.")
    )
    correction = CorrectionOfVersion(allow_null=True)
    bundle = BundleOfVersion(allow_null=True, help_text=_("null while it is being made."))

    def to_representation(self, row: Tally) -> dict[str, Any]:
        publications = sorted(row.publications.all(), key=lambda one: one.pk)
        bundle, correction = getattr(row, "bundle", None), getattr(row, "correction", None)
        address = reverse("public:bundle", args=[self.context["view"].district.slug, publications[0].code])
        return {
            "version": row.version,
            "state": row.state,
            "published_at": publications[0].published_at,
            "result_sha256": sha256(row.result.encode()).hexdigest(),
            "notices": [one.code for one in publications],
            "correction": correction
            and {"code": correction.code, "kind": correction.kind, "reasons": correction.reasons},
            "bundle": bundle and {"address": address, "sha256": bundle.sha256, "size": bundle.size},
        }


def named(season: Season) -> dict[str, str]:
    return {"code": season.code, "name": season.name}


def place(of: Any) -> dict[str, str]:
    return {"code": of["code"], "name": of["name"]}
