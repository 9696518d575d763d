"""One release, loaded and compiled, as a service keeps it: checks, scorer, rule and fallbacks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from math import isfinite
from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.evidence import MODEL
from lifecycle_core.adapters.prediction_log.labels import Labels
from lifecycle_core.delivering.fallbacks import compile_fallbacks
from lifecycle_core.delivering.row_checks import RowChecks
from lifecycle_core.errors import BundleInvalid
from lifecycle_core.schema.row_names import as_name, joined_name

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from lifecycle_core.adapters.explaining import Explainer
    from lifecycle_core.adapters.scorers import Scorer
    from lifecycle_core.delivering.fallbacks import Fallbacks
    from lifecycle_core.delivering.last_scores import LastScores
    from lifecycle_core.delivering.row_checks import Checked, Columns
    from lifecycle_core.schema.contract import Contract, Feature
    from lifecycle_core.schema.finalization import Finalization
    from lifecycle_core.schema.prediction import Reason
    from lifecycle_core.schema.release import Release
    from lifecycle_core.schema.release_file import ReleaseFile
    from lifecycle_core.schema.serving import ServingSection


_SINGLY = 4
NOT_FINITE = "NotFinite"
"""What is said, in place of a type that was raised, where a score is infinite or NaN."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Served:
    """A release that is ready to answer.

    Attributes:
        key: Columns of the business key.
        naming: Columns that name a row and are no features: its key, the unit of an experiment.
        acts: A decision is to act or not; else it is a number in the target's unit.
        labels: The positive class and all of them, as text; none where the target is a number.
        private: Factors whose values the log must not keep.
        logged: Features that the log keeps, each with whether it keeps a hash in place of a value.
        hashed: Turns a feature's name and value into what the log keeps instead of it.
    """

    release: Release
    contract: Contract
    serving: ServingSection
    key: tuple[str, ...]
    naming: tuple[str, ...]
    checks: RowChecks
    fallbacks: Fallbacks
    scorer: Scorer
    explainer: Explainer | None
    acts: bool
    labels: Labels
    rule_value: float
    private: frozenset[str]
    logged: tuple[tuple[str, bool], ...]
    hashed: Callable[[str, str], str]

    def scores(self, columns: Columns) -> list[float] | str:
        """Return the model's score of each row, or the type of what it raised.

        A score may be no number, which only the row is the worse for. What it says where it raises
        is not passed on: it may hold values of the row.
        """
        try:
            return self._asked(columns)
        except Exception as error:  # noqa: BLE001 - whatever a foreign model raises
            return type(error).__name__

    def _asked(self, columns: Columns) -> list[float]:
        rows = len(columns[self.contract.features[0].name])
        if rows > _SINGLY:
            found: list[float] = self.scorer.scores(columns).tolist()
            return found
        # Arrays pay off from a few rows on only.
        return [
            float(self.scorer.score({name: values[row] for name, values in columns.items()}))
            for row in range(rows)
        ]

    def knows(self, name: str) -> bool:
        """Whether a row may have a column."""
        return (
            name in self.naming
            or name == self.contract.freshness_column
            or any(feature.name == name for feature in self.contract.features)
        )

    @property
    def compiled(self) -> bool:
        """Whether compiled code alone scores, which takes a bounded, short time."""
        return self.scorer.kind == "onnx"

    @property
    def slots(self) -> float:
        """How much there is to do for the reasons of a row; see `Explainer.slots`."""
        return 0.0 if self.explainer is None else self.explainer.slots

    def reasons(self, columns: Columns, row: int) -> tuple[Reason, ...]:
        """Return what moved a row's score most; nothing where that cannot be found."""
        if self.explainer is None:
            return ()
        try:
            return self.explainer.reasons({name: values[row] for name, values in columns.items()})
        except Exception:  # noqa: BLE001 - a score is not withheld for want of its reasons
            return ()

    def decide(self, score: float) -> bool | float:
        """Return the decision at the finalized rule."""
        return score >= self.rule_value if self.acts else score + self.rule_value

    def keys(self, columns: Columns, rows: int) -> Sequence[str | None]:
        """Return the business key of each row as text; several columns make a JSON list."""
        if not self.key:
            return [None] * rows
        missing = [None] * rows
        parts = [map(as_name, columns.get(name, missing)) for name in self.key]
        return [joined_name(names) for names in zip(*parts, strict=True)]

    def kept_reasons(self, reasons: tuple[Reason, ...]) -> list[dict[str, Any]]:
        """Return reasons as the log keeps them: without values that it must not have."""
        kept = []
        for reason in reasons:
            said = {**vars(reason)}  # a flat record: five times as fast as dumping it
            if reason.feature in self.private:
                said |= {"value": None, "text": ""}
            kept.append(said)
        return kept

    def features(self, checked: Checked, row: int) -> dict[str, Any]:
        """Return what the log keeps of a row, as the contract says."""
        kept: dict[str, Any] = {}
        for name, as_hash in self.logged:
            value = checked.logged(name, row)
            kept[name] = self.hashed(name, str(value)) if as_hash and value is not None else value
        return kept


def prepare(
    release: Release,
    contract: Contract,
    finalization: Finalization,
    declared: ReleaseFile,
    scorer: Scorer,
    *,
    explainer: Explainer | None = None,
    last: LastScores,
    hashed: Callable[[str, str], str],
    now: datetime,
) -> Served:
    """Compile a release and warm it up.

    Args:
        release: What the ledger says is to be used; its bundle was verified.
        contract: From its bundle.
        finalization: From its bundle.
        declared: From its bundle.
        scorer: Of its model.
        explainer: Finds the reasons of its scores; None for a bundle of before.
        last: What was said before, for the fallback.
        hashed: Turns a feature's name and value into what the log keeps instead of it.
        now: With zone; for the example row that it is warmed up with.

    Raises:
        InvalidCall: A declared fallback does not fit the release.
        BundleInvalid: The model does not score an example row of its own contract.
    """
    acts = finalization.rule.acts
    experiment = declared.serving.experiment
    unit = experiment.unit if experiment else None
    features = {feature.name for feature in contract.features}
    naming = dict.fromkeys((*declared.workflow.key, *((unit,) if unit else ())))
    beside = tuple(name for name in naming if name not in features)
    served = Served(
        release=release,
        contract=contract,
        serving=declared.serving,
        key=declared.workflow.key,
        naming=beside,
        checks=RowChecks(contract, beside=beside),
        fallbacks=compile_fallbacks(declared.serving.fallback, contract, last, acts=acts),
        scorer=scorer,
        explainer=explainer,
        acts=acts,
        labels=Labels(finalization.positive_class, finalization.classes),
        rule_value=finalization.rule.value,
        private=_private_factors(contract, explainer),
        logged=tuple(
            (each.name, each.log == "hash") for each in contract.features if each.log != "none"
        ),
        hashed=hashed,
    )
    _warm_up(served, now)
    return served


def _private_factors(contract: Contract, explainer: Explainer | None) -> frozenset[str]:
    hidden = {feature.name for feature in contract.features if feature.log != "value"}
    factors = explainer.facts.factors if explainer is not None else ()
    return frozenset(factor.name for factor in factors if hidden & set(factor.features))


def example_row(contract: Contract, *, now: datetime | None = None) -> dict[str, Any]:
    """Return a row that a contract lets pass, as JSON values.

    Args:
        contract: Whose.
        now: For a column that freshness is judged by.

    Example:
        >>> from lifecycle_core.schema.contract import Contract, Feature
        >>> tenure = Feature(name="tenure", type="integer", required=True, minimum=0, maximum=72)
        >>> example_row(Contract(name="churn", features=(tenure,)))
        {'tenure': 36}
    """
    moment = now or datetime(2026, 1, 31, 6, tzinfo=UTC)
    row = {feature.name: _example(feature, moment) for feature in contract.features}
    if contract.freshness_column is not None:
        row.setdefault(contract.freshness_column, moment.isoformat())
    return row


def _example(feature: Feature, moment: datetime) -> bool | float | str:
    low, high = feature.minimum, feature.maximum
    middle = (low + high) / 2 if low is not None and high is not None else low or high or 0.0
    for first in feature.levels:
        return first.isoformat() if isinstance(first, date) else first
    typical: dict[str, bool | float | str] = {
        "integer": int(middle), "number": middle, "boolean": True,
        "date": moment.date().isoformat(), "timestamp": moment.isoformat(),
    }  # fmt: skip
    return typical.get(feature.type, "text")


def _warm_up(served: Served, now: datetime) -> None:
    row = example_row(served.contract, now=now)
    columns = {name: [value] for name, value in row.items()}
    checked = served.checks.check(columns, 1, now=now.timestamp())
    found = served.scores(checked.columns)
    again = served.scores(checked.columns)
    if isinstance(found, list) and not all(map(isfinite, found)):
        found = NOT_FINITE
    if isinstance(found, str) or found != again:
        what = found if isinstance(found, str) else "two different scores of the same row"
        raise BundleInvalid(
            f"{served.release.name}/{served.release.version} does not warm up: its model gives "
            f"{what} for an example row of its own contract.",
            path=f"model/{MODEL}",
            hint="Mend the contract or the model, and release again.",
        )
