from __future__ import annotations

import pytest

from lifecycle_core.cli.windows import windows_of
from lifecycle_core.errors import InvalidCall


@pytest.mark.parametrize(
    ("pair", "expected"),
    [
        ("until=2024-01-31..2024-03-31/1mo", ["2024-01-31", "2024-02-29", "2024-03-31"]),
        ("until=2024-01-01..2024-01-15/1w", ["2024-01-01", "2024-01-08", "2024-01-15"]),
        ("until=2024-02-29..2026-03-01/1y", ["2024-02-29", "2025-02-28", "2026-02-28"]),
        ("until=2024-01-01..2024-02-01/30d", ["2024-01-01", "2024-01-31"]),
        ("until=2024-01-01,2024-05-01", ["2024-01-01", "2024-05-01"]),
    ],
)
def test_dates_at_a_distance(pair: str, expected: list[str]) -> None:
    assert [window["until"] for window in windows_of([pair])] == expected


@pytest.mark.parametrize(
    ("pairs", "said"),
    [
        (["until"], "want name=value"),
        (["until="], "want name=value"),
        (["until=2024-02-30..2024-03-01/1d"], "day"),
        (["until=2024-03-01..2024-02-01/1d"], "ends before it begins"),
        (["since=1,2", "until=1,2,3"], "since 2, until 3"),
    ],
)
def test_what_is_no_window_is_told(pairs: list[str], said: str) -> None:
    with pytest.raises(InvalidCall, match=said):
        windows_of(pairs)
