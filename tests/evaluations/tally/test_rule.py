"""The rule set: what is read, and every refusal at its place."""

import json
from pathlib import Path

import pytest

from evaluations.tally import MESSAGES, RuleErrors, full_marks, parse_rule
from evaluations.tally.messages import WARNINGS

from .rounds import ONE, PLAIN, criterion, document, panel, rounding, rule

ROOT = Path(__file__).resolve().parents[3]
TOP = {"method": "top", "full": "100"}
TWO = [panel("residents", "0.5"), panel("experts", "0.5", criteria=["need"])]


def refused(text):
    with pytest.raises(RuleErrors) as caught:
        parse_rule(text if isinstance(text, (str, bytes)) else json.dumps(text))
    assert all("\n" not in str(error) for error in caught.value.errors)
    return [(error.place, error.code) for error in caught.value.errors]


def without(key):
    return {name: value for name, value in document().items() if name != key}


@pytest.mark.parametrize("key", sorted(PLAIN))
def test_every_key_of_the_plain_rule_set_is_required(key):
    assert refused(without(key)) == [(key, "missing-key")]


SHAPES = [
    ({"colour": 1}, "colour", "unknown-key"),
    ({"format": "goldidea-rule/2"}, "format", "not-one-of"),
    ({"format": None}, "format", "not-text"),
    ({"criteria": []}, "criteria", "none-given"),
    ({"criteria": {}}, "criteria", "not-a-list"),
    ({"criteria": [criterion("need"), criterion("need")]}, "criteria[1]", "duplicate-id"),
    ({"criteria": [criterion("Need")]}, "criteria[0].id", "bad-id"),
    ({"criteria": [criterion("n" * 41)]}, "criteria[0].id", "bad-id"),
    ({"criteria": [criterion("", name={"en": "x"})]}, "criteria[0].id", "bad-id"),
    ({"criteria": [criterion("need", max=20)]}, "criteria[0].max", "not-a-decimal"),
    ({"criteria": [criterion("need", max="2e1")]}, "criteria[0].max", "not-a-decimal"),
    ({"criteria": [criterion("need", max="２０")]}, "criteria[0].max", "not-a-decimal"),
    ({"criteria": [criterion("need", max="+20")]}, "criteria[0].max", "not-a-decimal"),
    ({"criteria": [criterion("need", max="020")]}, "criteria[0].max", "not-a-decimal"),
    ({"criteria": [criterion("need", max="20.")]}, "criteria[0].max", "not-a-decimal"),
    ({"criteria": [criterion("need", max=" 20")]}, "criteria[0].max", "not-a-decimal"),
    ({"criteria": [criterion("need", max="9" * 13)]}, "criteria[0].max", "not-a-decimal"),
    ({"criteria": [criterion("need", max="NaN")]}, "criteria[0].max", "not-a-decimal"),
    ({"criteria": [criterion("need", name={})]}, "criteria[0].name", "no-name"),
    ({"criteria": [criterion("need", name="Need")]}, "criteria[0].name", "not-an-object"),
    ({"criteria": [criterion("need", name={"en": ""})]}, "criteria[0].name.en", "empty-text"),
    ({"criteria": [criterion("need", name={"en": "x" * 10_001})]}, "criteria[0].name.en", "long-text"),
    ({"criteria": [criterion("need", name={"English": "Need"})]}, "criteria[0].name", "bad-language"),
    ({"criteria": [criterion("need", help="?")]}, "criteria[0].help", "not-an-object"),
    ({"criteria": [criterion("need", note="?")]}, "criteria[0].note", "unknown-key"),
    ({"criteria": [criterion("need", levels=[{"from": "1"}])]}, "criteria[0].levels[0].name", "missing-key"),
    ({"criteria": [criterion(f"c{n}") for n in range(201)]}, "criteria", "too-many"),
    ({"panels": []}, "panels", "none-given"),
    ({"panels": [panel("residents"), panel("residents")]}, "panels[1]", "duplicate-id"),
    ({"panels": [panel("residents", kind="jury")]}, "panels[0].kind", "not-one-of"),
    ({"panels": [panel("residents", weight=1)]}, "panels[0].weight", "not-a-decimal"),
    ({"panels": [panel("residents", criteria=[])]}, "panels[0].criteria", "none-given"),
    ({"panels": [panel("residents", criteria=["beauty"])]}, "panels[0].criteria[0]", "unknown-criterion"),
    ({"panels": [panel("residents", criteria=["need", "need"])]}, "panels[0].criteria[1]", "duplicate-id"),
    ({"panels": [panel("residents", conversion=TOP)]}, "panels[0].conversion", "conversion-only-for-votes"),
    ({"panels": [panel("online", kind="votes")]}, "panels[0].conversion", "conversion-missing"),
    (
        {"panels": [panel("online", kind="votes", conversion=TOP, criteria=["need"])]},
        "panels[0].criteria",
        "criteria-only-for-marks",
    ),
    (
        {"panels": [panel("online", kind="votes", conversion={"method": "root", "full": "1"})]},
        "panels[0].conversion.method",
        "not-one-of",
    ),
    (
        {"panels": [panel("online", kind="votes", conversion={"method": "ladder", "first": "1"})]},
        "panels[0].conversion.step",
        "missing-key",
    ),
    (
        {"panels": [panel("online", kind="votes", conversion={**TOP, "first": "1"})]},
        "panels[0].conversion.first",
        "unknown-key",
    ),
    ({"panels": [panel("online", kind="votes", conversion=1)]}, "panels[0].conversion", "not-an-object"),
    ({"level": "total"}, "level", "not-one-of"),
    ({"average": "mode"}, "average", "not-one-of"),
    ({"trim": {"high": -1, "low": 0, "from": 1, "advised": 0}}, "trim.high", "not-a-count"),
    ({"trim": {"high": True, "low": 0, "from": 1, "advised": 0}}, "trim.high", "not-a-count"),
    ({"trim": {"high": "1", "low": 0, "from": 1, "advised": 0}}, "trim.high", "not-a-count"),
    ({"trim": {"high": 0, "low": 0, "from": 1}}, "trim.advised", "missing-key"),
    ({"trim": None}, "trim", "not-an-object"),
    ({"min_marks": -1}, "min_marks", "not-a-count"),
    ({"min_marks": 10**7}, "min_marks", "not-a-count"),
    ({"calibration": {"method": "z-score"}}, "calibration.method", "not-one-of"),
    ({"calibration": {"method": "none", "cap": "1"}}, "calibration.cap", "unknown-key"),
    (
        {"calibration": {"method": "additive", "min_marks": 5, "if_disconnected": "refuse"}},
        "calibration.cap",
        "missing-key",
    ),
    ({"rounding": rounding("total", mode="half_down")}, "rounding.mode", "not-one-of"),
    ({"rounding": rounding("total", places=10)}, "rounding.places", "not-a-count"),
    ({"rounding": rounding("sum")}, "rounding.stages[0]", "not-one-of"),
    ({"rounding": rounding("total", "total")}, "rounding.stages[1]", "duplicate-value"),
    ({"ties": ["coin"]}, "ties[0]", "unknown-tie"),
    ({"ties": ["exact:1"]}, "ties[0]", "unknown-tie"),
    ({"ties": ["panel:"]}, "ties[0]", "unknown-tie"),
    ({"ties": [1]}, "ties[0]", "not-text"),
    ({"ties": ["exact", "exact"]}, "ties[1]", "duplicate-value"),
    ({"lot_seed": 1}, "lot_seed", "not-text"),
    ({"lot_seed": ""}, "lot_seed", "empty-text"),
    ({"adjustments": None}, "adjustments", "not-an-object"),
    ({"adjustments": {"min": "0"}}, "adjustments.max", "missing-key"),
    ({"awards": [{"id": "a", "name": {"en": "A"}, "places": "3"}]}, "awards[0].places", "not-a-count"),
    ({"awards": [{"id": "a", "name": {"en": "A"}, "places": 1}] * 2}, "awards[1]", "duplicate-id"),
    ({"advance": {"others": 0, "ties": "all"}}, "advance", "advance-one-way"),
    ({"advance": {"per_sub_district": 1, "places": 3, "ties": "all"}}, "advance", "advance-one-way"),
    ({"advance": {"per_sub_district": 1}}, "advance.ties", "missing-key"),
    ({"advance": {"per_sub_district": 1, "ties": "none"}}, "advance.ties", "not-one-of"),
    (
        {"advance": {"per_sub_district": 1, "others": 2, "ties": "all"}},
        "advance.others_by",
        "others-not-comparable",
    ),
    (
        {"advance": {"per_sub_district": 1, "others": 0, "others_by": "total", "ties": "all"}},
        "advance.others_by",
        "others-by-without-others",
    ),
    (
        {"advance": {"per_sub_district": 1, "others": 1, "others_by": "rank", "ties": "all"}},
        "advance.others_by",
        "not-one-of",
    ),
    ({"publish_marks": "all"}, "publish_marks", "not-one-of"),
    ({"conduct": []}, "conduct", "not-an-object"),
]


@pytest.mark.parametrize(("changes", "place", "code"), SHAPES)
def test_refusals_of_shape(changes, place, code):
    assert refused(document(**changes)) == [(place, code)]


SENSE = [
    ({"criteria": [criterion("need", max="0")]}, "criteria[0].max", "max-not-above-min"),
    ({"criteria": [criterion("need", min="5", max="4.5")]}, "criteria[0].max", "max-not-above-min"),
    ({"criteria": [criterion("need", step="0")]}, "criteria[0].step", "step-not-positive"),
    ({"criteria": [criterion("need", step="-1")]}, "criteria[0].step", "step-not-positive"),
    ({"criteria": [criterion("need", step="3")]}, "criteria[0].max", "max-off-step"),
    ({"criteria": [criterion("need", weight="-1")]}, "criteria[0].weight", "negative-weight"),
    (
        {"criteria": [criterion("need", levels=[{"from": "20.5", "name": {"en": "Top"}}])]},
        "criteria[0].levels[0].from",
        "level-out-of-range",
    ),
    (
        {"criteria": [criterion("need", levels=[{"from": "0.25", "name": {"en": "Low"}}])]},
        "criteria[0].levels[0].from",
        "level-out-of-range",
    ),
    (
        {"criteria": [criterion("need", levels=[{"from": "5", "name": {"en": "A"}}] * 2)]},
        "criteria[0].levels[1].from",
        "duplicate-value",
    ),
    ({"panels": [panel("residents"), panel("experts", "-0.1")]}, "panels[1].weight", "negative-weight"),
    ({"panels": [panel("residents", "0"), panel("experts", "0")]}, "panels", "weights-all-zero"),
    ({"criteria": [criterion("need", weight="0")]}, "panels[0]", "weights-all-zero"),
    ({"trim": {"high": 1, "low": 1, "from": 2, "advised": 7}}, "trim.from", "trim-leaves-nothing"),
    ({"trim": {"high": 0, "low": 0, "from": 0, "advised": 0}}, "trim.from", "trim-leaves-nothing"),
    ({"rounding": rounding("sheet")}, "rounding.stages", "foreign-stage"),
    ({"level": "sheet", "rounding": rounding("weighted")}, "rounding.stages", "foreign-stage"),
    ({"level": "sheet", "rounding": rounding("criterion")}, "rounding.stages", "foreign-stage"),
    ({"ties": ["panel:experts"]}, "ties[0]", "tie-unknown-panel"),
    ({"ties": ["criterion:beauty"]}, "ties[0]", "tie-unknown-criterion"),
    ({"ties": ["criterion:experts/need"]}, "ties[0]", "tie-unknown-panel"),
    ({"panels": TWO, "ties": ["criterion:need"]}, "ties[0]", "tie-bare-criterion"),
    ({"panels": TWO, "ties": ["criterion:experts/effect"]}, "ties[0]", "tie-unknown-criterion"),
    (
        {"panels": [panel("residents"), panel("guests", "0")], "ties": ["panel:guests"]},
        "ties[0]",
        "tie-weight-zero",
    ),
    (
        {"panels": [panel("residents"), panel("guests", "0")], "ties": ["criterion:guests/need"]},
        "ties[0]",
        "tie-weight-zero",
    ),
    (
        {"panels": [panel("residents"), panel("before", kind="given")], "ties": ["criterion:before/need"]},
        "ties[0]",
        "tie-not-marks",
    ),
    ({"panels": [panel("before", kind="given")], "ties": ["median"]}, "ties[0]", "tie-no-marks"),
    ({"ties": ["lot"]}, "lot_seed", "lot-without-seed"),
    ({"advance": {"per_sub_district": 1, "ties": "lot"}}, "lot_seed", "lot-without-seed"),
    ({"adjustments": {"min": "1", "max": "0"}}, "adjustments.max", "adjustments-reversed"),
    (
        {"panels": TWO, "advance": {"places": 1, "others": 1, "others_by": "total", "ties": "all"}},
        "advance.others_by",
        "others-not-comparable",
    ),
]
SENSE += [
    ({"panels": [panel("online", kind="votes", conversion=conversion)]}, f"panels[0].conversion.{key}", code)
    for conversion, key, code in (
        ({"method": "top", "full": "0"}, "full", "conversion-not-positive"),
        ({"method": "ladder", "first": "0", "step": "1"}, "first", "conversion-not-positive"),
        ({"method": "ladder", "first": "1", "step": "-1"}, "step", "conversion-negative"),
        ({"method": "standard", "mean": "70", "spread": "0"}, "spread", "conversion-not-positive"),
    )
]


@pytest.mark.parametrize(("changes", "place", "code"), SENSE)
def test_refusals_of_sense(changes, place, code):
    assert refused(document(**changes)) == [(place, code)]


@pytest.mark.parametrize(
    ("text", "place", "code"),
    [
        ('{"a": 1, "a": 2}', "", "json-duplicate-key"),
        (json.dumps(document(min_marks=1.5)), "min_marks", "json-number"),
        (json.dumps(document(min_marks=float("nan"))), "min_marks", "json-number"),
        (json.dumps(document(conduct={"a": {"b": 0.5}})), "conduct.a.b", "json-number"),
        (json.dumps(document(conduct={"价": "1"})), "conduct", "json-key"),
        (json.dumps(document(lot_seed="e\u0301")), "lot_seed", "json-not-nfc"),
        ("[]", "", "not-an-object"),
        ("not JSON", "", "json-syntax"),
        (b"\xff\xfe", "", "json-not-utf-8"),
    ],
)
def test_refusals_of_the_document(text, place, code):
    assert refused(text) == [(place, code)]


def test_all_refusals_are_collected_each_at_its_place():
    wrong = document(
        criteria=[criterion("need", max="x"), criterion("effect", step=None)], min_marks="3", colour="red"
    )
    assert refused(wrong) == [
        ("colour", "unknown-key"),
        ("criteria[0].max", "not-a-decimal"),
        ("criteria[1].step", "not-a-decimal"),
        ("min_marks", "not-a-count"),
    ]
    senseless = document(criteria=[criterion("need", max="0")], ties=["panel:x", "lot"])
    assert refused(senseless) == [
        ("criteria[0].max", "max-not-above-min"),
        ("ties[0]", "tie-unknown-panel"),
        ("lot_seed", "lot-without-seed"),
    ]


def test_a_refusal_says_where_and_what():
    with pytest.raises(RuleErrors) as caught:
        rule(criteria=[criterion("need", max="0")])
    assert str(caught.value) == "criteria[0].max: the greatest mark must be above the least (0)"
    assert caught.value.params == {"min": "0"}


def test_the_table_of_sentences_is_sound():
    used = {code for _, _, code in [*SHAPES, *SENSE]}
    assert used <= MESSAGES.keys()
    assert all("\n" not in sentence for sentence in [*MESSAGES.values(), *WARNINGS.values()])


def test_an_id_with_a_line_feed_behind_it_is_none():
    assert refused(document(criteria=[criterion("need\n")])) == [("criteria[0].id", "bad-id")]


def test_a_byte_order_mark_and_bytes_are_accepted():
    text = json.dumps(document())
    assert parse_rule(b"\xef\xbb\xbf" + text.encode()).sha256 == parse_rule(text).sha256


def test_layout_and_order_of_keys_do_not_change_the_hash_but_every_value_does():
    base = document(conduct={"notice_working_days": 5})
    turned = json.dumps(dict(reversed(base.items())), indent=4, ensure_ascii=False)
    assert parse_rule(turned).sha256 == parse_rule(json.dumps(base)).sha256
    changed = document(conduct={"notice_working_days": 6})
    assert parse_rule(json.dumps(changed)).sha256 != parse_rule(json.dumps(base)).sha256


def test_the_full_rule_set_of_the_design():
    text = """{"format": "goldidea-rule/1",
     "criteria": [{"id": "need", "name": {"zh-hans": "需求", "en": "Need"}, "min": "0", "max": "20", "step": "0.5",
                   "weight": "1", "levels": [{"from": "18", "name": {"zh-hans": "优", "en": "Excellent"}}]}],
     "panels":   [{"id": "residents", "kind": "marks", "weight": "0.7"},
                  {"id": "experts",   "kind": "marks", "weight": "0.3", "criteria": ["need"]},
                  {"id": "online",    "kind": "votes", "weight": "0", "conversion": {"method": "top", "full": "100"}}],
     "level": "criterion", "average": "mean", "trim": {"high": 1, "low": 1, "from": 5, "advised": 7}, "min_marks": 3,
     "calibration": {"method": "none"},
     "rounding": {"mode": "half_up", "places": 2, "stages": ["criterion", "weighted", "panel", "total"]},
     "ties": ["exact", "panel:experts", "criterion:residents/need", "median", "lot"],
     "lot_seed": "the sentence read out before the round opens",
     "adjustments": {"min": "-5", "max": "20"},
     "awards": [{"id": "first", "name": {"zh-hans": "一等", "en": "First"}, "places": 3}],
     "advance": {"per_sub_district": 2, "others": 0, "ties": "all"},
     "publish_marks": "by_seat",
     "conduct": {"mode": "online", "bench": "own", "conflicts": ["own_community", "own_organization"],
                 "notice_working_days": 5, "assignment": {"per_entry": 7, "per_judge": 20}, "start_after": 3,
                 "calibration_item": false, "checklist": ["registered"]}}"""
    found = parse_rule(text)
    assert [step.text for step in found.ties][2:4] == ["criterion:residents/need", "median"]
    assert found.panel["online"].criteria == ()
    assert found.panel["residents"].criteria == ("need",)
    assert found.criterion["need"].levels[0].name == {"zh-hans": "优", "en": "Excellent"}
    assert found.conduct["notice_working_days"] == 5


def test_the_example_for_a_preliminary():
    found = parse_rule((ROOT / "evaluations/examples/example-online.json").read_bytes())
    assert [int(item.max) for item in found.criteria] == [20, 20, 20, 15, 10, 10, 5]
    assert [panel.id for panel in found.weighted_panels] == ["residents"]
    assert full_marks(found).total == 100
    assert [step.text for step in found.ties] == [
        "exact",
        "criterion:residents/participation",
        "median",
        "lot",
    ]
    assert all(len(item.levels) == 4 and item.levels[-1].start == item.min for item in found.criteria)


def test_the_example_for_a_final():
    found = parse_rule((ROOT / "evaluations/examples/example-final.json").read_bytes())
    assert {panel.id: str(panel.weight) for panel in found.panels} == {"residents": "0.7", "experts": "0.3"}
    assert full_marks(found).total == 100
    assert [award.places for award in found.awards] == [3, 6, 9]


def test_one_criterion_is_enough():
    assert rule(criteria=ONE).panel["residents"].criteria == ("need",)
