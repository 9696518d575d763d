"""Score a table with a released model, batch by batch.

    verify the bundle -> compare the columns -> trust the model -> stream: read | score | write

Batches are read, scored and written at the same time, a bounded number of them, so memory does
not grow with the table. Whatever goes wrong, nothing stands at the target. Scores that an earlier
start of the run has left in the journal are not computed again.
"""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING, Any, NamedTuple

from lifecycle_core.adapters.batch_engines import Threads
from lifecycle_core.adapters.tables import JudgedAt
from lifecycle_core.delivering.arms import ArmRelease, Begun
from lifecycle_core.delivering.deciding import decided, with_numbers
from lifecycle_core.delivering.fitting import (
    kept_columns,
    require_fit,
    require_places_apart,
    with_moments,
)
from lifecycle_core.delivering.rows_out import RowsOut
from lifecycle_core.delivering.verifying import declared_workflow, verified_bundle
from lifecycle_core.schema.contract import Contract
from lifecycle_core.schema.finalization import Finalization
from lifecycle_core.schema.release import ScoreSummary
from lifecycle_core.schema.serving import CONTROL

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from datetime import datetime
    from pathlib import Path

    from lifecycle_core.adapters.batch_engines import BatchEngine, OpenEngine
    from lifecycle_core.adapters.bundles import Bundles
    from lifecycle_core.adapters.models import Models
    from lifecycle_core.adapters.score_journal import ScoreJournal
    from lifecycle_core.adapters.tables import Batch, Measurement, Tables, TableWriter
    from lifecycle_core.delivering.arms import Arms, Assigned, OpenArms
    from lifecycle_core.delivering.deciding import Decisions, Numbers
    from lifecycle_core.delivering.fitting import Judge
    from lifecycle_core.delivering.row_log import LoggedRun, RowLog
    from lifecycle_core.schema.release import Release


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
    engine: BatchEngine | None = None,
    rejects: Path | None = None,
    journal: ScoreJournal | None = None,
    run: str = "",
    began: datetime | None = None,
    mark: str = "",
    arms: Arms | None = None,
    log: LoggedRun | None = None,
    time: str | None = None,
    unchanged: Callable[[], None] | None = None,
) -> ScoreSummary:
    """Score every row of a table with a released model.

    The output has one row for each row of the table, in its order: `row` (position from 0), the
    kept columns, `score`, `decision` (at the finalized rule), `unscored` (null, or the rule of
    the contract that the row breaks, or that its score is no number: it then has neither score nor
    decision, and the declared fallback applies), `release`, `version`, `next_step` (what the
    release file says is done with the row, null if nothing), `due` (until when) and `run`.

    Args:
        release: What the ledger says is to be used.
        bundle: Folder of its bundle on this machine.
        source: A CSV or parquet file.
        target: A parquet or CSV file to write; one that exists is replaced.
        keep: Columns to carry along unchanged. With them the business key that the release file
            declares, as far as the table has it, and no other column beside the contract's.
        bundles: Verifies and reads the bundle.
        models: Judges and loads the model.
        tables: Reads and writes tables.
        judge: Compares counts with the contract.
        engine: Where batches are scored; threads of this process if None.
        rejects: A parquet or CSV file to write: the rows without a score, with their values.
        journal: Scores of an earlier start of this run, of the same table.
        run: Its id.
        began: When it began first, with zone; rows need not be fresh if None.
        mark: By which its temporary files are found if it is killed; see `files.replacing`.
        arms: The experiment that runs: rows are scored by the release of their arm, `version` is
            that release's, and the output has a column `arm`.
        log: The prediction log of the run: it has a row for each row of the table before the
            output is there, and the output has a column `prediction` with their ids.
        time: Column with the moment at which each row must be as fresh as the contract says, which
            is carried along; the log's if None, else when the run began.
        unchanged: Called when all rows are scored and nothing is there yet; raises if the table is
            not the one that the run began with.

    Raises:
        BundleInvalid: The bundle is not what was registered.
        UntrustedModel: The model would run foreign code; it was not loaded.
        TableInvalid: The table lacks a column, has one too many, holds a wrong type, or no rows.
        InvalidCall: `keep` takes a name of the output's, or target is source.
        TargetUnwritable: The operating system refuses; nothing is left behind.
        LogUnavailable: The tables of the log cannot be written; nothing is left behind.
    """
    started = perf_counter()
    require_places_apart(source, target, rejects)
    verified = verified_bundle(bundle, release, bundles)
    finalization = Finalization.from_json(bundles.read(bundle, "evidence/finalization.json"))
    workflow = declared_workflow(bundle, bundles)
    columns = tables.outline(source).columns
    kept = kept_columns(workflow.key, columns, keep)
    contract = Contract.from_json(bundles.read(bundle, "contract/contract.json"))
    if arms:
        arms.require(columns, kept)
    if log:
        time = time or log.order.time
        log.order.require(kept)
    kept = with_moments(kept, columns, contract, time)
    scoring = Scoring(
        release=release,
        contract=contract,
        finalization=finalization,
        rows_out=RowsOut(
            release=release,
            workflow=workflow,
            acts=finalization.rule.acts,
            run=run,
            began=began,
        ),
        tables=tables,
        judge=judge,
        keep=kept,
        journal=journal,
        mark=mark,
        arms=arms,
        judged_at=JudgedAt(moment=began, column=time) if began else None,
        unchanged=unchanged or _nothing,
    )
    scoring.require_columns(source)
    places = engine or Threads(models, bundles)
    with ExitStack() as stack:
        in_arms = stack.enter_context(arms.open(places, bundles)) if arms else None
        opened = in_arms.engines[0] if in_arms else stack.enter_context(places.open(bundle))
        rows_log = None
        if log:
            releases = arms.releases if arms else {CONTROL: ArmRelease(release, bundle)}
            whole = workflow.key if set(workflow.key) <= set(columns) else ()
            acts = finalization.rule.acts
            rows_log = stack.enter_context(log.open(releases, bundles, key=whole, acts=acts))
        scoring.run(opened, source, target, rejects, in_arms=in_arms, log=rows_log)
    counts = scoring.counts
    return ScoreSummary(
        release=release.name,
        version=release.version,
        bundle_digest=verified.digest,
        rows=counts.scored,
        acted_on=counts.acted_on if scoring.rows_out.acts else None,
        unscored=counts.rows - counts.scored,
        seconds=perf_counter() - started,
        output=str(target),
        rejects=str(rejects or ""),
        run=run,
        resumed=counts.resumed,
        logged=counts.rows if log else None,
    )


class _Outputs(NamedTuple):
    """Where a run writes to."""

    scores: TableWriter
    rejects: TableWriter | None
    log: RowLog | None


@dataclass(slots=True)
class Counts:
    """Rows of a run, as far as they have been written."""

    rows: int = 0
    scored: int = 0
    acted_on: int = 0
    resumed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Scoring:
    """One run over one table, under one contract."""

    release: Release
    contract: Contract
    finalization: Finalization
    rows_out: RowsOut
    tables: Tables
    judge: Judge
    keep: tuple[str, ...] = ()
    journal: ScoreJournal | None = None
    mark: str = ""
    arms: Arms | None = None
    judged_at: JudgedAt | None = None
    unchanged: Callable[[], None]
    counts: Counts = field(default_factory=Counts)

    def require_columns(self, source: Path) -> None:
        """Refuse a table whose columns are not the contract's, before any row is read."""
        self._require_fit(source, self.tables.outline(source))

    def run(
        self,
        engine: OpenEngine,
        source: Path,
        target: Path,
        rejects: Path | None,
        *,
        in_arms: OpenArms | None = None,
        log: RowLog | None = None,
    ) -> None:
        """Write the scores, and before them log and rejects: where scores stand, they do."""
        with ExitStack() as open_:
            to = partial(self.tables.writer, mark=self.mark)
            outputs = _Outputs(
                open_.enter_context(to(target)),
                open_.enter_context(to(rejects)) if rejects else None,
                log,
            )
            batches = open_.enter_context(
                self.tables.stream(
                    source,
                    self.contract,
                    keep=self.keep,
                    judged_at=self.judged_at,
                    others=in_arms.contracts if in_arms else (),
                )
            )
            reading = open_.enter_context(ThreadPoolExecutor(1))
            writing = open_.enter_context(ThreadPoolExecutor(1))
            written = writing.submit(_nothing)
            begin = partial(self._begin, engine=engine, in_arms=in_arms)
            ahead = self._ahead(self._fitting(source, batches), begin, engine.width, reading)
            for begun, found in ahead:
                batch, scores = with_numbers(begun.batch, found)
                if in_arms and begun.assigned:
                    decisions = in_arms.decided(scores, batch, begun.assigned)
                else:
                    decisions = decided(scores, self.finalization.rule)
                self.counts.rows += batch.rows
                self.counts.scored += len(scores)
                self.counts.acted_on += int(decisions.sum()) if self.rows_out.acts else 0
                written.result()
                assigned = begun.assigned
                written = writing.submit(self._write, batch, assigned, scores, decisions, outputs)
            written.result()
            if self.counts.rows == 0:
                self._require_fit(source, self.tables.measure(source, self.contract))
            self.unchanged()
            if log:
                log.commit()

    def _fitting(self, source: Path, batches: Iterator[Batch]) -> Iterator[Batch]:
        for batch in batches:
            if batch.mistyped:  # count in the whole table, for the message
                self._require_fit(source, self.tables.measure(source, self.contract))
            yield batch

    def _ahead(
        self,
        batches: Iterator[Batch],
        begin: Callable[[Batch], Begun],
        width: int,
        reading: ThreadPoolExecutor,
    ) -> Iterator[tuple[Begun, Numbers]]:
        """Yield each batch with its scores, in order; a few more are read and scored meanwhile."""
        waiting: deque[Begun] = deque()
        coming = reading.submit(_next, batches)
        while (batch := coming.result()) is not None:
            coming = reading.submit(_next, batches)
            waiting.append(begin(batch))
            if len(waiting) > width:
                first = waiting.popleft()
                yield first, self._end(first)
        for begun in waiting:
            yield begun, self._end(begun)

    def _begin(self, batch: Batch, *, engine: OpenEngine, in_arms: OpenArms | None) -> Begun:
        """Return a batch with what will be its scores."""
        assigned = self.arms.of(batch) if self.arms else None
        if in_arms and assigned:
            batch = in_arms.judged(batch, assigned)
        scorable = int(batch.scorable.sum())
        known = self.journal.take(batch.start, scorable) if self.journal else None
        if known is not None:
            self.counts.resumed += scorable
            done: Future[Numbers] = Future()
            done.set_result(known)
            return Begun(batch, assigned, done, known=True)
        if in_arms and assigned:
            return Begun(batch, assigned, in_arms.submit(batch, assigned), known=False)
        return Begun(batch, assigned, engine.submit(batch.columns), known=False)

    def _end(self, begun: Begun) -> Numbers:
        scores = begun.coming.result()
        if self.journal and not begun.known:
            self.journal.put(begun.batch.start, scores)
        return scores

    def _write(
        self,
        batch: Batch,
        assigned: Assigned | None,
        scores: Numbers,
        decisions: Decisions,
        outputs: _Outputs,
    ) -> None:
        rows = self.rows_out.scored(batch, scores, decisions, assigned)
        if outputs.log:
            rows = {**rows, **outputs.log.put(batch, scores, decisions, assigned)}
        outputs.scores.write(rows)
        # The first batch is written even if all its rows are good: it brings the columns.
        if outputs.rejects and (batch.start == 0 or len(scores) < batch.rows):
            outputs.rejects.write(self.rows_out.rejected(batch))

    def _require_fit(self, source: Path, measurement: Measurement) -> None:
        report = self.judge(self.contract, measurement, digest="", keep=self.keep)
        require_fit(source.name, report, self.release)


def _next(batches: Iterator[Any]) -> Any:  # noqa: ANN401 - a batch, or None at the end
    return next(batches, None)


def _nothing() -> None:
    """Be the writing of what comes before the first batch, or the look at a table of nobody's."""
