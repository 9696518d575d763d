"""The live session beside a clean run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lifecycle_core.adapters.rendering import to_html, to_text
from lifecycle_core.schema.reproduction import Reproduction
from lifecycle_core.schema.session import ComparedVariable
from tests.lifecycle_core.adapters.rendering.test_rendering import CASES

if TYPE_CHECKING:
    from collections.abc import Callable

    from lifecycle_core.schema.base import Record

RECORD = CASES["reproduction-session"]


@pytest.mark.parametrize("shown", [to_html, to_text])
def test_where_variables_stem_from_is_a_column_only_if_it_says_something(
    shown: Callable[[Record], str],
) -> None:
    assert "Stems from" in shown(RECORD)
    named = ComparedVariable(name="noise", type="float", status="differs")
    assert isinstance(RECORD, Reproduction)
    assert RECORD.session is not None
    session = RECORD.session.model_copy(update={"variables": (named,)})
    alone = shown(RECORD.model_copy(update={"session": session}))
    assert "noise" in alone
    assert "Stems from" not in alone
