"""Addresses of the office's register of judges, their nomination, election and appointment."""

from django.urls import URLPattern, path

from judges import api as addresses
from judges.views import appointments, elections, nominations, register

office: list[URLPattern] = [
    path("judges/", register.judges, name="judges"),
    path("judges/export.xlsx", register.export, {"ending": "xlsx"}, name="judges_xlsx"),
    path("judges/export.csv", register.export, {"ending": "csv"}, name="judges_csv"),
    path("judges/new/", nominations.nominate, name="judge_new"),
    path("judges/new-expert/", nominations.invite, name="expert_new"),
    path("judges/<code:code>/", register.judge, name="judge"),
    path("judges/<code:code>/edit/", nominations.edit, name="judge_edit"),
    path("judges/<code:code>/phone/", register.phone, name="judge_phone"),
    path("judges/<code:code>/decline/", nominations.decline, name="judge_decline"),
    path("judges/<code:code>/consent/", appointments.consent_of_judge, name="judge_consent"),
    path("judges/<code:code>/appoint/", appointments.appoint, name="judge_appoint"),
    path("judges/<code:code>/end/", appointments.end, name="judge_end"),
    path("judges/<code:code>/interests/new/", appointments.interest, name="interest_new"),
    path(
        "judges/<code:code>/interests/<code:interest_code>/remove/",
        appointments.interest_gone,
        name="interest_remove",
    ),
    path("elections/", elections.elections, name="elections"),
    path("elections/new/", elections.choose_place, name="election_new"),
    path("elections/new/<code:code>/", elections.record, name="election_of"),
    path("elections/<code:code>/", elections.election, name="election"),
    path("elections/<code:code>/edit/", elections.correct, name="election_edit"),
    path("elections/<code:code>/record/", elections.election_record, name="election_record"),
    path("elections/<code:code>/consents/", appointments.consents_of_election, name="election_consents"),
    path("elections/<code:code>/appoint/", appointments.appoint_elected, name="election_appoint"),
]
api: list[URLPattern] = [
    path(
        "districts/<slug:district_slug>/registers/judges/",
        addresses.RegisteredJudges.as_view(),
        name="registered_judges",
    ),
]
