"""Throughput and memory of `score`, beside `predict_proba` on the frame already in memory.

Rows are the example's customers, repeated. Both sides run in this one process and this one run,
alternating; of each the best round counts. The product's side includes all it does: verifying the
bundle, judging and loading the model, reading, checking every row, deciding, keeping the scores
for another start, writing. Each model is scored with a fast path in its bundle, and without one, by
scikit-learn. What is left out (starting Python, importing scikit-learn and DuckDB) is printed
apart. Memory is the peak of a fresh process that scores a table, for 1x and 10x rows.

    python benchmarks/score.py [--rows 1000000] [--large] [--format parquet|csv] [--jobs 2] [--log]

`--large` is 5 million rows, and memory at 1 and 10 million. The ratio per core divides the seconds
of processor that both sides take; without `--jobs` they are all in this process. `--log` times a
third side, in the same rounds: the same run with every row in a prediction log of its own.

Aim: ratio per core at least 0.9, and memory that stays flat as rows grow ten times.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from telco import customers, finalization

from lifecycle_core.adapters.batch_engines import engine_of
from lifecycle_core.adapters.bundles import BundleFolders
from lifecycle_core.adapters.evidence import ENCODING, ONNX
from lifecycle_core.adapters.models import SkopsModels
from lifecycle_core.adapters.remote_tables import Systems, TableAddress
from lifecycle_core.adapters.score_runs import ScoreRuns
from lifecycle_core.adapters.serving.salt import hasher
from lifecycle_core.adapters.sinks.base import surroundings
from lifecycle_core.adapters.tables import DuckTables
from lifecycle_core.contracting import check, infer
from lifecycle_core.delivering import Means, Order, accelerate, deliver
from lifecycle_core.delivering.log_order import LogOrder
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
    parser.add_argument("--large", action="store_true", help="5M rows; memory at 1M and 10M")
    parser.add_argument("--jobs", type=int, help="processes that score")
    parser.add_argument("--format", choices=("parquet", "csv"), default="parquet")
    parser.add_argument("--log", action="store_true", help="also with the prediction log")
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
        rows = 5_000_000 if options.large else options.rows
        table = _tile(frame, rows, folder / f"rows.{options.format}")
        bundles = {
            label + (", fast path" if fast else ""): _bundle(
                label, model.fit(frame, truth), frame, folder / f"{label}{fast}", fast=fast
            )
            for label, model in _models(frame).items()
            for fast in (False, True)
        }
        for label, bundle in bundles.items():
            _compare(label, bundle, table, folder, options.jobs, log=options.log)
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


def _bundle(label: str, model: Any, frame: pd.DataFrame, folder: Path, *, fast: bool) -> Path:  # noqa: ANN401
    folder.mkdir()
    frame.to_parquet(folder / "training.parquet", index=False)
    SkopsModels().save(model, folder / "model.skops")
    contract = infer(DuckTables().profile(folder / "training.parquet"), name="churn")
    chosen = finalization(label, model, frame, threshold=0.05)
    files: dict[str, bytes | Path] = {
        "model/model.skops": folder / "model.skops",
        "contract/contract.json": contract.to_json().encode(),
        "evidence/finalization.json": chosen.to_json().encode(),
    }
    if fast:
        proof = accelerate(
            folder / "training.parquet", folder / "model.skops", contract=contract,
            finalization=chosen, models=SkopsModels(), tables=DuckTables(), into=folder,
        )  # fmt: skip
        files["evidence/fast_path.json"] = proof.to_json().encode()
        files |= {f"model/{name}": folder / name for name in (ENCODING, ONNX)}
    return Path(BundleFolders().write("churn", files, folder / "bundles").path)


def _compare(
    label: str, bundle: Path, table: Path, folder: Path, jobs: int | None, *, log: bool
) -> None:
    import pandas as pd

    frame = pd.read_csv(table) if table.suffix == ".csv" else pd.read_parquet(table)
    model = SkopsModels().load(bundle / "model" / "model.skops")
    memory, product, logged = [], [], []
    for _ in range(ROUNDS):
        memory.append(_timed(lambda: model.predict_proba(frame)))
        product.append(_timed(lambda: _score(bundle, table, folder / "scores.parquet", jobs)))
        if log:
            with tempfile.TemporaryDirectory(dir=folder) as kept:  # else the rows are known already
                order = LogOrder(address=f"{kept}/log", hashed=hasher(Path(kept, "salt")))
                scores = folder / "scores.parquet"
                logged.append(_timed(partial(_score, bundle, table, scores, jobs, log=order)))
    rows = len(frame)
    print(f"{label}, {rows:,} rows of {table.suffix[1:]}")
    sides = {"predict_proba in memory": memory, "nbrelease score": product}
    if log:
        sides["nbrelease score --log"] = logged
    for name, rounds in sides.items():
        wall, busy = map(min, zip(*rounds, strict=True))
        print(f"  {name:24} {rows / wall:11,.0f} rows/s, {busy:.2f} s of processor")
    whole, per_core = (
        min(each[which] for each in memory) / min(each[which] for each in product)
        for which in (0, 1)
    )
    print(f"  ratio                    {whole:11.2f}")
    if log:
        ratio = min(each[0] for each in product) / min(each[0] for each in logged)
        print(f"  with the log, of without {ratio:11.2f}")
    if jobs is None:
        print(f"  ratio per core           {per_core:11.2f}   (aim: at least 0.9)")


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


def _score(
    bundle: Path, table: Path, target: Path, jobs: int | None = None, *, log: LogOrder | None = None
) -> ScoreSummary:
    bundles = BundleFolders()
    digest = bundles.verify(bundle).digest
    release = Release(name="churn", version=1, bundle_digest=digest, created="2026-01-01")
    folder = target.parent
    return deliver(
        Order(
            source=TableAddress("file", str(table)), target=TableAddress("file", str(target)),
            rejects=folder / "rejects.parquet", dead_letters=folder / "dead.parquet",
            log=log,
        ),
        release, bundle,
        Means(
            bundles=bundles, models=SkopsModels(), tables=DuckTables(), judge=check,
            remote=Systems(surroundings(project=folder, home=folder, registry="")),
            runs=ScoreRuns(folder / "runs"), engine=engine_of("local", jobs=jobs, scheduler=None),
        ),
        now=datetime(2026, 1, 1, tzinfo=UTC),
    )  # fmt: skip


if __name__ == "__main__":
    main()
