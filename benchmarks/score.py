"""Throughput and memory of `score`, beside `predict_proba` on the frame already in memory.

Rows are the example's customers, repeated. Both sides run in this one process and this one run,
alternating; of each the best round counts. The product's side includes all it does: verifying the
bundle, judging and loading the model, reading, checking every row, deciding, writing. What is left
out (starting Python, importing scikit-learn and DuckDB) is printed apart. Memory is the peak of a
fresh process that scores a table, for 1x and 10x rows.

    python benchmarks/score.py [--rows 1000000] [--large] [--format parquet|csv]

Aim: ratio at least 0.9, and memory that stays flat as rows grow ten times.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from telco import customers, finalization

from lifecycle_core.adapters.bundles import BundleFolders
from lifecycle_core.adapters.models import SkopsModels
from lifecycle_core.adapters.tables import DuckTables
from lifecycle_core.contracting import check, infer
from lifecycle_core.delivering import score
from lifecycle_core.schema.release import Release

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from lifecycle_core.schema.release import ScoreSummary

ROUNDS = 3


def main() -> None:
    """Print the ratios, then the memory."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000, help="rows of the timed table")
    parser.add_argument("--large", action="store_true", help="memory at 1M and 10M rows")
    parser.add_argument("--format", choices=("parquet", "csv"), default="parquet")
    parser.add_argument("--child", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        _child(*map(Path, options.child))
        return
    began = time.perf_counter()
    _import_all()
    print(f"imports                    {time.perf_counter() - began:6.2f} s (not in the ratio)")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        frame, truth = customers()
        table = _tile(frame, options.rows, folder / f"rows.{options.format}")
        bundles = {
            label: _bundle(label, model.fit(frame, truth), frame, folder)
            for label, model in _models(frame).items()
        }
        for label, bundle in bundles.items():
            _compare(label, bundle, table, folder)
        steps = (1_000_000, 10_000_000) if options.large else (300_000, 3_000_000)
        for rows in steps:
            table = _tile(frame, rows, folder / f"rows.{options.format}")
            _measure_memory(bundles["hist_gradient_boosting"], table, rows, folder)


def _import_all() -> None:
    import duckdb  # noqa: F401 - timed
    import pandas as pd  # noqa: F401 - timed
    import skops.io  # noqa: F401 - timed


def _models(frame: pd.DataFrame) -> dict[str, Any]:
    from sklearn.compose import make_column_transformer
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    texts = [name for name in frame if frame[name].dtype.kind not in "if"]
    numbers = [name for name in frame if name not in texts]

    def pipeline(last: Any) -> Any:  # noqa: ANN401 - an estimator
        encoder = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
        columns = make_column_transformer((encoder, texts), (StandardScaler(), numbers))
        return make_pipeline(columns, last)

    return {
        "logistic_regression": pipeline(LogisticRegression(max_iter=1000)),
        "hist_gradient_boosting": pipeline(HistGradientBoostingClassifier(random_state=0)),
    }


def _tile(frame: pd.DataFrame, rows: int, path: Path) -> Path:
    import pandas as pd
    import pyarrow as pa
    import pyarrow.csv
    import pyarrow.parquet

    block = pa.Table.from_pandas(
        pd.concat([frame] * (100_000 // len(frame) + 1), ignore_index=True)[:100_000],
        preserve_index=False,
    )
    csv = path.suffix == ".csv"
    writer = (pyarrow.csv.CSVWriter if csv else pyarrow.parquet.ParquetWriter)(path, block.schema)
    with writer:
        for _ in range(rows // len(block)):
            writer.write_table(block)
    return path


def _bundle(label: str, model: Any, frame: pd.DataFrame, folder: Path) -> Path:  # noqa: ANN401
    frame.to_parquet(folder / "training.parquet", index=False)
    SkopsModels().save(model, folder / "model.skops")
    contract = infer(DuckTables().profile(folder / "training.parquet"), name="churn")
    chosen = finalization(label, model, frame, threshold=0.05)
    written = BundleFolders().write(
        "churn",
        {
            "model/model.skops": folder / "model.skops",
            "contract/contract.json": contract.to_json().encode(),
            "evidence/finalization.json": chosen.to_json().encode(),
        },
        folder / "bundles",
    )
    return Path(written.path)


def _compare(label: str, bundle: Path, table: Path, folder: Path) -> None:
    import pandas as pd

    frame = pd.read_csv(table) if table.suffix == ".csv" else pd.read_parquet(table)
    model = SkopsModels().load(bundle / "model" / "model.skops")
    memory, product = [], []
    for _ in range(ROUNDS):
        memory.append(_timed(lambda: model.predict_proba(frame)))
        product.append(_timed(lambda: _score(bundle, table, folder / "scores.parquet")))
    rows = len(frame)
    print(f"{label}, {rows:,} rows of {table.suffix[1:]}")
    for name, rounds in (("predict_proba in memory", memory), ("nbrelease score", product)):
        wall, busy = map(min, zip(*rounds, strict=True))
        print(f"  {name:24} {rows / wall:11,.0f} rows/s, {busy:.2f} s of processor")
    ratio = min(memory)[0] / min(product)[0]
    print(f"  ratio                    {ratio:11.2f}   (aim: at least 0.9)")


def _timed(work: Callable[[], object]) -> tuple[float, float]:
    """Return seconds on the clock, and of processors, which a busy machine does not stretch."""
    began, busy = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - began, time.process_time() - busy


def _measure_memory(bundle: Path, table: Path, rows: int, folder: Path) -> None:
    run = [sys.executable, __file__, "--child", *map(str, (bundle, table, folder / "out.parquet"))]
    found = subprocess.run(run, check=True, capture_output=True, text=True)
    told = json.loads(found.stdout)
    print(
        f"{rows:>12,} rows: peak {told['peak']:6.0f} MB, of which {told['before']:.0f} MB before "
        f"scoring; {told['seconds']:.1f} s"
    )


def _child(bundle: Path, table: Path, target: Path) -> None:
    _import_all()
    before = _peak()
    summary = _score(bundle, table, target)
    print(json.dumps({"before": before, "peak": _peak(), "seconds": summary.seconds}))


def _peak() -> float:
    """Return the process's own peak in MB; getrusage would count the parent's before the exec."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def _score(bundle: Path, table: Path, target: Path) -> ScoreSummary:
    bundles = BundleFolders()
    digest = bundles.verify(bundle).digest
    release = Release(name="churn", version=1, bundle_digest=digest, created="2026-01-01")
    return score(
        release, bundle, table, target,
        bundles=bundles, models=SkopsModels(), tables=DuckTables(), judge=check,
    )  # fmt: skip


if __name__ == "__main__":
    main()
