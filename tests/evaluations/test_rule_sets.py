"""Rule sets: checked where they are typed, said in words, versioned, frozen."""

import json

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from evaluations.actions.rules import change_rule_set, save_rule_set
from evaluations.conduct import checked_rule, conduct_of, refusal_words
from evaluations.forms.seasons import RuleSetForm
from evaluations.models import RuleSet
from evaluations.ruletext import EXAMPLE_NAMES, example_text, line_of
from evaluations.rulewords import Warning, difference, rule_in_words
from evaluations.tally import RuleErrors, parse_rule
from goldidea.lib.errors import Refusal
from tests import make
from tests.evaluations.rooms import now, room
from tests.personas import Cast


def conduct(**changes):
    return {**make.RULE["conduct"], **changes}


def refused(**changes):
    """Place and code of each refusal of the tests' rule with these changes."""
    with pytest.raises(RuleErrors) as error:
        checked_rule(make.rule_text(**changes))
    return [(one.place, one.code) for one in error.value.errors]


def test_the_examples_are_fit_for_use():
    for name in EXAMPLE_NAMES:
        rule = checked_rule(example_text(name))
        assert {words.language for words in (rule_in_words(rule, "zh-hans"), rule_in_words(rule, "en"))} == {
            "zh-hans",
            "en",
        }


@pytest.mark.parametrize(
    ("changes", "places"),
    [
        ({"conduct": conduct(conflicts=["own_sub_district"])}, [("conduct.bench", "bench-without-judges")]),
        ({"conduct": conduct(bench="ours")}, [("conduct.bench", "not-one-of")]),
        ({"conduct": conduct(conflicts=["own_dog"])}, [("conduct.conflicts[0]", "not-one-of")]),
        ({"conduct": conduct(colour="red")}, [("conduct.colour", "unknown-key")]),
        ({"conduct": conduct(notice_working_days="5")}, [("conduct.notice_working_days", "not-a-count")]),
        (
            {"conduct": conduct(assignment={"per_entry": 0})},
            [("conduct.assignment.per_entry", "not-above-zero")],
        ),
        ({"conduct": conduct(calibration_item="no")}, [("conduct.calibration_item", "not-true-or-false")]),
        (
            {"min_marks": "2", "conduct": conduct(bench="x")},
            [("min_marks", "not-a-count"), ("conduct.bench", "not-one-of")],
        ),
    ],
)
def test_the_conduct_is_checked_too(changes, places):
    assert refused(**changes) == places


def criterion(**changes):
    return [{**make.RULE["criteria"][0], **changes}]


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"name": {"zh-hans": "长" * 41}}, ("criteria[0].name.zh-hans", "long-text")),
        ({"name": {"zh-hans": "好", "en": "x" * 61}}, ("criteria[0].name.en", "long-text")),
        ({"name": {"zh-hans": "空\x00字"}}, ("criteria[0].name.zh-hans", "control-character")),
        ({"step": "0.0005"}, ("criteria[0].step", "too-fine")),
        ({"max": "1000000"}, ("criteria[0].max", "too-fine")),
    ],
)
def test_what_the_database_cannot_hold_is_refused_with_its_place(changes, place):
    assert refused(criteria=criterion(**changes), ties=[]) == [place]


def test_defaults_of_the_conduct():
    found = conduct_of(checked_rule(make.rule_text(conduct={})))
    assert (found.bench, found.per_entry, found.per_judge, found.notice_working_days) == (
        "own",
        None,
        None,
        5,
    )
    assert found.conflicts == {"own_community", "own_organization"}


def test_every_refusal_has_words_in_both_languages():
    for changes in ({"conduct": conduct(bench="ours")}, {"conduct": conduct(conflicts=["own_sub_district"])}):
        with pytest.raises(RuleErrors) as error:
            checked_rule(make.rule_text(**changes))
        assert refusal_words(error.value.errors[0])


# Lines


def test_a_place_is_found_on_its_line():
    text = example_text("example-online")
    lines = text.splitlines()
    for place, words in (
        ("criteria[0].max", '"max": "20"'),
        ("criteria[6].max", '"max": "5"'),
        ("criteria[6].levels[2].from", '"from": "2.5"'),
        ("conduct.bench", '"bench": "own"'),
        ("ties[1]", '"ties"'),
        ("lot_seed", '"lot_seed"'),
    ):
        assert words in lines[line_of(text, place) - 1], place


def test_of_something_missing_the_line_of_what_it_is_missing_from_is_shown():
    text = '{\n "trim": {\n  "high": 1\n }\n}'
    assert line_of(text, "trim.low") == 2
    assert line_of(text, "nothing") is None


@pytest.mark.parametrize("text", ["", "{", "[[[", '{"a"', "}}}", '{"a": }', "\\", '"' * 9, "[" * 5000])
def test_a_broken_text_breaks_nothing(text):
    form = RuleSetForm({"name": "规则", "text": text})
    assert not form.is_valid()
    assert line_of(text, "criteria[0].max") in (None, 1)


def test_a_syntax_error_is_shown_with_its_line():
    form = RuleSetForm({"name": "规则", "text": '{\n "format" "x"\n}'})
    assert not form.is_valid()
    assert [(one.line, one.excerpt) for one in form.problems] == [(2, '"format" "x"')]


# Words


def words_of(language="en", **changes):
    return rule_in_words(checked_rule(make.rule_text(**changes)), language)


def test_what_is_trimmed_and_needed_is_said():
    lines = words_of().lines()
    assert (
        "From marks to a score · From 5 marks on, the 1 highest and the 1 lowest are left out "
        "(one copy where several are equal)." in lines
    )
    assert "Full marks are 100." in lines
    assert any(line.startswith("From marks to a score · A panel needs at least 2 marks") for line in lines)


def test_a_small_panel_is_warned_of():
    assert str(words_of().warnings[0]).startswith("In a panel of 2 to 4 judges nothing is left out")
    narrow = words_of(conduct=conduct(assignment={"per_entry": 4})).warnings
    words = "An entry gets at most 4 judges, so nothing is ever left out."
    assert Warning("conduct.assignment.per_entry", words) in narrow


def test_full_marks_that_are_not_100_are_warned_of():
    found = words_of(criteria=[make.RULE["criteria"][1]], ties=[]).warnings
    assert Warning("criteria", "Full marks are 40, not 100.") in found


def test_ties_are_said_in_order():
    ties = next(section for section in words_of().sections if section.ordered)
    assert ties.sentences == (
        "Everything is computed again without rounding; the higher total goes first.",
        "The higher score for the criterion “Need” from: Resident judges.",
        "The higher middle value of the judges' sheet totals.",
        "Whoever is still equal shares the rank (1, 2, 2, 4).",
    )


def test_both_languages_say_as_much():
    for name in EXAMPLE_NAMES:
        rule = checked_rule(example_text(name))
        chinese, english = rule_in_words(rule, "zh-hans"), rule_in_words(rule, "en")
        assert len(chinese.lines()) == len(english.lines())
        assert len(chinese.warnings) == len(english.warnings)
        assert not set(chinese.lines()) & set(english.lines())


def test_the_difference_of_two_versions_is_told():
    old, new = words_of(), words_of(min_marks=3)
    changes = difference(old, new)
    assert [kind for kind, _line in changes] == ["del", "ins"]
    assert all("A panel needs at least" in line for _kind, line in changes)
    assert difference(old, old) == []


# Saving


@pytest.mark.django_db
def test_versions_are_numbered_and_criteria_unpacked():
    cast = Cast.shangcheng()
    season, staff = make.season(cast.district), cast.people["district_staff"]
    text = "\ufeff" + make.rule_text()
    first = save_rule_set(season, text, "初评", by=staff, now=now())
    second = save_rule_set(season, example_text("example-final"), "决赛", by=staff, now=now())
    assert (first.version, second.version) == (1, 2)
    assert first.sha256 == parse_rule(text).sha256
    assert list(first.criteria.values_list("key", "name_zh", "name_en", "maximum")) == [
        ("need", "需求", "Need", 60),
        ("effect", "成效", "Effect", 40),
    ]
    assert second.criteria.count() == 7


@pytest.mark.django_db
def test_a_version_without_use_is_changed_in_place_and_its_rounds_follow():
    scene = room(2)
    panels = [{"id": "experts", "kind": "marks", "weight": "1"}]
    text = make.rule_text(panels=panels, ties=["exact"])
    change_rule_set(scene.rules, text, "专家评", by=scene.staff, now=now())
    assert list(scene.round.panels.values_list("key", "name")) == [("experts", "专家评委")]
    with pytest.raises(ValidationError):
        change_rule_set(scene.rules, text, "", by=scene.staff, now=now())


@pytest.mark.django_db
def test_a_panel_with_judges_is_not_lost_by_changing_the_rule():
    scene = room(2)
    scene.seat_all()
    text = make.rule_text(panels=[{"id": "experts", "kind": "marks", "weight": "1"}], ties=["exact"])
    with pytest.raises(Refusal):
        change_rule_set(scene.rules, text, "专家评", by=scene.staff, now=now())


# Pages


@pytest.fixture
def desk(client):
    """The district's staff at the pages of a season."""
    cast = Cast.shangcheng()
    season = make.season(cast.district)
    client.force_login(cast.people["district_staff"])
    return client, cast, season


def url(name, cast, *codes):
    return reverse(f"office:{name}", args=[cast.district.slug, *codes])


@pytest.mark.django_db
def test_nothing_typed_is_lost_and_every_refusal_is_listed(desk):
    client, cast, season = desk
    text = make.rule_text(min_marks="two", average="mode", conduct=conduct(bench="ours"))
    page = url("rule_set_new", cast, season.code, "example-online")
    answer = client.post(page, {"name": "我的规则", "text": text, "only": "save"})
    content = answer.content.decode()
    assert answer.status_code == 422
    assert [one.place for one in answer.context["form"].problems] == ["average", "min_marks", "conduct.bench"]
    assert all(one.line for one in answer.context["form"].problems)
    assert "我的规则" in content and "&quot;two&quot;" in content
    assert RuleSet.objects.count() == 0


@pytest.mark.django_db
def test_a_preview_saves_nothing(desk):
    client, cast, season = desk
    page = url("rule_set_new", cast, season.code, "example-online")
    values = {"name": "规则", "text": make.rule_text()}
    answer = client.post(page, {**values, "only": "preview"})
    assert (answer.status_code, RuleSet.objects.count()) == (200, 0)
    assert [words.language for words in answer.context["words"]] == ["zh-hans", "en"]
    saved = client.post(page, {**values, "only": "save"})
    assert (saved.status_code, RuleSet.objects.count()) == (303, 1)
    version = RuleSet.objects.get()
    again = client.get(url("rule_set_new", cast, season.code, version.code))
    assert json.loads(again.context["form"]["text"].value()) == json.loads(version.text)
    assert client.get(url("rule_set_new", cast, season.code, "nothing")).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize(
    "junk", ["", "\x00", "null", "[]", "9" * 5000, "[" * 3000, '{"a": 1e999}', '{"\\ud800": 1}']
)
def test_junk_is_answered_at_the_text(desk, junk):
    client, cast, season = desk
    page = url("rule_set_new", cast, season.code, "example-online")
    assert client.post(page, {"name": "规则", "text": junk}).status_code == 422


@pytest.mark.django_db
def test_a_frozen_version_is_not_edited(desk):
    client, cast, season = desk
    rules = save_rule_set(season, make.rule_text(), "规则", by=None, now=now())
    assert client.get(url("rule_set_edit", cast, rules.code)).status_code == 200
    RuleSet.objects.filter(pk=rules.pk).update(frozen_at=now())
    assert client.get(url("rule_set_edit", cast, rules.code)).status_code == 403
    assert client.get(url("rule_set", cast, rules.code)).status_code == 200


@pytest.mark.django_db
def test_only_the_districts_staff_change_rules(client):
    cast = Cast.shangcheng()
    season = make.season(cast.district)
    rules = save_rule_set(season, make.rule_text(), "规则", by=None, now=now())
    found = {}
    for role in ("district_staff", "subdistrict_staff", "observer", "community_user"):
        client.force_login(cast.people[role])
        found[role] = [
            client.get(url("rule_set", cast, rules.code)).status_code,
            client.get(url("rule_set_edit", cast, rules.code)).status_code,
        ]
    assert found == {
        "district_staff": [200, 200],
        "subdistrict_staff": [200, 403],
        "observer": [200, 403],
        "community_user": [404, 404],
    }
