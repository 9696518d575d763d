from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_template_has_a_golden_file() -> None:
    templates = {
        path.relative_to(ROOT / "templates").as_posix().removesuffix(".j2")
        for path in (ROOT / "templates").rglob("*.j2")
        if not path.name.startswith("_")  # a partial shows in the golden files of its users
    }
    golden = ROOT / "tests" / "golden"
    known = {path.relative_to(golden).as_posix() for path in golden.rglob("*") if path.is_file()}
    assert templates
    assert {name for name in templates if name not in known} == set()
