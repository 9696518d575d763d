from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from lifecycle_core.adapters.environment.building import build
from lifecycle_core.errors import EnvironmentUnavailable
from tests.fakes.locks import lock_of, value

if TYPE_CHECKING:
    from collections.abc import Callable

    from lifecycle_core.adapters.environment.cache import Cache


def test_the_environment_holds_what_the_lock_says_and_nothing_else(
    cache: Cache, wheel: Callable[..., str]
) -> None:
    lock = lock_of(wheel("alpha"))
    built = build(lock, cache=cache)
    assert built.digest == lock.digest
    assert value(built.python, "alpha") == "1"
    code = "import sys; print(sys.version_info[:3]); import pytest"
    ran = subprocess.run([built.python, "-c", code], capture_output=True, text=True, check=False)
    assert ran.stdout.strip() == str(sys.version_info[:3])
    assert "No module named 'pytest'" in ran.stderr


def test_the_same_lock_is_built_once(cache: Cache, wheel: Callable[..., str], wheels: Path) -> None:
    lock = lock_of(wheel("alpha"))
    first = build(lock, cache=cache)
    for file in wheels.iterdir():
        file.unlink()
    assert build(lock, cache=cache) == first


def test_what_was_half_built_is_not_used(cache: Cache, wheel: Callable[..., str]) -> None:
    lock = lock_of(wheel("alpha"))
    first = build(lock, cache=cache)
    (first.python.parents[1] / "complete").unlink()  # as if killed just before the end
    second = build(lock, cache=cache)
    assert second.python != first.python
    assert not first.python.exists()
    assert value(second.python, "alpha") == "1"


@pytest.mark.parametrize("change", ["edited", "added", "removed"])
def test_what_was_changed_afterwards_is_built_anew_beside_it(
    cache: Cache, wheel: Callable[..., str], change: str
) -> None:
    lock = lock_of(wheel("alpha"))
    first = build(lock, cache=cache)
    (module,) = first.python.parents[1].rglob("alpha.py")
    if change == "edited":
        module.unlink()  # as pip does, for it may share its content with uv's cache
        module.write_text("VALUE = 2\n")
    elif change == "added":
        module.with_name("beta.py").write_text("")
    else:
        module.unlink()
    second = build(lock, cache=cache)
    assert second.python != first.python
    assert value(second.python, "alpha") == "1"
    assert first.python.exists(), "a run may still be in it"


def test_bytecode_is_no_change(cache: Cache, wheel: Callable[..., str]) -> None:
    lock = lock_of(wheel("alpha"))
    first = build(lock, cache=cache)
    subprocess.run([first.python, "-m", "compileall", "-q", first.python.parents[1]], check=True)
    assert build(lock, cache=cache) == first


def test_only_modules_that_will_be_loaded_are_compiled(
    cache: Cache, wheel: Callable[..., str]
) -> None:
    lock = lock_of(wheel("alpha") + wheel("beta"))
    built = build(lock, cache=cache, modules=frozenset({"alpha", "json", "alpha\nbeta", "no.such"}))
    compiled = [file.name.partition(".")[0] for file in built.python.parents[1].rglob("*.pyc")]
    assert compiled == ["alpha"]


def test_programs_are_those_of_the_environment(cache: Cache, wheel: Callable[..., str]) -> None:
    built = build(lock_of(wheel("alpha")), cache=cache)
    ours = str(Path(sys.executable).parent)
    variables = built.variables(f"{ours}:/usr/bin")
    ran = subprocess.run(
        ["/bin/sh", "-c", "command -v python"],
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.strip() == str(built.python)
    assert variables["PATH"] == f"{built.python.parent}:/usr/bin"


def test_another_hash_is_refused(cache: Cache, wheel: Callable[..., str]) -> None:
    agreed = lock_of(wheel("alpha"))
    wheel("alpha", value=2)
    with pytest.raises(EnvironmentUnavailable, match="is not what the lock says") as refused:
        build(agreed, cache=cache)
    assert refused.value.reason == "hash_mismatch"
    assert refused.value.package == "alpha==1.0"
    assert not list((cache.root / "environments").glob("*/*")), "nothing half-built stays"
