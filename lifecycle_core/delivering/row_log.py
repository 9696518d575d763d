"""What the prediction log keeps of a scored table: a row for each row, as a service would keep it.

batch, scores, decisions --fall back where there is no score--> rows of the log
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Any, NamedTuple

from lifecycle_core.adapters.prediction_log.batch_log import BatchLog, LoggedRows
from lifecycle_core.adapters.tables.expressions import NO_NUMBER
from lifecycle_core.adapters.tables.moments import moments_of
from lifecycle_core.delivering.fallbacks import Asked, compile_fallbacks
from lifecycle_core.delivering.last_scores import LastScores
from lifecycle_core.delivering.log_order import COLUMN
from lifecycle_core.delivering.naming_rows import names_of, spread_out, values_of
from lifecycle_core.delivering.row_checks import RowChecks
from lifecycle_core.schema.contract import Contract
from lifecycle_core.schema.finalization import Finalization
from lifecycle_core.schema.release_file import ReleaseFile
from lifecycle_core.schema.serving import CONTROL

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path
    from typing import Self

    import pyarrow as pa

    from lifecycle_core.adapters.bundles import Bundles
    from lifecycle_core.adapters.tables import Batch
    from lifecycle_core.delivering.arms import ArmRelease, Assigned
    from lifecycle_core.delivering.deciding import Decisions, Numbers
    from lifecycle_core.delivering.fallbacks import Fallbacks, Substitute
    from lifecycle_core.delivering.log_order import LogOrder
    from lifecycle_core.schema.contract import Logged
    from lifecycle_core.schema.release import Release
    from lifecycle_core.schema.serving import Cause, Fallback

_CAUSES: tuple[Cause | str, ...] = ("", "bad_input", "model_error")
"""Why a row of a table has no score: it breaks the contract, or its score is no number."""
_STRICTEST: tuple[Logged, ...] = ("value", "hash", "none")
_MICROSECONDS = 1_000_000


class Answering(NamedTuple):
    """A release that answers for rows.

    Attributes:
        policy: By feature, what the log keeps of it.
    """

    release: Release
    checks: RowChecks
    fallbacks: Fallbacks
    policy: Mapping[str, Logged]

    @classmethod
    def of(cls, release: Release, bundle: Path, bundles: Bundles) -> Answering:
        """Read what a verified bundle says of it.

        Raises:
            InvalidCall: A declared fallback does not fit the release.
        """
        contract = Contract.from_json(bundles.read(bundle, "contract/contract.json"))
        acts = Finalization.from_json(bundles.read(bundle, "evidence/finalization.json")).rule.acts
        declared: tuple[Fallback, ...] = ()
        if (bundle / "release.json").is_file():
            stated = ReleaseFile.from_json(bundles.read(bundle, "release.json"))
            declared = stated.serving.fallback
        return cls(
            release,
            RowChecks(contract),
            compile_fallbacks(declared, contract, LastScores(), acts=acts),
            {feature.name: feature.log for feature in contract.features},
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedRun:
    """A run whose rows are to be logged.

    Attributes:
        order: How.
        run: A text that no other run has; a run that is done again has the same.
        began: When it began first, with zone.
        folder: For rows until it has ended; it is there.
    """

    order: LogOrder
    run: str
    began: datetime
    folder: Path

    def open(
        self,
        releases: Mapping[str, ArmRelease],
        bundles: Bundles,
        *,
        key: tuple[str, ...],
        acts: bool,
    ) -> RowLog:
        """Open its log.

        Args:
            releases: By arm, who answers; their bundles were verified.
            bundles: Reads them.
            key: Columns of the business key, if the table has all of them.
            acts: A decision is to act or not.

        Raises:
            MissingExtra: deltalake is not installed.
            InvalidCall: A declared fallback does not fit its release.
        """
        answering = {
            arm: Answering.of(each.release, each.bundle, bundles) for arm, each in releases.items()
        }
        log = BatchLog(
            self.order.address,
            answering[CONTROL].release.name,
            self.run,
            began=round(self.began.timestamp() * _MICROSECONDS),
            folder=self.folder,
        )
        return RowLog(
            order=self.order,
            log=log,
            answering=answering,
            key=key,
            began=self.began,
            acts=acts,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RowLog:
    """The log of one run.

    Attributes:
        answering: By arm; the champion's among them.
        key: Columns of the business key that the table has; empty if one of them is missing.
        began: When the run began first, with zone.
        acts: A decision is to act or not.
    """

    order: LogOrder
    log: BatchLog
    answering: Mapping[str, Answering]
    key: tuple[str, ...]
    began: datetime
    acts: bool

    def put(
        self, batch: Batch, scores: Numbers, decisions: Decisions, assigned: Assigned | None
    ) -> Mapping[str, Any]:
        """Take the rows of a batch, and return the output's columns as the log has them.

        These are the rows' ids, and scores and decisions with those that the declared fallback
        gives where the model does not.

        Raises:
            TableInvalid: A row has no moment.
            TargetUnwritable: The operating system refuses.
        """
        import numpy as np
        import pyarrow as pa

        keys = names_of(batch, self.key) if self.key else [None] * batch.rows
        times = self._times(batch)
        arms = [CONTROL] if assigned is None else list(assigned.names)
        codes = np.zeros(batch.rows, dtype=np.int64) if assigned is None else assigned.codes
        score, decision = np.zeros(batch.rows), np.zeros(batch.rows)
        scored = batch.scorable.copy()
        score[scored], decision[scored] = scores, decisions
        decided = scored.copy()
        bad, given = self._fall_back(batch, keys, times, [arms[code] for code in codes])
        for row, answer in given.items():
            decided[row] = answer.decision is not None
            decision[row] = float(answer.decision or 0)
            if answer.score is not None:
                scored[row], score[row] = True, answer.score
        releases = [self.answering[arm].release for arm in arms]
        logged = LoggedRows(
            start=batch.start,
            key=pa.array(keys, pa.string()),
            time=times,
            version=pa.array(np.array([each.version for each in releases])[codes]),
            bundle_digest=_coded(codes, [each.bundle_digest for each in releases]),
            arm=_coded(codes, arms),
            features=self._features(batch, bad),
            score=pa.array(score, mask=~scored),
            decision=pa.array(decision, mask=~decided),
            fallback=_coded(_causes(batch), list(_CAUSES)),
        )
        ids = self.log.put(logged)
        kind = pa.bool_() if self.acts else pa.float64()
        return {
            "score": logged.score,
            "decision": logged.decision.cast(kind),
            COLUMN: ids,
        }

    def __enter__(self) -> Self:
        """Return it, to be closed with the block."""
        return self

    def __exit__(self, *error: object) -> None:
        """Give memory back; what was not committed is not kept."""
        self.log.close()

    def commit(self) -> None:
        """Add what was taken to the log, once; see `BatchLog.commit`."""
        self.log.commit()

    def _times(self, batch: Batch) -> pa.Array:
        import pyarrow as pa

        if self.order.time is not None:
            found = values_of(batch, self.order.time)
            return moments_of(found, self.order.time, batch.start)
        began = self.began.astimezone(UTC)
        return pa.repeat(pa.scalar(began, pa.timestamp("us", tz="UTC")), batch.rows)

    def _fall_back(
        self,
        batch: Batch,
        keys: Any,  # noqa: ANN401 - a sequence of names
        times: pa.Array,
        arms: list[str],
    ) -> tuple[Mapping[str, list[Any]], dict[int, Substitute]]:
        """Return what the log has of rows without a score, and what answers for them.

        That is decided by good values alone, as in a service.
        """
        import numpy as np

        places = np.flatnonzero(~batch.scorable)
        if not len(places):
            return {}, {}
        values = {name: column.to_pylist() for name, column in batch.refused.items()}
        theirs = [arms[row] for row in places.tolist()]
        read: dict[str, list[Any]] = {name: [None] * len(places) for name in values}
        kept: dict[str, list[Any]] = {name: [None] * len(places) for name in values}
        for arm in dict.fromkeys(theirs):
            of_arm = [at for at, each in enumerate(theirs) if each == arm]
            some = {name: [column[at] for at in of_arm] for name, column in values.items()}
            found = self.answering[arm].checks.check(some, len(of_arm), now=0.0)
            for name, column in found.columns.items():
                for row, (at, value) in enumerate(zip(of_arm, column, strict=True)):
                    read[name][at] = value
                    kept[name][at] = found.logged(name, row)
        given: dict[int, Substitute] = {}
        for at, row in enumerate(places.tolist()):
            asked = Asked(
                {name: column[at] for name, column in read.items()},
                keys[row],
                times[row].as_py().timestamp(),
                None,  # a release before is not loaded for a few rows
            )
            answer = self.answering[arms[row]].fallbacks.substitute(asked)
            if answer is not None:
                given[row] = answer
        return kept, given

    def _features(self, batch: Batch, bad: Mapping[str, list[Any]]) -> dict[str, pa.Array]:
        """Return what the log keeps of the features, as the strictest of the contracts says."""
        import pyarrow as pa

        kept: dict[str, pa.Array] = {}
        for feature in batch.features:
            policies = [each.policy.get(feature.name, "none") for each in self.answering.values()]
            policy = max(policies, key=_STRICTEST.index)
            if policy == "none":
                continue
            good = batch.columns[feature.name]
            values = spread_out(batch, good, pa.array(bad.get(feature.name, []), good.type))
            kept[feature.name] = self._hashed(feature.name, values) if policy == "hash" else values
        return kept

    def _hashed(self, name: str, values: pa.Array) -> pa.Array:
        import pyarrow as pa

        coded = values.dictionary_encode()
        known = [
            None if value is None else self.order.hashed(name, str(value))
            for value in coded.dictionary.to_pylist()
        ]
        return pa.array(known, pa.string()).take(coded.indices)


def _causes(batch: Batch) -> Any:  # noqa: ANN401 - an array of places in `_CAUSES`
    import numpy as np
    import pyarrow.compute as pc

    no_number = pc.fill_null(pc.equal(batch.reasons, NO_NUMBER), fill_value=False)
    return (~batch.scorable).astype(np.int64) + no_number.to_numpy(zero_copy_only=False)


def _coded(codes: Any, texts: list[str]) -> pa.Array:  # noqa: ANN401 - an array of places
    import pyarrow as pa

    return pa.array(texts, pa.string()).take(pa.array(codes))
