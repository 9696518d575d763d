from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lifecycle_core.adapters.environment import LockedEnvironments
from tests.fakes.locks import lock_of

if TYPE_CHECKING:
    from lifecycle_core.adapters.environment.cache import Cache

DIGEST = "sha256:" + 64 * "a"
HASH = " --hash=sha256:" + 64 * "0" + "\n"


def test_what_was_loaded_last_time_is_known_the_next_time(cache: Cache) -> None:
    environments = LockedEnvironments(cache)
    assert environments.recall(DIGEST) is None
    environments.remember(DIGEST, frozenset({"numpy", "pandas"}))
    assert environments.recall(DIGEST) == frozenset({"numpy", "pandas"})


@pytest.mark.parametrize("text", ["", "[1]", '{"a": 1}', "[", '"numpy"'])
def test_a_broken_memory_is_none(cache: Cache, text: str) -> None:
    cache.keep("modules", 64 * "a" + ".json", text)
    assert LockedEnvironments(cache).recall(DIGEST) is None


def test_a_name_that_is_no_digest_is_a_defect(cache: Cache) -> None:
    with pytest.raises(ValueError, match="no digest"):
        LockedEnvironments(cache).recall("sha256:../../x")


def test_what_the_lock_lacks_is_named_with_its_version(cache: Cache) -> None:
    from importlib import metadata

    environments = LockedEnvironments(cache)
    asked = frozenset({"jinja2", "json", "not_installed_at_all"})
    assert environments.lacking(lock_of(f"jinja2==3{HASH}"), asked) == (
        f"markupsafe=={metadata.version('markupsafe')}",
    )
    assert environments.lacking(lock_of(f"jinja2==3{HASH}markupsafe==3{HASH}"), asked) == ()


def test_an_environment_of_a_small_package_from_the_index_runs_a_kernel_s_code(
    cache: Cache,
) -> None:
    import subprocess

    environments = LockedEnvironments(cache)
    lock = environments.lock(frozenset({"idna"}))
    assert lock.hashed, lock.note
    assert "ipykernel==" in lock.text
    python = environments.python(lock)
    code = "import idna, ipykernel.kernelapp; print(idna.encode('a'))"
    ran = subprocess.run([python, "-I", "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "b'a'\n"
