"""The translations: found wherever they stand, merged without loss, checked before they are shipped."""

import gettext
import io
import json
import multiprocessing
import os
from pathlib import Path

import pytest
from babel.messages.extract import extract

from goldidea.lib import messages

TEMPLATE = """{% load i18n %}
{% translate "Plain" %} {% translate "Word" context "a place" %} {{ _("In a variable") }}
{% if _("In a tag") == 1 %}{% endif %}
{% blocktranslate count number=n trimmed %}
  {{ number }} case
  {% plural %}
  {{ number }} cases
{% endblocktranslate %}
{% blocktranslate with share=s trimmed %}{{ share }} of 100%{% endblocktranslate %}
"""
SOURCE = """
from django.utils.translation import gettext_lazy as _, ngettext, pgettext
A = _("One " "sentence")
B = ngettext("%(n)d judge", "%(n)d judges", 2)
C = pgettext("page", "Next")
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "page.html").write_text(TEMPLATE, encoding="utf-8")
    (tmp_path / "source.py").write_text(SOURCE, encoding="utf-8")
    return tmp_path


def give(root: Path, **lines: str) -> None:
    source = messages.entries(messages.source_messages(root))
    path = root / f"new-{os.getpid()}.json"
    path.write_text(json.dumps(lines), encoding="utf-8")
    messages.update(root, messages.read_new(path, source))


def complete(root: Path) -> None:
    lines = {id_: "译：" + id_.split("::")[-1].split("|")[-1] for id_ in messages.missing(root=root)}
    give(root, **lines)


def test_a_template_s_messages_are_found() -> None:
    found = extract("goldidea.lib.messages:extract_django", io.BytesIO(TEMPLATE.encode()), messages.KEYWORDS)
    assert [(text, context) for _line, text, _notes, context in found] == [
        ("Plain", None),
        ("Word", "a place"),
        ("In a variable", None),
        ("In a tag", None),
        (("%(number)s case", "%(number)s cases"), None),
        ("%(share)s of 100%%", None),
    ]


def test_what_is_missing_can_be_filled_in_and_given_back(root: Path) -> None:
    assert set(messages.missing(root=root)) == {
        "Plain",
        "a place::Word",
        "In a variable",
        "In a tag",
        "%(number)s case|%(number)s cases",
        "%(share)s of 100%%",
        "One sentence",
        "%(n)d judge|%(n)d judges",
        "page::Next",
    }
    complete(root)
    assert messages.missing(root=root) == {}
    assert messages.problems(root) == []


def test_only_the_sentences_of_one_place_are_listed(root: Path) -> None:
    assert set(messages.missing(["source"], root)) == {
        "One sentence",
        "%(n)d judge|%(n)d judges",
        "page::Next",
    }


def test_a_catalog_is_the_same_file_however_often_it_is_written(root: Path) -> None:
    complete(root)
    first = messages.po_path("zh_Hans", root).read_bytes()
    messages.update(root)
    assert messages.po_path("zh_Hans", root).read_bytes() == first


def test_the_check_names_what_is_not_translated(root: Path) -> None:
    complete(root)
    with (root / "source.py").open("a") as file:
        file.write('D = _("New words")\n')
    assert messages.problems(root) == ["zh_Hans: not translated: New words"]


def test_the_check_names_what_is_doubtful(root: Path) -> None:
    complete(root)
    path = messages.po_path("zh_Hans", root)
    path.write_text(path.read_text().replace('msgid "Plain"', '#, fuzzy\nmsgid "Plain"'))
    assert messages.problems(root) == ["zh_Hans: doubtful (fuzzy): Plain"]


def test_the_check_names_other_placeholders(root: Path) -> None:
    complete(root)
    give(root, **{"%(n)d judge|%(n)d judges": "几位评委", "Plain": "%(what)s"})
    assert messages.problems(root) == [
        "zh_Hans: other placeholders than the id: %(n)d judge",
        "zh_Hans: other placeholders than the id: Plain",
    ]


def test_a_translation_without_a_source_is_kept_until_the_source_comes_back(root: Path) -> None:
    complete(root)
    (root / "source.py").write_text(SOURCE.replace("One ", "Another "), encoding="utf-8")
    messages.update(root)
    assert "zh_Hans: used nowhere: One sentence" in messages.problems(root)
    (root / "source.py").write_text(SOURCE, encoding="utf-8")
    messages.update(root)
    messages.tidy(root)
    assert messages.problems(root) == []


def test_what_no_source_uses_is_taken_out_on_demand(root: Path) -> None:
    complete(root)
    (root / "source.py").unlink()
    messages.tidy(root)
    assert messages.problems(root) == []


def test_a_po_file_can_be_added_too(root: Path) -> None:
    path = root / "new.po"
    path.write_text('msgctxt "page"\nmsgid "Next"\nmsgstr "下一页"\n', encoding="utf-8")
    messages.add(path, root)
    assert "page::Next" not in messages.missing(root=root)


def give_one(root: Path, number: int) -> None:
    give(root, **{f"Sentence {number}": f"第 {number} 句"})


def test_many_may_add_at_the_same_time(root: Path) -> None:
    (root / "source.py").write_text("".join(f'_("Sentence {n}")\n' for n in range(8)), encoding="utf-8")
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        pool.starmap(give_one, [(root, n) for n in range(8)])
    assert [line for line in messages.missing(root=root) if line.startswith("Sentence")] == []


def test_what_is_compiled_holds_plurals_and_contexts(root: Path) -> None:
    complete(root)
    give(root, **{"%(n)d judge|%(n)d judges": "%(n)d 位评委", "page::Next": "下一页"})
    messages.compile_all(root)
    with messages.po_path("zh_Hans", root).with_suffix(".mo").open("rb") as file:
        chinese = gettext.GNUTranslations(file)
    assert chinese.ngettext("%(n)d judge", "%(n)d judges", 1) == "%(n)d 位评委"
    assert chinese.pgettext("page", "Next") == "下一页"


def test_an_english_reader_gets_english_plurals() -> None:
    from django.utils import translation

    with translation.override("en"):
        words = [
            translation.ngettext("%(number)s thing to put right", "%(number)s things to put right", n)
            for n in (1, 2)
        ]
    assert words == ["%(number)s thing to put right", "%(number)s things to put right"]
