"""The translations: found in the source, kept in locale/, compiled and checked, without gettext's programs.

`python -m goldidea.lib.messages` with one of:

    update        find every sentence in the source and bring the catalogs up to date
    add FILE      put translations from a .json or .po file into the Chinese catalog (safe while others do the same)
    missing PATH  print, as JSON to fill in, the sentences (under PATH) that have no Chinese yet
    compile       write the .mo files that Django reads
    check         list what is missing, doubtful, left over or has other placeholders; fails if anything is
    tidy          take out the translations that no source uses any more

A sentence's id is its English text. Chinese is complete; the English catalog holds only what must differ from its id.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import hashlib
import io
import json
import os
import re
import sys
import tempfile
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import IO, Any, Final

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir, extract_python
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT: Final = Path(__file__).resolve().parent.parent.parent
CHINESE: Final = "zh_Hans"
LOCALES: Final = (CHINESE, "en")
SKIPPED: Final = frozenset({"var", "tests", "benchmarks", "locale", "static", "migrations", "node_modules"})
KEYWORDS: Final[Mapping[str, Any]] = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
PLACEHOLDER: Final = re.compile(r"%\([^)]+\)[a-z]|%[sdif]|\{[A-Za-z_][\w.]*[^{}]*\}")
# Lines of the header that say nothing here, or change on every run and set two people's work against each other.
NOISE: Final = re.compile(
    rb'^"(Project-Id-Version|Report-Msgid-Bugs-To|Language-Team|Last-Translator|POT-Creation-Date|PO-Revision-Date'
    rb'|Generated-By):.*\\n"\n',
    re.M,
)
HEADER: Final = """\
# {language} for Gold Idea. An entry's id is its English sentence.
# Kept by: python -m goldidea.lib.messages"""

Place = tuple[str, str]  # context, (singular) id


def extract_django(
    file: IO[bytes], keywords: Mapping[str, Any], comment_tags: Collection[str], options: Mapping[str, Any]
) -> Iterator[tuple[Any, ...]]:
    """Babel's extractor for Django templates: Django turns the template into Python-like lines, Babel reads these.

    Line by line, because what is not a message is crossed out and is no Python.
    """
    import django.conf
    from django.utils.translation.template import templatize

    if not django.conf.settings.configured and "DJANGO_SETTINGS_MODULE" not in os.environ:
        django.conf.settings.configure()
    source = templatize(file.read().decode("utf-8"))
    for number, line in enumerate(source.splitlines(), 1):
        found = extract_python(
            io.BytesIO(line.strip().encode()), keywords, comment_tags, {"encoding": "utf-8"}
        )
        for _number, *rest in found:
            yield number, *rest


def source_messages(root: Path = ROOT) -> Catalog:
    """Every sentence that the source marks for translation, with the places where it stands."""
    with (ROOT / "babel.cfg").open(encoding="utf-8") as config:
        methods, options = parse_mapping_cfg(config)  # type: ignore[no-untyped-call]
    catalog = Catalog(fuzzy=False)
    found = extract_from_dir(
        root, methods, options, KEYWORDS, ("Translators:",), strip_comment_tags=True, directory_filter=wanted
    )
    for path, line, text, notes, context in found:
        catalog.add(text, None, [(path, line)], auto_comments=notes, context=context)
    return catalog


def wanted(directory: str) -> bool:
    """Whether a folder holds source of this project."""
    name = Path(directory).name
    return name not in SKIPPED and not name.startswith((".", "_"))


def po_path(locale: str, root: Path = ROOT) -> Path:
    return root / "locale" / locale / "LC_MESSAGES" / "django.po"


def load(locale: str, root: Path = ROOT) -> Catalog:
    """A catalog as it stands, or a new one."""
    path = po_path(locale, root)
    if not path.exists():
        return Catalog(locale=locale, domain="django", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=locale, domain="django")


def save(catalog: Catalog, locale: str, root: Path = ROOT) -> None:
    """Write a catalog in the order of its ids and without dates: the same content is always the same file."""
    out = io.BytesIO()
    catalog.header_comment = HEADER.format(language=locale)
    write_po(out, catalog, width=100, no_location=True, sort_output=True, include_previous=False)
    replace(po_path(locale, root), NOISE.sub(b"", out.getvalue()))


def replace(path: Path, content: bytes) -> None:
    """Write a file at once: who reads it meets the old one or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(f".{os.getpid()}.new")
    fresh.write_bytes(content)
    fresh.replace(path)


@contextlib.contextmanager
def alone(root: Path = ROOT) -> Iterator[None]:
    """One writer at a time for this tree, however many work in it."""
    name = hashlib.sha256(str(root).encode()).hexdigest()[:12]
    lock = Path(tempfile.gettempdir()) / f"goldidea-messages-{os.getuid()}-{name}.lock"
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def key(message: Message) -> Place:
    """What tells one message from another: its context and its (singular) id."""
    return message.context or "", message.id if isinstance(message.id, str) else message.id[0]


def entries(catalog: Catalog) -> dict[Place, Message]:
    """The messages of a catalog without its header."""
    return {key(message): message for message in catalog if message.id}


def update(root: Path = ROOT, new: Mapping[Place, Message] | None = None) -> None:
    """Bring the catalogs in line with the source, and `new` translations in; nothing translated is thrown away.

    A translation without a source waits as an obsolete entry: its source may be written a minute later.
    """
    with alone(root):
        source = source_messages(root)
        for locale in LOCALES:
            catalog = load(locale, root)
            waiting, catalog.obsolete = dict(catalog.obsolete), type(catalog.obsolete)()
            for message in waiting.values():
                catalog[message.id] = message
            for message in (new or {}).values() if locale == CHINESE else ():
                catalog.delete(message.id if isinstance(message.id, str) else message.id[0], message.context)
                catalog[message.id] = message
            if locale == CHINESE:
                catalog.update(source, no_fuzzy_matching=True)
            save(catalog, locale, root)


def read_new(path: Path, source: Mapping[Place, Message]) -> dict[Place, Message]:
    """The translations in a file. JSON: {"id": "译文", "one|many": "译文", "context::id": "译文"}; or a .po."""
    if path.suffix == ".po":
        with path.open("rb") as file:
            return {
                found: message
                for found, message in entries(read_po(file, locale=CHINESE)).items()
                if message.string
            }
    messages = (
        as_message(id_, text, source)
        for id_, text in json.loads(path.read_text(encoding="utf-8")).items()
        if text
    )
    return {key(message): message for message in messages}


def as_message(id_: str, text: str, source: Mapping[Place, Message]) -> Message:
    """One line of JSON as a message. A bar or a double colon that belongs to the sentence itself is left in peace."""
    context = ""
    if "::" in id_ and ("", id_) not in source:
        context, id_ = id_.split("::", 1)
    if "|" in id_ and (context, id_) not in source:
        one, many = id_.split("|", 1)
        return Message((one, many), (text,), context=context or None)
    known = source.get((context, id_))
    if known is not None and known.pluralizable:
        return Message(known.id, (text,), context=context or None)
    return Message(id_, text, context=context or None)


def missing(paths: Collection[str] = (), root: Path = ROOT) -> dict[str, str]:
    """The sentences without Chinese, in the form in which `add` takes them back."""
    done = {found for found, message in entries(load(CHINESE, root)).items() if translated(message)}
    lines = {}
    for (context, _id), message in entries(source_messages(root)).items():
        here = not paths or any(
            str(place).startswith(path) for place, _line in message.locations for path in paths
        )
        if here and key(message) not in done:
            text = message.id if isinstance(message.id, str) else "|".join(message.id)
            lines[f"{context}::{text}" if context else text] = ""
    return lines


def translated(message: Message) -> bool:
    parts = message.string if isinstance(message.string, list | tuple) else (message.string,)
    return bool(parts) and all(parts)


def compile_all(root: Path = ROOT) -> None:
    """Write the .mo file beside each catalog."""
    for locale in LOCALES:
        out = io.BytesIO()
        write_mo(out, load(locale, root))
        replace(po_path(locale, root).with_suffix(".mo"), out.getvalue())


def problems(root: Path = ROOT) -> list[str]:
    """What stands between the catalogs and a complete translation, one line each."""
    source, found = entries(source_messages(root)), []
    for locale in LOCALES:
        catalog = load(locale, root)
        have = entries(catalog)
        if locale == CHINESE:
            done = {place for place, message in have.items() if translated(message)}
            found += [f"{locale}: not translated: {show(place)}" for place in source if place not in done]
        left = [*have.keys() - source.keys(), *map(key, catalog.obsolete.values())]
        found += [f"{locale}: used nowhere: {show(place)}" for place in sorted(left)]
        for place, message in have.items():
            if message.fuzzy:
                found.append(f"{locale}: doubtful (fuzzy): {show(place)}")
            if translated(message) and not same_placeholders(message):
                found.append(f"{locale}: other placeholders than the id: {show(place)}")
    return found


def show(place: Place) -> str:
    context, text = place
    return f"{context}::{text}" if context else text


def same_placeholders(message: Message) -> bool:
    """Every form of the translation names what the sentence names; for a plural, its plural form."""
    ids = (message.id,) if isinstance(message.id, str) else tuple(message.id)
    texts = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
    allowed = [set(PLACEHOLDER.findall(text)) for text in (ids if len(texts) > 1 else ids[-1:])]
    return all(set(PLACEHOLDER.findall(text)) in allowed for text in texts)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m goldidea.lib.messages", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument(
        "command", choices=["update", "extract", "add", "missing", "compile", "check", "tidy"]
    )
    parser.add_argument("paths", nargs="*")
    given = parser.parse_args(arguments)
    match given.command:
        case "add":
            for path in given.paths:
                add(Path(path))
        case "missing":
            print(json.dumps(missing(given.paths), ensure_ascii=False, indent=1))
        case "compile":
            compile_all()
        case "tidy":
            tidy()
        case "check":
            found = problems()
            print("\n".join(found) or "translations complete")
            return 1 if found else 0
        case _:
            update()
    return 0


def add(path: Path, root: Path = ROOT) -> None:
    """Put a file of translations into the Chinese catalog and say which of them the source does not know yet."""
    source = entries(source_messages(root))
    new = read_new(path, source)
    update(root, new)
    print(f"{path}: {len(new)} translations")
    print(
        "".join(f"  not in the source yet: {show(place)}\n" for place in new.keys() - source.keys()), end=""
    )


def tidy(root: Path = ROOT) -> None:
    """Take out what no source uses."""
    update(root)
    with alone(root):
        for locale in LOCALES:
            catalog = load(locale, root)
            catalog.obsolete.clear()
            save(catalog, locale, root)


if __name__ == "__main__":
    sys.exit(main())
