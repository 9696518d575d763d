from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest

from lifecycle_core.adapters.announcer import Announcer
from lifecycle_core.adapters.user_hooks import configured_hooks, wanted_kinds
from lifecycle_core.errors import SinkFailed
from lifecycle_core.schema.event import Event, Metric, RunFailed, StepFailed
from tests.fakes.events import failed_run, good_run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HOOKS = """
from __future__ import annotations
from typing import TYPE_CHECKING
from lifecycle_core.schema.event import Metric, StepFailed
if TYPE_CHECKING:
    from lifecycle_core.schema.event import RunFinished

heard = []

def on_all(event):
    heard.append(("all", event.kind))

def on_failure(event: StepFailed | Metric) -> None:
    heard.append(("failure", event.kind))

def on_end(event: RunFinished) -> None:
    heard.append(("end", event.kind))

def broken(event: Metric) -> None:
    raise ZeroDivisionError("no luck")

def of_text(event: str) -> None:
    pass

def of_nothing() -> None:
    pass

async def later(event) -> None:
    pass

NUMBER = 5
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    (tmp_path / "own_hooks.py").write_text(HOOKS)
    monkeypatch.setattr(sys, "path", list(sys.path))
    yield tmp_path
    sys.modules.pop("own_hooks", None)


def called(project: Path, *names: str) -> tuple[tuple[str, ...], list[Any]]:
    telling = Announcer(configured_hooks([f"own_hooks:{name}" for name in names], project=project))
    for event in (*good_run(), *failed_run()):
        telling.tell(event)
    said = telling.close()
    return said, sys.modules["own_hooks"].heard


def test_a_function_without_annotation_hears_all(project: Path) -> None:
    said, heard = called(project, "on_all")
    assert said == ()
    assert heard == [("all", event.kind) for event in (*good_run(), *failed_run())]


def test_an_annotation_says_which_kinds(project: Path) -> None:
    assert called(project, "on_failure") == (
        (),
        [("failure", "metric"), ("failure", "step_failed")],
    )


def test_an_annotation_that_only_type_checkers_import(project: Path) -> None:
    assert called(project, "on_end") == ((), [("end", "run_finished")])


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("broken", "did not take 1 event: ZeroDivisionError: no luck."),
        ("of_text", "it wants str, which is no kind of event. Known: Event, RunStarted"),
        ("of_nothing", "it has no parameter for the event."),
        ("later", "it is no plain function."),
        ("NUMBER", "it is no plain function."),
        ("missing", "it cannot be loaded: AttributeError"),
    ],
)
def test_a_failure_is_told_once(project: Path, name: str, message: str) -> None:
    (said,), heard = called(project, name)
    assert said.startswith(f"Hook own_hooks:{name} did not take")
    assert message in said
    assert heard == []


@pytest.mark.parametrize("name", ["no_such_module_anywhere:f", "own_hooks", "own_hooks:f()", ":f"])
def test_a_name_that_names_nothing_is_told(project: Path, name: str) -> None:
    telling = Announcer(configured_hooks([name], project=project))
    telling.tell(good_run()[0])
    assert len(telling.close()) == 1


def test_kinds_of_annotations() -> None:
    def union(event: StepFailed | RunFailed) -> None: ...
    def every(event: Event) -> None: ...
    def loose(event: Any) -> None: ...  # noqa: ANN401 - it is what is tested
    def number(event: int) -> None: ...

    assert wanted_kinds(union) == (StepFailed, RunFailed)
    assert len(wanted_kinds(every)) == len(wanted_kinds(loose)) == 12
    assert wanted_kinds(lambda _event: None) == wanted_kinds(every)
    assert Metric in wanted_kinds(print)
    with pytest.raises(SinkFailed, match="no kind of event"):
        wanted_kinds(number)
