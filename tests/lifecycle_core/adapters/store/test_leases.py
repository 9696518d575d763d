"""At an address of fsspec a lease keeps two from computing the same, and ends with its holder."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

import fsspec
import pytest
from fsspec.implementations.memory import MemoryFileSystem

from lifecycle_core.adapters.store import Store, locks

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setattr(locks, "_ASKED_SECONDS", 0.01)
    return Store(f"memory://{tmp_path.name}/store")


def leases(store: Store) -> list[str]:
    return store.place.names("leases")


def test_one_waits_until_the_other_has_ended(store: Store) -> None:
    order: list[str] = []

    def second() -> None:
        with Store(store.address).computing("k"):
            order.append("second")

    waiting = threading.Thread(target=second)
    with store.computing("k"):
        waiting.start()
        with store.computing("another"):
            assert leases(store) == ["another", "k"]
        time.sleep(0.1)
        order.append("first")
    waiting.join()
    assert order == ["first", "second"]
    assert leases(store) == []


def test_a_lease_whose_process_has_ended_counts_no_longer(store: Store) -> None:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    store.place.write("leases/k", f"{socket.gethostname()} {process.pid} x 3".encode())
    with store.computing("k"):
        assert leases(store) == ["k"]


@pytest.mark.parametrize("left", [b"elsewhere 1 x 3", b"", b"\xff"])
def test_a_lease_of_another_machine_that_stands_still_counts_no_longer(
    store: Store, monkeypatch: pytest.MonkeyPatch, left: bytes
) -> None:
    monkeypatch.setattr(locks, "_DEAD_SECONDS", 0.05)
    store.place.write("leases/k", left)
    with store.computing("k"):
        assert leases(store) == ["k"]
    assert leases(store) == []


def test_a_holder_writes_its_lease_anew(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locks, "_RENEWED_SECONDS", 0.01)
    with store.computing("k"):
        first = store.place.read("leases/k")
        while store.place.read("leases/k") == first:
            time.sleep(0.01)


class Unasked(MemoryFileSystem):  # type: ignore[misc] # fsspec publishes no types
    """A file system that cannot be asked to write only what is not there."""

    protocol = "unasked"

    def pipe_file(self, path: str, value: bytes, mode: str = "overwrite", **_: object) -> None:
        if mode == "create":
            raise NotImplementedError
        super().pipe_file(path, value, mode=mode)


def test_where_a_store_cannot_be_asked_nobody_waits(tmp_path: Path) -> None:
    fsspec.register_implementation("unasked", Unasked, clobber=True)
    store = Store(f"unasked://{tmp_path.name}/store")
    with store.computing("k"), Store(store.address).computing("k"):
        pass
