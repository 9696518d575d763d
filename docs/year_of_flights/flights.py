"""The flights of a month as the model gets them, by the step that the notebook was compiled into.

Training and scoring join the weather in the same function: the one of the compiled package.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

FEATURES = (
    "carrier", "origin", "dest", "hour", "weekday", "distance", "plane_age", "seats",
    "temp", "humid", "wind_speed", "precip", "pressure", "visib",
)  # fmt: skip
KEY = "flight_key"
_LOOKS_AHEAD = np.timedelta64(2, "h")


@dataclass(frozen=True, slots=True)
class Month:
    """The flights of one month.

    Attributes:
        label: Such as `2013-04`.
        table: The business key and the features; what is scored.
        decided: When each flight is decided on, two hours before it should leave; UTC.
        late: 1 and 0; NaN where a flight has not arrived.
    """

    label: str
    table: pd.DataFrame
    decided: pd.Series[pd.Timestamp]
    late: NDArray[np.float64]

    def part(self, taken: NDArray[np.bool_]) -> Month:
        """Return some of the flights."""
        return Month(
            label=self.label,
            table=self.table[taken].reset_index(drop=True),
            decided=self.decided[taken].reset_index(drop=True),
            late=self.late[taken],
        )

    def days(self) -> NDArray[np.int64]:
        """Return the local day of each flight, as a number: delays of a day go together."""
        local = (self.decided + _LOOKS_AHEAD).dt.tz_convert("America/New_York")
        return np.asarray(local.dt.day, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Flights:
    """Gives months out of the data beside the notebook.

    Attributes:
        data: Folder of the monthly tables.
        join: The compiled step that adds the weather: flights, weather and planes to a table.
        most: Flights of a month that are taken, evenly spread; all if None.
    """

    data: Path
    join: Callable[[pd.DataFrame, pd.DataFrame, pd.DataFrame], pd.DataFrame]
    most: int | None = None

    def month(self, label: str) -> Month:
        """Return a month."""
        flights = pd.read_parquet(self.data / f"{label}.parquet")
        if self.most is not None:
            places = np.linspace(0, len(flights) - 1, min(self.most, len(flights))).astype(int)
            flights = flights.iloc[places].reset_index(drop=True)
        weather, planes = (
            pd.read_parquet(self.data / f"{name}.parquet") for name in ("weather", "planes")
        )
        table = self.join(flights, weather, planes)
        return Month(
            label=label,
            table=table[[KEY, *FEATURES]],
            decided=table["scheduled"] - _LOOKS_AHEAD,
            late=np.asarray(
                table["late"].astype("Float64").to_numpy(na_value=np.nan), dtype=np.float64
            ),
        )


def compiled_join(folder: Path) -> Callable[..., pd.DataFrame]:
    """Return the step `add_weather` of the pipeline that was compiled in a folder."""
    sys.path.insert(0, str(folder))
    step = import_module("pipelines.flights.add_weather")

    def join(flights: pd.DataFrame, weather: pd.DataFrame, planes: pd.DataFrame) -> pd.DataFrame:
        table: pd.DataFrame = step.add_weather(
            flights=flights, weather=weather, planes=planes
        ).table
        return table

    return join
