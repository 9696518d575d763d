"""What docs/prediction_log.md shows, done in an empty folder."""

from __future__ import annotations

import doctest
import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

PAGE = (Path(__file__).parents[1] / "docs" / "prediction_log.md").read_text()


def blocks(language: str) -> str:
    return "".join(re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL))


def test_the_page_does_what_it_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NBRELEASE_LOG", "log")
    exec(compile(blocks("python"), "prediction_log.md", "exec"), {})  # noqa: S102 - our page
    shown = doctest.DocTestParser().get_doctest(blocks("pycon"), {}, "page", None, 0)
    assert doctest.DocTestRunner().run(shown).failed == 0
