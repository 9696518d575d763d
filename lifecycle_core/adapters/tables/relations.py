"""The one face of tables towards the activities: its verbs, and DuckDB behind them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from lifecycle_core.adapters.tables.measuring import measure, missing, outline
from lifecycle_core.adapters.tables.profiling import profile_table
from lifecycle_core.adapters.tables.streaming import BATCH_ROWS, stream
from lifecycle_core.adapters.tables.writing import lacking, writing_table

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from lifecycle_core.adapters.tables.measurement import Measurement
    from lifecycle_core.adapters.tables.streaming import Batch, JudgedAt
    from lifecycle_core.adapters.tables.writing import TableWriter
    from lifecycle_core.schema.contract import Contract, TableProfile


class Tables(Protocol):
    """Reads, counts and writes tables."""

    def profile(self, path: Path) -> TableProfile:
        """Count what a table holds."""

    def measure(self, path: Path, contract: Contract) -> Measurement:
        """Count what breaks a contract."""

    def outline(self, path: Path) -> Measurement:
        """Name the columns of a table without reading its rows."""

    def missing(self, path: Path, columns: Sequence[str], contract: Contract) -> dict[str, int]:
        """Count the rows without a value of each of these columns."""

    def stream(
        self,
        path: Path,
        contract: Contract,
        *,
        keep: Collection[str] = (),
        judged_at: JudgedAt | None = None,
        others: Sequence[Contract] = (),
    ) -> AbstractContextManager[Iterator[Batch]]:
        """Read a table in batches."""

    def lacking(self, path: Path, columns: Sequence[str]) -> AbstractContextManager[Path]:
        """Make a table with one row for each of these columns, in which that column is null."""

    def writer(self, path: Path, *, mark: str = "") -> AbstractContextManager[TableWriter]:
        """Write a table batch by batch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DuckTables:
    """CSV and parquet files, through DuckDB.

    Attributes:
        batch_rows: Rows of one batch at most; memory grows with it.
    """

    batch_rows: int = BATCH_ROWS

    def profile(self, path: Path) -> TableProfile:
        """Count what a table holds; see `profile_table`."""
        return profile_table(path)

    def measure(self, path: Path, contract: Contract) -> Measurement:
        """Count what breaks a contract; see `measuring.measure`."""
        return measure(path, contract)

    def outline(self, path: Path) -> Measurement:
        """Name the columns of a table without reading its rows; see `measuring.outline`."""
        return outline(path)

    def missing(self, path: Path, columns: Sequence[str], contract: Contract) -> dict[str, int]:
        """Count the rows without a value of each of these columns; see `measuring.missing`."""
        return missing(path, columns, contract)

    def stream(
        self,
        path: Path,
        contract: Contract,
        *,
        keep: Collection[str] = (),
        judged_at: JudgedAt | None = None,
        others: Sequence[Contract] = (),
    ) -> AbstractContextManager[Iterator[Batch]]:
        """Read a table in batches; see `streaming.stream`."""
        return stream(
            path,
            contract,
            keep=keep,
            batch_rows=self.batch_rows,
            judged_at=judged_at,
            others=others,
        )

    def lacking(self, path: Path, columns: Sequence[str]) -> AbstractContextManager[Path]:
        """Make a table whose rows each lack one value; see `writing.lacking`."""
        return lacking(path, columns)

    def writer(self, path: Path, *, mark: str = "") -> AbstractContextManager[TableWriter]:
        """Write a parquet or CSV file batch by batch; see `writing_table`."""
        return writing_table(path, mark=mark)
