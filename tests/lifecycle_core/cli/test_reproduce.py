"""`nbrelease reproduce` as CI calls it: real kernels, real reports."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from lifecycle_core.schema.reproduction import Reproduction
from lifecycle_core.schema.reproductions import Reproductions
from tests.command_line import nbrelease
from tests.fakes.notebooks import code, printed, write
from tests.surroundings import heed_permissions

if TYPE_CHECKING:
    from pathlib import Path

GOOD = code("print('all is well')", outputs=(printed("all is well\n"),), count=1)
DRAWN = code("import random\nprint(random.random())", outputs=(printed("0.5\n"),), count=2)


def test_several_notebooks_are_checked_and_reported_in_one_go(tmp_path: Path) -> None:
    write(tmp_path / "nb" / "good.ipynb", GOOD)
    write(tmp_path / "nb" / "drawn.ipynb", GOOD, DRAWN)
    (tmp_path / "nb" / ".hidden").mkdir()
    (tmp_path / "nb" / ".hidden" / "no.ipynb").write_text("{")
    (tmp_path / "broken.ipynb").write_text("{")
    ended = nbrelease(
        "reproduce", "nb", "broken.ipynb", "--jobs", "2", "--no-explain", "--runs", "1",
        "--json", "out/all.json", "--junit", "out/junit.xml", "--html", "out/page.html", "--github",
        cwd=tmp_path,
        GITHUB_STEP_SUMMARY=str(tmp_path / "summary.md"),
        GITHUB_WORKSPACE=str(tmp_path),
    )  # fmt: skip
    assert ended.code == 2, ended.messages

    record = Reproductions.from_json((tmp_path / "out" / "all.json").read_bytes())
    found = {check.path: (check.exit_code, bool(check.reproduction)) for check in record.notebooks}
    assert list(found.items()) == [
        ("nb/drawn.ipynb", (1, True)), ("nb/good.ipynb", (0, True)), ("broken.ipynb", (2, False)),
    ]  # fmt: skip

    answer, _, after = ended.answer.partition("1 of 3 notebooks reproducible: ")
    lines = answer.splitlines()[1:]
    assert len(lines) == 3
    assert any(re.match(r"✓ identical +nb/good.ipynb +\d+\.\d s$", line) for line in lines)
    assert any(line.startswith("✕ different  nb/drawn.ipynb") for line in lines)
    assert any("not valid JSON" in line for line in lines)
    token = ended.answer.splitlines()[0].removeprefix("::stop-commands::")
    commands = after.partition(f"::{token}::\n")[2].splitlines()
    assert all(line.startswith("::error file=") for line in commands)
    assert any(line.startswith("::error file=nb/drawn.ipynb,line=") for line in commands)

    suites = ET.fromstring((tmp_path / "out" / "junit.xml").read_bytes())  # noqa: S314 - our own
    assert suites.attrib["tests"] == "4"
    assert suites.attrib["failures"] == suites.attrib["errors"] == "1"
    html = (tmp_path / "out" / "page.html").read_text()
    assert "<h1>3 notebooks</h1>" in html
    assert html.count("<h3>Findings</h3>") == 1
    assert '<a href="#notebook-1-cell-1"' in html
    assert "nb/drawn.ipynb" in (tmp_path / "summary.md").read_text()
    assert sorted(ended.messages.splitlines()) == [
        "broken.ipynb ...", "nb/drawn.ipynb ...", "nb/good.ipynb ...",
    ]  # fmt: skip


def test_one_notebook_gives_its_own_record(tmp_path: Path) -> None:
    write(tmp_path / "good.ipynb", GOOD)
    ended = nbrelease(
        "reproduce", "good.ipynb", "--json", "one.json", "--html", "page.html", cwd=tmp_path
    )
    assert ended.code == 0, ended.messages
    assert Reproduction.from_json((tmp_path / "one.json").read_bytes()).reproducible
    assert "✓ identical Every output came out the same." in ended.answer
    html = (tmp_path / "page.html").read_text()
    assert "<h1>good.ipynb</h1>" in html
    assert "Findings" not in html


def test_a_folder_gives_a_record_of_several_even_if_it_holds_one(tmp_path: Path) -> None:
    write(tmp_path / "nb" / "good.ipynb", GOOD)
    ended = nbrelease("reproduce", "nb", "--json", "all.json", cwd=tmp_path)
    assert ended.code == 0, ended.messages
    written = json.loads((tmp_path / "all.json").read_bytes())
    assert written["schema"] == "nbrelease/reproductions/1"


def test_a_notebook_that_cannot_be_checked_is_reported_too(tmp_path: Path) -> None:
    ended = nbrelease("reproduce", "gone.ipynb", "--junit", "junit.xml", "--github", cwd=tmp_path)
    assert ended.code == 2
    assert "gone.ipynb does not exist" in ended.messages
    assert "gone.ipynb does not exist" in (tmp_path / "junit.xml").read_text()
    assert ended.answer.startswith("::error file=gone.ipynb,title=This notebook could not")


def test_a_parameter_that_one_of_several_lacks_is_an_error_of_that_one(tmp_path: Path) -> None:
    write(tmp_path / "has.ipynb", code("alpha = 1", tags=("parameters",)), GOOD)
    write(tmp_path / "lacks.ipynb", GOOD)
    ended = nbrelease(
        "reproduce", "has.ipynb", "lacks.ipynb", "--param", "alpha=2", "--json", "all.json",
        "--no-explain", cwd=tmp_path,
    )  # fmt: skip
    assert ended.code == 2, ended.messages
    checks = Reproductions.from_json((tmp_path / "all.json").read_bytes()).notebooks
    assert [check.exit_code for check in checks] == [0, 2]
    assert "takes no parameters, and got alpha" in checks[1].error


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("good.ipynb", "--runs", "0"), "runs is 0, it must be a whole number from 1 to 20."),
        ((".", "--runs", "21"), "runs is 21"),
        (("good.ipynb", "--rtol", "1"), "rtol is 1, it must be >= 0 and < 1."),
        ((".", "--cell-timeout", "0"), "cell_timeout is 0"),
        (("good.ipynb", "--param", "=3"), "--param is '=3', want name=value."),
        (("empty",), "empty holds no notebook."),
        ((".", "--jobs", "0"), "Invalid value for '--jobs'"),
        (("good.ipynb", "--env", "docker"), "Invalid value for '--env'"),
        ((), "Missing argument"),
    ],
)
def test_a_wrong_call_is_told_at_once(tmp_path: Path, words: tuple[str, ...], says: str) -> None:
    write(tmp_path / "good.ipynb", GOOD)
    (tmp_path / "empty").mkdir()
    ended = nbrelease("reproduce", *words, cwd=tmp_path)
    assert ended.code == 2
    assert says in ended.messages
    assert ended.answer == ""


@pytest.mark.parametrize("option", ["--html", "--junit", "--json"])
def test_a_report_that_cannot_be_written_is_told_before_the_work(
    tmp_path: Path, option: str
) -> None:
    write(tmp_path / "good.ipynb", GOOD)
    shut = tmp_path / "shut"
    shut.mkdir(mode=0o555)
    ended = nbrelease(
        "reproduce", "good.ipynb", option, "shut/report", cwd=tmp_path, before=heed_permissions
    )
    assert ended.code == 3
    assert "cannot be written" in ended.messages
    assert "Running" not in ended.messages


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_ends_every_check_and_leaves_nothing(
    tmp_path: Path, signum: signal.Signals
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    told = tmp_path.parent / f"{tmp_path.name}-told"  # cells write nothing into their own project
    told.mkdir()
    for name in ("a", "b"):
        mark = f"open({str(told / name)!r}, 'w').close()"
        wait = "import threading; threading.Event().wait()"
        write(tmp_path / "nb" / f"{name}.ipynb", code(f"{mark}\n{wait}", count=1))
    process = subprocess.Popen(
        [sys.executable, "-m", "lifecycle_core.cli", "reproduce", "nb", "--jobs", "2",
         "--junit", "junit.xml", "--runs", "1"],
        cwd=tmp_path,
        env={**os.environ, "TMPDIR": str(scratch), "NBRELEASE_HOME": str(tmp_path / "home")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )  # fmt: skip
    deadline = time.monotonic() + 120
    while not all((told / name).exists() for name in ("a", "b")):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    os.killpg(process.pid, signum)  # as a terminal does
    _, messages = process.communicate(timeout=120)
    assert process.returncode == 130, messages
    assert "interrupted" in messages
    assert "Traceback" not in messages
    assert list(scratch.glob("nbrelease-run-*")) == []
    assert not (tmp_path / "junit.xml").exists()
