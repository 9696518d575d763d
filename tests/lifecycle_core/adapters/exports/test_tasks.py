"""What travels between tasks, and the order that one process gives for nothing."""

from __future__ import annotations

import pytest

from lifecycle_core.adapters.exports.tasks import Brought, tasks_of
from lifecycle_core.errors import InvalidCall
from lifecycle_core.schema.pipeline import Parameter, Pipeline, Step, StepInput, StepOutput
from tests.fakes import compiled


def pipeline(*steps: Step, **more: object) -> Pipeline:
    record = {"name": "p", "notebook": "../../a.ipynb", "source_digest": "", "steps": steps, **more}
    return Pipeline.model_validate(record)


def test_a_step_takes_each_generator_from_the_step_that_used_it_last() -> None:
    tasks = {task.name: task for task in tasks_of(compiled.record()).tasks}
    assert tasks["load_data"].generators == {"numpy": None, "random": None}
    assert tasks["label"].generators == {"random": "load_data"}
    assert tasks["evaluate"].generators == {"numpy": "train", "random": "label"}
    assert tasks["evaluate"].sources == ("label", "split", "train")


def test_a_file_comes_from_the_step_that_wrote_it_last() -> None:
    tasks = tasks_of(
        pipeline(
            Step(name="first", writes=("b.csv", "a.csv")),
            Step(name="second", writes=("a.csv",)),
            Step(name="third", reads=("a.csv", "b.csv", "given.csv")),
        )
    ).tasks
    assert tasks[2].brought == (
        Brought(step="second", index=0, path="a.csv"),
        Brought(step="first", index=0, path="b.csv"),
    )
    assert tasks[2].waits == ("first", "second")


def test_a_file_that_a_step_goes_on_writing_is_brought_too() -> None:
    tasks = tasks_of(
        pipeline(Step(name="first", writes=("log",)), Step(name="second", writes=("log",)))
    ).tasks
    assert [file.step for file in tasks[1].brought] == ["first"]


def test_a_folder_is_there_before_what_is_written_into_it() -> None:
    tasks = tasks_of(
        pipeline(
            Step(name="make", writes=("out", "out/deep")),
            Step(name="other", writes=("output.txt",)),
            Step(name="write", writes=("out/deep/a.csv",)),
            Step(name="search", reads=("out",)),
        )
    ).tasks
    assert tasks[1].waits == ()
    assert tasks[2].waits == ("make",)
    assert [one.path for one in tasks[2].brought] == ["out", "out/deep"]
    assert [one.path for one in tasks[3].brought] == ["out", "out/deep", "out/deep/a.csv"]


def test_a_step_that_overwrites_a_file_waits_for_those_that_read_it() -> None:
    steps = (Step(name="reader", reads=("a.csv",)), Step(name="writer", writes=("a.csv",)))
    assert tasks_of(pipeline(*steps)).tasks[1].waits == ("reader",)


def test_steps_without_anything_in_common_do_not_wait() -> None:
    assert tasks_of(pipeline(Step(name="a"), Step(name="b"))).tasks[1].earlier == ()


@pytest.mark.parametrize(
    ("notebook", "home"),
    [("../../a.ipynb", "."), ("../../books/a.ipynb", "books"), ("../../../a.ipynb", "..")],
)
def test_the_notebook_s_folder_is_seen_from_the_project(notebook: str, home: str) -> None:
    assert tasks_of(pipeline(Step(name="a"), notebook=notebook)).home == home


@pytest.mark.parametrize("name", ["a b", "class", "x:\n  - y", "__import__('os')", ""])
def test_a_name_that_would_be_other_code_is_refused(name: str) -> None:
    with pytest.raises(InvalidCall, match="no Python name"):
        tasks_of(pipeline(Step(name=name)))
    with pytest.raises(InvalidCall, match="no Python name"):
        tasks_of(pipeline(Step(name="a"), name=name))
    with pytest.raises(InvalidCall, match="no Python name"):
        tasks_of(pipeline(Step(name="a"), parameters=(Parameter(name=name, type="int"),)))


def test_a_record_that_does_not_hang_together_is_refused() -> None:
    made = Step(name="a", outputs=(StepOutput(name="x"),))
    with pytest.raises(InvalidCall, match="two steps 'a'"):
        tasks_of(pipeline(made, made))
    with pytest.raises(InvalidCall, match="takes 'y' from 'a'"):
        tasks_of(pipeline(made, Step(name="b", inputs=(StepInput(name="y", step="a"),))))
    with pytest.raises(InvalidCall, match="takes 'x' from 'b'"):
        tasks_of(pipeline(Step(name="a", inputs=(StepInput(name="x", step="b"),))))
    with pytest.raises(InvalidCall, match="comes after 'later'"):
        tasks_of(pipeline(Step(name="a", after=("later",))))


def test_a_default_that_is_no_json_is_refused() -> None:
    nothing = Parameter.model_construct(name="x", type="float", default=float("nan"))
    with pytest.raises(InvalidCall, match="default of x is nan"):
        tasks_of(pipeline(Step(name="a")).model_copy(update={"parameters": (nothing,)}))
