from __future__ import annotations

import inspect
import pickle

import pytest

from lifecycle_core import errors
from lifecycle_core.errors import LifecycleError
from lifecycle_core.schema.reproduction import Run

KINDS = [
    kind
    for _, kind in inspect.getmembers(errors, inspect.isclass)
    if issubclass(kind, LifecycleError) and kind is not LifecycleError
]
VALUES: dict[str, object] = {
    "violations": (),
    "types": ("os.system",),
    "results": (),
    "head": None,
    "cell": 3,
    "run": Run(seconds=1, hash_seed=0, threads=2, exit="killed", stopped_at=3),
}


def made(kind: type[LifecycleError]) -> LifecycleError:
    wanted = [name for name in inspect.signature(kind).parameters if name not in {"fact", "hint"}]
    return kind("It is so.", hint="Do this.", **{name: VALUES.get(name, name) for name in wanted})


@pytest.mark.parametrize("kind", KINDS)
def test_an_error_survives_the_way_between_processes(kind: type[LifecycleError]) -> None:
    error = made(kind)
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes
    assert type(again) is kind
    assert str(again) == "It is so."
    assert vars(again) == vars(error)


@pytest.mark.parametrize("kind", KINDS)
def test_an_error_shows_two_lines_and_has_an_exit_code(kind: type[LifecycleError]) -> None:
    error = made(kind)
    assert error._render_traceback_() == [f"{kind.__name__}: It is so.", "Hint: Do this."]
    assert error.exit_code in {1, 2, 3}


@pytest.mark.parametrize("kind", KINDS)
def test_the_tree_at_the_head_of_the_file_names_it_with_its_exit_code(
    kind: type[LifecycleError],
) -> None:
    lines = [line for line in (errors.__doc__ or "").splitlines() if f"-- {kind.__name__} " in line]
    assert len(lines) == 1
    assert lines[0].endswith(f"exit {kind.exit_code}")
