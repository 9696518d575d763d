"""The Delta tables of a log; every change of one is a commit of ours that names its files.

We write the files and hand Delta the actions, which gives four things that its own writer does not:
files are on the disk before the commit names them; their names come from the segment, so that a
drain that was killed leaves nothing that the next one does not write over; the statistics in the
Delta log hold no value of a row but its sequence; and a commit says only what it did, whereas
Delta's DELETE writes its condition, and with it the key of a person, into the log forever.

Exactly once: a commit that takes up a segment carries Delta's application transaction, with the
segment's session and number. Upkeep is one at a time: its commits carry a transaction as well, so
that of two that began from the same version one fails. Delta's OPTIMIZE drops that transaction, and
does not notice a file that was rewritten meanwhile; it brings deleted rows back. So it is not used.
"""

from __future__ import annotations

import re
import uuid
from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.prediction_log.commits import (
    Counted,
    DataFile,
    commit,
    files_of,
    folder_of,
    load_delta,
)
from lifecycle_core.adapters.prediction_log.places import answering, place_at
from lifecycle_core.adapters.prediction_log.rows import (
    PARTITION,
    TABLES,
    stored_schema,
    table_schema,
)
from lifecycle_core.errors import LogUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import date

    import pyarrow as pa

    from lifecycle_core.adapters.prediction_log.dividing import Part
    from lifecycle_core.adapters.prediction_log.entries import Kind

    Batches = Callable[[], Iterator[pa.RecordBatch]]

_UPKEEP = "nbrelease/upkeep"
_TRIES = 10
_SEGMENT_FILE = re.compile(r"\.?(?P<session>[0-9a-f]{32})-(?P<number>[0-9]{8})-[0-9]+\.parquet")
_CONFIGURATION = {
    "delta.dataSkippingStatsColumns": "sequence",  # of whoever else writes to the table
    "delta.logRetentionDuration": "interval 2 days",
}


class LogTable:
    """One table of a log; it is made by the first row.

    Args:
        address: Folder or URL of the log.
        kind: Which rows it holds.

    Raises:
        MissingExtra: deltalake is not installed.
    """

    def __init__(self, address: str, kind: Kind) -> None:
        load_delta()
        self.address = address
        self.checkpoint_every = 100  # versions
        self.kind = kind
        self.place = place_at(address, TABLES[kind])
        self._schema = table_schema(kind)
        self._table: Any = None

    def exists(self) -> bool:
        """Return whether any row has come so far.

        Raises:
            LogUnavailable: The store does not answer.
        """
        from deltalake import DeltaTable

        with answering(self.address):
            self.place.mend()
            return bool(DeltaTable.is_deltatable(self.place.uri, self.place.options))

    def take(self, session: str, number: int, parts: Sequence[Part]) -> None:
        """Add the rows of a segment, unless the table has them; they last when this returns.

        Segments of a session are taken in the order of their numbers.

        Raises:
            LogUnavailable: The store does not answer.
        """
        self._add(
            session,
            number,
            lambda: [
                self.write(
                    f"{session}-{number:08d}-{place}",
                    {"release": part.release, "day": part.day.isoformat()},
                    iter(part.table.to_batches()),
                )
                for place, part in enumerate(parts)
            ],
        )

    def add(self, session: str, days: Mapping[date, Batches], release: str) -> bool:
        """Add rows of a release in one commit, unless the table has this session's.

        Their files have no segment that they could be told by, so upkeep takes them for what
        something that was killed has left, until they are committed. So this is one of those of
        whom upkeep knows: where both work at the same time, the later one begins anew.

        Args:
            session: Whose rows they are.
            days: By day, what gives the batches of its rows; it may be asked more than once.
            release: Name of the release.

        Returns:
            Whether they were added now.

        Raises:
            LogUnavailable: The store does not answer.
        """
        return self._add(
            session,
            1,
            lambda: [
                self.write(
                    f"rows-{uuid.uuid4().hex}",
                    {"release": release, "day": day.isoformat()},
                    batches(),
                )
                for day, batches in sorted(days.items())
            ],
            beside_upkeep=True,
        )

    def _add(
        self,
        session: str,
        number: int,
        write: Callable[[], list[DataFile | None]],
        *,
        beside_upkeep: bool = False,
    ) -> bool:
        from deltalake.exceptions import CommitFailedError

        files: list[DataFile] = []
        with answering(self.address):
            for _ in range(_TRIES):
                table = self._newest(create=True)
                if (table.transaction_version(session) or 0) >= number:
                    self._make_last(table)
                    return False
                for file in files:  # of a try whose commit is not there
                    self.place.remove(file.path)
                transactions, upkeep = [(session, number)], self._upkeep()
                if beside_upkeep:
                    transactions.append((_UPKEEP, upkeep + 1))
                try:
                    files = _some(write())
                except LogUnavailable:
                    self._newest()
                    if beside_upkeep and self._upkeep() > upkeep:  # it took away what was written
                        continue
                    raise
                try:
                    commit(table, self._schema, add=files, remove=(), transactions=transactions)
                except CommitFailedError:  # somebody else's commit came first: look again
                    continue
                self._make_last(table)
                return True
            raise LogUnavailable(
                f"Others change the table at {self.place.uri} all the time.",
                address=self.address,
                hint="Stop what compacts or rewrites it again and again.",
            )

    def files(self) -> list[DataFile]:
        """Return the files of the newest version, oldest rows first; none without a table.

        What is read from them is consistent until `replace` is called.

        Raises:
            LogUnavailable: The store does not answer.
        """
        if not self.exists():
            return []
        with answering(self.address):
            return files_of(self._newest())

    def write(
        self, name: str, partition: dict[str, str | None], batches: Iterator[pa.RecordBatch]
    ) -> DataFile | None:
        """Write a file for `replace`; None if there are no rows, and then no file is left.

        Raises:
            LogUnavailable: The store does not answer.
        """
        counted = Counted(batches)
        path = f"{folder_of(partition)}/{name}.parquet"
        with answering(self.address):
            size = self.place.write(path, counted.batches(), stored_schema(self.kind))
            if not counted.rows:
                self.place.remove(path)
                return None
        return DataFile(path, size, counted.rows, partition, counted.first, counted.last)

    def replace(
        self, old: Sequence[DataFile], new: Sequence[DataFile | None], *, same_rows: bool
    ) -> None:
        """Exchange files of the version that `files` returned, in one commit.

        Raises:
            LogUnavailable: The store does not answer, or somebody else's upkeep came first.
        """
        from deltalake.exceptions import CommitFailedError

        with answering(self.address):
            try:
                commit(
                    self._table,
                    self._schema,
                    add=_some(new),
                    remove=old,
                    transactions=[(_UPKEEP, self._upkeep() + 1)],
                    same_rows=same_rows,
                )
            except CommitFailedError as error:
                raise LogUnavailable(
                    f"The table at {self.place.uri} was changed meanwhile by somebody else's "
                    "upkeep; nothing was changed.",
                    address=self.address,
                    hint="Run the command again when the other one has ended.",
                ) from error
            self._make_last(self._table)

    def remove_unnamed(self, only: Sequence[str] | None = None) -> int:
        """Remove every file that the newest version does not name, and return how many.

        A file that a drain has written and not committed yet is left: its segment is not taken.
        Older versions cannot be read afterwards.

        Args:
            only: Paths of files that are there; all if None.

        Raises:
            LogUnavailable: The store does not answer, or somebody else's upkeep came first.
        """
        if not self.exists():
            return 0
        with answering(self.address):
            there = self.place.data_files() if only is None else only
            self._newest()
        # Whoever has begun upkeep and written a file that is `there` cannot commit after this.
        self.replace((), (), same_rows=True)
        named = {file.path for file in self.files()}
        removed = 0
        with answering(self.address):
            for path in there:
                if path not in named and not self._may_come(path):
                    self.place.remove(path)
                    removed += 1
        return removed

    def remove_old(self, hours: int) -> int:
        """Remove files that no version of the last hours names, and return how many.

        Those that no version has ever named, as of a run that was killed, go once they are as old;
        a file that a drain has written and not committed yet is left.

        Raises:
            LogUnavailable: The store does not answer, or somebody else's upkeep came first.
        """
        if not self.exists():
            return 0
        with answering(self.address):
            table, there = self._newest(), set(self.place.data_files())
            table.vacuum(hours, dry_run=False, enforce_retention_duration=False)
            stay = set(self.place.data_files())
            removed = len(there - stay)
            table.update_incremental()
            old = table.vacuum(hours, dry_run=True, enforce_retention_duration=False, full=True)
            left = [path for path in old if path in stay and not self._may_come(path)]
        if left:
            removed += self.remove_unnamed(left)
        with answering(self.address):
            table.create_checkpoint()
            self.place.make_last()
            table.cleanup_metadata()
        return removed

    def dataset(self) -> Any:  # noqa: ANN401 - a pyarrow dataset
        """Return the newest version as a pyarrow dataset.

        Raises:
            LogUnavailable: The store does not answer.
        """
        with answering(self.address):
            return self._newest().to_pyarrow_dataset(filesystem=self.place.data_reader())

    def _newest(self, *, create: bool = False) -> Any:  # noqa: ANN401 - a DeltaTable
        from deltalake import DeltaTable

        if self._table is None:
            self.place.mend()
            if create:
                DeltaTable.create(
                    self.place.uri,
                    self._schema,
                    mode="ignore",
                    partition_by=list(PARTITION),
                    configuration=_CONFIGURATION,
                    storage_options=self.place.options,
                )
            self._table = DeltaTable(self.place.uri, storage_options=self.place.options)
        try:
            self._table.update_incremental()
        except Exception:
            self._table = None  # the table may have been moved or made anew
            raise
        return self._table

    def _make_last(self, table: Any) -> None:  # noqa: ANN401 - a DeltaTable
        self.place.make_last()
        if table.version() % self.checkpoint_every == 0:
            table.create_checkpoint()
            self.place.make_last()

    def _upkeep(self) -> int:
        return self._table.transaction_version(_UPKEEP) or 0

    def _may_come(self, path: str) -> bool:
        known = _SEGMENT_FILE.match(path.rsplit("/", 1)[-1])
        if known is None:
            return False
        return int(known["number"]) > (self._table.transaction_version(known["session"]) or 0)


def _some(files: Sequence[DataFile | None]) -> list[DataFile]:
    return [file for file in files if file is not None]
