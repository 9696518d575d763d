"""What passes between cells beside variables."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lifecycle_core.compiling.program import Program
from lifecycle_core.compiling.traffic import Traffic, traffic_of
from lifecycle_core.notebooks.facts import CellFacts, Facts, Site
from tests import drafts

SETS = st.dictionaries(
    st.integers(0, 5), st.lists(st.sampled_from("abc"), max_size=2).map(tuple), max_size=4
)


def found(text: str, facts: Facts) -> Traffic:
    return traffic_of(Program(drafts.read(text), facts, 99), "/copy/nb")


def test_paths_are_relative_to_the_notebooks_folder_and_told_once() -> None:
    sites = (Site(cell=0, path="/copy/nb/data/a.csv"), Site(cell=0, path="/copy/b.csv"))
    facts = Facts(reads=(*sites, *sites, Site(cell=1)), writes=(Site(cell=1, path="/copy/nb/c"),))
    traffic = found("x = [1]\n# %%\ny = [2]", facts)
    assert traffic.reads == {0: ("data/a.csv", "../b.csv")}
    assert traffic.writes_of([0, 1]) == ("c",)


def test_generators_are_told_by_what_was_seen_and_by_the_text() -> None:
    text = """\
import random, numpy as np
from numpy.random import rand
# %%
np.random.seed(1)
# %%
x = [rand(), random.random()]
# %%
rng = np.random.default_rng(1)
# %%
y = [1]
"""
    traffic = found(text, Facts(cells={4: CellFacts(generators={"torch": ("0", "1")})}))
    assert traffic.drawn == {1: ("numpy",), 2: ("random", "numpy"), 4: ("torch",)}


def test_who_comes_after_whom() -> None:
    traffic = Traffic(
        reads={1: ("a",), 3: ("a",), 5: ("b",)},
        writes={0: ("a",), 2: ("a",)},
        drawn={0: ("numpy",), 4: ("numpy",)},
    )
    groups = [(number,) for number in range(6)]
    assert traffic.after(groups) == ((), (0,), (0, 1), (2,), (0,), ())


def test_programs_keep_their_place_among_cells_that_touch_files() -> None:
    traffic = Traffic(reads={0: ("a",), 3: ("b",)}, writes={5: ("c",)}, programs=frozenset({1, 4}))
    groups = [(number,) for number in range(6)]
    assert traffic.after(groups) == ((), (0,), (), (1,), (0, 1, 3), (4,))


def test_programs_are_told_by_what_was_seen() -> None:
    facts = Facts(processes=(Site(cell=1, what="wget -O f"), Site(cell=-1)))
    assert found("x = [1]\n# %%\ny = [2]", facts).programs >= {1}


@given(SETS, SETS)
def test_order_is_kept_wherever_it_matters(
    reads: dict[int, tuple[str, ...]], writes: dict[int, tuple[str, ...]]
) -> None:
    traffic = Traffic(reads=reads, writes=writes)
    after = traffic.after([(number,) for number in range(6)])
    reached: list[set[int]] = []
    for earlier in after:
        reached.append(set(earlier).union(*(reached[one] for one in earlier)))
    for late in range(6):
        for early in range(late):
            wrote = {*writes.get(early, ())} & {*reads.get(late, ()), *writes.get(late, ())}
            read = {*reads.get(early, ())} & {*writes.get(late, ())}
            assert not (wrote | read) or early in reached[late]
