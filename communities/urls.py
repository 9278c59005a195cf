"""Addresses of the start page (`top`) and of the office's registers of divisions, appointments and decisions (`office`).

`api` stands under /api/v1/.
"""

from django.urls import URLPattern, URLResolver, path

from communities import api as addresses
from communities.views import (
    accounts,
    audit,
    calendar,
    decisions,
    grids,
    imports,
    registers,
    slips,
    start,
    tokens,
)

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
    path("audit/heads/", audit.heads, name="audit_heads"),
    path("tokens/", tokens.tokens, name="tokens"),
    path("tokens/new/", tokens.new_token, name="token_new"),
    path("tokens/<slug:code>/revoke/", tokens.revoke, name="token_revoke"),
    path("accounts/", accounts.account_list, name="accounts"),
    path("accounts/new/", accounts.choose_new, name="account_new"),
    path("accounts/new/community/", accounts.new_for_community, name="account_new_community"),
    path("accounts/new/staff/", accounts.new_for_staff, name="account_new_staff"),
    path("accounts/<slug:code>/", accounts.account, name="account"),
    path("accounts/<slug:code>/edit/", accounts.edit, name="account_edit"),
    path("accounts/<slug:code>/appoint/community/", accounts.appoint_for_community, name="account_appoint"),
    path("accounts/<slug:code>/appoint/staff/", accounts.appoint_as_staff, name="account_appoint_staff"),
    path(
        "accounts/<slug:code>/appointments/<slug:appointment_code>/end/",
        accounts.end_appointment,
        name="account_end_appointment",
    ),
    path(
        "accounts/<slug:code>/administrator/end/",
        accounts.end_administrator,
        name="account_end_administrator",
    ),
    path("accounts/<slug:code>/reset/", accounts.reset_sign_in, name="account_reset"),
    path("accounts/<slug:code>/disable/", accounts.disable, name="account_disable"),
    path("accounts/<slug:code>/enable/", accounts.enable, name="account_enable"),
    path("slips/", slips.slips, name="slips"),
    path("slips/open/", slips.open_accounts, name="slips_open_accounts"),
    path("slips/<uuid:sheet>/", slips.sheet, name="slips_sheet"),
    # Registers and tables
    path("communities/", registers.communities, name="communities"),
    path("communities/new/", registers.community_new, name="community_new"),
    path("communities/export.<str:ending>", registers.communities_export, name="communities_export"),
    path("communities/<code:code>/edit/", registers.community_edit, name="community_edit"),
    path("communities/<code:code>/change/", registers.community_change, name="community_change"),
    path("sub-districts/", registers.sub_districts, name="sub_districts"),
    path("sub-districts/new/", registers.sub_district_new, name="sub_district_new"),
    path("sub-districts/<code:code>/", registers.sub_district, name="sub_district"),
    path("sub-districts/<code:code>/edit/", registers.sub_district_edit, name="sub_district_edit"),
    path("sub-districts/<code:code>/change/", registers.sub_district_change, name="sub_district_change"),
    path("imports/", imports.imports, name="imports"),
    path("imports/new/<slug:kind>/", imports.import_new, name="import_new"),
    path("imports/template/<slug:kind>.xlsx", imports.import_template, name="import_template"),
    path("imports/<code:code>/", imports.import_page, name="import"),
    path("imports/<code:code>/correct/", imports.import_correct, name="import_correct"),
    path("imports/<code:code>/wrong.xlsx", imports.import_wrong, name="import_wrong"),
    path("imports/<code:code>/apply/", imports.import_apply, name="import_apply"),
    path("imports/<code:code>/discard/", imports.import_discard, name="import_discard"),
    # Grids and social workers
    path("grids/", grids.grids, name="grids"),
    path("grids/export.<str:ending>", grids.grids_export, name="grids_export"),
    path("grids/new/", grids.choose_community, {"what": "grid"}, name="grid_new"),
    path("grids/new/<code:code>/", grids.grid_new, name="grid_new_in"),
    path("grids/community/<code:code>/", grids.community_grids, name="community_grids"),
    path("grids/<code:code>/edit/", grids.grid_edit, name="grid_edit"),
    path("grids/<code:code>/end/", grids.grid_end, name="grid_end"),
    path("grids/workers/", grids.workers, name="social_workers"),
    path("grids/workers/export.<str:ending>", grids.workers_export, name="social_workers_export"),
    path("grids/workers/new/", grids.choose_community, {"what": "worker"}, name="social_worker_new"),
    path("grids/workers/new/<code:code>/", grids.worker_new, name="social_worker_new_in"),
    path("grids/workers/<code:code>/", grids.worker, name="social_worker"),
    path("grids/workers/<code:code>/edit/", grids.worker_edit, name="social_worker_edit"),
    path("grids/workers/<code:code>/end/", grids.worker_end, name="social_worker_end"),
    path("grids/workers/<code:code>/phone/", grids.worker_phone, name="social_worker_phone"),
    # The calendar
    path("calendar/", calendar.this_year, name="calendar"),
    path("calendar/<int:year>/", calendar.calendar_year, name="calendar_year"),
    path("calendar/<int:year>/edit/", calendar.calendar_edit, name="calendar_edit"),
    path("calendar/<int:year>/undo/", calendar.calendar_undo, name="calendar_undo"),
    path("calendar/<int:year>/export.<str:ending>", calendar.calendar_export, name="calendar_export"),
]
api: list[URLPattern | URLResolver] = [
    path("me/", addresses.Myself.as_view(), name="me"),
    path("districts/", addresses.Districts.as_view(), name="districts"),
    path("districts/<slug:district_slug>/", addresses.OneDistrict.as_view(), name="district"),
    path(
        "districts/<slug:district_slug>/sub-districts/",
        addresses.SubDistricts.as_view(),
        name="sub_districts",
    ),
    path(
        "districts/<slug:district_slug>/registers/sub-districts/",
        addresses.RegisteredSubDistricts.as_view(),
        name="registered_sub_districts",
    ),
    path(
        "districts/<slug:district_slug>/registers/communities/",
        addresses.RegisteredCommunities.as_view(),
        name="registered_communities",
    ),
]
