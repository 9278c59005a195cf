"""Addresses of the start page (`top`) and of the office's registers of divisions, appointments and decisions (`office`)."""

from django.urls import URLPattern, URLResolver, path

from communities.views import audit, decisions, start

top: list[URLPattern | URLResolver] = [
    path("", start.start, name="start"),
    path("desk/", start.after_sign_in, name="after_sign_in"),
    path("desks/", start.choose_desk, name="desks"),
]
office: list[URLPattern | URLResolver] = [
    path("decisions/", decisions.waiting, name="decisions"),
    path("decisions/asked/", decisions.asked, name="decisions_asked"),
    path("decisions/decided/", decisions.decided, name="decisions_decided"),
    path("decisions/<slug:code>/", decisions.decision, name="decision"),
    path("decisions/<slug:code>/approve/", decisions.approve, name="decision_approve"),
    path("decisions/<slug:code>/decline/", decisions.decline, name="decision_decline"),
    path("decisions/<slug:code>/withdraw/", decisions.withdraw, name="decision_withdraw"),
    path("audit/", audit.audit, name="audit"),
]
