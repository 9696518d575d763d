"""Digests in short."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from lifecycle_core.recorder.digests import digest

Text = Callable[[Any], str]


@pytest.fixture
def text() -> Text:
    """The digest of a value that must have one."""

    def taken(value: Any) -> str:  # noqa: ANN401  # anything
        made = digest(value)
        assert made.text is not None, made
        return made.text

    return taken
