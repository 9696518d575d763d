"""What differs at an address of fsspec: buckets, and files that are fetched to be used."""

from __future__ import annotations

import os
import tempfile
from typing import TYPE_CHECKING

import fsspec
import pytest
from fsspec import AbstractFileSystem

from lifecycle_core.adapters.store import ObjectBroken, open_store, remote
from lifecycle_core.adapters.store.remote import RemoteFolder
from lifecycle_core.errors import StoreUnavailable

if TYPE_CHECKING:
    from pathlib import Path


class Buckets(AbstractFileSystem):  # type: ignore[misc] # fsspec publishes no types
    """Buckets: one is not there, and of one only a part may be listed, which is empty."""

    protocol = "buckets"

    def ls(self, path: str, detail: bool = True, **_: object) -> list[str]:  # noqa: FBT001, FBT002 - fsspec's
        assert not detail
        if path == "partly-mine":
            raise PermissionError(path)
        raise FileNotFoundError(path)

    def pipe_file(self, path: str, *_: object, **__: object) -> None:
        raise FileNotFoundError(path)


@pytest.mark.parametrize("to_write", [True, False])
def test_a_bucket_that_is_not_there_is_said(
    monkeypatch: pytest.MonkeyPatch, *, to_write: bool
) -> None:
    fsspec.register_implementation("buckets", Buckets, clobber=True)
    monkeypatch.setattr(remote, "_BUCKETS", {"buckets"})
    with pytest.raises(StoreUnavailable, match="no bucket no-such was found"):
        open_store("buckets://no-such/store", to_write=to_write)
    open_store("buckets://partly-mine/store", to_write=False)


def test_what_a_killed_run_fetched_goes_after_a_day(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    place = RemoteFolder(f"memory://{tmp_path.name}/store")
    old, new = place.scratch(), place.scratch()
    os.utime(old, (0, 0))
    place.tidy()
    assert not old.exists()
    assert new.exists()


def test_a_large_object_is_compared_when_it_is_used_and_a_small_one_before(tmp_path: Path) -> None:
    store = open_store(f"memory://{tmp_path.name}/store")
    for size, whole in ((1_000, False), (2_000_000, True)):
        kept, there = store.objects.put_value(b"a" * size)
        path = f"objects/{kept.removeprefix('sha256-')[:2]}/{kept}"
        content = store.place.read(path)
        assert content
        store.place.write(path, content[:-64] + b"!" * 64)
        assert store.objects.is_whole(kept, there) == whole
        with pytest.raises(ObjectBroken):
            store.objects.value(kept)
