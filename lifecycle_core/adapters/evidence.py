"""Where a finalization leaves its evidence: a folder that packaging reads, or memory.

finalization.json   the record, written last: where it stands, the rest is complete
model.skops         the fitted model
training.parquet    the features it was fitted on, without index and target
rehearsal.parquet   up to 1,000 of those rows, with the score and decision given in the notebook
held_out.parquet    score, decision and label of each row while it was held out
encoding.json, model.onnx, explainer.json, trees.npz
                    other forms of the model, left by packaging if they are used
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from lifecycle_core.adapters.files import digest_file, replacing, write_atomically, writing
from lifecycle_core.errors import InvalidCall

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from lifecycle_core.adapters.model_parts import Fitted
    from lifecycle_core.schema.finalization import Finalization

RECORD = "finalization.json"
MODEL = "model.skops"
TRAINING = "training.parquet"
REHEARSAL = "rehearsal.parquet"
HELD_OUT = "held_out.parquet"
ENCODING = "encoding.json"
ONNX = "model.onnx"
EXPLAINER = "explainer.json"
TREES = "trees.npz"
SCORE = "__score__"
DECISION = "__decision__"
_REHEARSED = 1_000


class SavesModels(Protocol):
    """What a folder of evidence needs of `adapters/models.py`."""

    def save(self, model: Fitted, path: Path) -> None:
        """Write a fitted estimator to `path`, whole or not at all."""


class EvidenceStore(Protocol):
    """Keeps what a finalization decided and the model it decided for."""

    def keep(
        self,
        record: Finalization,
        model: Fitted,
        frame: pd.DataFrame,
        held_out: pd.DataFrame | None = None,
    ) -> Finalization:
        """Keep the record, the fitted model and the frame of features it was fitted on.

        Args:
            record: The choice.
            model: The chosen candidate, fitted on all rows.
            frame: Those rows.
            held_out: What it gave for each row while that row was held out: columns `score`,
                `decision` and `label`.

        Returns:
            The record, with the digest of the model's file where there is a file.
        """


@dataclass(slots=True)
class EvidenceInMemory:
    """Evidence of a notebook that nobody releases yet; it holds the last one only."""

    record: Finalization | None = None
    model: Fitted = None
    frame: pd.DataFrame | None = None
    held_out: pd.DataFrame | None = None

    def keep(
        self,
        record: Finalization,
        model: Fitted,
        frame: pd.DataFrame,
        held_out: pd.DataFrame | None = None,
    ) -> Finalization:
        """Keep all of it as it is."""
        self.record, self.model, self.frame, self.held_out = record, model, frame, held_out
        return record


@dataclass(frozen=True, slots=True)
class EvidenceChain:
    """Several stores, one after the other; without any, nothing is kept."""

    stores: tuple[EvidenceStore, ...] = ()

    def keep(
        self,
        record: Finalization,
        model: Fitted,
        frame: pd.DataFrame,
        held_out: pd.DataFrame | None = None,
    ) -> Finalization:
        """Hand all of it to each store, and the record as the last one returned it."""
        for store in self.stores:
            record = store.keep(record, model, frame, held_out)
        return record


@dataclass(frozen=True, slots=True)
class EvidenceFolder:
    """Evidence in a folder; a later finalization replaces an earlier one.

    Attributes:
        path: The folder; it is made if need be.
        models: Writes the model's file.
    """

    path: Path
    models: SavesModels

    def keep(
        self,
        record: Finalization,
        model: Fitted,
        frame: pd.DataFrame,
        held_out: pd.DataFrame | None = None,
    ) -> Finalization:
        """Write the files, the record last.

        Raises:
            InvalidCall: A column cannot be stored in Parquet, or has a name that is taken.
            UntrustedModel: The model could not be loaded again under the policy of trust.
            TargetUnwritable: The operating system refuses.
        """
        with writing(self.path):
            self.path.mkdir(parents=True, exist_ok=True)
            for name in (RECORD, HELD_OUT):
                (self.path / name).unlink(missing_ok=True)
        self.models.save(model, self.path / MODEL)
        _write_table(frame, self.path / TRAINING)
        if held_out is not None:
            _write_table(held_out, self.path / HELD_OUT)
        _write_table(_rehearsal(record, model, frame), self.path / REHEARSAL)
        kept = record.model_copy(update={"model_digest": digest_file(self.path / MODEL)})
        write_atomically(self.path / RECORD, kept.to_json())
        return kept


def kept_forms(folder: Path) -> dict[str, bytes]:
    """Return the content of each other form of the model that is in a folder of evidence."""
    return {
        name: (folder / name).read_bytes()
        for name in (ENCODING, ONNX, EXPLAINER, TREES)
        if (folder / name).is_file()
    }


def _rehearsal(record: Finalization, model: Fitted, frame: pd.DataFrame) -> pd.DataFrame:
    """Return evenly spaced rows with what the model in the notebook says about them."""
    import numpy as np

    if taken := [name for name in (SCORE, DECISION) if name in frame.columns]:
        raise InvalidCall(
            f"X has a column {taken[0]!r}, that name is taken by the scoring output.",
            hint="Rename the column.",
        )
    count = min(_REHEARSED, len(frame))
    rows = frame.iloc[np.linspace(0, len(frame) - 1, count).astype(np.int64)]
    if record.positive_class is None:
        scores = np.asarray(model.predict(rows), dtype=np.float64)
        return rows.assign(**{SCORE: scores, DECISION: scores + record.rule.value})
    column = record.classes.index(record.positive_class)
    scores = np.asarray(model.predict_proba(rows)[:, column], dtype=np.float64)
    return rows.assign(**{SCORE: scores, DECISION: scores >= record.rule.value})


def _write_table(frame: pd.DataFrame, path: Path) -> None:
    import pyarrow as pa

    try:
        with replacing(path) as temporary:
            frame.to_parquet(temporary, engine="pyarrow", index=False)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError) as error:
        first = str(error.args[-1] if error.args else error).partition("\n")[0]
        raise InvalidCall(
            f"X cannot be stored as a table: {first}",
            hint="Give every column one type: numbers, text, booleans or dates.",
        ) from error
