"""A community's cases: list, begin, read, change, hand in, withdraw. And the office's list of what was handed in."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from communities.api import RegisterList
from evaluations.actions.submissions import (
    NotComplete,
    create_submission,
    save_submission,
    submit_submission,
    withdraw_submission,
)
from evaluations.filters.submissions import ListedCases
from evaluations.models import Submission
from evaluations.rules import submissions as rules
from evaluations.serializers.cases import CaseChanges, CaseLine, CaseSerializer, NewCase, Withdrawal
from goldidea.lib.api.problems import Problem
from goldidea.lib.api.views import OwnAddress, OwnList, OwnThing


class CaseAddress(OwnAddress):
    """Addresses of those who write cases."""

    part = "cases"
    queryset = Submission.objects.none()
    serializer_class = CaseSerializer

    def case(self) -> Submission:
        """The case with this code, for one who may write it. Else 404, or 403 with the reason."""
        rows = self.filter_queryset(Submission.objects.of(self.district).with_parties())
        found: Submission = get_object_or_404(rows, code=self.kwargs["code"])
        rules.can_write_case(self.request.user, found).enforce()
        return found

    def read(self, kind: Any, **context: Any) -> dict[str, Any]:
        """What was sent, parsed. Raises: ValidationError."""
        sent = kind(data=self.request.data, context={"district": self.district, **context})
        sent.is_valid(raise_exception=True)
        return dict(sent.validated_data)

    def shown(self, case: Submission, status: int = 200) -> Response:
        """The case as it is now."""
        fresh = Submission.objects.with_parties().get(pk=case.pk)
        return Response(CaseSerializer(fresh).data, status=status)


class OwnCases(OwnList, CaseAddress):
    """The cases of the communities for which the person acts."""

    summary = {"GET": _("Your community's cases"), "POST": _("Begin a case")}
    serializer_class = CaseLine

    def get_queryset(self) -> Any:
        rules.can_list_own_cases(self.request.user, self.district).enforce()
        rows = rules.written_by(self.request.user, self.district)
        return rows.select_related("season", "lead_community")

    @extend_schema(request=NewCase, responses={201: CaseSerializer})
    def post(self, request: Any) -> Response:
        rules.can_list_own_cases(request.user, self.district).enforce()
        sent = self.read(NewCase)
        places = (sent.pop("season"), sent.pop("community"))
        return self.shown(create_submission(*places, **sent, by=request.user, now=timezone.now()), 201)


class OwnCase(CaseAddress, OwnThing):
    """One case, drafts included."""

    summary = {"GET": _("One case, drafts included"), "PATCH": _("Change a draft or a returned case")}

    def get_object(self) -> Any:
        return self.case()

    @extend_schema(request=CaseChanges, responses=CaseSerializer)
    def patch(self, request: Any, code: str) -> Response:
        case = self.case()
        values = self.read(CaseChanges, case=case)
        base = values.pop("revision")
        rough = {name: text for name, text in case.rough.items() if name not in values}
        now = timezone.now()
        save_submission(case, values, by=request.user, now=now, base_revision=base, rough=rough)
        return self.shown(case)


class HandInCase(CaseAddress):
    """Hand a case in: number, snapshot, time by the database's clock. Twice is once."""

    summary = _("Hand a case in; twice is once")
    pagination_class = None

    @extend_schema(request=None, responses=CaseSerializer)
    def post(self, request: Any, code: str) -> Response:
        case = self.case()
        rules.can_submit_case(request.user, case).enforce()
        try:
            submit_submission(case, by=request.user, now=timezone.now())
        except NotComplete as error:
            missing = [{"field": gap.field, "detail": gap.words, "code": "missing"} for gap in error.gaps]
            raise Problem(422, error.code, error.message, missing) from error
        return self.shown(case)


class WithdrawCase(CaseAddress):
    """Take a case out of the evaluation."""

    summary = _("Take a case out of the evaluation")
    pagination_class = None

    @extend_schema(request=Withdrawal, responses=CaseSerializer)
    def post(self, request: Any, code: str) -> Response:
        case = self.case()
        rules.can_submit_case(request.user, case).enforce()
        withdraw_submission(case, **self.read(Withdrawal), by=request.user, now=timezone.now())
        return self.shown(case)


class HandedInCases(RegisterList):
    """The office's list of what was handed in."""

    summary = _("Cases handed in, of your area")
    queryset = Submission.objects.none()
    serializer_class = CaseLine
    filterset_class = ListedCases
    ordering = ("number", "code")

    def get_queryset(self) -> Any:
        rules.can_list_handed_in(self.request.user, self.district).enforce()
        rows = rules.handed_in_for(self.request.user, self.district)
        return rows.select_related("season", "lead_community")
