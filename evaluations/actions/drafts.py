"""Rules that are being written: kept as typed, saved as a version when they are right, thrown away on request."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from evaluations.actions.rules import change_rule_set, save_rule_set
from evaluations.models import RuleDraft, RuleSet, Season
from goldidea.lib import audit
from goldidea.lib.errors import Refusal, StaleRevision


@transaction.atomic
def begin_draft(season: Season, text: str, name: str, *, by: Any, now: dt.datetime) -> RuleDraft:
    """Begin a rule that is to become the season's next version."""
    return _begin(RuleDraft(season=season, name=name, text=text), by=by, now=now)


@transaction.atomic
def draft_of(version: RuleSet, *, by: Any, now: dt.datetime) -> RuleDraft:
    """The draft of a version that no round was opened under; begun if there is none.

    Raises: Refusal once the version is frozen.
    """
    version = RuleSet.objects.select_for_update(of=("self",)).select_related("season").get(pk=version.pk)
    if version.frozen_at is not None:
        raise Refusal(_("A round was opened under this version, so it never changes."), code="rule-frozen")
    found = RuleDraft.objects.filter(rule_set=version).first()
    if found is not None:
        return found
    draft = RuleDraft(season=version.season, rule_set=version, name=version.name, text=version.text)
    draft.base_sha256 = version.sha256
    return _begin(draft, by=by, now=now)


def _begin(draft: RuleDraft, *, by: Any, now: dt.datetime) -> RuleDraft:
    draft.changed_by, draft.changed_at = by, now
    draft.full_clean()
    draft.save()
    audit.record("begin rule draft", draft, by=by)
    return draft


@transaction.atomic
def keep_draft(
    draft: RuleDraft,
    text: str,
    name: str,
    *,
    base_revision: int,
    before: str | None = None,
    by: Any,
    now: dt.datetime,
) -> RuleDraft:
    """Keep what was typed, right or not, on top of the revision that the screen showed.

    Args:
        before: the text to which the last step can be taken back; None leaves that as it is.

    Raises: StaleRevision if another person kept something else in the meantime. One's own later press wins: a page that
    keeps what is typed by itself may be a moment ahead of the button.
    """
    draft = _held(draft)
    if draft.revision != base_revision and draft.changed_by != by:
        raise StaleRevision(_("Somebody else changed this draft in the meantime."))
    changes = {
        key: (old, new)
        for key, old, new in (("name", draft.name, name), ("text", draft.text, text))
        if old != new
    }
    if before is not None:
        draft.before = before
    if not changes:
        return draft
    draft.name, draft.text, draft.changed_by, draft.changed_at = name, text, by, now
    draft.revision += 1
    draft.full_clean()
    draft.save()
    kept = {key: (old[:200], new[:200]) for key, (old, new) in changes.items()}
    kept["revision"] = (base_revision, draft.revision)  # type: ignore[assignment]
    audit.record("change rule draft", draft, by=by, changes=kept)
    return draft


@transaction.atomic
def settle_draft(draft: RuleDraft, *, base_revision: int, by: Any, now: dt.datetime) -> RuleSet:
    """Save a draft as its version, or as the season's next one; the draft is gone then.

    Raises: RuleErrors, ValidationError (name); StaleRevision if draft or version changed in the meantime; Refusal if frozen.
    """
    draft = _held(draft)
    if draft.revision != base_revision and draft.changed_by != by:
        raise StaleRevision(_("Somebody else changed this draft in the meantime."))
    version = draft.rule_set
    if version is None:
        saved = save_rule_set(draft.season, draft.text, draft.name, by=by, now=now)
    elif version.sha256 != draft.base_sha256:
        raise StaleRevision(
            _("This version was changed elsewhere since the draft was begun. Compare them before you save.")
        )
    else:
        saved = change_rule_set(version, draft.text, draft.name, by=by, now=now)
    draft.delete()
    return saved


@transaction.atomic
def drop_draft(draft: RuleDraft, *, by: Any, now: dt.datetime) -> None:
    """Throw a draft away: of a version the saved text is left."""
    draft = _held(draft)
    audit.record("drop rule draft", draft, by=by, changes={"text": (draft.text[:200], "")})
    draft.delete()


def _held(draft: RuleDraft) -> RuleDraft:
    rows = RuleDraft.objects.select_for_update(of=("self",)).select_related("season__district", "rule_set")
    found = rows.filter(pk=draft.pk).first()
    if found is None:
        raise StaleRevision(_("This draft is gone: it was saved or thrown away in the meantime."))
    return found
