from __future__ import annotations

import ast
import tomllib
from pathlib import Path

import lifecycle_core
from lifecycle_core import verbs
from tests.golden_files import agrees_with_golden

ROOT = Path(__file__).parents[2]
MODULES = sorted([*ROOT.glob("lifecycle_core/**/*.py"), *ROOT.glob("nbext/**/*.py")])


def test_there_are_modules_to_look_at() -> None:
    assert len(MODULES) > 50


def test_no_module_is_a_drawer_for_odds_and_ends() -> None:
    drawers = {"utils", "util", "helpers", "helper", "common", "misc", "tools"}
    assert [path for path in MODULES if path.stem in drawers or path.parent.name in drawers] == []


def test_a_base_stands_only_among_siblings() -> None:
    bases = [path for path in MODULES if path.stem == "base"]
    assert all(len(list(path.parent.glob("*.py"))) > 2 for path in bases)


def test_no_module_is_longer_than_one_can_keep_in_mind() -> None:
    long = {str(p.relative_to(ROOT)): len(p.read_text().splitlines()) for p in MODULES}
    assert {name: lines for name, lines in long.items() if lines > 350} == {}


def test_every_module_says_what_it_is() -> None:
    silent = [path for path in MODULES if not ast.get_docstring(ast.parse(path.read_text()))]
    assert silent == []


def test_public_names_are_the_agreed_ones() -> None:
    assert agrees_with_golden("\n".join(sorted(lifecycle_core.__all__)) + "\n", "public_names.txt")


def test_a_public_name_is_not_a_module() -> None:
    # A submodule of the same name would hide the verb at the second access.
    for name in lifecycle_core.__all__:
        assert getattr(lifecycle_core, name) is getattr(verbs, name)
        assert getattr(lifecycle_core, name) is getattr(verbs, name)


def test_dependencies_are_the_agreed_ones() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = [
        f"[{extra}] {name}"
        for extra, names in sorted(project["optional-dependencies"].items())
        for name in names
    ]
    lines = [*project["dependencies"], *extras]
    assert agrees_with_golden("\n".join(lines) + "\n", "dependencies.txt")


def test_the_lock_names_packages_and_no_addresses() -> None:
    lock = (ROOT / "constraints.txt").read_text()
    assert "--hash=sha256:" in lock
    assert not any(sign in lock for sign in ("://", "--index-url", "--find-links", " @ "))


def test_the_version_stands_at_the_head_of_the_changelog() -> None:
    lines = (ROOT / "CHANGELOG.md").read_text().splitlines()
    heads = [x for x in lines if x.startswith("## ") and x != "## Unreleased"]
    assert heads[0].split()[1] == lifecycle_core.__version__
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["version"] == lifecycle_core.__version__
