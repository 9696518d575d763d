"""Score without frames: rows become an array, and ONNX Runtime or scikit-learn computes with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.evidence import ONNX
from lifecycle_core.errors import BundleInvalid, MissingExtra

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy as np
    from numpy.typing import NDArray

    from lifecycle_core.adapters.scorers.base import Column
    from lifecycle_core.adapters.scorers.encoding import Encoder

INPUT = "rows"


@dataclass(frozen=True, slots=True, eq=False)
class ArrayScorer:
    """Scores rows by way of an array.

    Attributes:
        kind: What computes.
        features: Names of the columns that the model takes, in its order.
        encoder: Makes the array.
        compute: Takes an array, shape (n, width), and returns scores, shape (n,).
    """

    kind: str
    features: tuple[str, ...]
    encoder: Encoder
    compute: Callable[[NDArray[np.float64]], NDArray[np.float64]]

    def score(self, row: Mapping[str, Any]) -> float:
        """Return the score of one row; see `Scorer.score`."""
        return float(self.compute(self.encoder.row(row))[0])

    def scores(self, columns: Mapping[str, Column]) -> NDArray[np.float64]:
        """Return the scores of rows; see `Scorer.scores`."""
        return self.compute(self.encoder.rows(columns))


@dataclass(frozen=True, slots=True, eq=False)
class OnnxModel:
    """A model in ONNX Runtime, as what an `ArrayScorer` computes with; `OnnxModel.load` makes one.

    Attributes:
        run: Runs the session.
        output: Name of its only output.
        column: Which column of it is the score.
    """

    run: Callable[..., list[Any]]
    output: list[str]
    column: int

    @classmethod
    def load(cls, content: bytes, column: int | None) -> OnnxModel:
        """Load a model from the content of its file; nothing beside it is read.

        Args:
            content: Of the file.
            column: Which column of its probabilities is the score; None for a prediction.

        Raises:
            MissingExtra: ONNX Runtime is not installed.
            BundleInvalid: It is no such model.
        """
        try:
            import onnxruntime
        except ModuleNotFoundError as error:
            raise MissingExtra(
                "ONNX Runtime is not installed.",
                extra="serve",
                hint="pip install 'nbrelease[serve]'",
            ) from error
        options = onnxruntime.SessionOptions()
        # A row is too little work to be shared, and sums come out the same on every machine.
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            session = onnxruntime.InferenceSession(
                content, options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # its errors share no class
            raise BundleInvalid(
                f"{ONNX} cannot be loaded: {error}",
                path=f"model/{ONNX}",
                hint="Verify the bundle with `nbrelease verify`, or release the model again.",
            ) from error
        return cls(session.run, [session.get_outputs()[0].name], column or 0)

    def __call__(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the scores of encoded rows."""
        given: NDArray[np.float64] = self.run(self.output, {INPUT: rows})[0]
        return given[:, self.column]
