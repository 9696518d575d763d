from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lifecycle_core.adapters.files import digest_bytes
from lifecycle_core.adapters.touched import inputs, written
from lifecycle_core.adapters.workspace import Workspace, open_workspace
from lifecycle_core.notebooks.facts import Facts, Site
from tests.fakes.notebooks import code, write

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def space(tmp_path: Path) -> Iterator[Workspace]:
    folder = tmp_path / "project"
    write(folder / "model.ipynb", code("1"))
    (folder / "x.csv").write_text("old")
    with open_workspace(folder / "model.ipynb") as opened:
        yield opened


def facts(space: Workspace, name: str, read: int | None, wrote: int | None) -> Facts:
    path = str(space.project / name)
    reads = () if read is None else (Site(cell=0, line=read, path=path),)
    writes = () if wrote is None else (Site(cell=0, line=wrote, path=path),)
    return Facts(reads=reads, writes=writes)


def test_what_was_read_before_it_was_written_is_an_input_as_it_was(space: Workspace) -> None:
    (space.project / "x.csv").write_text("changed by the run")
    seen = facts(space, "x.csv", 1, 2)
    (read,) = inputs(seen, space)
    (wrote,) = written(seen, space)
    assert (read.path, read.digest, read.cells) == ("x.csv", digest_bytes(b"old"), (0,))
    assert wrote.digest == digest_bytes(b"changed by the run")


def test_what_was_overwritten_first_is_no_input(space: Workspace) -> None:
    assert inputs(facts(space, "x.csv", 3, 2), space) == ()


def test_what_the_run_made_is_no_input(space: Workspace) -> None:
    (space.project / "made.csv").write_text("made")
    seen = facts(space, "made.csv", 1, 1)
    assert inputs(seen, space) == ()
    assert [item.path for item in written(seen, space)] == ["made.csv"]


def test_what_is_gone_was_not_left(space: Workspace) -> None:
    assert written(facts(space, "gone.csv", None, 1), space) == ()
