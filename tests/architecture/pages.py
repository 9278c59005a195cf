"""Every address, mapped to its row of permissions.json (or to its own letters where no row speaks of it) and to what its codes name.

The letters are those of permissions.json: A all, D own district, S own sub-district, O own object, - refused. A page that is
not listed fails the test.
"""

from dataclasses import dataclass, field

Letters = dict[str, str]

STAFF = {"district_staff": "D", "subdistrict_staff": "S"}
STAFF_READ = {"district_staff": "D", "subdistrict_staff": "D", "observer": "D"}
STAFF_OBSERVER = {**STAFF, "observer": "D"}
DISTRICT = {"district_staff": "D"}
# An uploaded table is seen by who uploaded it; the world's are those of sub-district staff.
UPLOADER = {"subdistrict_staff": "O"}
# Who can be a second person: platform administrators for staff roles only.
SECONDS = {"platform_admin": "A", "district_staff": "D", "subdistrict_staff": "D"}
# Whoever signs in with a password; judges come by their card.
PERSON = dict.fromkeys(
    [
        "platform_admin",
        "district_staff",
        "subdistrict_staff",
        "community_user",
        "organization_user",
        "supportive_org",
        "observer",
    ],
    "O",
)
EVERYBODY = "everybody"
SIGNED_IN = "signed in"


@dataclass(frozen=True)
class Page:
    """`row` is "object: action", or letters by role. `names`: what each code in the address names. `options`: other arguments."""

    row: str | Letters
    names: tuple[str, ...] = ()
    methods: str = "G"
    options: tuple[str, ...] = ()
    # Roles whose pages differ from the row for a reason that stands beside it.
    but: Letters = field(default_factory=dict)


def get(row: str | Letters, *names: str, **rest) -> Page:
    return Page(row, names, "G", **rest)


def post(row: str | Letters, *names: str, **rest) -> Page:
    return Page(row, names, "P", **rest)


def form(row: str | Letters, *names: str, **rest) -> Page:
    return Page(row, names, "GP", **rest)


ROUND_EDIT = "season/round: create, edit before opening"
ROUND_MOVE = "season/round: open / extend / close early"
CANCEL = "season/round: cancel"
RULE_EDIT = "rule version: create, edit before opening"
VIEW_NAME = "sub-district, community: view name"
DIVISION_EDIT = "sub-district, community: create, edit"
ORGANIZATION_NEW = "organization: register"
ORGANIZATION_STATE = "organization: approve, suspend"
ORGANIZATION_PHONE = "organization: view contact phone"
JUDGE_EDIT = "judge record: create, edit before opening"
JUDGE_PHONE = "judge record: view phone"
ELECTION = "election record: create, edit, view"
ASSIGN = "assignment: edit before opening"
SEAT_CHANGE = "seat, assignment: change after opening"
RECUSE_FOR = "recusal: record for a judge"
PROGRESS = "progress: who has handed in, and counts"
OBJECT = "objection: record, read in the office"
OBJECT_DECIDE = "objection: decide"
FUND = "award, agreement: create, edit"
TALLY = "tally: view before publishing"
JUDGING = "judge diagnostics: view by name, after publication"
PUBLISH = "result: publish, correct"
VOID = "score sheet: void with reason"
ADJUST = "adjustment: add before the close"
# Counted votes are entered as paper sheets are: twice, by different people.
VOTES = "paper sheet: enter first or second (different people)"
SCREEN = "submission: return, accept"
SUBMITTED = "submission: view submitted"
CASE_EDIT = "submission: create, edit"
CASE_SUBMIT = "submission: submit, withdraw before lock"
CASE_DRAFT = "submission: view draft"
PAPER = "attachment: download"
ACCOUNT = "account: create, disable lower role"
STAFF_ROLE = "account: grant staff role, reset MFA"
AUDIT = "audit log: view"
CALENDAR = "calendar: edit"
CALENDAR_VIEW = "calendar: view"
GRIDS = "grid, social worker: view"
GRID_EDIT = "grid, social worker: create, edit"
WORKER_PHONE = "social worker: view phone"
PHILANTHROPY = "venture-philanthropy project: create, edit"

# The workbench is the office's; organizations and supportive organizations do their part on pages of their own (`own:`).
NOT_HERE = {"organization_user": "-", "supportive_org": "-"}

# Who writes along by delegation never hands in, withdraws or seals: the community answers for its case.
ONLY_WRITES = {"organization_user": "-", "supportive_org": "-"}

# Papers name people: judges and the public do not get them; the world's belongs to a case that nobody writes along.
NO_PAPERS = {
    "resident_judge": "-",
    "expert_judge": "-",
    "public": "-",
    "organization_user": "-",
    "supportive_org": "-",
}

TOKEN = "API token: create, revoke"


def api(row: str | Letters, *names: str, methods: str = "G", **rest) -> Page:
    """An address of the API; A is PATCH."""
    return Page(row, names, methods, **rest)


PAGES: dict[str, Page] = {
    # ---- the API: what the pages show, under the same rules ----
    "api:page": get(EVERYBODY),
    "api:description": get(EVERYBODY),
    "api:nothing": get(EVERYBODY, "word"),
    "api:me": api(SIGNED_IN),
    "api:districts": api(EVERYBODY),
    "api:district": api(EVERYBODY),
    "api:sub_districts": api(EVERYBODY),
    "api:seasons": api(EVERYBODY),
    "api:season": api(EVERYBODY, "season"),
    "api:projects": api(EVERYBODY),
    "api:projects_csv": api(EVERYBODY),
    "api:project": api(EVERYBODY, "public_case"),
    "api:results": api(EVERYBODY),
    "api:result": api(EVERYBODY, "public_round"),
    "api:versions": api(EVERYBODY, "public_round"),
    "api:standings_csv": api(EVERYBODY, "public_round"),
    "api:notices": api(EVERYBODY),
    "api:notice": api(EVERYBODY, "publication"),
    "api:registered_sub_districts": api(VIEW_NAME),
    "api:registered_communities": api(VIEW_NAME),
    "api:registered_organizations": api(STAFF_READ),
    "api:registered_judges": api(STAFF_READ),
    "api:handed_in_cases": api(STAFF_READ),
    "api:cases": api({"community_user": "D", "organization_user": "D", "supportive_org": "D"}, methods="GP"),
    "api:case": api(CASE_EDIT, "case_draft", methods="GA"),
    "api:case_submit": api(CASE_SUBMIT, "case_draft", methods="P", but=ONLY_WRITES),
    "api:case_withdraw": api(CASE_SUBMIT, "case_draft", methods="P", but=ONLY_WRITES),
    # Without a card there is no seat, whoever is signed in.
    "api:seat": api({}),
    "api:entries": api({}),
    "api:sheets": api({}, "entry", methods="GP"),
    "api:receipts": api({}),
    "office:tokens": get(TOKEN),
    "office:token_new": form(TOKEN),
    "office:token_revoke": post(TOKEN, "token"),
    "healthz": get(EVERYBODY),
    # For the holder of a token, who is no person.
    "metrics": get({}),
    "readyz": get(EVERYBODY),
    "set_language": post(EVERYBODY),
    "start": get(EVERYBODY),
    "after_sign_in": get(SIGNED_IN),
    "desks": get(SIGNED_IN),
    "preferences": post(EVERYBODY),
    "account_login": form(EVERYBODY),
    "account_logout": form(EVERYBODY),
    "account_inactive": get(EVERYBODY),
    "account_change_password": form(SIGNED_IN),
    "account_reset_password": get(EVERYBODY),
    "account_reauthenticate": form(SIGNED_IN),
    "account_idle": form(SIGNED_IN),
    # No service is set up here: the door does not exist.
    "openid_connect_login": form(EVERYBODY, "word"),
    "openid_connect_callback": get(EVERYBODY, "word"),
    "code_ask": form(EVERYBODY),
    "code_enter": form(EVERYBODY),
    "mfa_authenticate": form(
        SIGNED_IN
    ),  # who is signed in is led on; who is half signed in has a test of its own
    "mfa_reauthenticate": form(PERSON),
    "mfa_index": get(PERSON),
    "mfa_activate_totp": form(PERSON),
    "mfa_add_webauthn": form(PERSON),
    "mfa_generate_recovery_codes": form(PERSON),
    "mfa_view_recovery_codes": get(PERSON),
    "factor_remove": form(PERSON, options=("1",)),
    "activate": form(EVERYBODY),
    "activate_slip": get(EVERYBODY, "word"),
    "card:how": get(EVERYBODY),
    "card:scan": form(EVERYBODY, "word"),
    "public:home": get(EVERYBODY),
    "public:projects": get(EVERYBODY),
    "public:project": get(EVERYBODY, "public_case"),
    "public:results": get(EVERYBODY),
    "public:result": get(EVERYBODY, "public_round"),
    "public:result_json": get(EVERYBODY, "public_round"),
    "public:quality": get(EVERYBODY, "public_round"),
    "public:check": get(EVERYBODY, "public_round"),
    "public:computation": get(EVERYBODY, "public_round", "public_case"),
    "public:computation_then": get(EVERYBODY, "publication", "public_case"),
    "public:bundle": get(EVERYBODY, "publication"),
    "public:receipts": get(EVERYBODY),
    "public:log": get(EVERYBODY, "public_round"),
    "public:correction": get(EVERYBODY, "correction"),
    "public:funding": get(EVERYBODY, "round_funded"),
    "public:rules": get(EVERYBODY, "public_rule_set"),
    "public:judge": get(EVERYBODY),
    "public:notices": get(EVERYBODY),
    "public:feed": get(EVERYBODY),
    "public:notice": get(EVERYBODY, "publication"),
    # ---- the office ----
    "office:today": get(STAFF_READ),
    "office:decisions": get(SECONDS),
    "office:decisions_asked": get(SECONDS),
    "office:decisions_decided": get(SECONDS),
    "office:decision": get(STAFF, "decision"),
    "office:decision_approve": post(STAFF, "decision"),
    "office:decision_decline": post(STAFF, "decision"),
    "office:audit": get(AUDIT),
    "office:audit_heads": get(AUDIT),
    "office:communities": get(VIEW_NAME),
    "office:community": get(VIEW_NAME, "community"),
    "office:community_new": form(DIVISION_EDIT),
    "office:community_edit": form(DIVISION_EDIT, "community"),
    "office:community_change": form(DIVISION_EDIT, "community"),
    "office:sub_districts": get(VIEW_NAME),
    "office:sub_district": get(VIEW_NAME, "sub_district"),
    "office:organizations": get(STAFF_READ),
    "office:organization": get(STAFF_READ, "organization"),
    "office:organization_new": form(ORGANIZATION_NEW, but=NOT_HERE),
    "office:organization_edit": form(ORGANIZATION_NEW, "organization", but=NOT_HERE),
    "office:organization_layers": get(STAFF_READ, "organization"),
    "office:organization_layer_edit": form(ORGANIZATION_NEW, "organization", but=NOT_HERE),
    "office:organization_constitution": get(STAFF_READ, "organization_with_paper"),
    "office:organization_state": form(ORGANIZATION_STATE, "organization"),
    "office:engagement_new": form(ORGANIZATION_NEW, "organization", but=NOT_HERE),
    "office:philanthropy": get(STAFF_READ),
    "office:philanthropy_project": get(STAFF_READ, "philanthropy"),
    "office:philanthropy_new": form(PHILANTHROPY, but=NOT_HERE),
    "office:philanthropy_edit": form(PHILANTHROPY, "philanthropy", but=NOT_HERE),
    "office:philanthropy_budget": form(PHILANTHROPY, "philanthropy", but=NOT_HERE),
    "office:judges": get(STAFF_READ),
    "office:judge": get(STAFF_OBSERVER, "judge"),
    "office:judge_new": form(JUDGE_EDIT),
    "office:expert_new": form(DISTRICT),
    "office:judge_edit": form(JUDGE_EDIT, "judge"),
    "office:interest_new": form(JUDGE_EDIT, "judge"),
    "office:elections": get(ELECTION),
    "office:election": get(ELECTION, "election"),
    "office:election_edit": form(ELECTION, "election"),
    "office:cases": get(STAFF_READ),
    "office:case": get(STAFF_OBSERVER, "case_submitted"),
    "office:case_return": post(SCREEN, "case_submitted"),
    "office:case_accept": post(SCREEN, "case_submitted"),
    "office:case_refuse": post(SCREEN, "case_submitted"),
    "office:seasons": get(STAFF_READ),
    "office:season": get(STAFF_READ, "season"),
    "office:season_new": form(ROUND_EDIT),
    "office:season_edit": form(ROUND_EDIT, "season"),
    "office:rule_set": get(STAFF_READ, "rule_set"),
    "office:rule_set_edit": form(RULE_EDIT, "rule_set"),
    "office:rule_start": form(RULE_EDIT, "season"),
    "office:rule_draft": form(RULE_EDIT, "rule_draft"),
    "office:rule_draft_text": form(RULE_EDIT, "rule_draft"),
    "office:rule_draft_drop": form(RULE_EDIT, "rule_draft"),
    "office:rule_set_trial": get(DISTRICT, "rule_set"),
    "office:rule_set_draft": post(RULE_EDIT, "rule_set"),
    "office:rounds_new": form(ROUND_EDIT, "season"),
    "office:final_new": form(ROUND_EDIT, "season_without_final"),
    "office:rounds": get(STAFF_READ),
    "office:round": get(STAFF_READ, "round_draft"),
    "office:round_edit": form(ROUND_EDIT, "round_draft"),
    "office:round_progress": get(PROGRESS, "round_open"),
    "office:round_assignment": get({**STAFF, "observer": "D"}, "round_draft"),
    "office:round_open": form(ROUND_MOVE, "round_draft"),
    "office:round_extend": form(ROUND_MOVE, "round_open"),
    "office:round_close": form(ROUND_MOVE, "round_open"),
    "office:round_cancel": form(CANCEL, "round_open"),
    "office:round_results": get(TALLY, "round_tallied"),
    "office:round_judging": form(JUDGING, "public_round"),
    "office:round_publish": post(PUBLISH, "round_tallied"),
    "office:round_plain": form(PUBLISH, "round_refused"),
    "office:round_void": form(VOID, "round_open"),
    "office:round_adjustments": get(PROGRESS, "round_adjustable"),
    "office:round_adjust": form(ADJUST, "round_adjustable"),
    "office:round_points": get(PROGRESS, "round_pointed"),
    "office:round_given": form(ASSIGN, "round_pointed", options=("before",)),
    "office:round_votes": form(VOTES, "round_voted", options=("online",)),
    "office:round_given_take": post(ASSIGN, "round_pointed", options=("before",)),
    "office:round_correct": form(PUBLISH, "public_round"),
    "office:round_objections": get(OBJECT, "public_round"),
    "office:objection_new": form(OBJECT, "public_round"),
    "office:objection": get(OBJECT, "objection"),
    "office:objection_contact": form(OBJECT, "objection"),
    "office:objection_decide": form(OBJECT_DECIDE, "objection"),
    "office:objection_scan": get(OBJECT, "objection"),
    "office:round_funding": form(FUND, "round_final"),
    "office:round_funding_ask": post(FUND, "round_final"),
    "office:round_advance": post(DISTRICT, "final_draft"),
    "office:accounts": get(ACCOUNT),
    "office:decision_withdraw": post(
        {}, "decision"
    ),  # only the person who asked; the world's was asked by another
    "office:account_new": get(ACCOUNT),
    "office:account_new_community": form(ACCOUNT),
    "office:account_new_staff": form(STAFF_ROLE),
    "office:account_new_organization": form(ACCOUNT),
    "office:account": get(ACCOUNT, "account"),
    "office:account_edit": form(ACCOUNT, "account"),
    "office:account_appoint": form(ACCOUNT, "account"),
    "office:account_appoint_organization": form(ACCOUNT, "account"),
    "office:account_appoint_staff": form(STAFF_ROLE, "account"),
    "office:account_end_appointment": post(ACCOUNT, "account", "appointment"),
    "office:account_reset": form(STAFF_ROLE, "account"),
    # Administrators of the platform are of no district: only they see each other.
    "office:account_end_administrator": form({"platform_admin": "A"}, "administrator"),
    "office:account_disable": post(ACCOUNT, "account"),
    "office:account_enable": post(ACCOUNT, "account_disabled"),
    "office:slips": get(ACCOUNT),
    "office:slips_open_accounts": post(ACCOUNT),
    "office:slips_organizations": form(ACCOUNT),
    # A sheet of slips that nobody has printed.
    "office:slips_sheet": get({}, options=("8c5c9f2e-3f52-4b6e-9a51-2f0f3c1d7a11",)),
    "office:communities_export": get(VIEW_NAME, options=("xlsx",)),
    "office:sub_district_new": form(DISTRICT),
    "office:sub_district_edit": form(DIVISION_EDIT, "sub_district"),
    "office:sub_district_change": form(DIVISION_EDIT, "sub_district"),
    "office:imports": get(STAFF),
    "office:import_new": form(STAFF, options=("communities",)),
    "office:import_template": get(STAFF, options=("communities",)),
    "office:import": get(UPLOADER, "import"),
    "office:import_correct": post(UPLOADER, "import"),
    "office:import_wrong": get(UPLOADER, "import"),
    "office:import_apply": post(UPLOADER, "import"),
    "office:import_discard": post(UPLOADER, "import"),
    "office:organizations_export": get({"district_staff": "D", "subdistrict_staff": "D"}, options=("csv",)),
    "office:organization_phone": form(ORGANIZATION_PHONE, "organization", but={**NOT_HERE, "observer": "-"}),
    "office:engagement_end": form(ORGANIZATION_NEW, "organization", "engagement", but=NOT_HERE),
    "office:judges_xlsx": get(STAFF),
    "office:judges_csv": get(STAFF),
    "office:judge_phone": form(
        JUDGE_PHONE, "judge", but={"resident_judge": "-", "expert_judge": "-", "observer": "-"}
    ),
    "office:judge_decline": form(JUDGE_EDIT, "judge"),
    "office:judge_consent": get(JUDGE_EDIT, "judge_elected"),
    "office:judge_appoint": form(JUDGE_EDIT, "judge_elected"),
    "office:judge_end": form(JUDGE_EDIT, "judge_appointed"),
    "office:interest_remove": post(JUDGE_EDIT, "judge", "interest"),
    "office:election_new": get(ELECTION),
    "office:election_of": form(ELECTION, "sub_district"),
    # An attachment: its row lets the observer download it.
    "office:election_record": get(STAFF_OBSERVER, "election"),
    "office:election_consents": get(ELECTION, "election"),
    "office:election_appoint": form(ELECTION, "election"),
    "office:cases_export": get(STAFF_OBSERVER),
    "office:case_reopen": post(SCREEN, "case_refused"),
    "office:season_start": post(ROUND_EDIT, "season_draft"),
    "office:season_finish": post(ROUND_EDIT, "season"),
    "office:rule_set_new": form(RULE_EDIT, "season", options=("example-online",)),
    "office:round_entries": get(STAFF_OBSERVER, "round_draft"),
    "office:round_trial": form(ASSIGN, "round_draft"),
    "office:round_fill": post(ASSIGN, "round_draft"),
    "office:round_seats": get(STAFF_OBSERVER, "round_draft"),
    "office:panel_change": post(ASSIGN, "round_draft", options=("residents", "seat")),
    "office:seat_withdraw": post(ASSIGN, "round_draft", "seat_draft"),
    "office:seat_recuse": form(RECUSE_FOR, "round_open", "seat"),
    "office:seat_replace": form(SEAT_CHANGE, "round_open", "seat"),
    "office:assignment_apply": post(ASSIGN, "round_draft"),
    "office:assignment_move": post(ASSIGN, "round_draft"),
    "office:round_papers": form(STAFF, "round_open"),
    "office:round_cards": form(STAFF, "round_open"),
    "office:card_revoke": post(STAFF, "round_open", "card"),
    "office:grids": get(GRIDS),
    "office:grids_export": get(GRIDS, options=("csv",)),
    "office:grid_new": get(GRID_EDIT),
    "office:grid_new_in": form(GRID_EDIT, "community"),
    "office:community_grids": get(GRIDS, "community"),
    "office:grid_edit": form(GRID_EDIT, "grid"),
    "office:grid_end": form(GRID_EDIT, "grid"),
    "office:social_workers": get(GRIDS),
    "office:social_workers_export": get(GRIDS, options=("xlsx",)),
    "office:social_worker_new": get(GRID_EDIT),
    "office:social_worker_new_in": form(GRID_EDIT, "community"),
    "office:social_worker": get(GRIDS, "social_worker"),
    "office:social_worker_edit": form(GRID_EDIT, "social_worker"),
    "office:social_worker_end": form(GRID_EDIT, "social_worker"),
    "office:social_worker_phone": form(WORKER_PHONE, "social_worker", but={"observer": "-"}),
    "office:calendar": get(CALENDAR_VIEW),
    "office:calendar_year": get(CALENDAR_VIEW, options=(2018,)),
    "office:calendar_edit": form(CALENDAR, options=(2018,)),
    "office:calendar_undo": post(CALENDAR, options=(2018,)),
    "office:calendar_export": get(CALENDAR_VIEW, options=(2018, "csv")),
    # ---- organizations, on pages of their own ----
    "own:organizations": get({"organization_user": "D", "supportive_org": "D"}),
    "own:organization_new": form({"organization_user": "D", "supportive_org": "D"}),
    "own:organization": get({"organization_user": "O"}, "organization"),
    "own:constitution": get({"organization_user": "O"}, "organization_with_paper"),
    "own:organization_edit": form({"organization_user": "O"}, "organization"),
    "own:project_new": form({"organization_user": "O"}, "organization"),
    "own:project_budget": form({"organization_user": "O"}, "organization", "philanthropy"),
    "own:project_edit": form({"organization_user": "O"}, "organization", "philanthropy"),
    # ---- communities ----
    "cases:list": get({"community_user": "D", "organization_user": "D", "supportive_org": "D"}),
    "cases:edit": form(CASE_EDIT, "case_draft"),
    "cases:submit": form(CASE_SUBMIT, "case_draft", but=ONLY_WRITES),
    "cases:withdraw": form(CASE_SUBMIT, "case_draft", but=ONLY_WRITES),
    "cases:new": form({"community_user": "D"}),
    "cases:save": post(CASE_EDIT, "case_draft"),
    "cases:organizations": get(CASE_EDIT, "case_draft"),
    "cases:others": get(CASE_EDIT, "case_draft"),
    "cases:delegate": form({"community_user": "O"}, "case_draft"),
    "cases:delegation_end": post({"community_user": "O"}, "case_draft", "delegation"),
    "cases:paper": get(PAPER, "paper", but=NO_PAPERS),
    "cases:form": get({"community_user": "O", **STAFF_OBSERVER}, "case_submitted"),
    "cases:seal": form({"community_user": "O"}, "case_submitted"),
    "cases:receipt": get({"community_user": "O"}, "case_submitted"),
    "cases:case": get({"community_user": "O", **STAFF_OBSERVER}, "case_submitted"),
    "cases:photo": get({"community_user": "O", "observer": "D", **STAFF}, "photo"),
    # ---- judges: without a card there is no seat, whoever is signed in ----
    "judging:list": get({}),
    "judging:receipts": get({}),
    "judging:entry": form({}, "entry"),
    "judging:trial": form({}),
    "judging:read": post({}, "entry"),
    "judging:received": get({}, "entry"),
    "judging:recuse": form({}, "entry"),
    "judging:take_back": post({}, "entry"),
    "judging:photo": get({}, "entry", "photo"),
}
