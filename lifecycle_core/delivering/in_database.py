"""Score a table within its database, where the model's query gives what the model gives.

table --first rows, edge rows--> both ways --agree?--> score, check and write, one transaction

The model becomes SQL. Whether that scores as the model does is found out in the very database, on
rows of the very table, before anything is written: each row has to get the same reason or the same
decision, and a score that differs by a millionth at most.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.evidence import MODEL
from lifecycle_core.adapters.in_database import (
    Database,
    ScoreStatement,
    open_database,
    query_of,
    sent_type,
)
from lifecycle_core.adapters.in_database.converting import HINT
from lifecycle_core.adapters.in_database.statements import GOOD, passed_names
from lifecycle_core.adapters.remote_tables import TableAddress
from lifecycle_core.adapters.scorers import Estimator, FrameScorer, score_column
from lifecycle_core.adapters.tables.expressions import NO_NUMBER
from lifecycle_core.delivering.accelerating import Trial, quiet
from lifecycle_core.delivering.edges import edge_rows
from lifecycle_core.delivering.fitting import kept_columns, require_fit, require_keys
from lifecycle_core.delivering.rows_out import RowsOut
from lifecycle_core.delivering.runs import call_of, key_of_rows, require_apart, run_id
from lifecycle_core.delivering.sampling import sample_of
from lifecycle_core.delivering.verifying import declared_workflow, verified_bundle
from lifecycle_core.errors import InvalidCall, TableInvalid
from lifecycle_core.schema.contract import Contract
from lifecycle_core.schema.finalization import Finalization
from lifecycle_core.schema.release import ScoreSummary

if TYPE_CHECKING:
    from pathlib import Path

    from lifecycle_core.adapters.score_runs import ScoreRun
    from lifecycle_core.delivering.runs import Means, Order
    from lifecycle_core.schema.release import Release
    from lifecycle_core.schema.release_file import WorkflowSection

_SAMPLE_ROWS = 2_000


def deliver_in_database(
    order: Order, release: Release, bundle: Path, means: Means, *, now: datetime
) -> ScoreSummary:
    """Score a table of a database into another one there; no row leaves it but those rejected.

    It is one transaction: killed at any moment, it has written nothing, and can be started again.

    Args:
        order: What is wanted; source and target are tables of one database.
        release: What the ledger says is to be used.
        bundle: Folder of its bundle on this machine.
        means: What it is done with; its engine is not used.
        now: With zone.

    Raises:
        BundleInvalid: The bundle is not what was registered.
        UntrustedModel: The model would run foreign code; it was not loaded.
        MissingExtra: orbital is not installed.
        InvalidCall: These are not two tables of one database, or the model does not become SQL
            that scores as it does.
        TableInvalid: The table does not fit the contract; nothing was written.
        TargetUnwritable: The database refuses; the target is as it was.
    """
    began = time.perf_counter()
    require_apart(order)
    _require_one_database(order, means)
    digest = verified_bundle(bundle, release, means.bundles).digest
    call = call_of(order, release)
    run = order.run or run_id(call, now.isoformat())
    with means.runs.open(call) as state:
        try:
            within = _Within.of(order, release, bundle, means, state=state, run=run, now=now)
            rows, scored, acted_on = within.write()
        finally:
            state.forget()
    return ScoreSummary(
        release=release.name,
        version=release.version,
        bundle_digest=digest,
        rows=scored,
        acted_on=acted_on if within.acts else None,
        unscored=rows - scored,
        seconds=time.perf_counter() - began,
        output=order.target.shown,
        rejects=str(order.rejects),
        run=run,
    )


def _require_one_database(order: Order, means: Means) -> None:
    places = (order.source, order.target)
    kinds = {each.kind if isinstance(each, TableAddress) else "frame" for each in places}
    if kinds != {"sql"} or order.source.location != order.target.location:
        raise InvalidCall(
            "--in-database wants two tables of one database for --in and --out.",
            hint="Such as sqlite:///shop.db::customers and sqlite:///shop.db::scores.",
        )
    if means.engine is not None:
        raise InvalidCall(
            "--jobs and --engine say where scores are computed, and so does --in-database.",
            hint="Leave one of them out.",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Within:
    """One run within one database; `state` is a folder for the rows that are compared."""

    order: Order
    release: Release
    contract: Contract
    finalization: Finalization
    workflow: WorkflowSection
    model: Any
    means: Means
    state: ScoreRun
    run: str
    now: datetime

    @classmethod
    def of(
        cls, order: Order, release: Release, bundle: Path, means: Means, *, state: ScoreRun,
        run: str, now: datetime,
    ) -> _Within:  # fmt: skip
        read = means.bundles.read
        return cls(
            order=order,
            release=release,
            contract=Contract.from_json(read(bundle, "contract/contract.json")),
            finalization=Finalization.from_json(read(bundle, "evidence/finalization.json")),
            workflow=declared_workflow(bundle, means.bundles),
            model=means.models.load(bundle / "model" / MODEL),
            means=means,
            state=state,
            run=run,
            now=now,
        )

    @property
    def acts(self) -> bool:
        return self.finalization.rule.acts

    def write(self) -> tuple[int, int, int]:
        """Score the table; return its rows, those with a score, and those that are acted on."""
        if self.contract.freshness_column and self.contract.freshness_hours:
            raise InvalidCall(
                f"The contract asks how fresh {self.contract.freshness_column!r} of each row is, "
                "and a database is not asked that.",
                hint="Leave --in-database out.",
            )
        with open_database(self.order.source) as database:
            named = self.workflow.key
            kept = kept_columns(named, database.columns, self.order.keep)
            self._require_columns(database, kept)
            key = key_of_rows(named, database.columns)
            require_keys(self.order.source.name, database.missing(key if key == named else ()))
            order = tuple(name for name in named if name in kept) or database.primary_key
            statement = self._statement(database.dialect, kept)
            for name, count in database.mistyped(statement).items():
                if count:
                    raise TableInvalid(
                        f"Column {name!r} of {self.order.source.name} holds values that are not "
                        f"of the agreed type: {count:,} of them.",
                        hint="Mend them, or correct the contract and release again. "
                        "Nothing was written.",
                    )
            self._compare(database, statement, kept)
            found = database.write(
                statement, kept=kept, order=order, target=self.order.target, key=key
            )
            with self.means.tables.writer(self.order.rejects) as rejects:
                for part in database.rejected(
                    statement, kept=kept, order=order, computed=found.no_number > 0
                ):
                    rejects.write(self._rows_out.rejects(*part))
        return found.rows, found.scored, found.acted_on

    def _require_columns(self, database: Database, kept: tuple[str, ...]) -> None:
        sample = self.state.path("sample.parquet")
        database.first_rows(sample, key=self.workflow.key, most=_SAMPLE_ROWS)
        tables = self.means.tables
        for measured in (tables.outline(sample), tables.measure(sample, self.contract)):
            report = self.means.judge(self.contract, measured, digest="", keep=kept)
            require_fit(self.order.source.name, report, self.release)

    def _statement(self, dialect: str, kept: tuple[str, ...]) -> ScoreStatement:
        query = query_of(
            self.model,
            self.contract,
            table=GOOD,
            passed=passed_names(kept),
            column=score_column(self.model, self.finalization),
            dialect=dialect,
        )
        due = self._rows_out.due()
        return ScoreStatement(
            contract=self.contract,
            rule=self.finalization.rule,
            query=query,
            dialect=dialect,
            release=self.release.name,
            version=self.release.version,
            run=self.run,
            next_step=self.workflow.next_step,
            when_missing=self.workflow.when_missing,
            due=None if due is None else datetime.fromtimestamp(due / 1e6, UTC),
        )

    @property
    def _rows_out(self) -> RowsOut:
        return RowsOut(
            release=self.release,
            workflow=self.workflow,
            acts=self.acts,
            run=self.run,
            began=self.now,
        )

    def _compare(
        self, database: Database, statement: ScoreStatement, kept: tuple[str, ...]
    ) -> None:
        """Refuse a query that does not score as the model does."""
        import numpy as np
        import pyarrow as pa

        rows, labels = self._trial_rows()
        path = self.state.path("trial.parquet")
        with self.means.tables.writer(path) as writer:
            writer.write(rows)
        reasons, columns = self._checked(path)
        tried = database.tried(statement, pa.table(rows), kept)
        for label, said, wanted in zip(labels, tried.reasons, reasons, strict=True):
            if said != wanted and (wanted or said != NO_NUMBER):
                raise self._differs(f"{label} is {said or 'good'!r}, not {wanted or 'good'!r}")
        good = np.array([at for at, reason in enumerate(reasons) if reason is None])
        trial = Trial(columns, [labels[at] for at in good], self.finalization.rule)
        column = score_column(self.model, self.finalization)
        with quiet():
            wanted_scores = trial.ask(FrameScorer(Estimator.of(self.model, column), self.contract))
        wanted_scores = np.where(np.isfinite(wanted_scores), wanted_scores, np.nan)
        got = np.array(tried.scores, dtype=np.float64)[good]
        found = trial.judge(got, wanted_scores, np.arange(len(good)))
        if found.why:
            raise self._differs(found.why)

    def _trial_rows(self) -> tuple[dict[str, Any], list[str]]:
        """Return rows of the table and made-up ones, by column as agreed, and what each is."""
        import pyarrow as pa

        sample = sample_of(self.state.path("sample.parquet"), self.contract, self.means.tables)
        count = len(next(iter(sample.values())))
        if not count:
            raise self._differs("there is no row to compare on")
        # Where trees turn is left out: there, single and double precision part, as they do in
        # every query of a model.
        edges = edge_rows(self.contract, sample, {})
        rows = {
            each.name: pa.array(
                [*sample[each.name], *edges.columns[each.name]],
                type=sent_type(each),
            )
            for each in self.contract.features
        }
        first = [f"row {at} of the first that can be scored" for at in range(count)]
        return rows, [*first, *edges.odd]

    def _checked(self, path: Path) -> tuple[list[str | None], dict[str, list[Any]]]:
        """Return for each row the rule it breaks, and the values of the others."""
        reasons: list[str | None] = []
        with self.means.tables.stream(path, self.contract) as batches:
            for batch in batches:
                reasons.extend(batch.reasons.to_pylist())
        return reasons, sample_of(path, self.contract, self.means.tables)

    def _differs(self, why: str) -> InvalidCall:
        of = f"{self.release.name}/{self.release.version}"
        return InvalidCall(f"In the database {of} would not score as it does: {why}.", hint=HINT)
