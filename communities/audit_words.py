"""The audit trail in the office's words: every action and kind of object that the source records.

A test reads the source and fails when an action is recorded that has no words here.
"""

from typing import Any, Final

from django.apps import apps
from django.conf import settings
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from communities.decisions import decision_kind
from communities.models import Appointment
from goldidea.lib.personal import masked

ROLES: Final[dict[str, Any]] = {
    **{role.value: role.label for role in Appointment.Role},
    "organization_user": _("social organization"),
    "supportive_org": _("supportive organization"),
    "resident_judge": _("resident judge"),
    "expert_judge": _("expert"),
}

ACTIONS: Final[dict[str, Any]] = {
    "begin district": _("set up the district"),
    "sign in": _("signed in"),
    "sign out": _("signed out"),
    "come back": _("came back to a session left alone"),
    "lock sign-in": _("sign-in locked after wrong passwords"),
    "lock code": _("sign-in by code locked after wrong codes"),
    "link sign-in service": _("linked an account to the sign-in service"),
    "lock second factor": _("second factor locked after wrong codes"),
    "add factor": _("set up a second factor"),
    "remove factor": _("removed a second factor"),
    "reset sign-in": _("reset a lost second factor, and the password with it"),
    "change password": _("changed the own password"),
    "open account": _("opened an account"),
    "edit account": _("changed an account"),
    "disable account": _("disabled an account"),
    "enable account": _("enabled an account"),
    "issue slip": _("printed an activation slip"),
    "make API token": _("made an API token"),
    "revoke API token": _("revoked an API token"),
    "activate account": _("activated an account by slip"),
    "appoint": _("appointed"),
    "end appointment": _("ended an appointment"),
    "nominate judge": _("nominated a judge"),
    "edit judge": _("changed a judge's record"),
    "invite expert": _("invited an expert"),
    "decline nomination": _("recorded that a nomination was declined"),
    "record election": _("recorded an election meeting"),
    "correct election": _("corrected an election meeting"),
    "record votes": _("recorded votes"),
    "take votes back": _("took recorded votes back"),
    "appoint judge": _("appointed a judge"),
    "end term": _("ended a judge's term"),
    "add interest": _("added a standing interest"),
    "remove interest": _("removed a standing interest"),
    "export judges": _("exported the register of judges"),
    "create season": _("prepared a season"),
    "change season": _("changed a season"),
    "start season": _("started a season"),
    "finish season": _("finished a season"),
    "create rule set": _("saved a rule set"),
    "change rule set": _("changed a rule set"),
    "begin rule draft": _("began to write a rule"),
    "change rule draft": _("went on writing a rule"),
    "drop rule draft": _("threw the draft of a rule away"),
    "choose trial case": _("chose a trial case"),
    "mark trial case": _("marked the trial case"),
    "read case": _("said that a case was read"),
    "record objection": _("recorded an objection"),
    "view objector": _("looked at who objects"),
    "view judging by name": _("looked at how judges marked, by name"),
    "download objection": _("downloaded an objection's scan"),
    "decide objection": _("decided an objection"),
    "correct results": _("corrected published results"),
    "enter given points": _("entered points from elsewhere"),
    "enter votes": _("entered counted votes"),
    "settle votes": _("entered the same votes as somebody else: they stand"),
    "adjust entry": _("gave a case bonus points, or took points off it"),
    "plan funding": _("planned the funding"),
    "decide funding": _("decided the funding"),
    "set retention": _("set how long personal data are kept"),
    "erase season": _("erased the personal data of a season"),
    "erase old records": _("erased old personal data"),
    "create round": _("prepared a round"),
    "change round": _("changed a round"),
    "fill entries": _("filled in a round's entries"),
    "choose bench": _("chose the bench"),
    "draw judges": _("drew judges by lot"),
    "seat judges": _("seated judges"),
    "seat guest": _("seated a guest judge"),
    "set places": _("set a panel's places"),
    "replace seat": _("replaced a judge"),
    "withdraw seat": _("withdrew a seat"),
    "apply assignment": _("applied an assignment"),
    "assign by hand": _("assigned by hand"),
    "unassign by hand": _("took an assignment back by hand"),
    "assign late": _("assigned after the opening"),
    "open round": _("opened a round"),
    "extend round": _("extended a round"),
    "cancel round": _("cancelled a round"),
    "close round": _("closed a round at its time"),
    "close round early": _("closed a round early"),
    "tally round": _("tallied a round"),
    "tally refused": _("found no result: judges cannot be compared"),
    "count plain": _("let a round be counted without corrections"),
    "publish provisional results": _("published provisional results"),
    "publish final results": _("published final results"),
    "advance entries": _("advanced entries into the final"),
    "void sheet": _("voided a score sheet"),
    "print judge card": _("printed a judge's card"),
    "revoke judge card": _("revoked a judge's card"),
    "open judge card": _("opened a judge's card"),
    "open judge card on another phone": _("opened a judge's card on another phone"),
    "declare recusal": _("declared a recusal"),
    "withdraw recusal": _("took a recusal back"),
    "create case": _("began a case"),
    "save case": _("saved a case"),
    "submit case": _("handed in a case"),
    "withdraw case": _("withdrew a case"),
    "return case": _("returned a case"),
    "accept case": _("accepted a case"),
    "refuse case": _("found a case not eligible"),
    "take case up again": _("took a case up again"),
    "add photo": _("added a photo"),
    "add paper": _("attached a paper"),
    "remove paper": _("took a paper off"),
    "add sealed form": _("brought the sealed form back"),
    "export papers": _("took all papers of a round along"),
    "delegate case": _("let an organization write along"),
    "end delegation": _("ended an organization's writing along"),
    "remove photo": _("removed a photo"),
    "order photos": _("put photos in order"),
}
ACTIONS |= {
    "enter division": _("entered it in the register"),
    "correct division": _("corrected it"),
    "continue division": _("recorded that another continues it"),
    "enter continuation": _("entered it as the continuation of another"),
    "import communities": _("imported a table of communities"),
    "import organizations": _("imported a table of organizations"),
    "enter organization": _("entered it in the register"),
    "propose organization": _("proposed it for the register"),
    "correct organization": _("corrected it"),
    "activate organization": _("set it to active"),
    "suspend organization": _("suspended it"),
    "dissolve organization": _("recorded that it is dissolved"),
    "follow division": _("moved it along with its division"),
    "show phone": _("looked at the whole phone"),
    "begin engagement": _("recorded work with a community"),
    "end engagement": _("recorded the end of work with a community"),
    "enter project": _("entered it in the register"),
    "correct project": _("corrected it"),
    "enter grid": _("entered it in the register"),
    "correct grid": _("corrected it"),
    "end grid": _("recorded its end"),
    "enter social worker": _("entered it in the register"),
    "correct social worker": _("corrected it"),
    "end social worker": _("recorded the last day"),
    "import grids": _("imported a table of grids"),
    "import social_workers": _("imported a table of social workers"),
    "change layer": _("changed its layer, constitution or supervision"),
    "change budget": _("changed the budget"),
    "write calendar": _("wrote the calendar of a year"),
    "undo calendar": _("took the last change of a year's calendar back"),
}
# What a request for a decision goes through; the kind of decision follows.
STEPS: Final[dict[str, Any]] = {
    "request": _("asked: %(what)s"),
    "approve": _("approved: %(what)s"),
    "decline": _("declined: %(what)s"),
    "withdraw": _("took back: %(what)s"),
    "lapse": _("lapsed: %(what)s"),
}
OBJECTS: Final[dict[str, Any]] = {
    "accounts.user": _("account"),
    "accounts.apitoken": _("API token"),
    "communities.appointment": _("appointment"),
    "communities.district": _("district"),
    "communities.community": _("community"),
    "communities.subdistrict": _("sub-district"),
    "communities.grid": _("grid"),
    "communities.socialworker": _("social worker"),
    "communities.calendaryear": _("calendar of a year"),
    "communities.decision": _("decision of two"),
    "communities.spreadsheetimport": _("import"),
    "organizations.socialorganization": _("social organization"),
    "organizations.organizationappointment": _("appointment with an organization"),
    "organizations.engagement": _("engagement"),
    "organizations.venturephilanthropyproject": _("venture-philanthropy project"),
    "judges.judge": _("judge"),
    "judges.electionmeeting": _("election meeting"),
    "judges.standinginterest": _("standing interest"),
    "evaluations.season": _("season"),
    "evaluations.ruleset": _("rule set"),
    "evaluations.ruledraft": _("draft of a rule"),
    "evaluations.fundingplan": _("funding plan"),
    "evaluations.objection": _("objection"),
    "evaluations.correction": _("correction"),
    "evaluations.round": _("round"),
    "evaluations.submission": _("case"),
    "evaluations.entry": _("entry"),
    "evaluations.seat": _("seat"),
    "evaluations.card": _("judge's card"),
    "evaluations.scoresheet": _("score sheet"),
    "evaluations.recusal": _("recusal"),
}

# What is recorded with an action and is no column, or a column whose name is no word of the office.
RECORDED: Final[dict[str, Any]] = {
    "added": _("added"),
    "bench": _("bench"),
    "budget_lines": _("budget lines"),
    "consent_version": _("version of the consent"),
    "entries": _("entries"),
    "entry": _("entry"),
    "interest": _("Interest"),
    "marks_sha256": _("check value of the marks (SHA-256)"),
    "organization": _("social organization"),
    "organizations": _("social organizations"),
    "photo": _("photo"),
    "paper": _("paper"),
    "delegation": _("organization that writes along"),
    "panel": _("panel"),
    "points": _("points"),
    "present": _("present"),
    "removed": _("removed"),
    "rows": _("rows"),
    "seat": _("Seat"),
    "seats": _("seats"),
    "second": _("second person"),
    "sha256": _("check value of the rule (SHA-256)"),
    "state": _("State"),
}

# Whose columns are recorded with an object besides its own.
BESIDE: Final[dict[str, str]] = {"organizations.socialorganization": "organizations.engagement"}


def action_words(action: str) -> Any:
    """An action in words; one that nobody has put into words stays as it was recorded."""
    if action in ACTIONS:
        return ACTIONS[action]
    step, _space, kind = action.partition(" ")
    if step in STEPS and kind in settings.DECISIONS:
        return str(STEPS[step]) % {"what": decision_kind(kind).label}
    return action


def action_choices() -> list[tuple[str, Any]]:
    """Every action, for the filter."""
    of_decisions = [f"{step} {kind}" for kind in settings.DECISIONS for step in STEPS]
    return [(action, action_words(action)) for action in (*ACTIONS, *of_decisions)]


def change_words(object_type: str, changes: dict[str, list[Any]]) -> list[tuple[str, str, str]]:
    """Column, old and new value as they may be read: phones masked."""
    return [
        (
            column_words(object_type, column),
            value_words(object_type, column, old),
            value_words(object_type, column, new),
        )
        for column, (old, new) in changes.items()
    ]


def column_words(object_type: str, column: str) -> str:
    """A column in words; what is recorded with an organization may be a column of its engagements."""
    if column in RECORDED:
        return str(RECORDED[column])
    if column.startswith("places "):  # of one panel of the round
        return str(_("Places"))
    field = field_of(object_type, column)
    return str(field.verbose_name) if hasattr(field, "verbose_name") else column


def field_of(object_type: str, column: str) -> Any:
    """The field that a recorded column is, of the object or of what is recorded with it; None where it is none."""
    for label in filter(None, (object_type, BESIDE.get(object_type, ""))):
        try:
            return apps.get_model(label)._meta.get_field(column)
        except (LookupError, FieldDoesNotExist, ValueError):
            continue
    return None


def value_words(object_type: str, column: str, value: Any) -> str:
    """A recorded value as people say it: choices, yes or no and times in words, phones masked."""
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    field = field_of(object_type, column)
    choices = dict(getattr(field, "flatchoices", None) or [])
    if value in choices:
        return str(choices[value])
    if column == "seats" and value:
        return str(str(value).count(",") + 1)  # recorded by number; how many is what a reader asks
    if isinstance(field, models.DateTimeField) and (at := parse_datetime(str(value))):
        return date_format(timezone.localtime(at), "DATETIME_FORMAT")
    if isinstance(field, models.DateField) and (day := parse_date(str(value)[:10])):
        return date_format(day, "DATE_FORMAT")
    return shown(column, value)


def shown(column: str, value: Any) -> str:
    if value is None or value == "":
        return "—"
    said = str(value)
    return masked(said) if "phone" in column and said != "…" and "*" not in said else said
