"""Addresses of those who write cases."""

from django.urls import URLPattern, path

from evaluations.views import case_papers, case_sharing, case_steps
from evaluations.views import cases as writing

cases: list[URLPattern] = [
    path("", writing.list_cases, name="list"),
    path("new/", writing.new_case, name="new"),
    path("photos/<slug:code>/", case_steps.show_photo, name="photo"),
    path("papers/<slug:code>/", case_papers.show_paper, name="paper"),
    path("<slug:code>/", writing.edit_case, name="edit"),
    path("<slug:code>/save/", writing.autosave_case, name="save"),
    path("<slug:code>/organizations/", writing.find_organizations, name="organizations"),
    path("<slug:code>/submit/", case_steps.submit_case, name="submit"),
    path("<slug:code>/receipt/", case_steps.case_receipt, name="receipt"),
    path("<slug:code>/withdraw/", case_steps.withdraw_case, name="withdraw"),
    path("<slug:code>/view/", case_steps.read_case, name="case"),
    path("<slug:code>/form/", case_papers.print_form, name="form"),
    path("<slug:code>/seal/", case_papers.seal_case, name="seal"),
    path("<slug:code>/others/", case_sharing.present, name="others"),
    path("<slug:code>/delegate/", case_sharing.delegate, name="delegate"),
    path(
        "<slug:code>/delegate/<slug:delegation_code>/end/", case_sharing.delegation_end, name="delegation_end"
    ),
]
