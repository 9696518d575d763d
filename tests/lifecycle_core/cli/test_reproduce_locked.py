"""`nbrelease reproduce --env locked` as a whole: lock, build, run there, and use it again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lifecycle_core.schema.reproduction import Reproduction
from tests.command_line import Ended, nbrelease
from tests.fakes.notebooks import code, printed, write

if TYPE_CHECKING:
    from pathlib import Path

ALONE = """\
import importlib.util, sys
import idna
print('environments' in sys.prefix, importlib.util.find_spec('lifecycle_core'), idna.encode('ü'))"""


def checked(folder: Path, name: str, cache: Path) -> tuple[Ended, Reproduction]:
    ended = nbrelease(
        "reproduce", "a.ipynb", "--env", "locked", "--json", name,
        cwd=folder, NBRELEASE_CACHE=str(cache),
    )  # fmt: skip
    assert ended.code == 0, ended.messages
    return ended, Reproduction.from_json((folder / name).read_bytes())


@pytest.mark.long
def test_it_runs_in_an_environment_of_the_lock_that_a_second_check_uses_again(
    tmp_path: Path,
) -> None:
    project, cache = tmp_path / "project", tmp_path / "cache"
    stored = printed("True None b'xn--tda'\n")
    write(project / "a.ipynb", code(ALONE, count=1, outputs=(stored,)))
    built, first = checked(project, "first.json", cache)
    assert (first.verdict, first.reproducible) == ("identical", True)
    assert first.environment.kind == "locked"
    assert first.environment.lock.startswith("sha256:")
    assert "Building the locked environment" in built.messages
    environments = sorted(path for path in (cache / "environments").iterdir() if path.is_dir())
    assert len(environments) == 1

    again, second = checked(project, "second.json", cache)
    assert (second.verdict, second.environment) == ("identical", first.environment)
    assert "Building the locked environment" not in again.messages
    assert sorted(one for one in (cache / "environments").iterdir() if one.is_dir()) == environments
