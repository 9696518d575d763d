"""Where the boxes of a graph lie, which way its lines go, and the same in characters."""

from __future__ import annotations

import random
from itertools import combinations

import pytest

from lifecycle_core.adapters.rendering.graph import Box, lanes, links, picture, taken
from lifecycle_core.adapters.rendering.graph.layout import BOX_HEIGHT, BOX_WIDTH, lay_out
from lifecycle_core.schema.pipeline import Step, StepInput


def steps(**sources: str) -> list[Step]:
    """Return steps that take a variable from each of the steps named."""
    return [
        Step(name=name, inputs=tuple(StepInput(name=f"v_{s}", step=s) for s in given.split()))
        for name, given in sources.items()
    ]


def any_steps(seed: int, count: int) -> list[Step]:
    """Return steps with up to three sources each among the eight before."""
    chosen = random.Random(seed)  # noqa: S311 - made-up graphs
    names = [f"s{n}" for n in range(count)]
    made = {
        name: " ".join(
            sorted(chosen.sample(names[max(0, n - 8) : n], min(n, chosen.choice([0, 1, 1, 2, 3]))))
        )
        for n, name in enumerate(names)
    }
    return steps(**made)


def test_a_chain_is_straight() -> None:
    given = steps(a="", b="a", c="b")
    placed = lay_out([step.name for step in given], links(given))
    assert len({x for x, _ in placed.boxes.values()}) == 1
    assert [y for _, y in placed.boxes.values()] == sorted(y for _, y in placed.boxes.values())
    assert placed.width == BOX_WIDTH + 8


@pytest.mark.parametrize("seed", range(20))
def test_boxes_do_not_overlap_and_lines_go_down(seed: int) -> None:
    given = any_steps(seed, 40)
    placed = lay_out([step.name for step in given], links(given))
    for (x, y), (other, below) in combinations(placed.boxes.values(), 2):
        assert abs(x - other) >= BOX_WIDTH or abs(y - below) >= BOX_HEIGHT
    for (source, target), points in placed.routes.items():
        assert points[0][1] == placed.boxes[source][1] + BOX_HEIGHT
        assert points[-1][1] == placed.boxes[target][1]
        assert [y for _, y in points] == sorted(y for _, y in points)
    assert all(0 <= x <= placed.width - BOX_WIDTH for x, _ in placed.boxes.values())


def test_a_line_goes_around_the_boxes_between() -> None:
    given = steps(a="", b="a", c="b", d="a c")
    placed = lay_out([step.name for step in given], links(given))
    for x, y in placed.routes["a", "d"][1:-1]:
        for left, top in placed.boxes.values():
            assert not (left < x < left + BOX_WIDTH and top <= y <= top + BOX_HEIGHT)


def test_at_most_three_stand_beside_each_other() -> None:
    given = [Step(name=f"s{n}") for n in range(10)]
    rows = [y for _, y in lay_out([step.name for step in given], []).boxes.values()]
    assert max(rows.count(y) for y in rows) == 3


def test_lines_that_need_not_cross_do_not() -> None:
    given = steps(a="", b="", c="b", d="a")
    boxes = lay_out([step.name for step in given], links(given)).boxes
    assert (boxes["a"] < boxes["b"]) == (boxes["d"] < boxes["c"])


def test_it_is_the_same_every_time() -> None:
    given = any_steps(3, 30)
    names = [step.name for step in given]
    assert lay_out(names, links(given)) == lay_out(names, links(given))


def test_nothing_is_drawn_of_nothing() -> None:
    assert picture([], []) is None
    assert lanes([]) == []


def test_a_picture_says_what_it_shows() -> None:
    given = [*steps(a="", b="a"), Step(name="c", after=("b",))]
    boxes = [Box(name=step.name, state="fresh", seconds=2, bytes=10) for step in given]
    drawn = picture(boxes, links(given))
    assert drawn is not None
    assert [line["said"] for line in drawn["lines"]] == ["a to b: v_a", "b to c: order only"]
    assert [line["dashed"] for line in drawn["lines"]] == [False, True]
    assert drawn["summary"].startswith("3 steps, from top to bottom: 3 fresh; 2 connections.")


def test_a_long_name_is_cut_in_the_box_only() -> None:
    drawn = picture([Box(name="n" * 60, state="stale", said="why")], [])
    assert drawn is not None
    (box,) = drawn["boxes"]
    assert len(box["label"]) < 30
    assert box["said"] == f"{'n' * 60}: stale; why"


def test_what_a_step_takes_from_elsewhere_connects_nothing() -> None:
    assert links(steps(a="gone", b="c", c="")) == []
    assert taken(steps(a="gone")[0]) == "v_gone from gone"


@pytest.mark.parametrize("seed", range(20))
def test_lanes_are_as_many_as_steps_and_aligned(seed: int) -> None:
    given = any_steps(seed, 40)
    drawn = lanes(given)
    assert len(drawn) == len(given)
    assert len({len(line) for line in drawn}) == 1
    assert all(line.count("●") == 1 for line in drawn)


def test_lanes_join_and_pass() -> None:
    given = steps(a="", b="a", c="a", d="b", e="a c d")
    assert [line.rstrip() for line in lanes(given)] == [
        "●",
        "├─●",
        "├─│─●",
        "│ ● │",
        "●─┴─╯",
    ]  # fmt: skip
