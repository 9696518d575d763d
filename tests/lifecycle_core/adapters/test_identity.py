from __future__ import annotations

import getpass
from typing import TYPE_CHECKING

from lifecycle_core.adapters.identity import Actor, identify

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_a_stated_actor_comes_first() -> None:
    assert identify(" ann ", environ={"CI": "1", "GITHUB_ACTOR": "bob"}) == Actor("ann", "stated")


def test_a_ci_variable_counts_in_ci_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config").write_text("[user]\n\temail = ann@example.com\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "config"))

    assert identify(environ={"GITHUB_ACTOR": "bob"}) == Actor("ann@example.com", "git-config")
    found = identify(environ={"CI": "true", "GITHUB_ACTOR": "bob"})
    assert found == Actor("bob", "ci:GITHUB_ACTOR")


def test_without_anything_else_it_is_the_user_of_the_system(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    assert identify(environ={"CI": "true"}) == Actor(getpass.getuser(), "os-user")
