from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import lifecycle_core
from tests.fakes.verbs import FakeVerbs
from tests.nbext.shells import fresh_shell

if TYPE_CHECKING:
    from collections.abc import Iterator

    from IPython.core.interactiveshell import InteractiveShell


@pytest.fixture
def shell() -> Iterator[InteractiveShell]:
    """A shell with the extension loaded, unloaded at the end."""
    with fresh_shell() as fresh:
        fresh.run_line_magic("load_ext", "nbext")
        yield fresh
        fresh.run_line_magic("unload_ext", "nbext")


@pytest.fixture
def verbs(monkeypatch: pytest.MonkeyPatch) -> FakeVerbs:
    """The core's verbs, remembered instead of done."""
    fake = FakeVerbs()
    monkeypatch.setattr(lifecycle_core, "verbs", fake, raising=False)
    return fake
