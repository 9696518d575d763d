"""Delta files as DuckDB reads them, without a standstill.

`Scanner.to_reader` of pyarrow 25 keeps the interpreter's lock while the scan starts. If files are
opened by Python, as those of an object store are, a thread of Arrow that waits for this lock may
hold what the start waits for: both wait for ever. `Scanner.scan_batches` gives the lock away.
"""

from __future__ import annotations

from typing import Any

from pyarrow import RecordBatchReader  # noqa: TID253 - a log is scanned: only then this module loads
from pyarrow.dataset import FileSystemDataset  # noqa: TID253 - as above


class Scan:
    """A scan whose batches are read with the interpreter's lock given away."""

    def __init__(self, scanner: Any) -> None:  # noqa: ANN401 - a pyarrow scanner
        self._scanner = scanner

    def to_reader(self) -> RecordBatchReader:
        """Return the batches as a stream."""
        batches = (each.record_batch for each in self._scanner.scan_batches())
        return RecordBatchReader.from_batches(self._scanner.projected_schema, batches)


class ScannedFiles(FileSystemDataset):  # type: ignore[misc]  # pyarrow has no types
    """A dataset that DuckDB can register, whatever file system it lies on.

    Args:
        dataset: Whose files they are.
    """

    def __init__(self, dataset: FileSystemDataset) -> None:
        super().__init__(
            list(dataset.get_fragments()), dataset.schema, dataset.format, dataset.filesystem
        )

    def scanner(self, **wanted: Any) -> Scan:  # noqa: ANN401 - columns and filter
        """Return a scan of some columns and rows."""
        return Scan(super().scanner(**wanted))
