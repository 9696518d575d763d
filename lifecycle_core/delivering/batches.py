"""Score a table with a released model, batch by batch.

    verify the bundle -> trust the model -> compare the columns -> stream: read | decide | write

Batches are read, decided and written at the same time, a bounded number of them, so memory does
not grow with the table. Whatever goes wrong, nothing stands at the target.
"""

from __future__ import annotations

import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from lifecycle_core.delivering.deciding import THREADS, Decider, deciding_threads
from lifecycle_core.errors import BundleInvalid, InvalidCall, TableInvalid
from lifecycle_core.schema.contract import Contract
from lifecycle_core.schema.finalization import Finalization
from lifecycle_core.schema.release import ScoreSummary

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping
    from concurrent.futures import Executor, Future
    from pathlib import Path

    import pandas as pd

    from lifecycle_core.adapters.bundles import Bundles
    from lifecycle_core.adapters.models import Models
    from lifecycle_core.adapters.tables import Batch, Measurement, Tables
    from lifecycle_core.schema.contract import ContractReport, Violation
    from lifecycle_core.schema.release import Release

Answer = TypeVar("Answer")

# Rules about the table as a whole. A row that breaks one of the others gets no score.
_OF_THE_TABLE = frozenset({"column", "extra_column", "type", "rows"})
_OURS = ("row", "score", "decision", "unscored", "release", "version")


class Judge(Protocol):
    """Judges counts against a contract; `contracting.check` is one."""

    def __call__(
        self,
        contract: Contract,
        measurement: Measurement,
        *,
        digest: str,
        keep: Collection[str] = (),
    ) -> ContractReport:
        """Return the report."""


def score(
    release: Release,
    bundle: Path,
    source: Path,
    target: Path,
    *,
    keep: Collection[str] = (),
    bundles: Bundles,
    models: Models,
    tables: Tables,
    judge: Judge,
) -> ScoreSummary:
    """Score every row of a table with a released model.

    The output has one row for each row of the table, in its order: `row` (position from 0), the
    kept columns, `score`, `decision` (at the finalized rule), `unscored` (null, or the rule of
    the contract that the row breaks: it then has neither score nor decision, and the declared
    fallback applies), `release` and `version`.

    Args:
        release: What the ledger says is to be used.
        bundle: Folder of its bundle on this machine.
        source: A CSV or parquet file.
        target: A parquet or CSV file to write; one that exists is replaced.
        keep: Columns to carry along unchanged; also the only ones allowed beside the contract's.
        bundles: Verifies and reads the bundle.
        models: Judges and loads the model.
        tables: Reads and writes tables.
        judge: Compares counts with the contract.

    Raises:
        BundleInvalid: The bundle is not what was registered.
        UntrustedModel: The model would run foreign code; it was not loaded.
        TableInvalid: The table lacks a column, has one too many, holds a wrong type, or no rows.
        InvalidCall: `keep` takes a name of the output's, or target is source.
        TargetUnwritable: The operating system refuses; nothing is left behind.
    """
    began = time.perf_counter()
    if taken := sorted(set(keep) & set(_OURS)):
        raise InvalidCall(
            f"Column {taken[0]!r} cannot be kept: the output has one of that name itself.",
            hint="Rename it in the table.",
        )
    if source.resolve() == target.resolve():
        raise InvalidCall(
            f"{target} is the table to be scored.", hint="Name another file for the scores."
        )
    verified = bundles.verify(bundle, digest=release.bundle_digest)
    if verified.name != release.name:
        raise BundleInvalid(
            f"The bundle is of {verified.name!r}, the release is {release.name!r}.",
            path=str(bundle),
            hint="Ask the registry for the release again.",
        )
    contract = Contract.from_json(bundles.read(bundle, "contract/contract.json"))
    finalization = Finalization.from_json(bundles.read(bundle, "evidence/finalization.json"))
    scoring = Scoring(
        release=release, contract=contract, tables=tables, judge=judge, keep=tuple(keep)
    )
    scoring.require_columns(source)
    decider = Decider(models.load(bundle / "model" / "model.skops"), finalization)
    rows, acted_on, unscored = scoring.run(decider, source, target)
    return ScoreSummary(
        release=release.name,
        version=release.version,
        bundle_digest=verified.digest,
        rows=rows,
        acted_on=acted_on if decider.acts else None,
        unscored=unscored,
        seconds=time.perf_counter() - began,
        output=str(target),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Scoring:
    """One run over one table, under one contract."""

    release: Release
    contract: Contract
    tables: Tables
    judge: Judge
    keep: tuple[str, ...] = ()

    def require_columns(self, source: Path) -> None:
        """Refuse a table whose columns are not the contract's, before any row is read."""
        self._require_fit(source, self.tables.outline(source))

    def run(self, decider: Decider, source: Path, target: Path) -> tuple[int, int, int]:
        """Write the scores; return the rows scored, acted on, and unscored."""
        rows = scored = acted_on = 0
        with (
            self.tables.writer(target) as writer,
            self.tables.stream(source, self.contract, keep=self.keep) as batches,
            ThreadPoolExecutor(1) as reading,
            deciding_threads() as deciding,
            ThreadPoolExecutor(1) as writing,
        ):
            written = writing.submit(_nothing)
            decided = _ahead(self._fitting(source, batches), decider.decide, reading, deciding)
            for batch, (scores, decisions) in decided:
                rows += batch.rows
                scored += len(scores)
                acted_on += int(decisions.sum()) if decider.acts else 0
                written.result()
                written = writing.submit(writer.write, self._output(batch, scores, decisions))
            written.result()
            if rows == 0:
                self._require_fit(source, self.tables.measure(source, self.contract))
        return scored, acted_on, rows - scored

    def _fitting(self, source: Path, batches: Iterator[Batch]) -> Iterator[Batch]:
        for batch in batches:
            if batch.mistyped:  # count in the whole table, for the message
                self._require_fit(source, self.tables.measure(source, self.contract))
            yield batch

    def _output(self, batch: Batch, scores: Any, decisions: Any) -> Mapping[str, Any]:  # noqa: ANN401 - arrays
        import numpy as np
        import pyarrow as pa

        return {
            "row": np.arange(batch.start, batch.start + batch.rows),
            **batch.kept,
            "score": _spread(scores, batch.scorable, pa.float64()),
            "decision": _spread(
                decisions, batch.scorable, pa.bool_() if decisions.dtype == bool else pa.float64()
            ),
            "unscored": batch.reasons,
            "release": pa.DictionaryArray.from_arrays(
                np.zeros(batch.rows, dtype=np.int8), [self.release.name]
            ),
            "version": np.full(batch.rows, self.release.version, dtype=np.int64),
        }

    def _require_fit(self, source: Path, measurement: Measurement) -> None:
        report = self.judge(self.contract, measurement, digest="", keep=self.keep)
        broken = tuple(found for found in report.violations if found.rule in _OF_THE_TABLE)
        if broken:
            more = f" ({len(broken) - 3} more.)" if len(broken) > 3 else ""  # noqa: PLR2004 - three fit a line
            raise TableInvalid(
                f"{source.name} does not fit the contract of {self.release.name}/"
                f"{self.release.version}: {' '.join(found.message for found in broken[:3])}{more}",
                violations=broken,
                hint=f"{_hint(broken[0])} Nothing was written.",
            )


def _hint(violation: Violation) -> str:
    column = violation.column
    return {
        "column": f"Add a column {column!r}; the model cannot score without it.",
        "extra_column": f"Drop it, or carry it along to the output with --keep {column}.",
        "type": f"Mend the values of {column!r}, or correct the contract and release again.",
        "rows": "Check how the table was made.",
    }[violation.rule]


def _ahead(
    batches: Iterator[Batch],
    decide: Callable[[pd.DataFrame], Answer],
    reading: Executor,
    deciding: Executor,
) -> Iterator[tuple[Batch, Answer]]:
    """Yield each batch with its answer, in order; a few more are read and decided meanwhile."""
    waiting: deque[tuple[Batch, Future[Answer]]] = deque()
    coming = reading.submit(_next, batches)
    while (batch := coming.result()) is not None:
        coming = reading.submit(_next, batches)
        waiting.append((batch, deciding.submit(decide, batch.frame)))
        if len(waiting) > THREADS:
            first, answer = waiting.popleft()
            yield first, answer.result()
    for rest, answer in waiting:
        yield rest, answer.result()


def _next(batches: Iterator[Batch]) -> Batch | None:
    return next(batches, None)


def _nothing() -> None:
    """Be the writing of what comes before the first batch."""


def _spread(values: Any, scorable: Any, kind: Any) -> Any:  # noqa: ANN401 - arrays
    """Return one value for each row of the batch: null for those without a score."""
    import numpy as np
    import pyarrow as pa

    if len(values) == len(scorable):
        return pa.array(values, type=kind)
    spread = np.zeros(len(scorable), dtype=values.dtype)
    spread[scorable] = values
    return pa.array(spread, type=kind, mask=~scorable)
