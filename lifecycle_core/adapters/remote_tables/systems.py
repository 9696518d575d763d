"""The one face of remote tables towards the activities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from lifecycle_core.adapters.remote_tables import delta, http, sql

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from lifecycle_core.adapters.remote_tables.addresses import TableAddress
    from lifecycle_core.adapters.sinks import Surroundings


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """Scores that are whole, and where they go.

    Attributes:
        address: Where to.
        file: A parquet file.
        key: Columns that say which row is which.
        run: Id of the run.
        delivery: A text that is the same for the same rows of the same run, and for no others.
        progress: A file that says how far an earlier start of the run has got.
        dead_letters: A file to write: rows that the receiver refuses.
    """

    address: TableAddress
    file: Path
    key: tuple[str, ...]
    run: str
    delivery: str
    progress: Path
    dead_letters: Path | None


@dataclass(frozen=True, slots=True)
class Published:
    """What became of it.

    Attributes:
        refused: Rows that the receiver refused for what is in them.
    """

    refused: int = 0


class RemoteTables(Protocol):
    """Copies tables of other systems to files, and publishes files there."""

    def copy(self, address: TableAddress, path: Path, *, key: Sequence[str]) -> None:
        """Write a table as a parquet file."""

    def require_target(self, address: TableAddress, *, key: Sequence[str]) -> None:
        """Look whether scores can be written to a place, before there are any."""

    def publish(self, what: Publication) -> Published:
        """Write a parquet file to a place; done twice, it is as if done once."""


@dataclass(frozen=True, slots=True)
class Systems:
    """Delta, SQL databases and receivers of HTTP.

    Attributes:
        around: Has the secrets.
    """

    around: Surroundings

    def copy(self, address: TableAddress, path: Path, *, key: Sequence[str]) -> None:
        """Write a table as a parquet file; see `delta.copy` and `sql.copy`."""
        if address.kind == "delta":
            delta.copy(address, path)
        else:
            sql.copy(address, path, key=key)

    def require_target(self, address: TableAddress, *, key: Sequence[str]) -> None:
        """Look whether scores can be written to a place; see `sql.require_target`."""
        if address.kind == "sql":
            sql.require_target(address, key)

    def publish(self, what: Publication) -> Published:
        """Write a parquet file to a place; see `delta.publish`, `sql.upsert` and `http.post`."""
        if what.address.kind == "delta":
            delta.publish(what.address, what.file)
        elif what.address.kind == "sql":
            sql.upsert(what.address, what.file, key=what.key)
        else:
            refused = http.post(
                what.address,
                what.file,
                run=what.run,
                delivery=what.delivery,
                progress=what.progress,
                dead_letters=what.dead_letters,
                around=self.around,
            )
            return Published(refused)
        return Published()
