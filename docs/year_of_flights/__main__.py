"""Replay the year: `make year`, or `python -m docs.year_of_flights [FOLDER]`.

Releases the example notebook in a folder of its own, compiles it, and plays April to December. What
came of it is written to docs/year_of_flights.json and docs/year_of_flights.svg. The registry, the
logs and the reviews stay in FOLDER, which must not be there yet; without one they go at the end.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import lifecycle_core
from docs.year_of_flights.flights import Flights, compiled_join
from docs.year_of_flights.picture import draw
from docs.year_of_flights.telling import summary
from docs.year_of_flights.year import NAME, Means, replay
from lifecycle_core.notebooks.release_text import parse_release

if TYPE_CHECKING:
    from collections.abc import Callable

    from lifecycle_core.schema.release_file import ReleaseFile
    from lifecycle_core.schema.retrained import Retrained

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOK = Path("example_notebooks/flight_delays.ipynb")
MONTHS = tuple(f"2013-{month:02d}" for month in range(4, 13))


def main(folder: Path) -> None:
    """Replay the year in a new folder, and write what came of it."""
    begun = time.monotonic()

    def tell(line: str) -> None:
        sys.stderr.write(f"{time.monotonic() - begun:5.0f} s  {line}\n")

    shutil.copytree(ROOT / "example_notebooks", folder / "example_notebooks")
    os.environ["NBRELEASE_HOME"] = str(folder / ".nbrelease")
    with contextlib.chdir(folder):
        champion, stated = release(tell)
        year, reviews = replay(means_of(folder, stated, tell), MONTHS, champion=champion)
        for review in reviews:
            Path(f"review-{review.window.label}.json").write_text(review.to_json())
    docs = ROOT / "docs"
    (docs / "year_of_flights.json").write_text(year.to_json())
    (docs / "year_of_flights.svg").write_text(draw(year))
    sys.stdout.write(summary(year))


def release(tell: Callable[[str], None]) -> tuple[int, ReleaseFile]:
    """Take the notebook to a champion, and compile it; return its version and what it declares."""
    tell("the notebook is rebuilt and released")
    made = lifecycle_core.package(NOTEBOOK)
    if not made.checkpoints.passed:
        sys.exit("The example does not pass its checkpoints.")
    version = made.release.version
    for alias in ("challenger", "champion"):
        lifecycle_core.promote(NAME, to=alias, version=version, reason="the first release")
    tell("the notebook is compiled, and proven equal")
    pipeline = lifecycle_core.compile_pipeline(NOTEBOOK, name=NAME).pipeline
    if pipeline is None or pipeline.finalize is None:
        sys.exit("The example cannot be compiled.")
    text = pipeline.finalize.release
    return version, parse_release(text, where=str(NOTEBOOK), name=NAME)


def means_of(folder: Path, stated: ReleaseFile, tell: Callable[[str], None]) -> Means:
    """Return what the replay works with, in a folder that has a release and its pipeline."""

    def retrain(last: str) -> Retrained:
        made = lifecycle_core.retrain_release(NAME, parameters={"last_month": last})
        if made.schema_ != "nbrelease/retrained/1":
            sys.exit("Retraining failed.")
        return made

    data = folder / "example_notebooks" / "data" / "flights"
    return Means(
        flights=Flights(data, compiled_join(folder)),
        costs=stated.costs,
        decide=lambda moment: lifecycle_core.decide_retraining(NAME, as_of=moment),
        retrain=retrain,
        tell=tell,
    )


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(Path(sys.argv[1]).resolve())
    else:
        with tempfile.TemporaryDirectory(prefix="year-of-flights-") as scratch:
            main(Path(scratch) / "year")
