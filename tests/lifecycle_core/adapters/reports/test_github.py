"""What GitHub reads: commands in a log, and Markdown below a step."""

from __future__ import annotations

import re
from urllib.parse import unquote

from lifecycle_core.adapters.reports import step_summary, workflow_commands
from lifecycle_core.adapters.reports.github import silenced
from lifecycle_core.notebooks.file_lines import FileLines
from lifecycle_core.schema.reproductions import NotebookCheck, Reproductions
from tests.fakes import reproductions
from tests.golden_files import agrees_with_golden

COMMAND = re.compile(r"::error file=([^,:\n]+)(?:,line=(\d+))?,title=([^,:\n]+)::([^\n]+)\n")
FILE = '{"cells": [{}, {}, {}, {},\n{"source": ["a\\n",\n"b\\n",\n"c\\n"]}]}'


def told(record: Reproductions) -> list[tuple[str, ...]]:
    lines = {check.path: FileLines(FILE) for check in record.notebooks}
    text = workflow_commands(record, lines, {})
    found = COMMAND.findall(text)
    assert len(found) == text.count("\n")  # nothing but commands, each on one line
    return found


def test_a_cause_stands_on_the_line_of_the_file() -> None:
    file, line, title, message = told(reproductions.one(reproductions.explained()))[0]
    assert (file, line) == ("churn.ipynb", "4")
    assert title == "Random numbers without a seed (cell 4)"
    assert "%0AFix%3A" not in message  # a colon needs no escape in a message
    assert "%0AFix: Pass" in message
    assert "(97%25)" in message


def test_the_first_of_each_notebook_comes_before_the_second_of_any() -> None:
    files = [file for file, *_ in told(reproductions.several())]
    assert files == [
        "nb/churn.ipynb", "nb/big.ipynb", "nb/blank.ipynb", "nb/broken.ipynb", "nb/churn.ipynb",
    ]  # fmt: skip


def test_a_difference_without_a_cause_is_told_too() -> None:
    made = reproductions.explained().model_copy(update={"causes": ()})
    ((file, line, title, message),) = told(reproductions.one(made))
    assert (file, line, title) == ("churn.ipynb", "2", "Cell 4%3A different")
    assert "line 4: got 0.86, stored 0.83" in message


def test_a_notebook_that_reproduces_needs_no_word() -> None:
    assert told(reproductions.one(reproductions.good())) == []


def test_what_no_output_shows_is_a_warning_where_it_begins() -> None:
    record = reproductions.one(reproductions.unshown())
    text = workflow_commands(record, {record.notebooks[0].path: FileLines(FILE)}, {})
    assert text.startswith("::warning file=good.ipynb,line=1,title=No output shows what differs::")
    assert text.count("\n") == 1
    assert "numpy.random.random in cell 2, line 1" in text
    assert "model" in step_summary(record)


def test_the_hint_is_that_of_the_cell_that_the_reason_names() -> None:
    made = reproductions.explained()
    late, first = made.causes[1].model_copy(update={"confidence": 1.0}), made.causes[0]
    record = made.model_copy(update={"causes": (late, first)})
    row = step_summary(reproductions.one(record)).splitlines()[-1]
    assert "random\\_state" in row
    assert "as a parameter" not in row


def test_a_file_is_called_as_the_repository_calls_it() -> None:
    check = NotebookCheck(path="../a.ipynb", exit_code=2, error="no", hint="")
    text = workflow_commands(
        Reproductions(notebooks=(check,)), {}, {"../a.ipynb": "nb/a,b:c.ipynb"}
    )
    assert text.startswith("::error file=nb/a%2Cb%3Ac.ipynb,title=")


def test_hostile_text_stays_in_its_message() -> None:
    record = reproductions.hostile()
    evil = "x\n::add-mask::y\r\n::error::z"
    checks = [
        check.model_copy(update={"path": evil, "error": evil if check.error else ""})
        for check in record.notebooks
    ]
    found = told(Reproductions(notebooks=tuple(checks)))
    assert {unquote(file) for file, *_ in found} == {evil}


def test_an_answer_is_read_past_by_a_word_nobody_can_guess() -> None:
    (stop, start), (other, _) = silenced(), silenced()
    assert stop == f"::stop-commands::{start.strip().strip(':')}\n"
    assert len(start) > 30
    assert stop != other


def test_the_summary_reads_as_it_did() -> None:
    assert agrees_with_golden(step_summary(reproductions.several()), "reports/summary.md")


def test_no_text_of_a_notebook_is_markdown_or_a_new_row() -> None:
    text = step_summary(reproductions.hostile())
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert len(rows) == 4
    assert not re.search(r"(?<!\\)[\[\]`*_]|<", text.replace("| --- ", ""))
    assert all(len(re.findall(r"(?<!\\)\|", row)) == 5 for row in rows)


def test_a_summary_stays_below_what_github_takes() -> None:
    check = NotebookCheck(path="a" * 100, exit_code=2, error="b" * 2_000, hint="")
    text = step_summary(Reproductions(notebooks=(check,) * 1_000))
    assert len(text.encode()) < 1_000_000
    assert "more notebooks than a summary can hold" in text
