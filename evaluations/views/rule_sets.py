"""Versions of a season's rule: typed as JSON, read in words."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from evaluations.actions.rules import change_rule_set, save_rule_set
from evaluations.conduct import checked_rule
from evaluations.forms.seasons import RuleSetForm, put_errors
from evaluations.models import RuleSet, Season
from evaluations.rules import rounds as rules
from evaluations.ruletext import EXAMPLE_NAMES, example_text
from evaluations.rulewords import RuleInWords, difference, rule_in_words
from evaluations.tally import RuleSet as Rule
from evaluations.views.round_frame import form_page
from evaluations.views.seasons import find_season
from goldidea.lib.htmx import go, page

LANGUAGES = ("zh-hans", "en")


def find_rule_set(request: HttpRequest, code: str) -> RuleSet:
    """The version with this code, for those who may look."""
    rules.can_look(request.user, request.district).enforce()
    versions = RuleSet.objects.select_related("season__district")
    found: RuleSet = get_object_or_404(versions, season__district=request.district, code=code)
    return found


def in_words(rule: Rule) -> list[RuleInWords]:
    """The rule in the reader's language, then in the other."""
    mine = get_language() or LANGUAGES[0]
    return [rule_in_words(rule, language) for language in sorted(LANGUAGES, key=lambda one: one != mine)]


@require_safe
def rule_set(request: HttpRequest, code: str) -> HttpResponse:
    """One version in words, what differs from the one before, where it is used, and its text."""
    found = find_rule_set(request, code)
    rule = checked_rule(found.text)
    words = in_words(rule)
    before = found.season.rule_sets.filter(version__lt=found.version).order_by("-version").first()
    context = {
        "rule_set": found,
        "words": words,
        "before": before,
        "changes": difference(rule_in_words(checked_rule(before.text), words[0].language), words[0])
        if before
        else [],
        "rounds": found.rounds.select_related("sub_district"),
        "editable": rules.can_edit_rule_set(request.user, found),
        "draft": _draft(request, found),
        "preparing": rules.can_change_season(request.user, found.season),
    }
    return page(request, "seasons/rule_set.html", context)


def _draft(request: HttpRequest, found: RuleSet) -> Any:
    """What is being written of this version, for those who may write."""
    if not rules.can_edit_rule_set(request.user, found):
        return None
    return found.season.rule_drafts.filter(rule_set=found).select_related("changed_by").first()


@require_http_methods(["GET", "HEAD", "POST"])
def rule_set_new(request: HttpRequest, code: str, source: str) -> HttpResponse:
    """A new version, beginning from an example or from another version."""
    season = find_season(request, code)
    rules.can_change_season(request.user, season).enforce()
    form = RuleSetForm(request.POST or None, initial=_beginning(season, source))
    context = {"season": season, "source": source}
    if request.method == "POST":
        form = RuleSetForm(request.POST)
        if _to_save(request, form) and (made := _save(request, season, form)):
            messages.success(request, _("Version %(version)d is saved.") % {"version": made.version})
            return go(request, "office:rule_set", request.district.slug, made.code)
    return _editor(request, form, context)


@require_http_methods(["GET", "HEAD", "POST"])
def rule_set_edit(request: HttpRequest, code: str) -> HttpResponse:
    """Change a version that no round was opened under."""
    found = find_rule_set(request, code)
    rules.can_edit_rule_set(request.user, found).enforce()
    form = RuleSetForm(request.POST or None, initial={"name": found.name, "text": found.text})
    context = {"season": found.season, "rule_set": found}
    if request.method == "POST":
        form = RuleSetForm(request.POST)
        if _to_save(request, form) and _change(request, found, form):
            messages.success(request, _("Saved."))
            return go(request, "office:rule_set", request.district.slug, code)
    return _editor(request, form, context)


def _to_save(request: HttpRequest, form: RuleSetForm) -> bool:
    """Whether the form is right and the button pressed was the one that saves."""
    return form.is_valid() and request.POST.get("only") != "preview"


def _editor(request: HttpRequest, form: RuleSetForm, context: dict[str, Any]) -> HttpResponse:
    """The text beside what it says. Asked for a preview of a right text, the answer is the preview."""
    if form.is_bound and form.is_valid() and form.rule:
        context["words"] = in_words(form.rule)
    return form_page(request, "seasons/rule_form.html", form, context)


def _beginning(season: Season, source: str) -> dict[str, str]:
    """The name and text to begin from: an example's, or those of a version of this season."""
    if source in EXAMPLE_NAMES:
        name = {"example-online": _("Preliminary"), "example-final": _("Final")}[source]
        return {"name": name, "text": example_text(source)}
    version = season.rule_sets.filter(code=source).first()
    if version is None:
        raise Http404
    return {"name": version.name, "text": version.text}


def _save(request: HttpRequest, season: Season, form: RuleSetForm) -> RuleSet | None:
    values = form.cleaned_data
    try:
        return save_rule_set(season, values["text"], values["name"], by=request.user, now=timezone.now())
    except ValidationError as error:
        put_errors(form, error)
        return None


def _change(request: HttpRequest, found: RuleSet, form: RuleSetForm) -> RuleSet | None:
    values = form.cleaned_data
    try:
        return change_rule_set(found, values["text"], values["name"], by=request.user, now=timezone.now())
    except ValidationError as error:
        put_errors(form, error)
        return None
