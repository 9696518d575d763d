from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from lifecycle_core.adapters import recorded
from lifecycle_core.adapters.recorded import read_recorded
from lifecycle_core.notebooks.facts import Facts, Site
from lifecycle_core.recorder.log import MORE

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
        {
            "kind": "cell",
            "cell": 2,
            "aliases": [3, ["a", 4]],
            "seconds": -1,
            "generators": {"numpy": ["a"]},
        },
        {"kind": ["reads"], "cell": 1},
        [1],
        {"kind": "module", "what": None},
    )
    assert found.reads == (Site(cell=1),)
    assert set(found.cells[1].variables) == {"y"}
    assert found.cells[1].variables["y"].digest is None
    assert found.cells[2].aliases == (("a",),)
    assert found.cells[2].seconds == 0
    assert found.cells[2].generators == {}
    assert found.modules == frozenset()


def test_parameters_count_for_the_cell_they_replace() -> None:
    found = read(
        {"kind": "cell", "cell": 1, "variables": {"a": {"type": "int"}, "b": {"type": "int"}}},
        {"kind": "cell", "cell": 1, "variables": {"a": {"type": "str"}}, "deleted": ["b"]},
    )
    assert {name: found.type for name, found in found.cells[1].variables.items()} == {"a": "str"}
    assert found.cells[1].deleted == ("b",)


def test_states_of_generators_reach_from_the_first_run_of_a_cell_to_its_last() -> None:
    found = read(
        {"kind": "cell", "cell": 1, "generators": {"numpy": ["a", "b"], "torch": ["t", "u"]}},
        {"kind": "cell", "cell": 1, "generators": {"numpy": ["b", "c"], "random": ["", 3]}},
    )
    assert found.cells[1].generators == {"numpy": ("a", "c"), "torch": ("t", "u")}


def test_only_so_much_is_read_and_where_it_ends_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[object] = [{"kind": "module", "what": f"m{number}"} for number in range(3)]
    told += [{"kind": "reads", "cell": cell, "path": f"{cell}.csv"} for cell in (0, 1, 2)]
    size = [len(json.dumps(fact)) + 1 for fact in told]
    assert read(*told).cut_in is None
    for most, where in ((2, -1), (3, -1), (5, 1)):
        monkeypatch.setattr(recorded, "_MOST_LINES", most)
        assert read(*told).cut_in == where
        assert len(read(*told).reads) == max(most - 3, 0)
    monkeypatch.setattr(recorded, "_MOST_LINES", 50)
    monkeypatch.setattr(recorded, "_MOST_BYTES", sum(size[:5]) + 3)
    assert read(*told).cut_in == 1
    monkeypatch.setattr(recorded, "_MOST_BYTES", sum(size))
    assert read(*told).cut_in is None


def test_a_cell_that_did_more_than_is_told_is_known_and_is_no_site() -> None:
    found = read(
        {"kind": "reads", "cell": 1, "path": "a.csv"},
        {"kind": "reads", "cell": 1, "line": None, "what": MORE, "path": "", "library": ""},
        {"kind": "reads", "cell": 4, "line": None, "what": MORE, "path": "", "library": ""},
        {"kind": "clock", "cell": 4, "line": 2, "what": MORE},
    )
    assert found.beyond == {"reads": (1, 4)}
    assert [site.path for site in found.reads] == ["a.csv"]
    assert found.clock == (Site(cell=4, line=2, what=MORE),)


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
                     "generators", "file", "shift", "library"]), _JSON))  # fmt: skip
def test_any_fact_can_be_read(kind: str, fact: dict[str, object]) -> None:
    read({**fact, "kind": kind})
