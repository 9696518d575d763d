"""Print what reviewing 1M against 1M rows of 25 columns costs, beside Evidently; and 100M rows.

`--rows N` takes fewer rows. `--large N` counts N rows from Parquet in less than 2 GB instead, and a
tenth and a hundredth of them; files are written below `--folder` and removed. All figures of a
comparison are of one run.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
from measuring import median, pairs, report, run

from lifecycle_core.adapters.table_counting import CountedTable
from lifecycle_core.monitoring import Counted, plan_of
from lifecycle_core.monitoring import review as read_window
from lifecycle_core.schema.release_file import (
    CostsSection,
    ModelSection,
    ReleaseFile,
    ReviewSection,
)
from lifecycle_core.schema.window_counts import WindowCounts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from measuring import Measured

HERE = Path(__file__).parent
EVIDENTLY = HERE.parent / ".venv-evidently" / "bin" / "python"
NUMBERS, CATEGORIES = 18, 7
KINDS = {f"n{at}": True for at in range(NUMBERS)} | {f"c{at}": False for at in range(CATEGORIES)}
MOVED = 3  # columns that have drifted in the second table
MEMORY = "700MB"
_SHORT_RUNS = 3  # of ours for one of Evidently's: a host's other guests may take a second or two
COMPILED = {"PYTHONDONTWRITEBYTECODE": ""}  # modules are compiled once, not in each process
STATED = ReleaseFile(
    model=ModelSection(name="churn", positive_class="yes"),
    costs=CostsSection(false_positive=20, false_negative=400),
    review=ReviewSection(window="month", reference_windows=1),
)


def write(path: Path, rows: int, *, moved: int = 0, seed: float = 0.1) -> None:
    """Write scored rows with labels; the first columns have moved by half a standard deviation."""
    normal = "sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random())"
    numbers = ", ".join(
        f"round({0.5 if at < moved else 0} + {normal}, 2)::FLOAT AS n{at}" for at in range(NUMBERS)
    )
    categories = ", ".join(
        f"chr(97 + (8 * random() * random())::INT) AS c{at}" for at in range(CATEGORIES)
    )
    config = {"memory_limit": "1500MB", "temp_directory": str(path.parent)}
    with duckdb.connect(config=config) as made:
        made.execute(f"SELECT setseed({seed})")
        made.execute(
            "COPY (SELECT right(md5(range::VARCHAR), 8) AS id, round(score, 3)::FLOAT AS score, "  # noqa: S608 - our own words
            "(score > 0.5)::TINYINT AS decision, (random() < score)::TINYINT AS label, "
            "* EXCLUDE (range, score) FROM "
            f"(SELECT range, random() AS score, {numbers}, {categories} FROM range({rows}))) "
            f"TO '{path}' (FORMAT parquet, ROW_GROUP_SIZE 100_000)"
        )


def table_at(path: Path) -> CountedTable:
    """Return a Parquet file, or a folder of them, as a table that is counted in DuckDB."""
    engine = duckdb.connect(
        config={
            "memory_limit": MEMORY,
            "temp_directory": str(path.parent),
            "preserve_insertion_order": "false",
        }
    )
    files = str(path / "*.parquet") if path.is_dir() else str(path)
    return CountedTable(engine.read_parquet(files), KINDS)


def count(path: Path, reference: WindowCounts | None) -> WindowCounts:
    """Count a table, in the bins of a reference or in its own."""
    from lifecycle_core.adapters.prediction_log.columns import Binning

    table = table_at(path)
    if reference is None:
        return table.count(table.binnings(["score", *KINDS]))
    columns = [reference.answers[0].score, *reference.columns]
    return table.count(
        [
            Binning(each.name, bool(each.edges), each.edges, tuple(each.categories))
            for each in columns
        ]
    )


def review(before: Path, now: Path) -> None:
    """Review a table; the reference is another one, or the counts of it that were stored.

    Libraries are loaded before the clock starts, as they are for Evidently; what a library loads
    of itself later counts on both sides.
    """
    import narwhals as nw  # noqa: F401 - tables load it
    import pyarrow.compute  # noqa: F401 - so do they
    import scipy.optimize  # noqa: F401 - so do intervals

    started = time.perf_counter()
    if before.suffix == ".json":
        reference = WindowCounts.from_json(before.read_text(encoding="utf-8"))
    else:
        reference = count(before, None)
        before.with_suffix(".json").write_text(reference.to_json(), encoding="utf-8")
    window = count(now, reference)
    counted = time.perf_counter() - started
    as_of = datetime(2026, 3, 9, tzinfo=UTC)
    found = read_window(
        "churn",
        STATED,
        plan_of(STATED.review, label=None, as_of=as_of),
        Counted(window=window, before=(reference,), reference=reference, same_phase=WindowCounts()),
        as_of=as_of,
    )
    drifted = {each.column for each in found.drift if each.state == "drift"}
    if found.figure("expected_auc").value is None or found.figure("cost_per_row").value is None:
        raise RuntimeError("The quality is not known.")
    print(f"{time.perf_counter() - started} {len(drifted)} {counted}")


def ours(*paths: Path) -> Measured:
    """Review in a process of its own."""
    return run([sys.executable, __file__, "--review", *paths], cwd=HERE, environ=COMPILED)


def theirs(*paths: Path) -> Measured:
    """Compare with Evidently in a process of its own."""
    return run([EVIDENTLY, "-W", "ignore", HERE / "in_evidently.py", *paths], environ=COMPILED)


def said(measured: Measured) -> list[float]:
    """Return the numbers of the last line that a process printed."""
    return [float(word) for word in measured.output.strip().splitlines()[-1].split()]


def seconds_of(measured: Sequence[Measured]) -> float:
    """Return the median of the seconds of the work itself: sides have unlike numbers of runs."""
    return statistics.median(said(each)[0] for each in measured)


def compare(folder: Path, rows: int, runs: int) -> None:
    """Compare with Evidently, and with four times as many rows."""
    before, now, more = (folder / f"{name}.parquet" for name in ("before", "now", "more"))
    write(before, rows)
    write(now, rows, moved=MOVED, seed=0.2)
    write(more, 4 * rows, moved=MOVED, seed=0.3)
    mine, other = [], []
    for _ in range(runs):
        mine += [ours(before, now) for _ in range(_SHORT_RUNS)]
        other.append(theirs(before, now))
    print(f"{rows:,} against {rows:,} rows of {len(KINDS)} columns")
    for name, some in (("drift and quality", mine), ("Evidently, DataDriftPreset", other)):
        largest = max(each.megabytes for each in some)
        whole = median(some)
        print(f"{name}: {seconds_of(some):.2f} s, {whole:.2f} s with the start of Python and its "
              f"libraries; {largest:.0f} MB; {said(some[0])[1]:.0f} drifted")  # fmt: skip
    report("times faster", seconds_of(other) / seconds_of(mine), 50, least=True)
    memory = max(each.megabytes for each in mine) / min(each.megabytes for each in other)
    report("memory, as a share of Evidently's", memory, 0.2)
    stored = before.with_suffix(".json")
    before.unlink()  # what has been counted is not read again
    once, fourfold = pairs(lambda: ours(stored, now), lambda: ours(stored, more), runs=runs)
    seconds = [min(said(each)[2] for each in some) for some in (once, fourfold)]
    print(f"with the reference stored, its rows gone: {seconds[0]:.2f} s to count the window")
    report("four times the rows, times the seconds", seconds[1] / seconds[0], 5)


def large(folder: Path, rows: int) -> None:
    """Review a hundredth, a tenth and all of very many rows against the counts of a hundredth.

    They lie in up to a hundred files, which are copies of one: random rows take longer to make than
    to review.
    """
    before, part, now = folder / "before.parquet", folder / "part.parquet", folder / "now"
    write(before, rows // 100)
    write(part, rows // 100, moved=MOVED, seed=0.2)
    ours(before, before)
    now.mkdir()
    seconds, megabytes = [], []
    for files in (1, 10, 100):
        for at in range(files):
            shutil.copyfile(part, now / f"{at}.parquet")
        measured = ours(before.with_suffix(".json"), now)
        found, drifted, _ = said(measured)
        size = sum(each.stat().st_size for each in now.iterdir()) / 2**30
        told = (f"{files * (rows // 100):,} rows, {size:.2f} GiB of Parquet: {found:.2f} s, "
                f"{measured.megabytes:.0f} MB, {drifted:.0f} columns drifted")  # fmt: skip
        print(told, flush=True)
        seconds.append(found)
        megabytes.append(measured.megabytes)
    report("ten times the rows, times the seconds", seconds[2] / seconds[1], 12.5)
    report("memory", max(megabytes), 2_000, unit=" MB")


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=2)
    parser.add_argument("--large", type=int, default=0)
    parser.add_argument("--folder", type=Path, default=None)
    parser.add_argument("--review", type=Path, nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.review:
        review(*given.review)
        return
    with tempfile.TemporaryDirectory(prefix="review-", dir=given.folder) as folder:
        if given.large:
            large(Path(folder), given.large)
        else:
            compare(Path(folder), given.rows, given.runs)


if __name__ == "__main__":
    main()
