"""How near the package's variables are to the notebook's."""

from __future__ import annotations

from lifecycle_core.compiling.nearness import (
    Nearness,
    measured,
    nearness,
    places_of,
    with_portraits,
)
from lifecycle_core.schema.pipeline import Pipeline, Step, StepOutput
from tests import drafts

PIPELINE = Pipeline(
    name="p",
    notebook="a.ipynb",
    source_digest="sha256:0",
    steps=(
        Step(name="load", cells=(1, 2), outputs=(StepOutput(name="x"), StepOutput(name="y"))),
        Step(name="fit", cells=(4,), outputs=(StepOutput(name="x"),)),
    ),
    exported={"x": "fit", "y": "load"},
)


def drawn(value: object) -> dict[str, object]:
    return {"portrait": value}


def test_portraits_are_kept_behind_the_cells_of_steps() -> None:
    assert places_of(PIPELINE, ["x"]) == {2: ("x",), 4: ("x",)}
    assert places_of(PIPELINE, ["y", "z"]) == {2: ("y",)}
    notebook = with_portraits(drafts.notebook("x = 1\n# %%\ny = 2\n# %%\nz = 3"), {1: ["x", "y"]})
    sources = [cell["source"] for cell in notebook.content["cells"]]
    assert [source.split("(")[0] for source in sources] == ["x = 1", "y = 2", "__import__", "z = 3"]
    assert "1, globals(), ['x', 'y']" in sources[2]


def test_the_farthest_of_all_runs_counts() -> None:
    notebooks = [
        {2: {"x": drawn(1.0), "y": drawn({"~list": [1.0, 4.0]})}, 4: {"x": drawn(8.0)}},
        {2: {"x": drawn(1.0), "y": drawn({"~list": [1.0, 2.0]})}, 4: {"x": drawn(8.0)}},
    ]
    by_steps = {"load.x": drawn(1.0), "load.y": drawn({"~list": [1.0, 4.0]}), "fit.x": drawn(8.0)}
    found = measured(PIPELINE, notebooks, by_steps, {"x": drawn(4.0), "y": {"refused": "too long"}})
    assert found == {
        "load.x": Nearness(size=0.0),
        "load.y": Nearness(reason="cannot be compared: too long"),
        "fit.x": Nearness(size=0.5),
    }
    found = measured(PIPELINE, notebooks, by_steps, {"x": drawn(8.0), "y": by_steps["load.y"]})
    assert found["load.y"] == Nearness(size=0.5, where="[1]")
    assert measured(PIPELINE, notebooks, by_steps, {})["fit.x"] == Nearness(reason="is not there")
    assert measured(PIPELINE, [], by_steps, {}) == {}


def test_what_the_notebook_did_not_come_to_is_said_to_be_missing() -> None:
    found = measured(PIPELINE, [{}, {}], {"load.y": drawn(1.0)}, {"y": drawn(1.0)})
    assert found == {"load.y": Nearness(reason="is not there")}


def test_what_differs_in_more_than_numbers_is_not_near() -> None:
    assert nearness(drawn({"a": None}), drawn({"b": None})).reason == "differs in more than numbers"
    assert not nearness(drawn({"a": None}), drawn({"b": None})).within(0.9)
    assert nearness(drawn(1.0), drawn(1.0)).within(0.0)
    path = {"steps": {"~list": [{"~tuple": [{"coef_": {"~<f8 (1,)": [1.0]}}]}]}}
    other = {"steps": {"~list": [{"~tuple": [{"coef_": {"~<f8 (1,)": [0.5]}}]}]}}
    assert nearness(drawn(path), drawn(other)).where == "steps[0][0].coef_[0]"
