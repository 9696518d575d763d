from __future__ import annotations

from decimal import Decimal

import pytest

from lifecycle_core.schema.row_names import as_name


@pytest.mark.parametrize("written", [12, 12.0, "12", "12.0", "12.000", Decimal("12.00")])
def test_a_whole_number_has_one_name(written: object) -> None:
    assert as_name(written) == "12"


@pytest.mark.parametrize("text", ["", "007", "1.10", "v1.0", "1.0.0", "1e10", ".0", "12.", "a0"])
def test_other_text_stays_as_it_is(text: str) -> None:
    assert as_name(text) == text
