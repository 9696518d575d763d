from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle_core.recorder import streams
from lifecycle_core.recorder.streams import Streams

if TYPE_CHECKING:
    import pytest


class Stream:
    """Stands for ipykernel's OutStream."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.text = ""

    def write(self, string: str) -> int:
        self.text += string
        return len(string)


def test_a_cell_prints_no_more_than_it_may(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "_MOST", 10)

    class Bounded(Stream):
        pass

    limit = Streams()
    limit.bound(Bounded)
    out, err = Bounded("stdout"), Bounded("stderr")
    assert [out.write(piece) for piece in ("12345", "67890", "a" * 9, "b")] == [5, 5, 9, 1]
    assert out.text.startswith("1234567890\n[nbrelease: more than")
    assert "b" not in out.text.removeprefix("1234567890\n[nbrelease")
    assert err.write("fine") == 4
    limit.begin()
    out.write("next")
    assert out.text.endswith("next")
    assert err.text == "fine"
