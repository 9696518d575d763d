"""Open the scorer of a bundle: the fast one where the bundle holds proof that it is the same."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING

from lifecycle_core.adapters.bundles import BundleFolders
from lifecycle_core.adapters.evidence import ENCODING, MODEL, ONNX
from lifecycle_core.adapters.model_parts import split
from lifecycle_core.adapters.models import SkopsModels
from lifecycle_core.adapters.scorers.arrays import ArrayScorer, OnnxModel
from lifecycle_core.adapters.scorers.encoding import Encoder
from lifecycle_core.adapters.scorers.frames import FrameScorer
from lifecycle_core.adapters.scorers.output import Estimator, score_column
from lifecycle_core.schema.contract import Contract
from lifecycle_core.schema.encoding import Encoding
from lifecycle_core.schema.fast_path import FastPath
from lifecycle_core.schema.finalization import Finalization

if TYPE_CHECKING:
    from pathlib import Path

    from lifecycle_core.adapters.bundles import Bundles
    from lifecycle_core.adapters.models import Models
    from lifecycle_core.adapters.scorers.base import Scorer

_PROOF = "evidence/fast_path.json"


def open_scorer(
    bundle: Path,
    *,
    models: Models = SkopsModels(),  # noqa: B008 - it holds no state
    bundles: Bundles = BundleFolders(),  # noqa: B008 - as above
) -> Scorer:
    """Return what scores rows with the model of a bundle.

    Where the bundle has a fast path and ONNX Runtime is installed, scikit-learn is not loaded.

    Args:
        bundle: Folder of a bundle that was verified.
        models: Loads a model under the policy of trust.
        bundles: Reads the bundle's records.

    Raises:
        BundleInvalid: The bundle is not what its manifest says.
        UntrustedModel: The model would run foreign code; it was not loaded.
    """
    contract = Contract.from_json(bundles.read(bundle, "contract/contract.json"))
    finalization = Finalization.from_json(bundles.read(bundle, "evidence/finalization.json"))
    features = tuple(feature.name for feature in contract.features)
    proof = _proof(bundle, bundles)
    encoder = None
    if proof and proof.arrays:
        encoder = Encoder.of(Encoding.from_json(bundles.read(bundle, f"model/{ENCODING}")))
    if encoder and _is_compiled(proof):
        column = None
        if finalization.rule.acts:
            column = finalization.classes.index(str(finalization.positive_class))
        content = bundles.read(bundle, f"model/{ONNX}")
        return ArrayScorer("onnx", features, encoder, OnnxModel.load(content, column))
    model = models.load(bundle / "model" / MODEL)
    column = score_column(model, finalization)
    if encoder:
        rest = split(model, features).rest
        return ArrayScorer("scikit-learn", features, encoder, Estimator.of(rest, column))
    return FrameScorer(Estimator.of(model, column), contract)


def is_compiled(bundle: Path, *, bundles: Bundles = BundleFolders()) -> bool:  # noqa: B008 - as above
    """Tell whether compiled code scores the rows of a bundle here; see `open_scorer`.

    Raises:
        BundleInvalid: The bundle is not what its manifest says.
    """
    return _is_compiled(_proof(bundle, bundles))


def _proof(bundle: Path, bundles: Bundles) -> FastPath | None:
    """Return the record of the fast path; bundles of before have none."""
    return FastPath.from_json(bundles.read(bundle, _PROOF)) if (bundle / _PROOF).is_file() else None


def _is_compiled(proof: FastPath | None) -> bool:
    return (
        proof is not None
        and proof.arrays
        and proof.kind == "onnx"
        and importlib.util.find_spec("onnxruntime") is not None
    )
