"""The journal in a real kernel, with cell ids as a front end sends them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from jupyter_client.manager import start_new_kernel

from lifecycle_core.adapters.git import git
from lifecycle_core.schema.session import SessionJournal
from tests.fakes.clean_runs import clean_run
from tests.nbext.shells import fresh_shell

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from IPython.core.interactiveshell import InteractiveShell

ASK = """\
import json as _json
from nbext.journal import journal_of as _of
print(_json.dumps(_of(get_ipython()).content()))"""


class Kernel:
    """A kernel that is sent cells as JupyterLab sends them."""

    def __init__(self) -> None:
        self.manager, self.client = start_new_kernel()

    def run(self, code: str, cell_id: str | None = None, *, silent: bool = False) -> str:
        """Run a cell and return what it printed."""
        content = {
            "code": code, "silent": silent, "store_history": not silent, "user_expressions": {},
            "allow_stdin": True, "stop_on_error": False,
        }  # fmt: skip
        metadata = {"cellId": cell_id} if cell_id else {}
        message = self.client.session.msg("execute_request", content, metadata=metadata)
        self.client.shell_channel.send(message)
        printed = ""
        while True:
            told = self.client.get_iopub_msg(timeout=60)
            if told["parent_header"].get("msg_id") != message["header"]["msg_id"]:
                continue
            if told["msg_type"] == "stream":
                printed += told["content"]["text"]
            elif told["content"].get("execution_state") == "idle":
                return printed

    def journal(self) -> SessionJournal:
        """Return the journal as the core reads it."""
        return SessionJournal.model_validate(json.loads(self.run(ASK, silent=True)))


@pytest.fixture(scope="module")
def kernel() -> Iterator[Kernel]:
    """One kernel in which everything ran that the tests below look at."""
    made = Kernel()
    made.run("before = 1")
    made.run("%load_ext nbext", "load")
    made.run("x = [1]", "one")
    made.run("x.append(2)", "gone")
    made.run("y = 1\n1 / 0", "fails")
    made.run("for _ in range(3): z = _", "loop")
    made.run("%reset -f")
    made.run("after = {'a': 1}")
    try:
        yield made
    finally:
        made.client.stop_channels()
        made.manager.shutdown_kernel(now=True)


def executed(kernel: Kernel) -> dict[str, dict[str, Any]]:
    return {ran.source: ran.model_dump() for ran in kernel.journal().executed}


def test_cells_are_kept_with_their_ids_and_counts(kernel: Kernel) -> None:
    kept = executed(kernel)
    assert [(ran["cell_id"], ran["count"]) for ran in kept.values()][:4] == [
        (None, 1), ("load", 2), ("one", 3), ("gone", 4),
    ]  # fmt: skip


def test_what_ran_before_is_kept_without_a_time(kernel: Kernel) -> None:
    first = executed(kernel)["before = 1"]
    assert (first["at"], first["defined"]) == (None, ("before",))


def test_what_a_cell_changed_in_place_is_its_doing(kernel: Kernel) -> None:
    kept = executed(kernel)
    assert kept["x = [1]"]["defined"] == kept["x.append(2)"]["defined"] == ("x",)


def test_a_cell_that_raised_is_kept_with_what_it_did(kernel: Kernel) -> None:
    failed = executed(kernel)["y = 1\n1 / 0"]
    assert (failed["ok"], failed["defined"]) == (False, ("y",))


def test_it_survives_a_reset(kernel: Kernel) -> None:
    journal = kernel.journal()
    assert list(journal.variables) == ["after"]
    assert (journal.variables["after"].type, journal.notes) == ("dict", ())
    assert journal.variables["after"].digest is not None


@pytest.fixture
def loaded() -> Iterator[InteractiveShell]:
    with fresh_shell() as shell:
        shell.run_line_magic("load_ext", "nbext")
        yield shell


def test_a_broken_journal_breaks_no_cell(
    loaded: InteractiveShell, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from nbext.journal import journal_of

    loaded.run_cell("x = 1", store_history=True)
    listener = journal_of(loaded)

    def fail(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(listener._journal, "_look", fail)
    assert loaded.run_cell("x = 2\nprint(x)", store_history=True).success
    assert capsys.readouterr() == ("2\n", "")
    monkeypatch.undo()
    assert listener.content()["notes"] == ["MemoryError: "]


def test_paths_in_the_project_are_kept_as_a_clean_run_keeps_them(
    loaded: InteractiveShell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from nbext.journal import journal_of

    code = """
import tempfile
from pathlib import Path
ROOT = Path.cwd()
data, named = ROOT / "data.csv", {"out": str(ROOT)}
made = tempfile.mkdtemp()
"""
    assert git(tmp_path, "init", "-q") is not None
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    loaded.run_cell(code, store_history=True)
    kept = journal_of(loaded).content()["variables"]
    clean = clean_run(tmp_path / "work", code).facts.cells[0].variables
    assert None not in {clean[name].digest for name in ("ROOT", "data", "named")}
    assert (kept["made"]["digest"], clean["made"].digest) == (None, None)
    assert {name: kept[name]["digest"] for name in clean} == {
        name: found.digest for name, found in clean.items()
    }


def test_unloading_ends_it(loaded: InteractiveShell) -> None:
    from nbext.journal import journal_of

    listener = journal_of(loaded)
    loaded.run_cell("x = 1", store_history=True)
    loaded.run_line_magic("unload_ext", "nbext")
    loaded.run_cell("y = 1", store_history=True)
    assert [ran["source"] for ran in listener.content()["executed"]] == ["x = 1"]


def test_what_the_front_end_runs_for_itself_is_not_kept() -> None:
    """VS Code asks a kernel for completions and variables by code that is kept in no history."""
    with fresh_shell() as shell:
        shell.run_line_magic("load_ext", "nbext")
        shell.run_cell("x = 1", store_history=True)
        shell.run_cell("_asked = dir(x)", store_history=False)
        kept = SessionJournal.model_validate(shell.meta["nbrelease"]["journal"].content())
        shell.run_line_magic("unload_ext", "nbext")
    assert [each.source for each in kept.executed] == ["x = 1"]
