from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle_core.adapters.pipeline_packages import find_package
from lifecycle_core.adapters.scheduling import LocalScheduler
from lifecycle_core.adapters.store import open_store
from lifecycle_core.running import compare_runs, files_read, numbers
from lifecycle_core.schema.reproduction import EnvironmentFacts
from tests.fakes import pipelines
from tests.fakes.bench import Bench
from tests.fakes.pipelines import MadeStep

if TYPE_CHECKING:
    from pathlib import Path

    from lifecycle_core.adapters.store import Store
    from lifecycle_core.schema.reproduction import Reproduction

HERE = EnvironmentFacts(python="3.11", lock="sha256:1", platform="Linux")


def repeated(folder: Path, store: Store, other: Path) -> Reproduction:
    first = Bench(folder, store).run()
    second = Bench(
        folder, open_store(str(other)), LocalScheduler("processes", 1, hash_seed=1)
    ).run()
    return compare_runs(
        find_package(folder).pipeline,
        [(first, 0), (second, 1)],
        read=files_read(first, store=store),
        labels={1: "customers = pd.read_csv(...)"},
        environment=HERE,
        threads=2,
    )


def test_a_pipeline_gives_the_same_from_nothing(home: Path, store: Store, tmp_path: Path) -> None:
    found = repeated(pipelines.churn(home), store, tmp_path / "other")
    assert (found.verdict, found.reproducible) == ("identical", True)
    assert [cell.label for cell in found.cells][:2] == [
        "customers = pd.read_csv(...)", "step clean",
    ]  # fmt: skip
    assert [(one.path, one.cells) for one in found.inputs] == [("data/churn.csv", (1,))]
    assert found.inputs[0].digest.startswith("sha256:")
    assert [run.hash_seed for run in found.runs] == [0, 1]


def test_what_hangs_on_the_order_of_hashes_is_found(
    home: Path, store: Store, tmp_path: Path
) -> None:
    step = MadeStep(name="order", body="place = hash('a') % 1_000_003", outputs=("place",))
    folder = pipelines.write_package(home, "hashed", (step,))
    found = repeated(folder, store, tmp_path / "other")
    assert (found.verdict, found.reproducible) == ("different", False)
    assert found.cells[0].detail == "the second run gives place otherwise"


def test_a_second_run_that_fails_is_no_evidence(home: Path, store: Store, tmp_path: Path) -> None:
    body = "import os\nif os.environ['PYTHONHASHSEED'] == '1':\n    raise ValueError('no')\none = 1"
    steps = (
        MadeStep(name="once", body=body, outputs=("one",)),
        MadeStep(name="then", body="two = one", inputs={"one": "once"}, outputs=("two",)),
    )
    found = repeated(pipelines.write_package(home, "once", steps), store, tmp_path / "other")
    assert found.verdict == "failed"
    assert [cell.status for cell in found.cells] == ["failed", "not_run"]
    assert found.runs[1].exit == "error"


def test_numbers_of_a_run_come_by_name(home: Path, store: Store) -> None:
    made = Bench(pipelines.in_place(home), store).run()
    assert numbers(made, store=store) == {"count": 3.0, "total": 10.0}


def test_files_that_a_step_wrote_are_no_inputs(home: Path, store: Store) -> None:
    made = Bench(pipelines.passing_a_file(home), store).run()
    read = files_read(made, store=store)
    assert {path for files in read.values() for path in files} == {"words.txt"}


def test_another_environment_is_told_and_shares_no_results(home: Path, store: Store) -> None:
    folder = pipelines.drawing(home)
    bench = Bench(folder, store)
    assert bench.run().environment == ()
    (folder / "lock.txt").write_text("numpy==0.0.1\n")
    run = bench.run()
    assert run.environment[0].startswith("numpy is ")
    assert run.environment[0].endswith(", proven with 0.0.1")
    assert run.steps[0].why == ("lock changed",)
