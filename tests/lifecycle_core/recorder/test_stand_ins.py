"""What stands in while there is something to see, in a real kernel and by itself."""

from __future__ import annotations

import types
from typing import TYPE_CHECKING

from lifecycle_core.recorder.stand_ins import Replaced
from tests.fakes.clean_runs import clean_run, lines, printed

if TYPE_CHECKING:
    from pathlib import Path

MANY = """
import random, time
built_in = type(len)
for _ in range(20_000):
    time.time()
print(isinstance(time.time, built_in))
random.seed(1)
random.random()
print(isinstance(random.random, built_in))
"""
AGAIN = """
print(isinstance(time.time, built_in), isinstance(random.random, built_in))
time.time()
random.seed(None)
"""
UNSEEDED = "random.random(); print(isinstance(random.random, built_in))"


def test_the_originals_are_back_once_all_is_told_and_gone_when_there_is_more(
    tmp_path: Path,
) -> None:
    run = clean_run(tmp_path, MANY, AGAIN, UNSEEDED)
    assert printed(run, 0) == "True\nTrue\n"
    assert printed(run, 1) == "False True\n"  # the clock is watched anew; the generator is seeded
    assert [line for line, what, _ in lines(run.facts.clock, 1)] == [3]
    assert (1, "random.random") in [(line, what) for line, what, _ in lines(run.facts.random, 2)]


def test_what_the_notebook_put_there_stays() -> None:
    module = types.ModuleType("somewhere")
    module.__dict__["f"] = original = len
    replaced = Replaced()
    replaced.put(module, "f", lambda _home, words: original(words))
    assert module.f is not original
    assert module.f("ab") == 2
    replaced.watch(watching=False)
    assert module.f is original
    theirs: object = max
    module.__dict__["f"] = theirs
    replaced.watch(watching=True)
    assert module.f is theirs
