"""A district officer who never saw JSON writes a rule by form: with a script, by keyboard, and without any script."""

import json

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from evaluations.models import RuleDraft, RuleSet
from tests import make
from tests.e2e.conftest import DESK, PHONE
from tests.personas import Cast


def scene(visitor, language, size, **options):
    cast = Cast.shangcheng()
    season = make.season(cast.district, "2018 届金点子评选")
    staff = visitor(size, language, cast.people["district_staff"], **options)
    return staff, season, lambda name, *codes: reverse(f"office:{name}", args=[cast.district.slug, *codes])


@pytest.mark.parametrize(
    ("language", "size"), [("zh-hans", DESK), ("en", PHONE), ("zh-hans", PHONE), ("en", DESK)]
)
def test_a_rule_is_written_by_form(visitor, own_database, language, size):
    staff, season, at = scene(visitor, language, size)
    page = staff.open(at("season", season.code))
    page.click(f"a[href='{at('rule_start', season.code)}']")
    staff.check("rule-01-start")
    page.click("button[value='example-online']")
    page.wait_for_selector("#rule-draft")
    staff.check("rule-02-form")

    # Something wrong: it stands at the field as soon as it is typed, and what is to know beside the field
    page.fill("[name='trim.from']", "2")
    page.fill("[name='criteria[0].max']", "viel")
    page.press("[name='criteria[0].max']", "Tab")
    page.wait_for_selector("#f-criteria-0-max-notes .field__error")
    page.click("button[value=save]")
    page.wait_for_selector(".error-summary")
    staff.check("rule-03-refused")
    assert page.input_value("[name='criteria[0].max']") == "viel"
    page.fill("[name='criteria[0].max']", "20")
    page.fill("[name='trim.from']", "5")
    page.press("[name='trim.from']", "Tab")
    page.wait_for_selector("#rule-said table")

    # Rows, by keyboard: the focus stays with the row
    page.focus("button[value='down:criteria[0]']")
    page.keyboard.press("Enter")
    expect(page.locator("[name='criteria[1].id']")).to_have_value("need")
    assert page.evaluate("document.activeElement.id") == "f-criteria-1"
    page.click("button[value='add:panels:votes']")
    page.wait_for_selector("#f-panels-1")
    page.click("button[value='method:panels[1].conversion:ladder']")
    page.wait_for_selector("[name='panels[1].conversion.first']")
    page.fill("[name='panels[0].weight']", "0.7")
    page.fill("[name='lot_seed']", "抽签的话")
    page.click("button[value='with:adjustments']")
    page.wait_for_selector("[name='adjustments.max']")
    page.fill("[name='adjustments.max']", "50")
    page.click("button[value='add:awards']")
    page.wait_for_selector("#f-awards-0")
    assert page.input_value("[name='panels[0].weight']") == "0.7"
    page.fill("[name='awards[0].name.zh-hans']", "一等")
    page.press("[name='awards[0].name.zh-hans']", "Tab")
    page.wait_for_selector("#rule-said >> text=一等")
    staff.check("rule-04-complete")
    page.click("button[value=keep]:not(.sr-only)")
    page.wait_for_selector(".notice.is-ok")
    page.click(".tabs a:not([aria-current])")
    staff.check("rule-05-text")
    page.click("button[value=form]")
    page.wait_for_selector("#rule-draft")
    page.click("button[value=save]")
    page.wait_for_selector("#words")
    staff.check("rule-06-version")
    rule = json.loads(RuleSet.objects.get().text)
    assert [item["id"] for item in rule["criteria"]][:2] == ["feasibility", "need"]
    assert rule["panels"][1]["conversion"] == {"method": "ladder", "first": "10", "step": "0.5"}
    assert rule["adjustments"] == {"min": "-5", "max": "50"}

    # Change it, and take it back
    page.click("button[form=change]")
    page.wait_for_selector("#rule-draft")
    page.fill("[name='min_marks']", "4")
    page.press("[name='min_marks']", "Tab")
    expect(page.locator("#rule-revision")).to_have_value("2")
    page.click(f"a[href='{at('rule_draft_drop', RuleDraft.objects.get().code)}']")
    staff.check("rule-07-drop")
    page.click("button.button--bad")
    page.wait_for_selector("#words")
    assert json.loads(RuleSet.objects.get().text)["min_marks"] == 3
    assert not RuleDraft.objects.exists()


def test_without_a_script_every_button_posts(visitor, own_database):
    staff, season, at = scene(visitor, "zh-hans", DESK, java_script_enabled=False)
    page = staff.open(at("rule_start", season.code))
    page.click("button[value='example-final']")
    page.fill("[name='criteria[6].max']", "6")
    page.click("button[value='up:criteria[6]']")
    assert page.url.endswith("#f-criteria-5")
    assert page.input_value("[name='criteria[5].max']") == "6"
    page.click("button[value='remove:criteria[0]']")
    page.click("button[value=undo]")
    assert page.input_value("[name='criteria[0].id']") == "need"
    page.click("button[value=save]")
    rule = json.loads(RuleSet.objects.get().text)
    assert [item["id"] for item in rule["criteria"]][5:] == ["budget", "sustainability-and-replicability"]


def test_on_a_slow_line_no_click_is_lost(visitor, own_database):
    """What is typed is read while a click waits for it: the reading gives way, the click is done."""
    staff, season, at = scene(visitor, "zh-hans", DESK)
    page = staff.open(at("rule_start", season.code))
    page.click("button[value='example-online']")
    page.wait_for_selector("#rule-draft")
    held = []

    def hold_the_first(route):
        if not held and "words" in (route.request.post_data or ""):
            held.append(route)
        else:
            route.continue_()

    page.route("**/drafts/**", hold_the_first)
    page.fill("[name='trim.from']", "6")
    page.press("[name='trim.from']", "Tab")
    for _ in range(50):
        if held:
            break
        page.wait_for_timeout(100)
    page.fill("[name='trim.from']", "7")
    page.click("button[value='add:awards']")
    page.wait_for_timeout(800)
    held[0].continue_()
    page.wait_for_selector("#f-awards-0")
    assert page.input_value("[name='trim.from']") == "7"
