"""A benchmark that misses its bar says so to whoever calls it."""

from __future__ import annotations

import importlib
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], ModuleType]:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    return importlib.import_module


def test_a_figure_is_held_against_its_bar(
    load: Callable[[str], ModuleType], capsys: pytest.CaptureFixture[str]
) -> None:
    report = load("measuring").report
    assert report("ratio", 1.2, 1.3)
    assert not report("ratio", 1.4, 1.3)
    assert not report("a second", 40, 50, least=True)
    assert capsys.readouterr().out.count(": NO\n") == 2


@pytest.mark.parametrize(
    ("found", "alarmed", "good"),
    [(True, False, True), (False, False, False), (True, True, False)],
)
def test_the_corpus_meets_its_bars_or_does_not(
    load: Callable[[str], ModuleType], *, found: bool, alarmed: bool, good: bool
) -> None:
    faulty = SimpleNamespace(
        truth=SimpleNamespace(kinds=("clock",)), found=found, any_right=True, cell_right=True
    )
    sound = SimpleNamespace(truth=SimpleNamespace(kinds=()), alarmed=alarmed)
    assert load("judging").met([faulty, sound]) is good
