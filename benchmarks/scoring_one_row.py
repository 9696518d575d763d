"""One row, scored in each way that a release has, beside `predict_proba` on a frame of one row.

The example's customers, and two pipelines: gradient boosting behind one-hot columns and a scaler,
and the example's own boosting on histograms. Each way scores the same rows in turn in this one
process. What counts is the median and the 99th percentile of the time of a row, on the clock and
of the processor, which a busy machine does not stretch, and the ratio of medians. The largest
difference of any score in the whole data set is printed with it.

    python benchmarks/scoring_one_row.py [--rows 300]

Aim: ONNX at least 40 times as fast as raw `predict_proba`; reasons at most 3 ms more at the 99th
percentile; no score differs by more than a millionth.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from telco import customers, finalization

from lifecycle_core.adapters.bundles import BundleFolders
from lifecycle_core.adapters.evidence import kept_forms
from lifecycle_core.adapters.explaining import open_explainer
from lifecycle_core.adapters.model_parts import split
from lifecycle_core.adapters.models import SkopsModels
from lifecycle_core.adapters.scorers import (
    ArrayScorer,
    Encoder,
    Estimator,
    FrameScorer,
    open_scorer,
)
from lifecycle_core.adapters.tables import DuckTables
from lifecycle_core.contracting import infer
from lifecycle_core.delivering import accelerate, prepare_reasons
from lifecycle_core.schema.encoding import Encoding
from lifecycle_core.schema.release_file import ModelSection, ReasonsSection, ReleaseFile

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from lifecycle_core.schema.contract import Contract

WARM = 20


class Case(NamedTuple):
    """A model with a bundle of it."""

    model: Any
    contract: Contract
    bundle: Path


def main() -> None:
    """Print the time of a row in each way, and the ratios."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=300, help="rows that are timed")
    options = parser.parse_args()
    frame, truth = customers()
    for name, model in _models(frame).items():
        with tempfile.TemporaryDirectory() as folder:
            case = _case(name, model.fit(frame, truth), frame, Path(folder))
            _compare(name, case, frame, options.rows)


def _models(frame: pd.DataFrame) -> dict[str, Any]:
    from sklearn.compose import make_column_transformer
    from sklearn.ensemble import GradientBoostingClassifier, HistGradientBoostingClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler

    words = [name for name in frame if frame[name].dtype.kind not in "if"]
    numbers = [name for name in frame if name not in words]
    one_hot = make_column_transformer(
        (OneHotEncoder(handle_unknown="ignore"), words), (StandardScaler(), numbers)
    )
    encoder = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
    ordinal = make_column_transformer((encoder, words), remainder="passthrough")
    return {
        "gradient boosting": make_pipeline(one_hot, GradientBoostingClassifier(random_state=0)),
        "the example's": make_pipeline(
            ordinal,
            HistGradientBoostingClassifier(
                max_iter=60, learning_rate=0.08, max_leaf_nodes=6, l2_regularization=5,
                random_state=7,
            ),
        ),
    }  # fmt: skip


def _case(name: str, model: Any, frame: pd.DataFrame, folder: Path) -> Case:  # noqa: ANN401
    frame.iloc[:1000].to_parquet(folder / "rows.parquet", index=False)
    SkopsModels().save(model, folder / "model.skops")
    contract = infer(DuckTables().profile(folder / "rows.parquet"), name="churn")
    chosen = finalization(name, model, frame, threshold=0.5)
    with_what = {
        "contract": contract, "finalization": chosen, "models": SkopsModels(),
        "tables": DuckTables(), "into": folder,
    }  # fmt: skip
    paths = (folder / "rows.parquet", folder / "model.skops")
    proof = accelerate(*paths, **with_what)
    prepare_reasons(*paths, section=ReasonsSection(), **with_what)
    release = ReleaseFile(model=ModelSection(name="churn"))
    bundle = BundleFolders().write(
        "churn",
        {
            "release.json": release.to_json().encode(),
            "contract/contract.json": contract.to_json().encode(),
            "evidence/finalization.json": chosen.to_json().encode(),
            "evidence/fast_path.json": proof.to_json().encode(),
            "model/model.skops": folder / "model.skops",
            **{f"model/{each}": content for each, content in kept_forms(folder).items()},
        },
        folder / "bundles",
    )
    return Case(model, contract, Path(bundle.path))


def _compare(name: str, case: Case, frame: pd.DataFrame, count: int) -> None:
    fast = open_scorer(case.bundle)
    explainer = open_explainer(case.bundle, fast)
    if fast.kind != "onnx" or explainer is None:
        raise SystemExit(f"{name} has no fast path: install the extra serve.")
    column = list(case.model.classes_).index("Yes")
    frames = FrameScorer(Estimator.of(case.model, column), case.contract)
    encoder = Encoder.of(Encoding.from_json((case.bundle / "model/encoding.json").read_bytes()))
    rest = Estimator.of(split(case.model, fast.features).rest, column)
    arrays = ArrayScorer("scikit-learn", fast.features, encoder, rest)
    rows = frame.to_dict("records")
    singles = [frame.iloc[[at]] for at in range(count + WARM)]
    ways: dict[str, Callable[[int], object]] = {
        "raw predict_proba": lambda at: case.model.predict_proba(singles[at]),
        "scikit-learn, frame": lambda at: frames.score(rows[at]),
        "scikit-learn, array": lambda at: arrays.score(rows[at]),
        "ONNX Runtime": lambda at: fast.score(rows[at]),
        "its reasons alone": lambda at: explainer.reasons(rows[at]),
        "ONNX with reasons": lambda at: (fast.score(rows[at]), explainer.reasons(rows[at])),
    }
    times: dict[str, list[tuple[float, float]]] = {way: [] for way in ways}
    for at in range(count + WARM):
        for way, score in ways.items():
            began, busy = time.perf_counter(), time.process_time()
            score(at)
            times[way].append((time.perf_counter() - began, time.process_time() - busy))
    columns = {str(each): frame[each].tolist() for each in frame}
    wanted = case.model.predict_proba(frame)[:, column]
    apart = float(np.abs(fast.scores(columns) - wanted).max())
    raw = np.median(times["raw predict_proba"][WARM:], axis=0)[0]
    print(f"{name}: {count} rows one by one; {explainer.facts.method}, {len(wanted):,} rows equal")
    for way, taken in times.items():
        (middle, busy), (late, busiest) = np.percentile(taken[WARM:], (50, 99), axis=0) * 1e3
        print(
            f"  {way:20} p50 {middle:8.3f} ms   p99 {late:8.3f} ms   of processor {busy:7.3f} and "
            f"{busiest:7.3f}   {raw * 1e3 / middle:6.1f}x"
        )
    more, busy = np.percentile(times["its reasons alone"][WARM:], 99, axis=0) * 1e3
    print(f"  largest difference   {apart:.1e} (aim: at most 1e-6)")
    print(f"  reasons cost         {more:.2f} ms at p99, {busy:.2f} of processor (aim: at most 3)")


if __name__ == "__main__":
    main()
