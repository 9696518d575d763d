from __future__ import annotations

from dataclasses import replace
from importlib.metadata import version
from typing import TYPE_CHECKING

import pytest

from lifecycle_core.adapters.environment import declared
from lifecycle_core.adapters.environment.building import build
from lifecycle_core.adapters.environment.declared import declared_lock
from lifecycle_core.adapters.environment.distributions import observe
from lifecycle_core.adapters.environment.hashes import read_pins
from lifecycle_core.errors import EnvironmentUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable

    from lifecycle_core.adapters.environment.cache import Cache

SIX = frozenset({"six"})


def test_a_version_asked_for_takes_the_place_of_the_one_here(
    wheel: Callable[..., str], cache: Cache
) -> None:
    wheel("six", version("six"))
    asked = wheel("six", "0.1")
    lock = declared_lock(SIX, {"six": "<1"})
    assert lock.text.strip() == asked.strip()
    assert build(lock, cache=cache).python.exists()


def test_what_is_not_asked_for_stays_as_it_is_here(wheel: Callable[..., str]) -> None:
    here = version("six")
    for number in (here, "0.1", "999.0"):
        wheel("six", number)
    wheel("extra", "2.0")
    lock = declared_lock(SIX, {"extra": "==2.0"})
    assert set(read_pins(lock.text)) == {("six", here), ("extra", "2.0")}


def test_a_version_that_nobody_has_is_named(wheel: Callable[..., str]) -> None:
    wheel("six", version("six"))
    with pytest.raises(EnvironmentUnavailable, match="six"):
        declared_lock(SIX, {"six": "==0.0.7"})


def test_what_was_installed_from_a_folder_comes_along_and_is_asked_of_no_index(
    wheel: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel("six", version("six"))
    own = observe(frozenset({"nbext"}))  # what it requires is on no index of this test
    here = replace(own, indexed=observe(SIX).indexed)
    monkeypatch.setattr(declared, "observe", lambda _modules: here)
    lock = declared_lock(SIX, {"nbrelease": "==99.0"})
    assert f"# nbrelease=={version('nbrelease')}  installed from a folder" in lock.text
    assert set(read_pins(lock.text)) == {("six", version("six"))}
