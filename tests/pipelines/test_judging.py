"""The judge tells equal from wrong, missing and failing, and believes nobody."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from tests.pipelines.case import Case, Facts, Mutation, Refuse
from tests.pipelines.generate import Truth, truth_of, write_case
from tests.pipelines.judging import (
    consequences,
    judge,
    judge_refusal,
    judge_steps,
    should_run,
    stale_results,
)

if TYPE_CHECKING:
    from pathlib import Path

CASE = Case(
    name="small",
    construct="test",
    why="A class, a list, a number.",
    cells="""
# %%
class Point:
    def __init__(self, x):
        self.x = x
# %%
n = 2
points = [Point(k) for k in range(n)]
# %%
half = 0.5
""",
    refuse=Refuse(("points =",), ("points",)),
    facts=Facts(
        steps=(2, 2),
        named=("make",),
        apart=(("points =", "half ="),),
        gives={"points =": ("points",)},
        parameters=("n",),
    ),
    mutation=Mutation("n = 2", "n = 3", "constant"),
)
GOOD = """
class Point:
    def __init__(self, x):
        self.x = x


def run():
    return {"n": 2, "points": [Point(0), Point(1)], "half": 0.5}
"""
PIPELINE: dict[str, Any] = {
    "parameters": [{"name": "n"}],
    "steps": [
        {"name": "make", "cells": [1], "inputs": [], "outputs": [{"name": "points"}], "after": []},
        {"name": "halve", "cells": [2], "inputs": [], "outputs": [{"name": "half"}], "after": []},
    ],
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_case(CASE, tmp_path).parent


@pytest.fixture(scope="module")
def truth(tmp_path_factory: pytest.TempPathFactory) -> Truth:
    return truth_of(CASE, write_case(CASE, tmp_path_factory.mktemp("truth")).parent)


def package(tmp_path: Path, text: str) -> Path:
    """Write a package as a compiler would."""
    made = tmp_path / "out" / "pipelines" / "small"
    made.mkdir(parents=True)
    (made / "__init__.py").write_text(text, encoding="utf-8")
    return made


@pytest.mark.parametrize(
    ("edit", "verdict"),
    [
        (("", ""), "equal"),
        (("Point(1)", "Point(2)"), "wrong"),
        (('"half": 0.5', '"half": 0.5 + 1e-6'), "wrong"),
        ((', "half": 0.5', ""), "missing"),
        (('"half": 0.5', '"half": 0.5, "more": 1'), "equal"),
        (('"half": 0.5', '"half": 1 / 0'), "error"),
        (("\nclass", "\nimport lifecycle_core\n\n\nclass"), "error"),
    ],
)
def test_a_package_is_judged_by_what_it_gives(
    edit: tuple[str, str], verdict: str, folder: Path, truth: Truth, tmp_path: Path
) -> None:
    assert truth.required == ("half", "n", "points")
    made = package(tmp_path, GOOD.replace(*edit, 1))
    assert judge(CASE, folder, made, truth).verdict == verdict


def test_the_last_bits_are_seen_and_forgiven(folder: Path, truth: Truth, tmp_path: Path) -> None:
    made = package(tmp_path, GOOD.replace('"half": 0.5', '"half": 0.5 + 1e-15'))
    judgement = judge(CASE, folder, made, truth)
    assert (judgement.verdict, judgement.exact) == ("equal", False)


def test_a_refusal_must_help() -> None:
    either = Case(
        name="e", construct="", why="", cells=CASE.cells, expect="either", refuse=CASE.refuse
    )
    good = {"reason": "points are odd", "cells": [1]}
    assert judge_refusal(either, [good]).verdict == "refused"
    assert judge_refusal(either, [{**good, "cells": [0]}]).verdict == "refused badly"
    assert judge_refusal(either, [{**good, "reason": "no"}]).verdict == "refused badly"
    assert judge_refusal(either, []).verdict == "refused badly"
    assert judge_refusal(CASE, [good]).verdict == "refused wrongly"


def test_steps_are_held_against_the_facts() -> None:
    assert judge_steps(CASE, PIPELINE) == ()
    one = {**PIPELINE["steps"][0], "cells": [1, 2], "outputs": [], "name": "all"}
    told = judge_steps(CASE, {"parameters": [], "steps": [one]})
    assert len(told) == 5


def test_steps_that_should_run_again_come_from_execution(folder: Path) -> None:
    effects = consequences(CASE, folder)
    assert (effects.edited, effects.changed) == (1, (1,))
    must, may = should_run(effects, PIPELINE)
    assert (sorted(must), sorted(may)) == (["make"], ["make"])
    takes = {**PIPELINE["steps"][1], "inputs": [{"name": "points", "step": "make"}]}
    steps = {**PIPELINE, "steps": [PIPELINE["steps"][0], takes]}
    must, may = should_run(effects, steps)
    assert (sorted(must), sorted(may)) == (["make"], ["halve", "make"])


def test_a_step_need_not_run_for_what_stands_in_its_cell_and_belongs_to_others(
    tmp_path: Path,
) -> None:
    case = replace(
        CASE,
        cells="""
# %%
import random
random.seed(3)
N = 5
# %%
one = random.random()
# %%
many = [random.random() for _ in range(N)]
""",
        mutation=Mutation("N = 5", "N = 4", "constant"),
    )
    effects = consequences(case, write_case(case, tmp_path).parent)
    assert effects.sets == (frozenset({"N"}), frozenset(), frozenset({"many", "<random>"}))
    draw = {"name": "draw", "cells": [0, 1], "inputs": [], "outputs": [{"name": "one"}]}
    draw_many = {"name": "draw_many", "cells": [2], "inputs": [], "outputs": [{"name": "many"}]}
    steps = [{**draw, "after": []}, {**draw_many, "after": ["draw"]}]
    must, may = should_run(effects, {"steps": steps})
    assert (sorted(must), sorted(may)) == (["draw_many"], ["draw", "draw_many"])
    gives_it = {**steps[0], "outputs": [{"name": "one"}, {"name": "N"}]}
    must, _ = should_run(effects, {"steps": [gives_it, steps[1]]})
    assert sorted(must) == ["draw", "draw_many"]


def test_a_step_that_was_wrongly_taken_for_fresh_is_seen_by_what_it_gave() -> None:
    proven = {"name": "half", "digest": "new", "note": ""}
    loose = {"name": "tmp", "digest": None, "note": "it has no digest"}
    pipeline = {"steps": [{"name": "halve", "outputs": [proven, loose]}]}
    fresh = {"name": "halve", "status": "fresh", "outputs": [proven, loose]}
    stale = {**fresh, "outputs": [{**proven, "digest": "old"}, loose]}
    assert stale_results({"steps": [fresh]}, pipeline) == ()
    assert stale_results({"steps": [stale]}, pipeline) == ("halve.half",)
    assert stale_results({"steps": [{**fresh, "outputs": []}]}, pipeline) == ("halve.half",)
