"""What offices and phones can show: nothing newer than Chromium 86 and Safari 14, nothing inline, no colour forgotten."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
STATIC = ROOT / "goldidea" / "static"
STYLES = sorted((STATIC / "css").glob("*.css"))
SCRIPTS = sorted((STATIC / "js").rglob("*.js"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))

TOO_NEW_IN_CSS = {
    "cascade layers": r"@layer\b",
    "container queries": r"@container\b",
    "scopes": r"@scope\b",
    ":is()": r":is\(",
    ":where()": r":where\(",
    ":has()": r":has\(",
    "nesting": r"[;{}]\s*&",
    "inset": r"[;{\s]inset(-block|-inline)?\s*:",
    "aspect-ratio": r"aspect-ratio\s*[:)]",
    "a logical shorthand": r"[;{\s](margin|padding|border|inset)-(inline|block)\s*:",
    "colour functions": r"(color-mix|oklch|oklab|lch|lab)\(",
    "new viewport units": r"\d(d|s|l)v[hw]\b",
    "single transforms": r"[;{\s](translate|rotate|scale)\s*:",
    "math": r"\b(round|mod|sin|cos)\(",
}
TOO_NEW_IN_JS = {
    "randomUUID": r"randomUUID",
    "at()": r"\.at\(",
    "replaceAll": r"replaceAll",
    "logical assignment": r"(\?\?|\|\||&&)=",
    "structuredClone": r"structuredClone",
    "Object.hasOwn": r"Object\.hasOwn",
    "findLast": r"\.findLast",
    "toSorted and its kin": r"\.to(Sorted|Reversed|Spliced)\(",
    "groupBy": r"\.groupBy\(",
    ":has() in a selector": r":has\(",
    "a static block": r"\bstatic\s*\{",
}


def without_comments(text: str) -> str:
    return re.sub(r"/\*.*?\*/", "", text, flags=re.S)


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", STYLES, ids=name)
def test_a_style_sheet_uses_nothing_too_new(path: Path) -> None:
    text = without_comments(path.read_text(encoding="utf-8"))
    assert [what for what, pattern in TOO_NEW_IN_CSS.items() if re.search(pattern, text)] == []


@pytest.mark.parametrize("path", SCRIPTS, ids=name)
def test_a_script_uses_nothing_too_new(path: Path) -> None:
    text = re.sub(r"^\s*//.*$", "", without_comments(path.read_text(encoding="utf-8")), flags=re.M)
    assert [what for what, pattern in TOO_NEW_IN_JS.items() if re.search(pattern, text)] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_a_template_carries_no_style_and_no_script(path: Path) -> None:
    text = re.sub(
        r"{#.*?#}|{% comment %}.*?{% endcomment %}", "", path.read_text(encoding="utf-8"), flags=re.S
    )
    assert re.findall(r"<[^>]*\sstyle\s*=", text) == []
    assert re.findall(r"<style\b", text) == []
    assert re.findall(r"<[^>]*\son[a-z]+\s*=", text) == []
    assert re.findall(r"hx-on[:=]|hx-vals=['\"]js:|javascript:", text) == []
    assert [
        tag for tag in re.findall(r"<script\b[^>]*>", text) if "src=" not in tag and "json" not in tag
    ] == []


def test_every_byte_comes_from_this_server() -> None:
    text = {path: path.read_text(encoding="utf-8") for path in [*STYLES, *SCRIPTS, *TEMPLATES]}
    outside = re.compile(r"""(?:src|href)=["'](?:https?:)?//|url\(|@import|import\s*\(?["']https?:""")
    assert [name(path) for path, content in text.items() if outside.search(content)] == []


def test_there_are_three_sheets_and_every_page_loads_them_in_order() -> None:
    assert [path.name for path in STYLES] == ["base.css", "components.css", "tokens.css"]
    for page in ("base.html", "500.html"):
        found = re.findall(r"css/(\w+)\.css", (ROOT / "templates" / page).read_text(encoding="utf-8"))
        assert found == ["tokens", "base", "components"]


def test_dark_by_choice_and_dark_by_the_device_are_the_same_list() -> None:
    tokens = without_comments((STATIC / "css" / "tokens.css").read_text(encoding="utf-8"))
    chosen, *_ = re.findall(r':root\[data-theme="dark"\]\s*{([^}]*)}', tokens)
    device, *_ = re.findall(r":root:not\(\[data-theme\]\)\s*{([^}]*)}", tokens)
    assert chosen.split() == device.split()


def test_every_colour_is_a_token() -> None:
    """Outside tokens.css a colour is written only on paper and for codes, where it has to be black on white."""
    for path in STYLES:
        if path.name == "tokens.css":
            continue
        screen = without_comments(path.read_text(encoding="utf-8")).split("@media print")[0]
        assert set(re.findall(r"#[0-9a-f]{3,8}\b", screen)) <= {"#fff"}, path.name


def test_every_token_that_is_used_exists() -> None:
    text = "".join(without_comments(path.read_text(encoding="utf-8")) for path in STYLES)
    defined = set(re.findall(r"(--[\w-]+)\s*:", text))
    assert set(re.findall(r"var\((--[\w-]+)", text)) - defined == set()


def test_every_class_in_a_template_is_known_to_the_sheets() -> None:
    """A class that no sheet knows is a slip of the pen; what a script holds on to is a data- attribute."""
    known = set(
        re.findall(r"\.([a-zA-Z][\w-]*)", "".join(without_comments(path.read_text()) for path in STYLES))
    )
    strange = set()
    for path in TEMPLATES:
        for value in re.findall(r'\sclass="([^"]*)"', path.read_text(encoding="utf-8")):
            words = [word.strip("\0") for word in re.sub(r"{%.*?%}|{{.*?}}", "\0", value).split()]
            whole = {word for word in words if word and "\0" not in word and not word.endswith("-")}
            strange |= {f"{name(path)}: {word}" for word in whole - known}
    assert sorted(strange) == []
