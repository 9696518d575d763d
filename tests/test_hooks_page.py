"""What docs/hooks.md shows, done in a folder that holds what it configures."""

from __future__ import annotations

import doctest
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from lifecycle_core.contracting import to_odcs
from lifecycle_core.schema.contract import Contract, Feature

if TYPE_CHECKING:
    import pytest

PAGE = (Path(__file__).parents[1] / "docs" / "hooks.md").read_text()


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def test_the_page_does_what_it_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (configuration,), (hook,) = blocks("toml"), blocks("python")
    (tmp_path / "nbrelease.toml").write_text(configuration)
    (tmp_path / "team_hooks.py").write_text(hook)
    age = Feature(name="age", type="integer", required=True, minimum=0, maximum=120)
    (tmp_path / "customers.odcs.yaml").write_text(
        to_odcs(Contract(name="customers", features=(age,)))
    )
    pd.DataFrame({"age": range(20, 90)}).to_csv(tmp_path / "reference.csv", index=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.delenv("PAGER_URL", raising=False)
    shown = doctest.DocTestParser().get_doctest(
        "".join(blocks("pycon")), {}, "hooks.md", "docs/hooks.md", 0
    )
    said: list[str] = []
    result = doctest.DocTestRunner().run(shown, out=said.append)
    assert result.attempted > 15
    assert result.failed == 0, "".join(said)
    sys.modules.pop("team_hooks")
