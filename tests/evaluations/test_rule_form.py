"""A rule set as a form: nothing of a document is lost, rows move, refusals stand at their fields, drafts are kept."""

import json
import re
import unicodedata
from html.parser import HTMLParser

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from communities.models import District
from evaluations.actions.rules import save_rule_set
from evaluations.conduct import checked_rule
from evaluations.forms.rule_form.edits import edited
from evaluations.forms.rule_form.page import RuleForm, calibrations
from evaluations.forms.rule_form.shape import data_of, document_of, fits, text_of
from evaluations.models import RuleDraft, RuleSet
from evaluations.ruletext import EXAMPLE_NAMES, example_text
from evaluations.tally import parse_rule
from goldidea.lib.models import AuditEvent
from tests import make
from tests.evaluations.rooms import now
from tests.personas import Cast

# Any valid rule

TEXT = st.text(
    st.characters(exclude_categories=["C", "Z"], include_characters=" 需求"), min_size=1, max_size=8
)
PROSE = st.text(
    st.characters(exclude_categories=["C", "Z"], include_characters=" \n"), min_size=1, max_size=20
)


def nfc(strategy):
    return strategy.map(lambda text: unicodedata.normalize("NFC", text))


def names(texts=TEXT):
    languages = st.sampled_from(["zh-hans", "en", "yue", "zh-hant-hk"])
    return st.dictionaries(languages, nfc(texts), min_size=1, max_size=3)


def some(draw, document, **parts):
    """The document with some of the optional parts."""
    return {**document, **{key: draw(part) for key, part in parts.items() if draw(st.booleans())}}


DECIMALS = st.sampled_from(["0", "1", "0.5", "1.0", "-0", "0.70", "12.125"])
COUNTS = st.integers(0, 40)


@st.composite
def criteria(draw, number):
    item = {
        "id": f"c-{number}",
        "name": draw(names()),
        "min": "0",
        "max": "20",
        "step": "0.5",
        "weight": "1.50",
    }
    levels = [
        {"from": start, "name": draw(names())}
        for start in draw(st.lists(st.sampled_from(["18", "10.0", "0"]), unique_by=float))
    ]
    levels = [some(draw, level, help=names(PROSE)) for level in levels]
    return some(draw, item, help=names(PROSE), levels=st.just(levels))


@st.composite
def panels(draw, number, keys):
    kind = draw(st.sampled_from(["marks", "votes", "given"])) if number else "marks"
    item = {"id": f"p{number}", "kind": kind, "weight": draw(DECIMALS) if number else "0.7"}
    if kind == "marks":
        return some(draw, item, criteria=st.lists(st.sampled_from(keys), unique=True, min_size=1))
    if kind == "given":
        return item
    ways = [
        {"method": "top", "full": "100.0"},
        {"method": "ladder", "first": "10", "step": "0.5"},
        {"method": "standard", "mean": "-70", "spread": "10"},
    ]
    return {**item, "conversion": draw(st.sampled_from(ways))}


CONDUCT = {
    "mode": st.sampled_from(["online", "live"]),
    "bench": st.sampled_from(["exchange", "all"]),
    "conflicts": st.permutations(["own_community", "own_organization", "own_sub_district"]).flatmap(
        lambda words: st.integers(0, 3).map(lambda n: words[:n])
    ),
    "notice_working_days": COUNTS,
    "assignment": st.fixed_dictionaries(
        {}, optional={"per_entry": st.integers(1, 9), "per_judge": st.integers(1, 9)}
    ),
    "start_after": COUNTS,
    "calibration_item": st.booleans(),
    "checklist": st.lists(nfc(TEXT), max_size=3),
    "papers": st.lists(nfc(TEXT), max_size=3),
}


@st.composite
def rules(draw):
    """A valid document of goldidea-rule/1 with any of its optional parts, in any order of its lists."""
    keys = [f"c-{n}" for n in range(draw(st.integers(1, 3)))]
    level = draw(st.sampled_from(["criterion", "sheet"]))
    stages = (
        ["criterion", "weighted", "panel", "share", "total"]
        if level == "criterion"
        else ["sheet", "panel", "share", "total"]
    )
    made = {
        "format": "goldidea-rule/1",
        "criteria": [draw(criteria(n)) for n in range(len(keys))],
        "panels": [draw(panels(n, keys)) for n in range(draw(st.integers(1, 3)))],
        "level": level,
        "average": draw(st.sampled_from(["mean", "median"])),
        "trim": {
            "high": draw(st.integers(0, 2)),
            "low": 2,
            "from": draw(st.integers(5, 9)),
            "advised": draw(COUNTS),
        },
        "min_marks": draw(COUNTS),
        "calibration": {"method": "none"},
        "rounding": {
            "mode": draw(st.sampled_from(["half_up", "half_even"])),
            "places": draw(st.integers(0, 9)),
            "stages": draw(st.permutations(stages).flatmap(lambda s: st.integers(0, 4).map(lambda n: s[:n]))),
        },
        "ties": draw(st.permutations(["exact", "panel:p0", "median"])),
        "lot_seed": draw(st.none() | nfc(PROSE)),
    }
    if level == "sheet" and draw(st.booleans()):
        made["calibration"] = {
            "method": "additive",
            "cap": "15.0",
            "min_marks": 5,
            "if_disconnected": "uncalibrated",
        }
    awards = st.lists(st.tuples(names(), COUNTS), max_size=3).map(
        lambda rows: [
            {"id": f"a{n}", "name": name, "places": places} for n, (name, places) in enumerate(rows)
        ]
    )
    advance = st.sampled_from(
        [
            {"per_sub_district": 2, "ties": "all"},
            {"per_sub_district": 0, "others": 0, "ties": "all"},
            {"places": 12, "ties": "all"},
        ]
    )
    made = some(
        draw,
        made,
        adjustments=st.just({"min": "-5.0", "max": "50"}),
        awards=awards,
        advance=advance,
        publish_marks=st.sampled_from(["by_seat", "none"]),
        conduct=st.fixed_dictionaries({}, optional=CONDUCT),
    )
    if "own_sub_district" in made.get("conduct", {}).get("conflicts", []):
        made["conduct"].setdefault("bench", "all")
    return made


@settings(max_examples=200, deadline=None)
@given(rules())
def test_a_valid_rule_goes_through_the_form_without_loss(document):
    text = json.dumps(document, ensure_ascii=False)
    rule = checked_rule(text)
    assert fits(text) == document
    again = text_of(document_of(data_of(document)))
    assert parse_rule(again).canonical == rule.canonical


@pytest.mark.parametrize("name", EXAMPLE_NAMES)
def test_the_examples_go_through_the_form(name):
    assert parse_rule(text_of(fits(example_text(name)))).sha256 == parse_rule(example_text(name)).sha256


@pytest.mark.parametrize(
    "changes",
    [
        {"lot_seed": "a\rb"},
        {"lot_seed": "a\x00b"},
        {"colour": "red"},
        {"min_marks": "2"},
        {"criteria": [{**make.RULE["criteria"][0], "name": {"en": "two\nlines"}}]},
        {"criteria": [{**make.RULE["criteria"][0], "min": 0}]},
        {"awards": None},
    ],
)
def test_what_a_form_cannot_hold_is_edited_as_text_and_never_mangled(changes):
    assert fits(make.rule_text(**changes)) is None


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"a": "\\ud800"}', "[" * 5000, '{"a": 1e9}'])
def test_what_is_no_rule_has_no_form(text):
    assert fits(text) is None


# Buttons


def test_rows_are_added_moved_and_removed():
    document = json.loads(make.rule_text())
    made, place = edited(document, "down:criteria[0]")
    assert ([item["id"] for item in made["criteria"]], place) == (["effect", "need"], "criteria[1]")
    assert edited(made, "up:criteria[1]")[0] == document
    made, place = edited(document, "add:criteria[1].levels")
    assert (made["criteria"][1]["levels"], place) == ([{"from": "", "name": {}}], "criteria[1].levels[0]")
    assert edited(made, "remove:criteria[1].levels[0]")[0] == document
    made, place = edited(document, "add:panels:votes")
    assert made["panels"][1]["conversion"] == {"method": "top", "full": "100"}
    made, _place = edited(made, "method:panels[1].conversion:ladder")
    assert made["panels"][1]["conversion"] == {"method": "ladder", "first": "10", "step": "0.5"}
    made, _place = edited(document, "with:panels[0].criteria")
    assert made["panels"][0]["criteria"] == ["need", "effect"]
    assert edited(made, "without:panels[0].criteria")[0] == document
    assert edited(edited(document, "with:adjustments")[0], "without:adjustments")[0] == document


@pytest.mark.parametrize(
    "order",
    [
        "up:criteria[0]",
        "down:criteria[1]",
        "remove:criteria[9]",
        "remove:trim",
        "add:trim",
        "with:format",
        "x:y",
        "without:criteria",
        "method:panels[0].conversion:none",
        "add:criteria[7].levels",
        "up:criteria",
        "add:format",
        "",
    ],
)
def test_no_other_order_changes_anything(order):
    assert edited(json.loads(make.rule_text()), order) is None


# Refusals at their fields


def test_every_refusal_stands_at_a_field_or_a_part_of_the_page():
    changes = {
        "criteria": [{**make.RULE["criteria"][0], "max": "zwanzig", "name": {}}, make.RULE["criteria"][1]],
        "panels": [{"id": "residents", "kind": "marks", "weight": "-1"}],
        "trim": {"high": 1, "low": 1, "from": 2, "advised": "x"},
        "ties": ["colour"],
        "advance": {"ties": "all"},
        "conduct": {"bench": "own", "conflicts": ["own_sub_district"]},
    }
    form = RuleForm(fits_typed(make.rule_text(**changes)), "规则", strict=True)
    at = {field.place: field.errors for field in form.every() if field.errors}
    assert set(at) == {
        "criteria[0].max",
        "criteria[0].name.zh-hans",
        "trim.advised",
        "ties[0]",
        "advance",
        "conduct.bench",
    }
    assert len(form.problems()) == 6
    assert all(problem.words for problem in form.problems())


def fits_typed(text):
    return document_of(data_of(json.loads(text)))


def test_warnings_stand_at_their_fields():
    form = RuleForm(json.loads(make.rule_text(conduct={"assignment": {"per_entry": 4}})), "规则")
    warned = {field.place for field in form.every() if field.warnings}
    assert warned == {"trim.from", "conduct.assignment.per_entry"}


def test_an_empty_new_row_is_refused_aloud_only_on_saving():
    document, _place = edited(json.loads(make.rule_text()), "add:criteria")
    assert not [field for field in RuleForm(document, "").every() if field.errors]
    strict = RuleForm(document, "", strict=True)
    assert [field.place for field in strict.every() if field.errors] == ["criteria[2].name.zh-hans"]


def test_the_form_offers_the_calibration_that_the_format_has():
    for way in calibrations():
        document = edited(json.loads(make.rule_text()), f"method:calibration:{way}")[0]
        if way == "additive":
            document |= {
                "level": "sheet",
                "rounding": {"mode": "half_up", "places": 2, "stages": ["panel"]},
                "ties": [],
            }
        parse_rule(text_of(document))


# Pages


@pytest.fixture
def desk(client: Client):
    cast = Cast.shangcheng()
    season = make.season(cast.district)
    client.force_login(cast.people["district_staff"])
    return client, cast, season


def url(name, cast, *codes):
    return reverse(f"office:{name}", args=[cast.district.slug, *codes])


def begun(desk, source="example-online"):
    client, cast, season = desk
    answer = client.post(url("rule_start", cast, season.code), {"source": source})
    assert answer.status_code == 303
    return RuleDraft.objects.get()


def controls(html):
    """Name -> values of the form as a browser sends it, button apart."""
    data: dict[str, list[str]] = {}

    class Reader(HTMLParser):
        inside, area, select = False, None, None

        def handle_starttag(self, tag, attrs):
            a = dict(attrs)
            if tag == "form":
                self.inside = a.get("id") == "rule-draft"
            if not self.inside:
                return
            if tag == "input" and (a.get("type") not in ("checkbox", "radio") or "checked" in a):
                data.setdefault(a["name"], []).append(a.get("value", ""))
            if tag == "select":
                self.select = a["name"]
            if tag == "option" and "selected" in a:
                data.setdefault(self.select, []).append(a.get("value", ""))
            if tag == "textarea":
                self.area, self.text = a["name"], ""

        def handle_data(self, text):
            if self.area:
                self.text += text

        def handle_endtag(self, tag):
            if tag == "textarea" and self.area:
                data.setdefault(self.area, []).append(self.text.removeprefix("\n").replace("\n", "\r\n"))
                self.area = None
            if tag == "form":
                self.inside = False

    Reader().feed(html)
    return {name: values for name, values in data.items() if name != "csrfmiddlewaretoken"}


RICH = {
    "criteria": [
        {
            **make.RULE["criteria"][0],
            "help": {"en": "one\ntwo"},
            "name": {"en": "A", "yue": "\u4e59"},
            "levels": [{"from": "30", "name": {"zh-hans": "<优>"}}],
        },
        {**make.RULE["criteria"][1], "levels": []},
    ],
    "panels": [
        {"id": "residents", "kind": "marks", "weight": "0.70", "criteria": ["effect", "need"]},
        {
            "id": "online",
            "kind": "votes",
            "weight": "0.3",
            "conversion": {"method": "ladder", "first": "10", "step": "0.5"},
        },
        {"id": "before", "kind": "given", "weight": "0"},
    ],
    "rounding": {"mode": "half_even", "places": 1, "stages": ["total", "criterion"]},
    "ties": ["criterion:residents/effect", "lot", "exact"],
    "lot_seed": "\n 一句话 ",
    "adjustments": {"min": "0", "max": "50"},
    "awards": [],
    "advance": {"places": 4, "others": 0, "ties": "lot"},
    "publish_marks": "none",
    "conduct": {
        "conflicts": ["own_organization"],
        "checklist": [],
        "papers": [],
        "assignment": {},
        "calibration_item": False,
    },
}


@pytest.mark.django_db
@pytest.mark.parametrize("changes", [{}, RICH, {"conduct": {}}])
def test_the_page_sends_back_what_it_shows(desk, changes):
    client, cast, season = desk
    text = make.rule_text(**changes)
    version = save_rule_set(season, text, "规则", by=None, now=now())
    client.post(url("rule_set_draft", cast, version.code))
    draft = RuleDraft.objects.get()
    page = client.get(url("rule_draft", cast, draft.code))
    answer = client.post(
        url("rule_draft", cast, draft.code), {**controls(page.content.decode()), "do": "save"}
    )
    assert answer.status_code == 303
    version.refresh_from_db()
    assert version.sha256 == parse_rule(text).sha256
    assert not RuleDraft.objects.exists()


@pytest.mark.django_db
def test_a_rule_is_written_by_form_from_an_example_to_a_version(desk):
    client, cast, _season = desk
    draft = begun(desk)
    here = url("rule_draft", cast, draft.code)
    typed = controls(client.get(here).content.decode())
    typed["criteria[0].max"] = ["\uff13\uff10"]
    answer = client.post(here, {**typed, "do": "remove:criteria[6]"})
    assert answer.headers["Location"].endswith(f"{here}#f-criteria-5")
    typed = controls(client.get(here).content.decode())
    assert (typed["criteria[0].max"], "criteria[6].id" in typed) == (["30"], False)
    client.post(here, {**typed, "do": "undo"})
    typed = controls(client.get(here).content.decode())
    assert typed["criteria[6].id"] == ["budget"]
    assert client.post(here, {**typed, "do": "save"}).status_code == 303
    rule = parse_rule(RuleSet.objects.get().text)
    assert (str(rule.criteria[0].max), len(rule.criteria)) == ("30", 7)


@pytest.mark.django_db
def test_nothing_typed_is_lost_when_it_is_refused(desk):
    client, cast, _season = desk
    draft = begun(desk)
    here = url("rule_draft", cast, draft.code)
    typed = controls(client.get(here).content.decode())
    typed |= {"criteria[0].max": ["viel"], "min_marks": ["zwei"], "name": [""], "lot_seed": [""]}
    answer = client.post(here, {**typed, "do": "save"})
    content = answer.content.decode()
    assert answer.status_code == 422
    again = controls(content)
    assert {key: again[key] for key in ("criteria[0].max", "min_marks", "lot_seed")} == {
        key: typed[key] for key in ("criteria[0].max", "min_marks", "lot_seed")
    }
    assert re.search(r'id="f-criteria-0-max-notes"><p class="field__error">', content)
    assert RuleSet.objects.count() == 0
    draft.refresh_from_db()
    assert json.loads(draft.text)["criteria"][0]["max"] == "viel"


@pytest.mark.django_db
def test_the_words_follow_what_is_typed(desk):
    client, cast, _season = desk
    draft = begun(desk)
    here = url("rule_draft", cast, draft.code)
    typed = controls(client.get(here).content.decode())
    typed["trim.high"] = ["2"]
    answer = client.post(here, {**typed, "do": "words"}, headers={"HX-Request": "true"})
    content = answer.content.decode()
    assert answer.status_code == 200 and 'id="rule-said"' in content and "<form" not in content
    assert "2 个最高" in content or "2 highest" in content
    assert 'value="2" hx-swap-oob' in content  # the revision goes on
    answer = client.post(here, {**typed, "do": "add:awards"}, headers={"HX-Request": "true"})
    assert 'id="f-awards-0"' in answer.content.decode()


@pytest.mark.django_db
def test_another_persons_draft_is_not_written_over_unseen(desk):
    client, cast, _season = desk
    draft = begun(desk)
    here = url("rule_draft", cast, draft.code)
    typed = controls(client.get(here).content.decode())
    other = make.user("同事")
    make.appoint(other, "district_staff", cast.district)
    theirs = Client()
    theirs.force_login(other)
    theirs.post(here, {**typed, "name": "他们的", "do": "keep"})
    answer = client.post(here, {**typed, "name": "我的", "do": "save"})
    assert answer.status_code == 409 and 'value="我的"' in answer.content.decode()
    draft.refresh_from_db()
    assert draft.name == "他们的"
    again = controls(answer.content.decode())
    assert client.post(here, {**again, "do": "save"}).status_code == 303
    assert RuleSet.objects.get().name == "我的"


@pytest.mark.django_db
def test_a_version_changed_elsewhere_is_not_written_over(desk):
    client, cast, season = desk
    version = save_rule_set(season, make.rule_text(), "规则", by=None, now=now())
    client.post(url("rule_set_draft", cast, version.code))
    draft = RuleDraft.objects.get()
    values = {"name": "规则", "text": make.rule_text(min_marks=4), "only": "save"}
    assert client.post(url("rule_set_edit", cast, version.code), values).status_code == 303
    here = url("rule_draft", cast, draft.code)
    typed = controls(client.get(here).content.decode())
    assert client.post(here, {**typed, "do": "save"}).status_code == 409
    version.refresh_from_db()
    assert json.loads(version.text)["min_marks"] == 4


@pytest.mark.django_db
def test_back_to_the_saved_version(desk):
    client, cast, season = desk
    version = save_rule_set(season, make.rule_text(), "规则", by=None, now=now())
    client.post(url("rule_set_draft", cast, version.code))
    draft = RuleDraft.objects.get()
    assert "草稿" in client.get(url("rule_set", cast, version.code)).content.decode()
    drop = url("rule_draft_drop", cast, draft.code)
    assert client.get(drop).status_code == 200
    answer = client.post(drop)
    assert (answer.status_code, answer.headers["Location"]) == (303, url("rule_set", cast, version.code))
    assert not RuleDraft.objects.exists()
    assert RuleSet.objects.get().sha256 == version.sha256
    actions = list(
        AuditEvent.objects.filter(object_type="evaluations.ruledraft").values_list("action", flat=True)
    )
    assert actions == ["begin rule draft", "drop rule draft"]


@pytest.mark.django_db
def test_the_text_of_a_draft_may_be_wrong_and_is_kept(desk):
    client, cast, _season = desk
    draft = begun(desk)
    here = url("rule_draft_text", cast, draft.code)
    values = {"name": "规则", "text": '{\n "format" "x"}', "revision": "1"}
    assert client.post(here, {**values, "do": "form"}).status_code == 422
    assert client.get(url("rule_draft", cast, draft.code)).headers["Location"] == here
    assert "&quot;format&quot; &quot;x&quot;" in client.get(here).content.decode()
    values = {"name": "规则", "text": make.rule_text(), "revision": "2"}
    assert client.post(here, {**values, "do": "form"}).headers["Location"] == url(
        "rule_draft", cast, draft.code
    )
    assert client.post(here, {**values, "revision": "3", "do": "save"}).status_code == 303
    assert RuleSet.objects.get().sha256 == parse_rule(make.rule_text()).sha256


@pytest.mark.django_db
def test_a_rule_begins_from_another_season_of_the_same_district_only(desk):
    client, cast, season = desk
    before = make.season(cast.district, "2017 届", year=2017)
    mine = save_rule_set(before, make.rule_text(min_marks=4), "去年", by=None, now=now())
    foreign_district = District.objects.create(
        slug="binjiang", division_code="330108", name="滨江区", name_en="Binjiang"
    )
    foreign = save_rule_set(
        make.season(foreign_district, "别的"), make.rule_text(), "别的", by=None, now=now()
    )
    assert "去年" in client.get(url("rule_start", cast, season.code)).content.decode()
    assert client.post(url("rule_start", cast, season.code), {"source": foreign.code}).status_code == 422
    assert json.loads(begun(desk, mine.code).text)["min_marks"] == 4


@pytest.mark.django_db
@pytest.mark.parametrize(
    "junk",
    [
        {},
        {"criteria[999].id": "x"},
        {"criteria[0].levels[999].from": "x", "has": ["criteria[0].levels"]},
        {"name": "\x00", "lot_seed": "\x00"},
        {"has": ["\x00", "conduct", "nothing"], "do": "add:conduct.checklist"},
        {"revision": "9" * 40, "do": "words"},
        {"panels[0].kind": "votes", "panels[0].conversion.method": "x", "has": "panels[0].conversion"},
        {"rounding.places": "9" * 5000, "do": "save"},
    ],
)
def test_junk_is_answered_and_breaks_nothing(desk, junk):
    client, cast, _season = desk
    draft = begun(desk)
    here = url("rule_draft", cast, draft.code)
    for revision in ({"revision": "1"}, {}):
        assert client.post(here, {**revision, **junk}).status_code in (200, 303, 409, 422)
    assert client.get(here).status_code in (200, 303)
