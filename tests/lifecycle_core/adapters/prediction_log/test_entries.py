from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifecycle_core.adapters.prediction_log.entries import (
    HEADER_BYTES,
    Entry,
    Kind,
    framed,
    header,
    read_entries,
    read_header,
)

SESSION = bytes(range(16))
ENTRIES = [
    Entry(Kind.PREDICTION, 1, b"{}"),
    Entry(Kind.OUTCOME, 2, b""),
    Entry(Kind.OUTCOME, 9, b"x"),
]
WRITTEN = header(SESSION, 7) + b"".join(framed(entry) for entry in ENTRIES)


def read(content: bytes) -> list[Entry]:
    return [entry for entry, _ in read_entries(content)]


def test_what_is_written_is_read() -> None:
    assert read_header(WRITTEN) == (SESSION, 7)
    assert read(WRITTEN) == ENTRIES
    assert [end for _, end in read_entries(WRITTEN)][-1] == len(WRITTEN)


def test_a_segment_cut_anywhere_gives_the_entries_before_the_cut() -> None:
    ends = [end for _, end in read_entries(WRITTEN)]
    for cut in range(HEADER_BYTES, len(WRITTEN)):
        assert read(WRITTEN[:cut]) == ENTRIES[: sum(end <= cut for end in ends)]
        zeros = read(WRITTEN[:cut] + bytes(50))  # what was cut off may be zeros itself
        assert zeros == ENTRIES[: len(zeros)]


@given(st.integers(HEADER_BYTES, len(WRITTEN) - 1), st.integers(1, 255))
def test_a_changed_byte_is_never_taken_for_a_row(place: int, change: int) -> None:
    spoilt = bytearray(WRITTEN)
    spoilt[place] ^= change
    assert read(bytes(spoilt)) in [ENTRIES[:n] for n in range(len(ENTRIES))]


@pytest.mark.parametrize("place", range(HEADER_BYTES))
def test_a_damaged_head_is_known(place: int) -> None:
    spoilt = bytearray(WRITTEN)
    spoilt[place] ^= 1
    assert read_header(bytes(spoilt)) is None
    assert read_header(WRITTEN[:place]) is None
