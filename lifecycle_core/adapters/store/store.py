"""The store: objects, traces of steps under their keys, and how each step last ran."""

from __future__ import annotations

import hashlib
import re
from contextlib import AbstractContextManager, suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from lifecycle_core.adapters.store.objects import Objects
from lifecycle_core.adapters.store.places import LocalFolder
from lifecycle_core.adapters.store.remote import RemoteFolder
from lifecycle_core.errors import StoreUnavailable, TargetUnwritable
from lifecycle_core.schema.trace import LastRun, StepTrace

if TYPE_CHECKING:
    from lifecycle_core.adapters.store.places import Place

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]+://")


class Store:
    """A store at an address; it can be sent to other processes, which open it for themselves.

    A store is trusted as the code itself is: its values are pickled.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     store = Store(folder)
        ...     name, size = store.objects.put_value([1, 2])
        ...     store.objects.value(name)
        [1, 2]
    """

    def __init__(self, address: str) -> None:
        self.address = address

    def __reduce__(self) -> tuple[type[Store], tuple[str]]:
        """Travel as an address."""
        return (type(self), (self.address,))

    @cached_property
    def place(self) -> Place:
        """Where it lies."""
        address = self.address
        if address.startswith("file://"):
            address = address.removeprefix("file://")
        if _SCHEME.match(address):
            return RemoteFolder(address)
        return LocalFolder(Path(address).absolute())

    @cached_property
    def objects(self) -> Objects:
        """The objects in it."""
        return Objects(self.place)

    def traces(self, key: str) -> list[StepTrace]:
        """Return the traces under a key, the latest first; broken ones are removed."""
        folder = f"traces/{key[:2]}/{key}"
        found = []
        for name in self.place.names(folder):
            content = self.place.read(f"{folder}/{name}")
            trace = _trace(name, content)
            if trace is None:
                self.place.remove(f"{folder}/{name}")
            else:
                found.append(trace)
        return sorted(found, key=lambda trace: trace.at, reverse=True)

    def add_trace(self, trace: StepTrace) -> None:
        """Keep a trace; its objects must be there already."""
        content = trace.to_json().encode()
        self.place.write(f"traces/{trace.key[:2]}/{trace.key}/{_named(content)}", content)

    def last(self, pipeline: str, step: str) -> LastRun | None:
        """Return how a step last ran; None if it never did."""
        content = self.place.read(f"last/{pipeline}/{step}.json")
        with suppress(ValidationError):
            return LastRun.from_json(content) if content else None
        return None

    def set_last(self, pipeline: str, step: str, last: LastRun) -> None:
        """Keep how a step ran."""
        self.place.write(
            f"last/{pipeline}/{step}.json", last.model_dump_json().encode(), lasting=False
        )

    def computing(self, key: str) -> AbstractContextManager[None]:
        """Wait until nobody else computes this key, and keep others waiting meanwhile."""
        return self.place.alone(key)


def open_store(address: str, *, to_write: bool = True) -> Store:
    """Return the store at an address, after a look whether it answers.

    Args:
        address: A folder, or an address such as `s3://bucket/store`.
        to_write: Look also whether it can be written; otherwise nothing is made.

    Raises:
        StoreUnavailable: It does not, or cannot be written.
    """
    store = Store(address)
    try:
        store.place.require(to_write=to_write)
    except TargetUnwritable as error:
        raise StoreUnavailable(str(error), address=address, hint=error.hint) from error
    except OSError as error:
        raise StoreUnavailable(
            f"The store {address} cannot be read: {error.strerror}.",
            address=address,
            hint="Name a folder, or an address such as s3://bucket/store.",
        ) from error
    if to_write:
        store.place.tidy()
    return store


def _trace(name: str, content: bytes | None) -> StepTrace | None:
    if content is None or _named(content) != name:
        return None
    try:
        return StepTrace.from_json(content)
    except ValidationError:
        return None


def _named(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest() + ".json"
