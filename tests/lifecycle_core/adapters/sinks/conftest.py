from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lifecycle_core.adapters.sinks import Surroundings
from tests.fakes.receiving import Receiver, receiving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as kept:
        yield kept


@pytest.fixture
def around(tmp_path: Path) -> Surroundings:
    home = tmp_path / ".nbrelease"
    return Surroundings(
        project=tmp_path,
        home=home,
        registry=f"sqlite:///{home / 'registry.db'}",
        environ={"HOOK_SECRET": "whsec_plJ3nmyCDGBKInavdOK15jsl", "HOOK_TOKEN": "t0ken"},
    )
