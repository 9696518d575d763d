"""Put real data where a notebook of the corpus reads it."""

from __future__ import annotations

import os
import shutil
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from sklearn import datasets

if TYPE_CHECKING:
    from collections.abc import Callable

EXAMPLES = Path(__file__).parents[2] / "example_notebooks" / "data"


def head(source: str, rows: int, target: Path) -> None:
    """Copy the first rows of one of the repository's example tables, byte for byte."""
    lines = (EXAMPLES / source).read_text(encoding="utf-8").splitlines(keepends=True)
    target.write_text("".join(lines[: rows + 1]), encoding="utf-8")


def telco(target: Path) -> None:
    """Write 700 customers of a telephone company."""
    head("telco_churn.csv", 700, target)


def bikes(target: Path) -> None:
    """Write 900 hours of bike rentals."""
    head("bike_rentals.csv", 900, target)


def iris(target: Path) -> None:
    """Write the iris flowers with the species as a word."""
    loaded = datasets.load_iris(as_frame=True)
    frame = loaded.frame.rename(columns=lambda name: name.replace(" (cm)", "").replace(" ", "_"))
    frame["species"] = [loaded.target_names[code] for code in frame.pop("target")]
    frame.to_csv(target, index=False)


def diabetes(target: Path) -> None:
    """Write the diabetes progression table."""
    datasets.load_diabetes(as_frame=True, scaled=False).frame.round(4).to_csv(target, index=False)


def cancer(target: Path) -> None:
    """Write the breast cancer table as Parquet."""
    datasets.load_breast_cancer(as_frame=True).frame.to_parquet(target, index=False)


def digits(target: Path) -> None:
    """Write 500 handwritten digits as arrays."""
    loaded = datasets.load_digits()
    np.savez(target, images=loaded.images[:500], labels=loaded.target[:500])


def wine(target: Path) -> None:
    """Write the wines into a SQLite database of two tables."""
    frame = datasets.load_wine(as_frame=True).frame
    with sqlite3.connect(target) as connection:
        frame.drop(columns="target").to_sql("measurements", connection, index_label="wine")
        frame[["target"]].to_sql("labels", connection, index_label="wine")
    connection.close()


WRITERS: dict[str, Callable[[Path], None]] = {
    "telco.csv": telco,
    "bikes.csv": bikes,
    "iris.csv": iris,
    "diabetes.csv": diabetes,
    "cancer.parquet": cancer,
    "digits.npz": digits,
    "wine.db": wine,
}


def write_data(name: str, cache: Path, target: Path) -> None:
    """Put a data set at `target`, made once in `cache`."""
    kept = cache / name
    if not kept.exists():
        cache.mkdir(parents=True, exist_ok=True)
        fresh = kept.with_name(f"{os.getpid()}-{name}")  # another process may make it too
        WRITERS[name](fresh)
        fresh.replace(kept)
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(kept, target)
