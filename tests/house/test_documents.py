from __future__ import annotations

import ast
import os
from pathlib import Path

ROOT = Path(__file__).parents[2]
ARCHITECTURE = ROOT / "ARCHITECTURE.md"
HEADING = "## Every module\n\n"


def first_line(path: Path) -> str:
    documentation = ast.get_docstring(ast.parse(path.read_text())) or ""
    return " ".join(documentation.partition("\n\n")[0].split())


def module_map() -> str:
    paths = sorted([*ROOT.glob("lifecycle_core/**/*.py"), *ROOT.glob("nbext/**/*.py")])
    lines = [f"- `{path.relative_to(ROOT).as_posix()}`: {first_line(path)}" for path in paths]
    return "\n".join(lines) + "\n"


def test_the_architecture_page_has_a_line_for_every_module() -> None:
    """`UPDATE_GOLDEN=1` writes the list anew."""
    text, heading, listed = ARCHITECTURE.read_text().partition(HEADING)
    if os.environ.get("UPDATE_GOLDEN"):
        ARCHITECTURE.write_text(text + heading + module_map())
        listed = module_map()
    assert listed == module_map()


def test_every_dependency_has_its_reason() -> None:
    text = ARCHITECTURE.read_text().lower()
    golden = (ROOT / "tests" / "golden" / "dependencies.txt").read_text()
    names = [
        line.split(">")[0].split("<")[0].split("=")[0]
        for line in golden.splitlines()
        if not line.startswith("[")
    ]
    assert len(names) > 20
    assert [name for name in names if name.removeprefix("py") not in text] == []
