"""The store: whole or not at all, compared before it is read, and of one's own once read."""

from __future__ import annotations

import os
import pickle
import sqlite3
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from lifecycle_core.adapters.store import NotStorable, ObjectBroken, Store, open_store
from lifecycle_core.errors import StoreUnavailable
from lifecycle_core.schema.trace import Ingredients, LastRun, StepTrace

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(params=["folder", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    if request.param == "folder":
        return open_store(str(tmp_path / "store"))
    return open_store(f"memory://{tmp_path.name}/store")


def objects_in(folder: Path) -> list[Path]:
    return sorted(folder.glob("objects/*/*"))


VALUES: dict[str, Any] = {
    "none": None,
    "text": "å",
    "array": np.arange(12.0).reshape(3, 4)[:, ::2],
    "empty": np.empty((0, 3)),
    "frame": pd.DataFrame({"a": [1, 2], "b": ["x", None]}),
    "nested": {"frames": [np.ones(3), np.zeros(2)], "more": (1, {2})},
}


@pytest.mark.parametrize("name", VALUES)
def test_a_value_comes_back_as_it_went_in(store: Store, name: str) -> None:
    kept, size = store.objects.put_value(VALUES[name])
    assert store.objects.is_whole(kept, size)
    assert pickle.dumps(store.objects.value(kept)) == pickle.dumps(VALUES[name])


def test_a_lambda_is_kept_by_cloudpickle(store: Store) -> None:
    kept, _ = store.objects.put_value({"twice": lambda x: 2 * x})
    assert store.objects.value(kept)["twice"](4) == 8


def test_what_is_changed_in_place_stays_with_who_changed_it(store: Store) -> None:
    kept, size = store.objects.put_value(pd.DataFrame({"a": np.arange(1000.0)}))
    mine = store.objects.value(kept)
    mine.loc[:, "a"] = -1.0
    array = store.objects.value(kept)["a"].to_numpy()
    array.setflags(write=True)
    array[:] = 7
    assert store.objects.value(kept)["a"].sum() == 499500
    assert store.objects.is_whole(kept, size)


def test_equal_content_is_kept_once(tmp_path: Path) -> None:
    store = Store(str(tmp_path))
    assert store.objects.put_value([1]) == store.objects.put_value([1])
    assert len(objects_in(tmp_path)) == 1


def test_a_large_buffer_is_not_copied_into_the_pickle() -> None:
    from lifecycle_core.adapters.store.values import write_value

    pieces: list[int] = []

    class Sizes:
        def write(self, data: bytes | memoryview, /) -> None:
            pieces.append(len(data) if isinstance(data, bytes) else -len(data))

    write_value(np.zeros(1_000_000), Sizes())
    assert -8_000_000 in pieces
    assert max(pieces) < 1000


def test_what_cannot_be_kept_says_so(store: Store) -> None:
    connection = sqlite3.connect(":memory:")
    with pytest.raises(NotStorable, match="Connection"):
        store.objects.put_value(connection)
    connection.close()


@pytest.mark.parametrize("damage", ["cut", "flipped", "gone", "empty"])
def test_a_broken_object_is_found_before_it_is_loaded_and_removed(
    tmp_path: Path, damage: str
) -> None:
    store = Store(str(tmp_path))
    kept, size = store.objects.put_value(Loud())
    (path,) = objects_in(tmp_path)
    content = path.read_bytes()
    path.chmod(0o644)
    if damage == "gone":
        path.unlink()
    else:
        broken = {"cut": content[:-1], "flipped": content[:-1] + b"!", "empty": b""}
        path.write_bytes(broken[damage])
    with pytest.raises(ObjectBroken):
        store.objects.value(kept)
    assert objects_in(tmp_path) == []
    assert not store.objects.is_whole(kept, size)


class Loud:
    """Ends the test if it is loaded though its bytes are broken."""

    def __setstate__(self, state: object) -> None:
        pytest.fail("loaded")

    def __getstate__(self) -> object:
        return {"a": 1}


def test_is_whole_finds_a_broken_object_by_its_bytes(tmp_path: Path) -> None:
    store = Store(str(tmp_path))
    kept, size = store.objects.put_value("text")
    (path,) = objects_in(tmp_path)
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    assert not store.objects.is_whole(kept, size)
    assert objects_in(tmp_path) == []


def test_traces_are_found_under_their_key_the_latest_first(store: Store) -> None:
    for at in ("2026-01-01", "2026-01-02"):
        store.add_trace(StepTrace(step="a", key="k" * 64, at=at))
    store.add_trace(StepTrace(step="a", key="j" * 64))
    assert [trace.at for trace in store.traces("k" * 64)] == ["2026-01-02", "2026-01-01"]
    assert store.traces("0" * 64) == []


def test_a_broken_trace_is_removed(tmp_path: Path) -> None:
    store = Store(str(tmp_path))
    store.add_trace(StepTrace(step="a", key="k" * 64))
    (path,) = tmp_path.glob("traces/*/*/*")
    path.write_text(path.read_text().replace('"a"', '"b"'))
    assert store.traces("k" * 64) == []
    assert not path.exists()


def test_how_a_step_last_ran_is_overwritten_and_may_be_broken(store: Store) -> None:
    assert store.last("p", "a") is None
    for key in ("k", "j"):
        store.set_last("p", "a", LastRun(key=key, ingredients=Ingredients(lock="l")))
    found = store.last("p", "a")
    assert found is not None
    assert found.key == "j"
    store.place.write("last/p/a.json", b"{")
    assert store.last("p", "a") is None


def test_a_store_knows_its_size(store: Store) -> None:
    assert store.place.total() == 0
    kept, size = store.objects.put_value("text")
    assert store.place.total() == size
    assert store.objects.bytes(kept)[:7] == b"NBRVAL1"


def test_a_file_is_restored(store: Store, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a,b\n")
    kept, _ = store.objects.put_file(tmp_path / "a.csv")
    store.objects.restore_file(kept, tmp_path / "below" / "b.csv")
    assert (tmp_path / "below" / "b.csv").read_text() == "a,b\n"


def test_an_address_without_its_package_says_what_is_missing() -> None:
    with pytest.raises(StoreUnavailable, match="does not answer") as raised:
        open_store("nosuchscheme://bucket/store")
    assert raised.value.exit_code == 3


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_is_said_at_once(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(StoreUnavailable):
        open_store(str(tmp_path / "store"))
    tmp_path.chmod(0o700)


def test_a_file_where_the_store_should_be_is_said_at_once(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("")
    with pytest.raises(StoreUnavailable):
        open_store(str(tmp_path / "store"))


def test_what_a_killed_run_left_half_written_goes_after_a_day(tmp_path: Path) -> None:
    store = Store(str(tmp_path))
    old, new = store.place.scratch(), store.place.scratch()
    os.utime(old, (0, 0))
    open_store(str(tmp_path))
    assert not old.exists()
    assert new.exists()


HOLDER = """
import sys
from lifecycle_core.adapters.store import Store
with Store(sys.argv[1]).computing("k"):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_lock_ends_with_its_process_however_that_ends(tmp_path: Path) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout
    assert holder.stdin
    assert holder.stdout.readline() == "held\n"
    holder.kill()
    holder.wait()
    holder.stdout.close()
    holder.stdin.close()
    with Store(str(tmp_path)).computing("k"):
        pass
    assert list((tmp_path / "locks").iterdir()) == []


def test_much_data_is_written_in_pieces_and_comes_back(tmp_path: Path) -> None:
    store = Store(str(tmp_path))
    value = np.random.default_rng(0).random(3_000_001)
    kept, size = store.objects.put_value(value)
    assert size > value.nbytes
    assert store.objects.is_whole(kept, size)
    assert np.array_equal(store.objects.value(kept), value)


def test_a_full_disk_is_said_and_leaves_nothing(tmp_path: Path) -> None:
    program = (
        "import resource, signal, sys\n"
        "from lifecycle_core.adapters.store import Store\n"
        "from lifecycle_core.errors import TargetUnwritable\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "try: Store(sys.argv[1]).objects.put_value(bytes(5000))\n"
        "except TargetUnwritable as error: print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert "the file-size limit is reached" in done.stdout
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
