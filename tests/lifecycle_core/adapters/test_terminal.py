from __future__ import annotations

import io

from lifecycle_core.adapters.terminal import watched


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def told(stream: io.StringIO) -> str:
    with watched(stream) as progress:
        progress.begin("Running the notebook")
        progress.cell(0, 2, "import pandas as pd")
        progress.cell(1, 2, "frame[mask]")
        progress.cell(2, 2, "")
        progress.end("Running the notebook", "2 cells")
        progress.begin("Judging")
        progress.end("Judging")
    return stream.getvalue()


def test_without_a_terminal_there_are_plain_lines() -> None:
    lines = told(io.StringIO()).splitlines()
    assert lines[0] == "Running the notebook ..."
    assert lines[1:3] == ["  cell 1 of 2: import pandas as pd", "  cell 2 of 2: frame[mask]"]
    assert lines[3].startswith("Running the notebook: 2 cells (")
    assert lines[5].startswith("Judging: done (")
    assert not any("\x1b" in line for line in lines)


def test_on_a_terminal_the_bar_names_the_activity_and_its_answer() -> None:
    shown = told(Terminal())
    assert "Running the notebook" in shown
    assert "2 cells" in shown
    assert "\x1b[" in shown
