from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from lifecycle_core.adapters.prediction_log.entries import Entry, Kind, framed, header
from lifecycle_core.adapters.prediction_log.segments import (
    left_segments,
    locked_folder,
    remove_segment,
)
from lifecycle_core.errors import InvalidCall

if TYPE_CHECKING:
    from pathlib import Path

HEAD = header(bytes(16), 1)
ROWS = framed(Entry(Kind.PREDICTION, 5, b"a")) + framed(Entry(Kind.OUTCOME, 6, b"b"))


def test_a_torn_tail_is_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "000000000001.wal"
    path.write_bytes(HEAD + ROWS + ROWS[:-1])
    (segment,), newest = left_segments(tmp_path, now=3.0)
    assert (segment.rows, segment.session, segment.number, segment.since) == (3, "00" * 16, 1, 3.0)
    assert newest == 6
    assert path.stat().st_size == segment.size < len(HEAD + ROWS + ROWS[:-1])
    assert [entry.row for entry in segment.entries()] == [b"a", b"b", b"a"]


@pytest.mark.parametrize("content", [b"", HEAD[:9], HEAD, HEAD + ROWS[:9], HEAD + bytes(99)])
def test_a_segment_without_a_row_is_removed(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "000000000001.wal").write_bytes(content)
    assert left_segments(tmp_path, now=0.0) == ([], 0)
    assert list(tmp_path.iterdir()) == []


def test_rows_behind_a_damaged_head_are_not_thrown_away(tmp_path: Path) -> None:
    (tmp_path / "000000000001.wal").write_bytes(b"?" + HEAD[1:] + ROWS)
    with pytest.raises(InvalidCall, match="2 rows stand behind it"):
        left_segments(tmp_path, now=0.0)
    assert (tmp_path / "000000000001.wal").exists()


def test_segments_come_in_the_order_of_their_files(tmp_path: Path) -> None:
    for place in (3, 20, 100):
        (tmp_path / f"{place:012d}.wal").write_bytes(HEAD + ROWS)
    found, _ = left_segments(tmp_path, now=0.0)
    assert [int(each.path.stem) for each in found] == [3, 20, 100]


def test_the_sequence_outlives_the_segments(tmp_path: Path) -> None:
    (tmp_path / "000000000001.wal").write_bytes(HEAD + ROWS)
    (segment,), newest = left_segments(tmp_path, now=0.0)
    remove_segment(segment, newest)
    assert left_segments(tmp_path, now=0.0) == ([], 6)


def test_one_process_at_a_time(tmp_path: Path) -> None:
    held = locked_folder(tmp_path / "wal")
    assert held is not None
    assert locked_folder(tmp_path / "wal") is None
    os.close(held)
    again = locked_folder(tmp_path / "wal")
    assert again is not None
    os.close(again)


@pytest.mark.parametrize(("at", "left"), [(8, 0), (20, 1), (19 + len(ROWS), 3)])
def test_what_the_disk_has_changed_is_kept_beside_the_rows_before_it(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, at: int, left: int
) -> None:
    content = bytearray(HEAD + ROWS + ROWS + bytes(99))
    content[len(HEAD) + at] ^= 64
    (tmp_path / "000000000001.wal").write_bytes(content)
    found, _ = left_segments(tmp_path, now=0.0)
    assert sum(segment.rows for segment in found) == left
    (kept,) = tmp_path.glob("*.damaged")
    assert kept.read_bytes() == content
    assert f"damaged behind its row {left}" in caplog.text


def test_the_length_of_an_entry_may_be_what_has_changed(tmp_path: Path) -> None:
    content = bytearray(HEAD + ROWS)
    content[len(HEAD) + 7] ^= 64  # an entry that would end far behind the file
    (tmp_path / "000000000001.wal").write_bytes(content)
    assert left_segments(tmp_path, now=0.0) == ([], 0)
    assert len(list(tmp_path.glob("*.damaged"))) == 1


def test_a_torn_entry_is_nothing_to_speak_of(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for torn in range(len(ROWS) // 2):
        (tmp_path / "000000000001.wal").write_bytes(HEAD + ROWS + ROWS[:torn] + bytes(99))
        ((segment,), _) = left_segments(tmp_path, now=0.0)
        assert segment.rows == 2
    assert [path.name for path in tmp_path.iterdir()] == ["000000000001.wal"]
    assert caplog.text == ""
