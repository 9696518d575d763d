"""Which steps run, what they give, and what is told of them."""

from __future__ import annotations

import random
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from lifecycle_core.adapters.scheduling import LocalScheduler
from lifecycle_core.errors import InvalidCall
from lifecycle_core.running import results
from tests.fakes import pipelines
from tests.fakes.bench import Bench, ran

if TYPE_CHECKING:
    from lifecycle_core.adapters.store import Store
    from lifecycle_core.schema.event import Event

ALL = ["load_data", "clean", "features", "train", "evaluate"]


def test_a_pipeline_runs_once_and_then_what_a_change_reaches(home: Path, store: Store) -> None:
    bench = Bench(pipelines.churn(home), store)
    assert list(bench.stale()) == ALL
    first = bench.run()
    assert first.exit == "ok"
    assert ran(first) == ALL
    assert first.steps[0].printed == "rows 200\n"
    assert first.parameters == {"seed": 7, "C": 1.0}
    assert ran(bench.run()) == []
    assert bench.stale() == {}

    again = bench.run(C=0.5)
    assert ran(again) == ["train", "evaluate"]
    assert again.steps[3].why == ("parameter C: 1.0 -> 0.5",)
    assert again.steps[4].why == ("input model changed (from train)",)
    assert ran(bench.run()) == []

    data = home / "data" / "churn.csv"
    data.write_text(data.read_text() + "3,40,1\n")
    assert bench.stale() == {
        "load_data": ("file data/churn.csv changed",),
        "clean": ("behind stale step load_data",),
        "features": ("behind stale step clean",),
        "train": ("behind stale step features",),
        "evaluate": ("behind stale step features", "behind stale step train"),
    }
    assert ran(bench.run()) == ALL

    bench.edit("clean", "customers = customers.dropna()", "customers = customers.dropna(how='any')")
    changed = bench.run()
    assert ran(changed) == ["clean"]  # it gives the same, so that the others stay fresh
    assert changed.steps[1].why == ("code of clean changed: line 15",)

    bench.edit("shared", '"""Scale a column."""', '"""Scale it."""\n    # and nothing else')
    bench.edit("shared", "return LIMIT", "return LIMIT + 1")
    assert bench.stale() == {}
    bench.edit("shared", "column.std()", "column.std(ddof=0)")
    assert bench.stale()["features"] == ("code of shared.scaled changed: line 10",)


def test_a_step_that_changes_its_input_in_place_leaves_the_earlier_version(
    home: Path, store: Store
) -> None:
    bench = Bench(pipelines.in_place(home), store)
    made = bench.run()
    assert bench.value(made, "count") == 3
    assert bench.value(made, "total") == 10
    assert ran(bench.run()) == []


def test_generators_go_on_where_the_step_before_left_them(home: Path, store: Store) -> None:
    bench = Bench(pipelines.drawing(home), store)
    made = bench.run()
    generator, pure = np.random.RandomState(7), random.Random(7)  # noqa: S311 - what the step draws from
    assert bench.value(made, "first") == generator.random()
    assert bench.value(made, "draws") == [generator.random(), pure.random()]
    assert bench.value(made, "last") == generator.random()
    bench.edit("third", "last = ", "last = 1 * ")
    alone = bench.run()  # in a new process, where nothing was seeded
    assert ran(alone) == ["third"]
    assert bench.value(alone, "last") == bench.value(made, "last")
    # An equal result before does not do: the generator may be elsewhere.
    bench.edit("second", "draws = ", "np.random.random(); draws = ")
    last = bench.run()
    assert ran(last) == ["second", "third"]
    assert "state of the generator numpy changed" in last.steps[2].why


def test_files_that_steps_pass_are_kept_and_put_back(home: Path, store: Store) -> None:
    bench = Bench(pipelines.passing_a_file(home), store)
    bench.run()
    assert (home / "sorted.txt").read_text() == "A B"
    (home / "sorted.txt").unlink()
    assert ran(bench.run()) == []
    assert (home / "sorted.txt").read_text() == "A B"
    # The middle step sees the first one's file, not what the last one made of it.
    bench.edit("use", "file.read()", "file.read() + '!'")
    assert ran(bench.run()) == ["use", "finish"]
    assert (home / "sorted.txt").read_text() == "A B!"
    (home / "words.txt").write_text("c a\n")
    assert ran(bench.run()) == ["prepare", "use", "finish"]


APPENDING = tuple(
    pipelines.MadeStep(
        name=name,
        body=f"""
            with open("log.txt", "a") as file:
                file.write("{name}\\n")
            {name}s = open("log.txt").read().split()
        """,
        outputs=(f"{name}s",),
        writes=("log.txt",),
        after=after,
    )
    for name, after in (("early", ()), ("late", ("early",)))
)


@pytest.mark.parametrize("before", ["", "old\n"])
@pytest.mark.parametrize("steps", [1, 2])
def test_a_step_that_appends_finds_the_file_as_it_was(
    home: Path, store: Store, before: str, steps: int
) -> None:
    log = home / "log.txt"
    if before:
        log.write_text(before)
    late = "late\n" * (steps - 1)
    bench = Bench(pipelines.write_package(home, "appending", APPENDING[:steps]), store)
    assert bench.value(bench.run(), "earlys") == [*before.split(), "early"]
    assert bench.stale() == {}
    assert ran(bench.run()) == []
    assert log.read_text() == f"{before}early\n{late}"

    bench.edit("early", 'write("early', 'write("soon')
    assert list(bench.stale()) == ["early", "late"][:steps]
    assert bench.value(bench.run(), "earlys") == [*before.split(), "soon"]
    assert log.read_text() == f"{before}soon\n{late}"
    assert bench.stale() == {}

    log.write_text("other\n")  # somebody else's now
    assert bench.stale()["early"] == ("file log.txt changed",)
    assert bench.value(bench.run(), "earlys") == ["other", "soon"]
    assert ran(bench.run()) == []


def test_a_file_that_a_step_takes_away_is_there_for_its_next_run(home: Path, store: Store) -> None:
    (home / "inbox.txt").write_text("a b")
    step = pipelines.MadeStep(
        name="take",
        imports="import os",
        body='taken = open("inbox.txt").read().split()\nos.rename("inbox.txt", "done.txt")',
        outputs=("taken",),
    )
    bench = Bench(pipelines.write_package(home, "taking", (step,)), store)
    bench.run()
    assert ran(bench.run()) == []
    bench.edit("take", "split()", "split()[:1]")
    assert bench.value(bench.run(), "taken") == ["a"]
    assert [path.name for path in sorted(home.glob("*.txt"))] == ["done.txt"]


def test_a_value_that_names_the_folder_is_another_elsewhere(
    home: Path, store: Store, tmp_path: Path
) -> None:
    body = "from pathlib import Path\nhere = Path.cwd()\nsize = len(here.parts)"
    steps = (
        pipelines.MadeStep(name="place", body=body, outputs=("here",)),
        pipelines.MadeStep(name="count", body="n = 1", outputs=("n",)),
    )
    bench = Bench(pipelines.write_package(home, "placed", steps), store)
    assert bench.value(bench.run(), "here") == home
    assert bench.stale() == {}
    moved = Path(shutil.copytree(home, tmp_path / "moved"))
    there = Bench(moved / "pipelines" / "placed", store)
    assert there.stale() == {"place": ("the project lies in another folder",)}
    assert there.value(there.run(), "here") == moved
    assert bench.stale() == {}


def test_a_folder_that_is_listed_counts_by_what_others_put_there(home: Path, store: Store) -> None:
    (home / "parts").mkdir()
    (home / "parts" / "one.txt").write_text("1")
    body = """
        import os
        names = sorted(os.listdir("parts"))
        open("parts/own.txt", "w").write(" ".join(names))
    """
    steps = (
        pipelines.MadeStep(
            name="first", body="open('parts/two.txt', 'w').close()", writes=("parts/two.txt",)
        ),
        pipelines.MadeStep(name="second", body=body, outputs=("names",), after=("first",)),
        pipelines.MadeStep(
            name="third",
            body="open('parts/three.txt', 'w').close()",
            after=("second",),
            writes=("parts/three.txt",),
        ),
    )
    bench = Bench(pipelines.write_package(home, "listing", steps), store)
    assert bench.value(bench.run(), "names") == ["one.txt", "two.txt"]
    assert bench.stale() == {}
    (home / "parts" / "four.txt").write_text("")
    assert bench.stale()["second"] == ("file parts/ changed",)


def test_a_failed_step_leaves_other_branches_and_the_next_run_resumes(
    home: Path, store: Store
) -> None:
    bench = Bench(pipelines.failing(home), store)
    (home / "bad").write_text("no")
    made = bench.run()
    assert made.exit == "failed"
    status = {step.name: step.status for step in made.steps}
    assert status == {"start": "ran", "breaks": "failed", "behind": "not_run", "beside": "ran"}
    failed = made.steps[1]
    assert failed.error == "ValueError: no"
    assert (failed.cell, failed.line) == (2, 4)
    assert failed.printed == "so far 2\n"
    assert 'File "failing.ipynb, cell 2", line 4, in breaks' in failed.trace
    assert "lifecycle_core" not in failed.trace
    (home / "bad").unlink()
    assert ran(bench.run()) == ["breaks", "behind"]


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("import os\nos._exit(3)", "It did not end: its process left with exit code 3"),
        ("import os\nos.kill(os.getpid(), 9)", "It did not end: its process was killed by SIGKILL"),
        ("raise SystemExit(1)", "SystemExit: 1"),
        ("import nothing_of_that_name", "ModuleNotFoundError"),
        (
            "import threading\nvalue_0 = threading.Lock()\nreturn (value_0,)",
            "NotStorable: step step_0",
        ),
    ],
)
def test_whatever_ends_a_step_is_its_own_failure(
    home: Path, store: Store, body: str, error: str
) -> None:
    bench = Bench(pipelines.trivial(home, 2, body=""), store)
    bench.edit("step_0", "    value_0 = 0 + 0", "    " + body.replace("\n", "\n    "))
    made = bench.run()
    assert [step.status for step in made.steps] == ["failed", "ran"]
    assert made.steps[0].error.startswith(error)


def test_broken_and_missing_objects_are_computed_anew(home: Path, store: Store) -> None:
    bench = Bench(pipelines.in_place(home), store)
    made = bench.run()
    folder = store.place.root  # type: ignore[attr-defined] # a local one
    trace = store.traces(made.steps[0].key)[0]
    (path,) = folder.glob(f"objects/*/{trace.outputs[0].object}")
    path.unlink()
    assert bench.stale()["make"] == ("results are missing from the store",)
    assert ran(bench.run()) == ["make"]
    path.chmod(0o644)
    path.write_bytes(b"broken" + path.read_bytes()[6:])
    again = bench.run()
    assert ran(again) == ["make"]
    assert again.steps[0].why == ("results are missing from the store",)
    shutil.rmtree(folder)
    assert ran(bench.run()) == ["make", "change", "early", "late"]


def test_an_object_that_breaks_after_it_was_looked_at_is_computed_anew(
    home: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = Bench(pipelines.in_place(home), store)
    made = bench.run()
    trace = store.traces(made.steps[0].key)[0]
    (path,) = store.place.root.glob(f"objects/*/{trace.outputs[0].object}")  # type: ignore[attr-defined] # a local one
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    # As with an object above 64 MiB, of which only the size is looked at.
    monkeypatch.setattr("lifecycle_core.adapters.store.places.LocalFolder.compared", 0)
    bench.edit("early", "len(numbers)", "len(numbers) * 2")
    again = bench.run()
    assert again.exit == "ok"
    assert ran(again) == ["make", "early"]
    assert bench.value(again, "count") == 6


def test_events_come_in_order_and_say_what_was_given(home: Path, store: Store) -> None:
    bench = Bench(pipelines.churn(home), store)
    bench.run()
    kinds = [f"{event.kind} {event.step}".strip() for event in bench.events]
    assert kinds[:5] == [
        "run_started", "step_started load_data", "rows load_data", "resources load_data",
        "step_finished load_data",
    ]  # fmt: skip
    assert kinds[-1] == "run_finished"
    metrics = [event for event in bench.events if event.kind == "metric"]
    assert [event.name for event in metrics] == ["accuracy"]
    rows = [(e.step, e.direction, e.rows, e.columns) for e in bench.events if e.kind == "rows"]
    assert ("clean", "in", 200, 3) in rows
    bench.events.clear()
    bench.run()
    assert [event.kind for event in bench.events] == [
        "run_started", *["step_skipped"] * 5, "run_finished",
    ]  # fmt: skip


def test_a_hook_that_raises_fails_nothing_and_is_noted(home: Path, store: Store) -> None:
    from lifecycle_core.adapters.pipeline_packages import find_package
    from lifecycle_core.adapters.progress import Silent
    from lifecycle_core.running import run

    def tell(event: Event) -> None:
        if event.kind == "step_finished":
            raise RuntimeError("away")

    (made,) = run(
        find_package(pipelines.trivial(home, 1)),
        store=store,
        scheduler=LocalScheduler("processes", 1),
        parameters=[{}],
        tell=tell,
        progress=Silent(),
    ).runs
    assert made.exit == "ok"
    assert made.hooks == ("told of step_finished step_0: RuntimeError: away",)


def test_runs_side_by_side_share_what_is_the_same(home: Path, store: Store) -> None:
    bench = Bench(pipelines.drawing(home), store, LocalScheduler("processes", 2))
    made = bench.runs({"seed": 1}, {"seed": 2}, {"seed": 1})
    assert [run.exit for run in made] == ["ok"] * 3
    firsts = [bench.value(run, "first") for run in made]
    assert firsts == [np.random.RandomState(seed).random() for seed in (1, 2, 1)]
    started = [event.step for event in bench.events if event.kind == "step_started"]
    assert len(started) == 9  # each run is told of its own steps
    assert len({run.id for run in made}) == 3
    traces = {step.key for run in made for step in run.steps}
    assert len(traces) == 6


def test_results_come_back_and_those_that_are_not_there_are_said(home: Path, store: Store) -> None:
    bench = Bench(pipelines.in_place(home), store)
    made = bench.run()
    assert results(made, [], store=store) == {"numbers": [1, 2, 3, 4], "count": 3, "total": 10}
    with pytest.raises(InvalidCall) as raised:
        results(made, ["sum"], store=store)
    assert raised.value.hint == "It gave numbers, count, total."
    shutil.rmtree(store.place.root / "objects")  # type: ignore[attr-defined] # a local one
    with pytest.raises(InvalidCall, match="no longer in the store"):
        results(made, ["total"], store=store)


def test_an_unknown_parameter_is_answered_with_the_nearest(home: Path, store: Store) -> None:
    bench = Bench(pipelines.drawing(home), store)
    with pytest.raises(InvalidCall) as raised:
        bench.run(sed=1)
    assert raised.value.hint == "Did you mean `seed`?"
    with pytest.raises(InvalidCall) as raised:
        bench.run(draws=(1, 2))
    assert raised.value.hint.startswith("Step second makes it.")


def test_threads_give_what_processes_give(home: Path, store: Store) -> None:
    bench = Bench(pipelines.drawing(home), store, LocalScheduler("threads", 2))
    made = bench.run()
    generator = np.random.RandomState(7)
    generator.random()
    assert bench.value(made, "draws")[0] == generator.random()
    assert bench.run(seed=3).exit == "ok"


def test_the_reasons_name_lock_and_local_modules(home: Path, store: Store) -> None:
    (home / "rules.py").write_text("def rule():\n    return 1\n\ndef other():\n    return 2\n")
    step = pipelines.MadeStep(
        name="apply", imports="from rules import rule", body="kept = rule()", outputs=("kept",)
    )
    bench = Bench(pipelines.write_package(home, "ruled", (step,)), store)
    assert bench.value(bench.run(), "kept") == 1
    (home / "rules.py").write_text("def rule():\n    return 5\n\ndef other():\n    return 3\n")
    assert bench.stale() == {"apply": ("code of rules.rule changed: line 2",)}
    assert bench.value(bench.run(), "kept") == 5
    pipelines.write_package(home, "ruled", (step,), lock="sha256:other")
    assert bench.stale() == {"apply": ("lock changed",)}


def test_modules_of_a_folder_on_the_path_count_as_files(home: Path, store: Store) -> None:
    source = home / "src"
    source.mkdir()
    (source / "inner.py").write_text("FACTOR = 2\n")
    (source / "helper.py").write_text("from inner import FACTOR\ndef help(): return FACTOR\n")
    steps = [
        pipelines.MadeStep(
            name=name, imports=imports, body=f"{name}_kept = {call}", outputs=(f"{name}_kept",)
        )
        for name, imports, call in (
            ("one", "from helper import help", "help()"),
            ("two", "import importlib", "importlib.import_module('inn' + 'er').FACTOR"),
        )
    ]
    set_up = "import sys\nsys.path.insert(0, 'src')\n"
    bench = Bench(pipelines.write_package(home, "reaching", steps, set_up=set_up), store)
    assert bench.value(bench.run(), "one_kept") == 2
    assert ran(bench.run()) == []
    (source / "inner.py").write_text("FACTOR = 3\n")
    changed = ("file src/inner.py changed",)
    assert bench.stale() == {"one": changed, "two": changed}
    made = bench.run()
    assert [bench.value(made, f"{name}_kept") for name in ("one", "two")] == [3, 3]


def test_what_a_module_reads_when_it_is_loaded_counts_for_every_step(
    home: Path, store: Store
) -> None:
    (home / "conf.txt").write_text("2")
    (home / "conf.py").write_text("from pathlib import Path\nSIZE = Path('conf.txt').read_text()\n")
    steps = [
        pipelines.MadeStep(
            name=name,
            imports="import conf",
            body=f"{name}_kept = conf.SIZE",
            outputs=(f"{name}_kept",),
        )
        for name in ("one", "two")
    ]
    bench = Bench(pipelines.write_package(home, "configured", steps), store)
    bench.run()
    assert ran(bench.run()) == []
    (home / "conf.txt").write_text("3")
    assert list(bench.stale()) == ["one", "two"]
    made = bench.run()
    assert [bench.value(made, f"{name}_kept") for name in ("one", "two")] == ["3", "3"]
