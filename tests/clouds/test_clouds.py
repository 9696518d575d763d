"""A pipeline on a store in a bucket does what it does on one in a folder.

make clouds
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import fsspec
import pytest

from lifecycle_core.adapters.store import open_store
from tests.clouds.servers import CLOUDS
from tests.fakes import pipelines
from tests.fakes.bench import Bench, ran

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from lifecycle_core.adapters.store import Store
    from tests.clouds.servers import Cloud

MIDDLE = (1, 4, 7)
"""Steps in whose middle, or shortly after, a run is killed."""

# aiohttp says so of what gcsfs and adlfs send; a server's event loop would mind, fsspec's does not.
pytestmark = pytest.mark.filterwarnings("ignore:Sending a large body:ResourceWarning")


@pytest.fixture(scope="module", params=CLOUDS)
def cloud(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Cloud]:
    log = tmp_path_factory.mktemp(request.param) / "log"
    with CLOUDS[request.param](log) as found, pytest.MonkeyPatch.context() as patch:
        for name, value in found.variables.items():
            patch.setenv(name, value)
        fsspec.config.conf.clear()
        fsspec.config.set_conf_env(fsspec.config.conf)
        fsspec.filesystem(found.scheme).mkdir("bucket")
        yield found


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def address(cloud: Cloud, home: Path) -> str:
    return f"{cloud.scheme}://bucket/{home.name}"


@pytest.fixture
def store(address: str) -> Store:
    return open_store(address)


def start(home: Path, *words: str, **variables: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "lifecycle_core.cli", "pipeline", *words],
        cwd=home,
        env={**os.environ, "NBRELEASE_HOME": str(home / ".nbrelease"), **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def ended(home: Path, *words: str, **variables: str) -> tuple[int, str]:
    process = start(home, *words, **variables)
    said, _ = process.communicate(timeout=240)
    return process.returncode, said


def outputs(file: Path) -> dict[str, Any]:
    made = json.loads(file.read_text())
    return {step["name"]: (step["status"], step["outputs"]) for step in made["steps"]}


def objects(store: Store) -> dict[str, int]:
    found = fsspec.filesystem(store.address.partition(":")[0], skip_instance_cache=True)
    return {
        path: entry["size"]
        for path, entry in found.find(f"{store.address}/objects", detail=True).items()
    }


def consistent(store: Store) -> None:
    """Every object is what its name says, and every trace names objects that are there."""
    sizes = {path.rpartition("/")[2]: size for path, size in objects(store).items()}
    for name in sizes:
        store.objects.bytes(name)
    files = fsspec.filesystem(store.address.partition(":")[0], skip_instance_cache=True)
    for path in files.find(f"{store.address}/traces"):
        for trace in store.traces(path.split("/")[-2]):
            assert all(sizes[value.object] == value.bytes for value in trace.outputs)


def test_a_bucket_gives_what_a_folder_gives_and_then_all_is_fresh(home: Path, address: str) -> None:
    pipelines.churn(home)
    assert ended(home, "run", "churn", "--json", "folder.json")[0] == 0
    for name in ("first", "second"):
        code, said = ended(home, "run", "churn", "--store", address, "--json", f"{name}.json")
        assert code == 0, said
        assert "Traceback" not in said
    first, second = outputs(home / "first.json"), outputs(home / "second.json")
    assert first == outputs(home / "folder.json")
    assert {status for status, _ in second.values()} == {"fresh"}
    assert {name: given for name, (_, given) in second.items()} == {
        name: given for name, (_, given) in first.items()
    }
    code, said = ended(home, "show", "churn", "--store", address)
    assert code == 0
    assert "0 of 5 steps are stale" in said
    (home / "data" / "churn.csv").write_text("tenure,charges,churn\n1,2,0\n3,4,1\n5,6,0\n")
    code, said = ended(home, "show", "churn", "--store", address)
    assert "5 of 5 steps are stale" in said
    assert "data/churn.csv" in said


def test_threads_of_one_process_share_a_bucket(home: Path, address: str, store: Store) -> None:
    pipelines.trivial(home, 12)
    words = ("run", "trivial", "--store", address, "--scheduler", "threads")
    assert "12 ran" in ended(home, *words)[1]
    assert "12 fresh" in ended(home, *words)[1]
    consistent(store)


def test_runs_at_once_wait_for_each_other_instead_of_computing_twice(
    home: Path, address: str, store: Store
) -> None:
    pipelines.trivial(home, 2, chained=True, body="import time\ntime.sleep(6)")
    processes = [start(home, "run", "trivial", "--store", address) for _ in range(2)]
    answers = [process.communicate(timeout=240)[0] for process in processes]
    assert [process.returncode for process in processes] == [0, 0], answers
    assert sum(answer.count("✓ ran") for answer in answers) == 2
    assert store.place.names("leases") == []
    consistent(store)


@pytest.mark.parametrize("damage", ["cut", "flipped", "gone"])
def test_an_object_changed_behind_its_back_is_found_and_its_step_runs_again(
    home: Path, store: Store, damage: str
) -> None:
    body = "large = bytes(range(256)) * 20_000" if damage == "flipped" else "large = 1"
    steps = [
        pipelines.MadeStep(name="make", body=body, outputs=("large",)),
        pipelines.MadeStep(
            name="use", inputs={"large": "make"}, body="total = str(large)[:9]", outputs=("total",)
        ),
    ]
    bench = Bench(pipelines.write_package(home, "two", steps), store)
    made = bench.run()
    assert ran(made) == ["make", "use"]
    total = bench.value(made, "total")
    (stored,) = (
        value
        for step in made.steps
        if step.name == "make"
        for trace in store.traces(step.key)
        for value in trace.outputs
    )
    path = f"objects/{stored.object.removeprefix('sha256-')[:2]}/{stored.object}"
    content = store.place.read(path)
    assert content
    if damage == "gone":
        store.place.remove(path)
    else:
        store.place.write(path, content[:-64] + (b"!" * 64 if damage == "flipped" else b""))
    if damage == "flipped":  # too large to be compared as long as nothing needs it
        bench.edit("use", "[:9]", "[:8]")
        total = total[:-1]
    made = bench.run()
    assert ran(made) == (["make", "use"] if damage == "flipped" else ["make"])
    assert bench.value(made, "total") == total
    assert store.place.read(path) == content
    consistent(store)


def test_a_run_killed_in_the_middle_leaves_a_store_that_the_next_resumes_from(
    home: Path, address: str, store: Store
) -> None:
    count = 10
    body = "import time\ntime.sleep(0.3)\nlarge = bytes(300_000)"
    bench = Bench(pipelines.trivial(home, count, chained=True, body=body), store)
    chance = random.Random(0)  # noqa: S311 - moments, not secrets
    for number in MIDDLE:
        process = start(home, "run", "trivial", "--store", address)
        assert process.stdout
        for line in process.stdout:
            if line.startswith(f"step_{number} ..."):
                break
        time.sleep(chance.uniform(0, 0.6))
        process.kill()
        process.communicate()
        consistent(store)
        stale = list(bench.stale())
        done = count - len(stale)
        assert number <= done
        assert stale == [f"step_{n}" for n in range(done, count)]
    made = bench.run()
    assert made.exit == "ok"
    assert ran(made) == stale
    assert bench.value(made, f"value_{count - 1}") == sum(range(count))


def test_a_bucket_that_is_not_there_is_said_and_not_made(home: Path, cloud: Cloud) -> None:
    pipelines.trivial(home, 1)
    address = f"{cloud.scheme}://no-such/store"
    told = f"FSSPEC_{cloud.scheme.upper()}_... or ~/.config/fsspec"
    for verb in ("run", "show"):
        code, said = ended(home, verb, "trivial", "--store", address)
        assert code == 3
        fact, hint = said.splitlines()
        assert fact == f"nbrelease: The store {address} is not there: no bucket no-such was found."
        assert hint == f"Hint: Make the bucket, or check its name and what is said in {told}."
    assert not fsspec.filesystem(cloud.scheme, skip_instance_cache=True).exists("no-such")


def test_who_has_no_right_is_told_so(home: Path, cloud: Cloud) -> None:
    if not cloud.refused:
        pytest.skip("this server takes everybody")
    pipelines.trivial(home, 1)
    code, said = ended(
        home, "run", "trivial", "--store", f"{cloud.scheme}://bucket/store", **cloud.refused
    )
    assert code == 3
    fact, hint = said.splitlines()
    assert fact.startswith(f"nbrelease: The store {cloud.scheme}://bucket/store refuses: ")
    assert hint.startswith("Hint: Check your credentials")


def test_where_nobody_answers_is_said(home: Path, cloud: Cloud) -> None:
    pipelines.trivial(home, 1)
    variables = {
        name: value.replace("127.0.0.1:", "127.0.0.1:1/") if "FSSPEC" in name else value
        for name, value in cloud.variables.items()
    }
    code, said = ended(
        home, "show", "trivial", "--store", f"{cloud.scheme}://bucket/store", **variables
    )
    assert code == 3
    fact, hint = said.splitlines()
    assert "does not answer" in fact
    assert f"FSSPEC_{cloud.scheme.upper()}_" in hint
