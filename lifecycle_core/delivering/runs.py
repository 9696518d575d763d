"""One scoring run, from wherever the table lies to wherever the scores are wanted.

    source --copy--> file --score--> file --publish--> target

A table that is a file is read in place, and one that shall be a file is written in place; all
others go through a file. Each file appears whole or not at all, and what a killed run has done is
kept, so a run that is started again goes on, and its output has each row once.
"""

from __future__ import annotations

import json
import re
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.files import digest_bytes, digest_file, remove_left, write_atomically
from lifecycle_core.adapters.remote_tables import Publication, TableAddress, copy_frame
from lifecycle_core.adapters.score_journal import open_journal
from lifecycle_core.adapters.score_runs import identity_of
from lifecycle_core.adapters.tables.source import FORMATS
from lifecycle_core.delivering.batches import score
from lifecycle_core.delivering.fitting import require_keys
from lifecycle_core.delivering.row_log import LoggedRun
from lifecycle_core.delivering.verifying import declared_workflow, verified_bundle
from lifecycle_core.errors import InvalidCall, LifecycleError, TableInvalid
from lifecycle_core.schema.contract import Contract
from lifecycle_core.schema.release import ScoreSummary

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from lifecycle_core.adapters.batch_engines import BatchEngine
    from lifecycle_core.adapters.bundles import Bundles
    from lifecycle_core.adapters.models import Models
    from lifecycle_core.adapters.remote_tables import RemoteTables
    from lifecycle_core.adapters.score_runs import Begun, ScoreRun, ScoreRuns
    from lifecycle_core.adapters.tables import Tables
    from lifecycle_core.delivering.arms import Arms
    from lifecycle_core.delivering.fitting import Judge
    from lifecycle_core.delivering.log_order import LogOrder
    from lifecycle_core.schema.release import Release

_SCORES, _SUMMARY, _JOURNAL, _SETTLED = "scores.parquet", "summary.json", "journal", "settled"
_NO_NAME = re.compile(r"[^\w.-]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What somebody wants scored.

    Attributes:
        source: The table, or a frame in memory.
        target: Where the scores are wanted.
        rejects: The file of the rows without a score.
        dead_letters: The file of rows that a receiver of HTTP refuses.
        keep: Columns to carry along unchanged.
        run: The run's id, if somebody gives it one.
        arms: The experiment that runs.
        log: How rows go into the prediction log; they do not if None.
        time: Column with the moment of each row; the log's, or the start of the run, if None.
    """

    source: TableAddress | Any
    target: TableAddress
    rejects: Path
    dead_letters: Path
    keep: tuple[str, ...] = ()
    run: str | None = None
    arms: Arms | None = None
    log: LogOrder | None = None
    time: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What a run works with.

    Attributes:
        bundles: Verifies and reads the bundle.
        models: Judges and loads the model.
        tables: Reads and writes files.
        remote: Reads and writes other tables.
        judge: Compares counts with the contract.
        runs: Keeps what a killed run has done.
        engine: Where batches are scored; threads of this process if None.
    """

    bundles: Bundles
    models: Models
    tables: Tables
    remote: RemoteTables
    judge: Judge
    runs: ScoreRuns
    engine: BatchEngine | None = None


def deliver(
    order: Order, release: Release, bundle: Path, means: Means, *, now: datetime
) -> ScoreSummary:
    """Score a table and put the scores where they are wanted.

    Args:
        order: What is wanted.
        release: What the ledger says is to be used.
        bundle: Folder of its bundle on this machine.
        means: What it is done with.
        now: With zone.

    Raises:
        BundleInvalid: The bundle is not what was registered.
        UntrustedModel: The model would run foreign code; it was not loaded.
        TableInvalid: The table cannot be read, or does not fit the contract; nothing was written.
        InvalidCall: The target cannot take scores, or another process does the same.
        TargetUnwritable: The operating system or the database refuses.
        SinkFailed: The receiver does not answer; the run can go on where it stopped.
        LogUnavailable: The tables of the log cannot be written; likewise.
    """
    require_apart(order)
    # Before anything of it is read, as `score` does again.
    verified_bundle(bundle, release, means.bundles)
    key = declared_workflow(bundle, means.bundles).key
    with ExitStack() as locks:
        state = locks.enter_context(means.runs.open(call_of(order, release)))
        if order.target.kind in {"file", "delta"}:  # which are replaced whole
            locks.enter_context(means.runs.alone_at(json.dumps(_place(order.target))))
        return _Run(order, release, bundle, means, state, key).through(now)


@dataclass(frozen=True, slots=True)
class _Run:
    """A run whose folder is locked."""

    order: Order
    release: Release
    bundle: Path
    means: Means
    state: ScoreRun
    key: tuple[str, ...]

    def through(self, now: datetime) -> ScoreSummary:
        try:
            table, identity = self._source()
            key = self._key_in(table)
            target = self.order.target
            if target.kind == "sql":
                self._require_keys(table, key)
            if target.kind != "file":
                self.means.remote.require_target(target, key=key)
            begun = self.state.begin(identity, run=self._run_id(identity), now=now)
            summary = self._scores(table, begun)
        except LifecycleError as error:
            if error.exit_code == InvalidCall.exit_code:  # the same rows will not do another time
                self.state.forget()
            raise
        if target.kind != "file":
            summary = self._publish(summary, begun, key)
        self.state.forget()
        return summary

    @property
    def _name(self) -> str:
        source = self.order.source
        return source.name if isinstance(source, TableAddress) else "frame"

    def _source(self) -> tuple[Path, str]:
        """Return the file to be scored, and what tells its rows from others."""
        source = self.order.source
        if isinstance(source, TableAddress) and source.kind == "file":
            # Under an id of somebody's, only other rows are others: the file may have been written
            # anew, as when a scheduler tries all of a run again.
            tells = digest_file if self.order.run and source.path.is_file() else identity_of
            return source.path, tells(source.path)
        # Taken anew each time: yesterday's rows of a table that moves on are of no use.
        copied = self.state.path("source") / f"{_NO_NAME.sub('_', self._name)}.parquet"
        if isinstance(source, TableAddress):
            self.means.remote.copy(source, copied, key=self.key)
        else:
            copy_frame(source, copied)
        return copied, digest_file(copied)

    def _key_in(self, table: Path) -> tuple[str, ...]:
        return key_of_rows(self.key, self.means.tables.outline(table).columns)

    def _require_keys(self, table: Path, key: tuple[str, ...]) -> None:
        if key != self.key:  # then rows have the run's own
            return
        contract = Contract.from_json(
            self.means.bundles.read(self.bundle, "contract/contract.json")
        )
        require_keys(self._name, self.means.tables.missing(table, key, contract))

    def _run_id(self, identity: str) -> str:
        return self.order.run or run_id(call_of(self.order, self.release), identity)

    def _delivery(self, begun: Begun) -> str:
        """Return what tells the rows of this run from all others, also under the same given id."""
        if self.order.run is None:
            return begun.run  # made of them
        return run_id(call_of(self.order, self.release), f"{begun.run} {begun.identity}")

    def _scores(self, table: Path, begun: Begun) -> ScoreSummary:
        """Return what was scored: now, or by an earlier start that got as far as that."""
        order, means = self.order, self.means
        whole = self.state.path(_SUMMARY)
        if whole.is_file():
            known = ScoreSummary.from_json(whole.read_bytes())
            return known.model_copy(update={"resumed": known.rows})
        in_place = order.target.kind == "file"
        scores_to = order.target.path if in_place else self.state.path(_SCORES)
        for each in (scores_to, order.rejects):
            remove_left(each, mark=self.state.name)
        with open_journal(self.state.path(_JOURNAL)) as journal:
            summary = score(
                self.release,
                self.bundle,
                table,
                scores_to,
                keep=order.keep,
                bundles=means.bundles,
                models=means.models,
                tables=means.tables,
                judge=means.judge,
                engine=means.engine,
                rejects=order.rejects,
                journal=journal,
                run=begun.run,
                began=begun.began,
                mark=self.state.name,
                arms=order.arms,
                log=self._logged(begun),
                time=order.time,
                unchanged=partial(_require_same, table, identity_of(table)),
            )
        if not in_place:
            summary = summary.model_copy(update={"output": order.target.shown})
            write_atomically(whole, summary.to_json())
        return summary

    def _logged(self, begun: Begun) -> LoggedRun | None:
        if self.order.log is None:
            return None
        return LoggedRun(
            order=self.order.log,
            run=f"{call_of(self.order, self.release)} {self._delivery(begun)}",
            began=begun.began,
            folder=self.state.folder,
        )

    def _publish(self, summary: ScoreSummary, begun: Begun, key: tuple[str, ...]) -> ScoreSummary:
        target = self.order.target
        letters = self.order.dead_letters if target.kind == "http" else None
        published = self.means.remote.publish(
            Publication(
                address=target,
                file=self.state.path(_SCORES),
                key=key,
                run=begun.run,
                delivery=self._delivery(begun),
                progress=self.state.path(_SETTLED),
                dead_letters=letters,
            )
        )
        return summary.model_copy(
            update={"refused": published.refused, "dead_letters": str(letters or "")}
        )


def _require_same(table: Path, before: str) -> None:
    if identity_of(table) != before:
        raise TableInvalid(
            f"{table.name} was written to while it was scored.",
            hint="Run the same command again when it is whole. Nothing was written.",
        )


def require_apart(order: Order) -> None:
    """Refuse to write to the table that is read, or two tables to one file."""
    source = order.source
    if order.target.kind == "http":
        _require_letters_apart(order)
    if not isinstance(source, TableAddress):
        return
    if _place(source) == _place(order.target):
        raise InvalidCall(
            f"{order.target.shown} is the table to be scored.",
            hint="Name another place for the scores.",
        )
    if source.kind == "file" and source.path.resolve() == order.dead_letters.resolve():
        raise InvalidCall(
            f"{order.dead_letters} is the table to be scored.",
            hint="Name another file for the dead letters.",
        )


def _require_letters_apart(order: Order) -> None:
    if order.dead_letters.resolve() == order.rejects.resolve():
        raise InvalidCall(
            f"{order.dead_letters} is the table of the rejects.",
            hint="Name another file for the dead letters.",
        )
    if order.dead_letters.suffix.lower() not in FORMATS:
        raise InvalidCall(
            f"{order.dead_letters.name} cannot hold the dead letters: its suffix must be one of "
            f"{', '.join(FORMATS)}.",
            hint="Name the file dead_letters.parquet, for example.",
        )


def run_id(call: str, told_apart: str) -> str:
    """Return the id of a run: the same for the same call, and what tells two runs of it apart."""
    return digest_bytes(f"{call} {told_apart}".encode()).removeprefix("sha256:")[:16]


def key_of_rows(key: tuple[str, ...], columns: Collection[str]) -> tuple[str, ...]:
    """Return the business key if a table has all of it, else what tells rows of runs apart."""
    return key if key and all(name in columns for name in key) else ("run", "row")


def call_of(order: Order, release: Release) -> str:
    """Return what was asked for, as a text that differs as soon as something of it does."""
    source = _place(order.source) if isinstance(order.source, TableAddress) else None
    files = [str(path.resolve()) for path in (order.rejects, order.dead_letters)]
    asked: list[Any] = [source, _place(order.target), files, order.keep, order.run]
    if order.arms:
        asked.append(order.arms.mark)
    if order.log:
        asked.append(["log", order.log.address, order.log.time])
    elif order.time:
        asked.append(["time", order.time])
    return json.dumps([release.name, release.version, release.bundle_digest, *asked])


def _place(address: TableAddress) -> list[str]:
    """Return what is the same for two addresses of one table, as far as it can be told."""
    location = address.location.removeprefix("file://")
    local = address.kind == "file" or (address.kind == "delta" and "://" not in location)
    location = str(Path(location).resolve()) if local else location
    return [address.kind, location, address.table]
