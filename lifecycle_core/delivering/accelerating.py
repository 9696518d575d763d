"""Find the fastest way to score a release's rows that gives what its model gives.

model --convert--> ONNX, encoding      sample + edge rows --both ways--> agree? --> FastPath

A way is used only if every row of the sample and every made-up one agrees: the same rows are
refused, scores differ by a millionth at most, and each decision is the same.
"""

from __future__ import annotations

import warnings
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from lifecycle_core.adapters.converting import convert, library_versions, thresholds_of
from lifecycle_core.adapters.evidence import ENCODING, ONNX
from lifecycle_core.adapters.files import write_atomically
from lifecycle_core.adapters.scorers import (
    ArrayScorer,
    Encoder,
    Estimator,
    FrameScorer,
    OnnxModel,
    score_column,
)
from lifecycle_core.delivering.edges import edge_rows
from lifecycle_core.delivering.sampling import sample_of
from lifecycle_core.errors import BundleInvalid, MissingExtra, TableInvalid
from lifecycle_core.schema.fast_path import FastPath

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from lifecycle_core.adapters.converting import Converted
    from lifecycle_core.adapters.models import Models
    from lifecycle_core.adapters.scorers import Scorer
    from lifecycle_core.adapters.tables import Tables
    from lifecycle_core.schema.contract import Contract
    from lifecycle_core.schema.encoding import Encoding
    from lifecycle_core.schema.finalization import DecisionRule, Finalization

    Columns = Mapping[str, Sequence[Any]]

_TOLERANCE = 1e-6
_ALONE = 20  # rows that scikit-learn scores one by one: it takes long for each


def accelerate(
    rows: Path,
    model: Path,
    *,
    contract: Contract,
    finalization: Finalization,
    models: Models,
    tables: Tables,
    into: Path,
) -> FastPath:
    """Convert a saved model, compare both ways of scoring, and keep what is proven.

    Args:
        rows: Table of rows that the model was fitted on, such as the rehearsal's.
        model: The saved model.
        contract: Names and types of its columns.
        finalization: Names the positive class and the decision rule.
        models: Loads the model under the policy of trust.
        tables: Reads the rows.
        into: Folder in which `encoding.json` and `model.onnx` are left, as far as they are used.

    Raises:
        UntrustedModel: The model would run foreign code.
        TableInvalid: The rows do not have the contract's columns.
        TargetUnwritable: The operating system refuses.
    """
    for name in (ENCODING, ONNX):
        (into / name).unlink(missing_ok=True)
    loaded = models.load(model)
    column = score_column(loaded, finalization)
    sample = sample_of(rows, contract, tables)
    count = len(next(iter(sample.values()), ()))
    versions = library_versions()
    if not count:
        return FastPath(
            kind="scikit-learn", arrays=False, why="no row to compare on", versions=versions
        )
    converted = convert(loaded, contract, sample, column=column)
    if converted.encoding is None:
        return FastPath(kind="scikit-learn", arrays=False, why=converted.why, versions=versions)

    edges = edge_rows(contract, sample, thresholds_of(converted))
    trial = Trial(
        columns={name: [*sample[name], *edges.columns[name]] for name in sample},
        labels=[*(f"row {at} of the sample" for at in range(count)), *edges.odd],
        rule=finalization.rule,
    )
    with quiet():
        wanted = trial.ask(FrameScorer(Estimator.of(loaded, column), contract))
    why = converted.why
    for scorer in _ways(converted, converted.encoding, contract, column):
        with quiet():
            found = trial.compare(scorer, wanted)
        if found.why:
            why = why or f"{scorer.kind} disagrees: {found.why}"
            continue
        if scorer.kind != "onnx":
            why = why or "ONNX Runtime does not load what was converted"
        write_atomically(into / ENCODING, converted.encoding.to_json())
        if scorer.kind == "onnx":
            write_atomically(into / ONNX, converted.onnx or b"")
        return FastPath(
            kind="onnx" if scorer.kind == "onnx" else "scikit-learn",
            arrays=True,
            why=why,
            sample_rows=count,
            edge_rows=len(edges.odd),
            refused_rows=int(np.isnan(wanted).sum()),
            tolerance=_TOLERANCE,
            largest_difference=found.largest,
            where=found.where,
            versions=versions,
        )
    return FastPath(
        kind="scikit-learn",
        arrays=False,
        why=why,
        sample_rows=count,
        edge_rows=len(edges.odd),
        refused_rows=int(np.isnan(wanted).sum()),
        versions=versions,
    )


@contextmanager
def quiet() -> Iterator[None]:
    """Keep to itself what libraries say of rows that were made to be odd."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield


class Comparison(NamedTuple):
    """How far one way of scoring is from the model's own.

    Attributes:
        largest: The largest difference of scores.
        where: Where it is.
        why: What disagrees, in words; empty if nothing does.
    """

    largest: float
    where: str
    why: str


class Trial(NamedTuple):
    """Rows that two ways of scoring are compared on.

    Attributes:
        columns: By name, n values each.
        labels: For each row what it is.
        rule: The finalized decision rule.
    """

    columns: Columns
    labels: Sequence[str]
    rule: DecisionRule

    def ask(self, scorer: Scorer) -> NDArray[np.float64]:
        """Return the scores of all rows, NaN for each that is refused."""
        return self._ask(scorer, np.arange(len(self.labels)))

    def compare(self, scorer: Scorer, wanted: NDArray[np.float64]) -> Comparison:
        """Compare a way of scoring with the scores wanted; rows alone as well as together."""
        alone = range(len(self.labels) if scorer.kind == "onnx" else min(_ALONE, len(self.labels)))
        worst = Comparison(0.0, "", "")
        for got, rows in (
            (self.ask(scorer), np.arange(len(self.labels))),
            (self._alone(scorer, alone), np.array(alone)),
        ):
            found = self.judge(got, wanted[rows], rows)
            if found.why:
                return found
            worst = max(worst, found, key=lambda each: each.largest)
        return worst

    def judge(
        self, got: NDArray[np.float64], wanted: NDArray[np.float64], rows: NDArray[np.int64]
    ) -> Comparison:
        """Compare scores of some rows, NaN for each that was refused.

        Args:
            got: Shape (n,).
            wanted: The model's own, shape (n,).
            rows: Which rows they are, shape (n,).
        """
        refused = np.isnan(got) != np.isnan(wanted)
        if refused.any():
            at = int(np.flatnonzero(refused)[0])
            who = "it alone refuses" if np.isnan(got[at]) else "the model refuses"
            return Comparison(0.0, "", f"{who} the row with {self.labels[rows[at]]}")
        scored = ~np.isnan(got)
        if not scored.any():
            return Comparison(0.0, "", "")
        got, wanted, rows = got[scored], wanted[scored], rows[scored]
        same = got == wanted  # infinite ones too
        difference = np.where(same, 0.0, np.abs(got - wanted) / np.maximum(1.0, np.abs(wanted)))
        at = int(np.argmax(difference))
        largest, where = float(difference[at]), self.labels[rows[at]]
        if not largest <= _TOLERANCE:
            why = f"the score differs by {largest:.2g} at {where}"
            return Comparison(largest, where, why)
        if self.rule.acts:
            parted = (got >= self.rule.value) != (wanted >= self.rule.value)
            if parted.any():
                first = self.labels[rows[int(np.flatnonzero(parted)[0])]]
                return Comparison(largest, where, f"the decision differs at {first}")
        return Comparison(largest, where, "")

    def _ask(self, scorer: Scorer, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        """Score rows together; if they are refused, by halves until it is known which."""
        columns = {name: [values[at] for at in rows] for name, values in self.columns.items()}
        try:
            return scorer.scores(columns)
        except TableInvalid:
            if len(rows) == 1:
                return np.full(1, np.nan)
            half = len(rows) // 2
            return np.concatenate([self._ask(scorer, rows[:half]), self._ask(scorer, rows[half:])])

    def _alone(self, scorer: Scorer, rows: Sequence[int]) -> NDArray[np.float64]:
        found = np.full(len(rows), np.nan)
        for at in rows:
            try:
                found[at] = scorer.score({name: self.columns[name][at] for name in self.columns})
            except TableInvalid:
                continue
        return found


def _ways(
    converted: Converted, encoding: Encoding, contract: Contract, column: int | None
) -> Iterator[ArrayScorer]:
    """Yield the ways of scoring without frames, the fastest first."""
    features = tuple(feature.name for feature in contract.features)
    encoder = Encoder.of(encoding)
    if converted.onnx is not None:
        with suppress(MissingExtra, BundleInvalid):
            yield ArrayScorer("onnx", features, encoder, OnnxModel.load(converted.onnx, column))
    yield ArrayScorer("scikit-learn", features, encoder, Estimator.of(converted.rest, column))
