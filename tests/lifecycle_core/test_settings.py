from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lifecycle_core.errors import InvalidCall
from lifecycle_core.settings import load_settings

if TYPE_CHECKING:
    from pathlib import Path


def test_the_default_lies_in_the_project(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "notebooks").mkdir()
    settings = load_settings(start=tmp_path / "notebooks", environ={})
    assert settings.home == tmp_path / ".nbrelease"
    assert settings.registry == f"sqlite:///{tmp_path}/.nbrelease/registry.db"


def test_flags_beat_variables_and_variables_beat_files(tmp_path: Path) -> None:
    (tmp_path / "nbrelease.toml").write_text('registry = "http://file"\nhome = "kept"\n')
    variables = {"NBRELEASE_REGISTRY": "http://variable"}
    assert load_settings(start=tmp_path, environ={}).registry == "http://file"
    assert load_settings(start=tmp_path, environ={}).home == tmp_path / "kept"
    assert load_settings(start=tmp_path, environ=variables).registry == "http://variable"
    flagged = load_settings(start=tmp_path, environ=variables, registry="http://flag")
    assert flagged.registry == "http://flag"


def test_pyproject_counts_only_with_our_table(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.nbrelease]\nhome = "outer"\n')
    inner = tmp_path / "inner"
    inner.mkdir()
    (inner / "pyproject.toml").write_text('[project]\nname = "x"\n')
    assert load_settings(start=inner, environ={}).home == tmp_path / "outer"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('registri = "x"\n', "unknown key `registri`"),
        ("registry = 5\n", "`registry` is 5, want text"),
        ("registry =\n", "is not TOML"),
    ],
)
def test_a_wrong_file_is_named(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "nbrelease.toml").write_text(text)
    with pytest.raises(InvalidCall, match=message):
        load_settings(start=tmp_path, environ={})
