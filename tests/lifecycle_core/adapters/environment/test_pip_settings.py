from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lifecycle_core.adapters.environment.pip_settings import pip_indexes

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    folder = tmp_path / ".config" / "pip"
    folder.mkdir(parents=True)
    (folder / "pip.conf").write_text(
        "[global]\nindex-url = https://a/simple\nextra-index-url =\n  https://b/simple\n"
        "  https://c/simple\n[install]\nfind-links = /x /y\n"
    )
    return {"HOME": str(tmp_path)}


def test_the_indexes_of_pip_are_told_to_uv(environ: dict[str, str]) -> None:
    found = pip_indexes(environ)
    assert found.main == {"UV_DEFAULT_INDEX": "https://a/simple"}
    assert found.further == {
        "UV_DEFAULT_INDEX": "https://a/simple",
        "UV_INDEX": "https://b/simple https://c/simple",
        "UV_FIND_LINKS": "/x,/y",
        "UV_INDEX_STRATEGY": "unsafe-first-match",
    }


def test_a_variable_of_pip_wins_over_its_file(environ: dict[str, str]) -> None:
    found = pip_indexes({**environ, "PIP_INDEX_URL": "https://d/simple"})
    assert found.main == {"UV_DEFAULT_INDEX": "https://d/simple"}


@pytest.mark.parametrize("own", ["variable", "file"])
def test_who_told_uv_itself_is_obeyed(environ: dict[str, str], tmp_path: Path, own: str) -> None:
    if own == "variable":
        environ = {**environ, "UV_INDEX_URL": "https://own/simple"}
    else:
        (tmp_path / ".config" / "uv").mkdir()
        (tmp_path / ".config" / "uv" / "uv.toml").write_text('[[index]]\nurl = "https://own"\n')
    found = pip_indexes(environ)
    assert not found.main
    assert not found.further


def test_the_index_of_the_project_is_obeyed(
    environ: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = tmp_path / "project" / "notebooks"
    project.mkdir(parents=True)
    (project.parent / "pyproject.toml").write_text('[tool.uv]\nindex-url = "https://own"\n')
    monkeypatch.chdir(project)
    assert not pip_indexes(environ).main
