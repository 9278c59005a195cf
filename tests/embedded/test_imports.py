"""The package starts where nothing else works: it may import the standard library and itself, and nothing more."""

import ast
import sys
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2] / "goldidea" / "embedded"


def test_only_the_standard_library_and_itself() -> None:
    foreign = {
        f"{module.name}: {name}"
        for module in PACKAGE.glob("*.py")
        for name in imported(module)
        if name.partition(".")[0] not in sys.stdlib_module_names and not name.startswith("goldidea.embedded")
    }
    assert foreign == set()


def imported(module: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module or ".")
    return names
