"""Several processes, and processes that die, with one cache."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from lifecycle_core.adapters.environment.building import build
from lifecycle_core.adapters.environment.cache import Cache, only_one
from lifecycle_core.adapters.environment.pruning import prune
from lifecycle_core.adapters.progress import Silent
from lifecycle_core.errors import EnvironmentUnavailable, TargetUnwritable
from tests.fakes.locks import lock_of, value

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

BUILD = """
import sys
from pathlib import Path
from lifecycle_core.adapters.environment.building import build
from lifecycle_core.adapters.environment.cache import Cache
from lifecycle_core.adapters.progress import Silent
from tests.fakes.locks import lock_of

class Told(Silent):
    def begin(self, activity):
        print(activity, flush=True)

print(build(lock_of(sys.stdin.read()), cache=Cache(Path(sys.argv[1])), progress=Told()).python)
"""


def start(text: str, cache: Cache) -> subprocess.Popen[str]:
    started = subprocess.Popen(
        [sys.executable, "-c", BUILD, str(cache.root)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.getcwd()},  # noqa: PTH109 - the tests' root
    )
    assert started.stdin
    started.stdin.write(text)
    started.stdin.close()
    return started


def answer(started: subprocess.Popen[str]) -> list[str]:
    assert started.stdout
    with started:
        return started.stdout.read().splitlines()


def test_two_at_once_build_one_environment(cache: Cache, wheel: Callable[..., str]) -> None:
    text = wheel("alpha")
    both = [start(text, cache) for _ in range(2)]
    said = [answer(one) for one in both]
    assert said[0][-1] == said[1][-1]
    building = [line for lines in said for line in lines if line.startswith("Building")]
    assert building == ["Building the locked environment: 1 packages"]


def test_who_waits_is_told_so(cache: Cache, wheel: Callable[..., str]) -> None:
    text = wheel("alpha")
    build(lock_of(text), cache=cache)
    (folder,) = (found for found in (cache.root / "environments").iterdir() if found.is_dir())
    (complete,) = folder.glob("*/complete")
    complete.unlink()
    with only_one(folder.with_suffix(".lock"), Silent(), "never waits"):
        second = start(text, cache)
        assert second.stdout
        first_line = second.stdout.readline()
    assert first_line == "Waiting for another process that builds the same environment\n"
    assert answer(second)[-1].endswith("/bin/python")


@pytest.mark.parametrize("when", range(6))
def test_killed_at_any_moment_leaves_nothing_that_is_used(
    cache: Cache, wheel: Callable[..., str], when: int
) -> None:
    text = wheel("alpha")
    started = start(text, cache)
    assert started.stdout
    started.stdout.readline()  # it builds now
    time.sleep(when * 0.015)
    started.send_signal(signal.SIGKILL)
    answer(started)
    built = build(lock_of(text), cache=cache)
    assert value(built.python, "alpha") == "1"
    assert build(lock_of(text), cache=cache) == built


def test_a_file_changed_in_place_reaches_uv_and_is_refused(
    cache: Cache, wheel: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UV_LINK_MODE", "hardlink")
    lock = lock_of(wheel("alpha"))
    first = build(lock, cache=cache)
    (module,) = first.python.parents[1].rglob("alpha.py")
    module.write_text("VALUE = 2\n")
    with pytest.raises(EnvironmentUnavailable, match=r"changed file of alpha==1\.0: alpha\.py"):
        build(lock, cache=cache)


def test_a_cache_that_others_can_write_is_not_trusted(cache: Cache) -> None:
    cache.root.mkdir()
    cache.root.chmod(0o777)
    with pytest.raises(TargetUnwritable, match="can be written by others"):
        cache.folder("environments")


def test_what_others_could_have_put_there_is_not_read(cache: Cache) -> None:
    cache.keep("hashes", "a", "text")
    (cache.root / "hashes").chmod(0o770)
    assert cache.read("hashes", "a") is None


def test_a_cache_is_for_its_user_alone(cache: Cache) -> None:
    cache.keep("hashes", "a", "text")
    assert (cache.root.stat().st_mode & 0o777) == 0o700
    assert cache.read("hashes", "a") == "text"
    assert cache.read("hashes", "b") is None


def test_the_cache_lies_where_it_is_wanted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("NBRELEASE_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert Cache().root == tmp_path / "nbrelease"
    monkeypatch.setenv("NBRELEASE_CACHE", str(tmp_path / "own"))
    assert Cache().root == tmp_path / "own"


DAY = 24 * 3600.0


@pytest.fixture
def environments(tmp_path: Path) -> Callable[[dict[str, float]], Path]:
    """Make environments last used so many days before day 1,000."""

    def make(ages: dict[str, float]) -> Path:
        for key, age in ages.items():
            complete = tmp_path / key / "0" / "complete"
            complete.parent.mkdir(parents=True)
            complete.touch()
            os.utime(complete, (0, (1000 - age) * DAY))
        return tmp_path

    return make


def test_what_was_not_used_for_a_month_goes(
    environments: Callable[[dict[str, float]], Path],
) -> None:
    folder = environments({"old": 31, "kept": 31, "young": 29})
    assert prune(folder, keep="kept", now=1000 * DAY) == ("old/0",)
    assert not (folder / "old" / "0").exists()
    assert (folder / "young" / "0").exists()


def test_of_many_the_ten_used_last_stay_and_all_of_today(
    environments: Callable[[dict[str, float]], Path],
) -> None:
    today = {f"today{i}": 0.5 for i in range(8)}
    folder = environments({**today, "a": 3, "b": 4, "c": 5, "d": 6})
    assert prune(folder, now=1000 * DAY) == ("c/0", "d/0")
    crowd = environments({f"more{i}": 0.4 for i in range(8)})
    assert prune(crowd, now=1000 * DAY) == ("a/0", "b/0")


def test_what_is_being_built_stays(environments: Callable[[dict[str, float]], Path]) -> None:
    folder = environments({"old": 31})
    with only_one(folder / "old.lock", Silent(), "never waits"):
        assert prune(folder, now=1000 * DAY) == ()
