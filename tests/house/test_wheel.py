from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from uv import find_uv_bin

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


def test_the_wheel_holds_the_packages_and_nothing_else(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    wanted = {
        path.relative_to(ROOT).as_posix()
        for package in ("lifecycle_core", "nbext")
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    templates = {
        f"lifecycle_core/templates/{path.relative_to(ROOT / 'templates').as_posix()}"
        for path in (ROOT / "templates").rglob("*")
        if path.is_file()
    }
    assert {
        "nbext/widgets/promotion.js",
        "nbext/widgets/promotion.css",
        "nbext/widgets/elements.js",
    } <= wanted
    assert {name for name in names if ".dist-info/" not in name} == wanted | templates


def test_the_wheel_works_in_an_empty_environment(wheel: Path, tmp_path: Path) -> None:
    python = tmp_path / "venv" / "bin" / "python"
    uv: list[str | Path] = [find_uv_bin(), "--quiet"]
    subprocess.run([*uv, "venv", "--python", sys.executable, tmp_path / "venv"], check=True)
    install = [*uv, "pip", "install", "--python", python, "--constraint", ROOT / "constraints.txt"]
    subprocess.run([*install, wheel], check=True, cwd=tmp_path)
    program = (
        "import lifecycle_core, nbext, sys\n"
        "from lifecycle_core.adapters.templates import template_names\n"
        "assert lifecycle_core.__file__.startswith(sys.prefix), lifecycle_core.__file__\n"
        "assert nbext.__file__.startswith(sys.prefix), nbext.__file__\n"
        "assert 'card.md.j2' in template_names()"
    )
    subprocess.run([python, "-c", program], check=True, cwd=tmp_path)
    command = python.with_name("nbrelease")
    shown = subprocess.run([command, "--help"], check=True, capture_output=True, text=True)
    assert "nbrelease run NOTEBOOK" in shown.stdout
