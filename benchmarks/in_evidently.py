"""Compare two tables with Evidently's DataDriftPreset, in its environment; see `review.py`.

python benchmarks/in_evidently.py REFERENCE.parquet CURRENT.parquet
"""

from __future__ import annotations

import sys
import time
import warnings

import pandas as pd
from evidently import Report
from evidently.presets import DataDriftPreset


def main(reference: str, current: str) -> None:
    """Print the seconds that reading and comparing took, and how many columns drifted."""
    warnings.simplefilter("ignore")
    started = time.perf_counter()
    columns = [f"n{at}" for at in range(18)] + [f"c{at}" for at in range(7)]
    before, now = (pd.read_parquet(path, columns=columns) for path in (reference, current))
    found = Report([DataDriftPreset()]).run(now, before).dict()
    seconds = time.perf_counter() - started
    drifted = next(each for each in found["metrics"] if "DriftedColumnsCount" in str(each))
    print(f"{seconds} {int(drifted['value']['count'])}")


if __name__ == "__main__":
    main(*sys.argv[1:])
