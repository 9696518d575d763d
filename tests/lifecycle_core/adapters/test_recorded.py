from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from lifecycle_core.adapters import recorded
from lifecycle_core.adapters.recorded import read_recorded
from lifecycle_core.notebooks.facts import Facts, Site

if TYPE_CHECKING:
    import pytest


def read(*facts: object) -> Facts:
    return read_recorded(io.BytesIO(b"".join(json.dumps(f).encode() + b"\n" for f in facts))).facts


def test_what_does_not_fit_is_left_out() -> None:
    found = read(
        {"kind": "reads", "cell": "1", "what": "open"},
        {"kind": "reads", "cell": -5},
        {"kind": "reads", "cell": 10**30},
        {"kind": "reads", "cell": 1, "line": "x", "what": ["open"], "path": 3},
        {"kind": "cell", "cell": 1, "variables": {"x": 3, "y": {"type": "int", "digest": 7}}},
        {"kind": "cell", "cell": 2, "aliases": [3, ["a", 4]], "seconds": -1, "drawn": "numpy"},
        {"kind": ["reads"], "cell": 1},
        [1],
        {"kind": "module", "what": None},
    )
    assert found.reads == (Site(cell=1),)
    assert set(found.cells[1].variables) == {"y"}
    assert found.cells[1].variables["y"].digest is None
    assert found.cells[2].aliases == (("a",),)
    assert found.cells[2].seconds == 0
    assert found.cells[2].drawn == ()
    assert found.modules == frozenset()


def test_parameters_count_for_the_cell_they_replace() -> None:
    found = read(
        {"kind": "cell", "cell": 1, "variables": {"a": {"type": "int"}, "b": {"type": "int"}}},
        {"kind": "cell", "cell": 1, "variables": {"a": {"type": "str"}}, "deleted": ["b"]},
    )
    assert {name: found.type for name, found in found.cells[1].variables.items()} == {"a": "str"}
    assert found.cells[1].deleted == ("b",)


def test_only_so_much_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = b'{"kind": "module", "what": "a"}\n' * 10
    assert not read_recorded(io.BytesIO(lines)).cut
    monkeypatch.setattr(recorded, "_MOST_LINES", 5)
    assert read_recorded(io.BytesIO(lines)).cut
    monkeypatch.setattr(recorded, "_MOST_LINES", 50)
    monkeypatch.setattr(recorded, "_MOST_BYTES", 40)
    assert read_recorded(io.BytesIO(lines)).cut


@given(st.binary(max_size=300))
def test_any_bytes_can_be_read(content: bytes) -> None:
    read_recorded(io.BytesIO(content))


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


@given(st.sampled_from(["reads", "cell", "begin", "module"]), st.dictionaries(
    st.sampled_from(["cell", "line", "what", "path", "variables", "deleted", "aliases", "seconds",
                     "drawn", "file", "shift", "library"]), _JSON))  # fmt: skip
def test_any_fact_can_be_read(kind: str, fact: dict[str, object]) -> None:
    read({**fact, "kind": kind})
