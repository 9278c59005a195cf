"""Open data: seasons, cases of opened rounds, published results and notices. Nothing computed from marks comes from elsewhere."""

import json
from collections.abc import Iterator
from typing import Any

from django.http import Http404, HttpResponse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.renderers import BaseRenderer

from accounts.models import ApiToken
from evaluations.filters.public import CaseFilter, PublicationFilter
from evaluations.models import Publication, Season, Submission, Tally
from evaluations.serializers.public import (
    NoticeSerializer,
    ProjectDetailSerializer,
    ProjectSerializer,
    PublicationSerializer,
    SeasonSerializer,
    VersionSerializer,
)
from goldidea.lib.api.views import PublicAddress, PublicList, PublicThing
from goldidea.lib.spreadsheets import CSV_TYPE, Column, as_csv

Scope = ApiToken.Scope


class Seasons(PublicList):
    """Seasons that have begun."""

    summary = _("Seasons, the latest first")
    scope = Scope.SEASONS
    queryset = Season.objects.none()
    serializer_class = SeasonSerializer
    ordering = ("-year", "code")

    def get_queryset(self) -> Any:
        return Season.objects.of(self.district).public()


class OneSeason(PublicThing):
    """One season."""

    summary = _("One season")
    scope = Scope.SEASONS
    queryset = Season.objects.none()
    serializer_class = SeasonSerializer

    def get_queryset(self) -> Any:
        return Season.objects.of(self.district).public()


class Cases:
    """What the lists of public cases share."""

    scope = Scope.CASES
    queryset = Submission.objects.none()
    filterset_class = CaseFilter
    ordering = ("number", "code")
    district: Any

    def filter_values(self) -> dict[str, Any]:
        return {"district": self.district}

    def get_queryset(self) -> Any:
        cases = Submission.objects.of(self.district).public().with_opened_entries()
        return cases.select_related("season")


class Projects(Cases, PublicList):
    """Cases of opened rounds, as they were frozen."""

    summary = _("Cases of opened rounds")
    serializer_class = ProjectSerializer


class OneProject(Cases, PublicThing):
    """One case, with what is published of its results."""

    summary = _("One case, with what is published of its results")
    serializer_class = ProjectDetailSerializer
    filterset_class = None

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "results": getattr(self, "results", [])}

    def get_object(self) -> Any:
        case = super().get_object()
        self.results = list(results_of(case))
        return case


def results_of(case: Submission) -> Iterator[dict[str, Any]]:
    """The case's line in the latest publication of each of its rounds."""
    rows = Publication.objects.filter(round__entries__submission=case).latest_of_rounds()
    for row in rows.select_related("round").order_by("round__kind", "round__name"):
        lines = (line for line in json.loads(row.body)["standings"] if line["case"] == case.code)
        for line in lines:
            told = {"code": row.round.code, "name": row.round.name, "kind": row.round.kind}
            yield {
                "round": told,
                "kind": row.kind,
                **{name: line[name] for name in ("rank", "tied", "total")},
            }


class Publications:
    """What results and notices share: rows without their snapshots."""

    scope = Scope.RESULTS
    queryset = Publication.objects.none()
    serializer_class = PublicationSerializer
    filterset_class = PublicationFilter
    ordering = ("-published_at", "code")
    district: Any

    def filter_values(self) -> dict[str, Any]:
        return {"district": self.district}

    def get_queryset(self) -> Any:
        rows = Publication.objects.of(self.district).defer("body")
        return rows.select_related("round__season", "round__sub_district")


class Results(Publications, PublicList):
    """Rounds with published results: the latest publication of each."""

    summary = _("Rounds with published results: the latest publication of each")

    def get_queryset(self) -> Any:
        return super().get_queryset().latest_of_rounds()


class Notices(Publications, PublicList):
    """Every publication."""

    summary = _("Notices: every publication, the latest first")


class OneNotice(Publications, PublicThing):
    """A notice with its snapshot."""

    summary = _("One notice with the snapshot that it made known")
    serializer_class = NoticeSerializer
    filterset_class = None

    def get_queryset(self) -> Any:
        return super().get_queryset().defer(None)

    def get_object(self) -> Any:
        row = super().get_object()  # type: ignore[misc]
        later = Publication.objects.filter(round=row.round_id, pk__gt=row.pk)
        row.is_superseded, row.snapshot = later.exists(), json.loads(row.body)
        return row


class OneResult(PublicAddress):
    """The published snapshot of a round, byte for byte."""

    summary = _("The published snapshot of a round, byte for byte (goldidea-publication/1)")
    scope = Scope.RESULTS
    queryset = Publication.objects.none()
    pagination_class = None

    @extend_schema(responses={200: {"type": "object", "required": ["format", "standings"]}})
    def get(self, request: Any, code: str) -> HttpResponse:
        row = self.publication(code)
        headers = {"ETag": f'"{row.etag}"'}
        return HttpResponse(row.body, content_type="application/json", headers=headers)

    def publication(self, code: str) -> Publication:
        """The latest publication of the round with this code."""
        rows = self.filter_queryset(Publication.objects.of(self.district).filter(round__code=code))
        row: Publication | None = rows.order_by("-pk").first()
        if row is None:
            raise Http404
        return row


class Versions(PublicList):
    """Every published version of a round's result: the first one, and one for each correction."""

    summary = _("The versions of a round's result, the latest first, with reasons and files")
    scope = Scope.RESULTS
    queryset = Tally.objects.none()
    serializer_class = VersionSerializer
    ordering = ("-version",)

    def get_queryset(self) -> Any:
        rows = Tally.objects.of(self.district).published().filter(round__code=self.kwargs["code"])
        if not rows.exists():
            raise Http404
        return rows.select_related("bundle", "correction").prefetch_related("publications")


class Csv(BaseRenderer):
    """Says that the address answers in CSV; the view writes it."""

    media_type = "text/csv"
    format = "csv"
    charset = "utf-8"

    def render(self, data: Any, *_args: Any, **_kwargs: Any) -> bytes:
        return bytes(data)


STANDING_COLUMNS = [
    Column("rank", "名次"),
    Column("number", "案例编号"),
    Column("title", "案例名称"),
    Column("sub_district", "街道"),
    Column("community", "社区"),
    Column("field", "领域"),
    Column("organizations", "社会组织"),
    Column("total", "总分"),
]
PROJECT_COLUMNS = STANDING_COLUMNS[1:6]


class ResultTable(OneResult):
    """The ranked list of a round as a table."""

    summary = _("The ranked list of a round, as CSV")
    renderer_classes = [Csv]

    @extend_schema(responses={(200, "text/csv"): str})
    def get(self, request: Any, code: str) -> HttpResponse:
        lines = json.loads(self.publication(code).body)["standings"]
        return table(STANDING_COLUMNS, map(standing_row, lines))


class ProjectTable(Cases, PublicAddress):
    """Public cases as a table."""

    summary = _("Cases of opened rounds, as CSV: all of them at once")
    renderer_classes = [Csv]
    pagination_class = None

    @extend_schema(responses={(200, "text/csv"): str})
    def get(self, request: Any) -> HttpResponse:
        rows = self.filter_queryset(self.get_queryset()).order_by("number", "code")
        return table(PROJECT_COLUMNS, (project_row(case.opened[-1].snapshot.body) for case in rows))


def table(columns: list[Column], rows: Any) -> HttpResponse:
    return HttpResponse(as_csv(columns, rows), content_type=CSV_TYPE)


def standing_row(line: dict[str, Any]) -> list[str]:
    organizations = "、".join(one["name"] for one in line.get("organizations") or [])
    rank = "" if line["rank"] is None else str(line["rank"])
    return [rank, *project_row(line), organizations, line["total"]]


def project_row(line: dict[str, Any]) -> list[str]:
    places = [line["sub_district"]["name"], line["community"]["name"]]
    return [line["number"], line["title"], *places, line.get("field") or ""]
