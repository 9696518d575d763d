"""The page tells what reading a notebook says, of the text that was run and of no other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lifecycle_core.adapters.workspace import read_notebook
from lifecycle_core.cli.reporting import Reports
from tests.fakes import reproductions
from tests.fakes.notebooks import code, printed, write

if TYPE_CHECKING:
    from pathlib import Path

DRAWN = code("import random\nprint(random.random())", outputs=(printed("0.5\n"),), count=1)


@pytest.mark.parametrize("since", ["unchanged", "changed", "broken", "gone"])
def test_findings_are_of_the_text_that_was_run(tmp_path: Path, since: str) -> None:
    path = write(tmp_path / "drawn.ipynb", DRAWN)
    made = reproductions.explained().model_copy(
        update={"notebook": str(path), "source_digest": read_notebook(path).digest}
    )
    if since == "changed":
        write(path, code("1"), DRAWN)
    elif since == "broken":
        path.write_text("{")
    elif since == "gone":
        path.unlink()
    Reports(html=tmp_path / "page.html").write(reproductions.one(made))
    html = (tmp_path / "page.html").read_text()
    assert "<h2>Every code cell</h2>" in html
    assert ("<h2>Findings</h2>" in html) == (since == "unchanged")
