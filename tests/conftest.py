"""What holds for every test."""

from __future__ import annotations

import signal
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from collections.abc import Iterator

# The same examples in each run, and no verdict on how fast the machine is.
settings.register_profile("house", deadline=None, derandomize=True)
settings.load_profile("house")

# A run in the background ignores Ctrl-C, and its children would inherit that; here they shall not.
signal.signal(signal.SIGINT, signal.default_int_handler)

# pytest-xdist's main program has no __spec__, which multiprocessing's spawned children ask for.
sys.modules["__main__"].__dict__.setdefault("__spec__", None)


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep hashes and environments of the tests out of the user's cache."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NBRELEASE_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield
