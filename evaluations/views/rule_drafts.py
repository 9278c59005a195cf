"""A rule in the making: its form, its text, the step back, the words it says, and how it becomes a version."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from evaluations.actions import drafts as actions
from evaluations.forms.rule_form.edits import edited
from evaluations.forms.rule_form.page import RuleForm, calibrations, identifier
from evaluations.forms.rule_form.shape import document_of, fits, text_of
from evaluations.forms.seasons import RuleSetForm, put_errors
from evaluations.models import RuleDraft, RuleSet
from evaluations.rules import rounds as rules
from evaluations.ruletext import EXAMPLE_NAMES, example_text
from evaluations.tally import RuleErrors
from evaluations.views.rule_sets import find_rule_set, in_words
from evaluations.views.seasons import find_season
from goldidea.lib.errors import Refusal, StaleRevision
from goldidea.lib.htmx import go, page

LONGEST_NAME = 60


def find_draft(request: HttpRequest, code: str) -> RuleDraft:
    """The draft with this code, for the district's staff."""
    rules.can_look(request.user, request.district).enforce()
    drafts = RuleDraft.objects.of(request.district).select_related(
        "season__district", "rule_set", "changed_by"
    )
    found: RuleDraft = get_object_or_404(drafts, code=code)
    rules.can_change_season(request.user, found.season).enforce()
    return found


@require_http_methods(["GET", "HEAD", "POST"])
def rule_start(request: HttpRequest, code: str) -> HttpResponse:
    """Where a new rule begins: an example, a version of this season, or one of another season."""
    season = find_season(request, code)
    rules.can_change_season(request.user, season).enforce()
    versions = RuleSet.objects.filter(season__district=request.district).select_related("season")
    source = _source(versions, request.POST.get("source", "")) if request.method == "POST" else None
    if source:
        name, text = source
        draft = actions.begin_draft(season, text, name, by=request.user, now=timezone.now())
        return go(request, "office:rule_draft", request.district.slug, draft.code)
    context = {
        "season": season,
        "examples": [(name, *_example(name)) for name in EXAMPLE_NAMES],
        "mine": versions.filter(season=season).order_by("-version"),
        "others": versions.exclude(season=season).order_by("-season__year", "-season", "-version")[:50],
        "refused": request.method == "POST",
        "drafts": season.rule_drafts.select_related("rule_set", "changed_by"),
    }
    return page(request, "seasons/rule_start.html", context, status=422 if request.method == "POST" else 200)


def _example(name: str) -> tuple[str, str]:
    return {
        "example-online": (_("Preliminary"), _("Resident judges of a sub-district mark online.")),
        "example-final": (_("Final"), _("Residents and experts, 0.7 : 0.3, with three awards.")),
    }[name]


def _source(versions: Any, source: str) -> tuple[str, str] | None:
    """The name and the text to begin from; None for what this district does not have."""
    if source in EXAMPLE_NAMES:
        return _example(source)[0], example_text(source)
    version = versions.filter(code=source).first() if "\x00" not in source else None
    return (version.name, version.text) if version else None


@require_POST
def rule_set_draft(request: HttpRequest, code: str) -> HttpResponse:
    """Go on with the draft of a version, or begin it."""
    found = find_rule_set(request, code)
    rules.can_edit_rule_set(request.user, found).enforce()
    draft = actions.draft_of(found, by=request.user, now=timezone.now())
    return go(request, "office:rule_draft", request.district.slug, draft.code)


@require_http_methods(["GET", "HEAD", "POST"])
def rule_draft(request: HttpRequest, code: str) -> HttpResponse:
    """The form. Every button keeps what was typed."""
    draft = find_draft(request, code)
    if request.method == "POST":
        return _take(request, draft)
    document = fits(draft.text)
    if document is None:
        return go(request, "office:rule_draft_text", request.district.slug, code)
    return _show(request, draft, RuleForm(document, draft.name))


def _take(request: HttpRequest, draft: RuleDraft) -> HttpResponse:
    """Keep what was typed, then do what the button says."""
    order = request.POST.get("do", "keep")
    data = {name: list(values) for name, values in request.POST.lists()}
    typed, name = document_of(data), request.POST.get("name", "")[:LONGEST_NAME].replace("\x00", "")
    step = edited(typed, order)
    document, here = step or (typed, "")
    if order == "undo":
        document, here = fits(draft.before) or typed, "criteria"
    before = text_of(typed) if step else "" if order == "undo" else None
    try:
        draft = actions.keep_draft(
            draft,
            text_of(document),
            name,
            base_revision=_shown_revision(request),
            before=before,
            by=request.user,
            now=timezone.now(),
        )
    except StaleRevision as stale:
        # Nothing typed is lost: the page shows it again, and its next press writes over what the other kept.
        return _show(request, draft, RuleForm(typed, name), status=409, stale=stale.message)
    form = RuleForm(document, name, strict=order == "save", here=here)
    if order == "save":
        return _settle(request, draft, form)
    if order == "words" or request.headers.get("HX-Request"):
        return _show(request, draft, form)
    if order == "keep":
        messages.success(request, _("The draft is kept. It binds nobody until you save it."))
    address = reverse("office:rule_draft", args=[request.district.slug, draft.code])
    return go(request, f"{address}#{identifier(here)}" if here else address)


def _shown_revision(request: HttpRequest) -> int:
    """The revision that the screen showed; 0, which no draft has, for anything else."""
    typed = request.POST.get("revision", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0


def _settle(request: HttpRequest, draft: RuleDraft, form: RuleForm) -> HttpResponse:
    """Save the draft as a version, or say what is still to be put right."""
    return _saved(request, draft, lambda refused: _refuse(request, draft, form, refused))


def _refuse(request: HttpRequest, draft: RuleDraft, form: RuleForm, refused: Exception) -> HttpResponse:
    if isinstance(refused, ValidationError):
        form.name_errors = tuple(getattr(refused, "message_dict", {}).get("name", refused.messages))
        return _show(request, draft, form, status=422)
    if isinstance(refused, Refusal):
        return _show(request, draft, form, status=refused.status, stale=refused.message)
    return _show(request, draft, form, status=422)


def _saved(
    request: HttpRequest, draft: RuleDraft, refuse: Callable[[Exception], HttpResponse]
) -> HttpResponse:
    try:
        made = actions.settle_draft(draft, base_revision=draft.revision, by=request.user, now=timezone.now())
    except (RuleErrors, ValidationError, Refusal) as refused:
        return refuse(refused)
    messages.success(request, _("Version %(version)d is saved.") % {"version": made.version})
    return go(request, "office:rule_set", request.district.slug, made.code)


def _show(
    request: HttpRequest, draft: RuleDraft, form: RuleForm, status: int = 200, stale: Any = ""
) -> HttpResponse:
    """The page; for htmx the part that changed: the words alone, or the form with them."""
    current = RuleDraft.objects.filter(pk=draft.pk).values_list("revision", flat=True).first()
    context = {
        "draft": draft,
        "season": draft.season,
        "form": form,
        "revision": current or draft.revision,
        "stale": stale,
        "words": in_words(form.rule) if form.rule else [],
        "calibrations": calibrations(),
    }
    template = "seasons/rule_draft.html"
    if request.headers.get("HX-Request"):
        only_words = request.POST.get("do") == "words"
        template = "seasons/_rule_said.html" if only_words else "seasons/_rule_fields.html"
        context["swapped"], status = True, 422 if status == 409 else status  # htmx swaps in a 422, no 409
    return page(request, template, context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def rule_draft_text(request: HttpRequest, code: str) -> HttpResponse:
    """The text of the draft, for those who read it; the form shows the same."""
    draft = find_draft(request, code)
    if request.method == "POST":
        return _take_text(request, draft)
    return _text_page(request, draft, RuleSetForm(initial={"name": draft.name, "text": draft.text}))


def _take_text(request: HttpRequest, draft: RuleDraft) -> HttpResponse:
    """Keep the text, right or not; then save it, go to the form, or show what it says."""
    form, order = RuleSetForm(request.POST), request.POST.get("do", "keep")
    typed, name = request.POST.get("text", ""), request.POST.get("name", "")[:LONGEST_NAME]
    right = form.is_valid()
    if "\x00" in typed + name:
        return _text_page(request, draft, form, status=422)
    try:
        draft = actions.keep_draft(
            draft,
            typed,
            name,
            base_revision=_shown_revision(request),
            before="",
            by=request.user,
            now=timezone.now(),
        )
    except StaleRevision as stale:
        return _text_page(request, draft, form, status=409, stale=stale.message)
    if order == "save" and right:
        return _saved(request, draft, lambda refused: _refuse_text(request, draft, form, refused))
    if order == "form" and fits(typed) is not None:
        return go(request, "office:rule_draft", request.district.slug, draft.code)
    return _text_page(request, draft, form, status=200 if right else 422)


def _refuse_text(
    request: HttpRequest, draft: RuleDraft, form: RuleSetForm, refused: Exception
) -> HttpResponse:
    if isinstance(refused, Refusal):
        return _text_page(request, draft, form, status=refused.status, stale=refused.message)
    if isinstance(refused, ValidationError):
        put_errors(form, refused)
    return _text_page(request, draft, form, status=422)


def _text_page(
    request: HttpRequest, draft: RuleDraft, form: RuleSetForm, status: int = 200, stale: Any = ""
) -> HttpResponse:
    current = RuleDraft.objects.filter(pk=draft.pk).values_list("revision", flat=True).first()
    context = {
        "draft": draft,
        "season": draft.season,
        "form": form,
        "revision": current or draft.revision,
        "fits": fits(form["text"].value() or "") is not None,
        "words": in_words(form.rule) if form.is_bound and form.rule else [],
        "stale": stale,
    }
    return page(request, "seasons/rule_draft_text.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def rule_draft_drop(request: HttpRequest, code: str) -> HttpResponse:
    """Throw the draft away, after one question; of a version the saved text is left."""
    draft = find_draft(request, code)
    if request.method == "POST":
        actions.drop_draft(draft, by=request.user, now=timezone.now())
        messages.success(request, _("The draft is gone."))
        if draft.rule_set:
            return go(request, "office:rule_set", request.district.slug, draft.rule_set.code)
        return go(request, "office:season", request.district.slug, draft.season.code)
    return page(request, "seasons/rule_draft_drop.html", {"draft": draft})
