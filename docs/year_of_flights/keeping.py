"""Into the logs, with the moments of 2013: what was decided, what was done, what became true."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from docs.year_of_flights.desk import WHO
from docs.year_of_flights.flights import FEATURES, KEY
from lifecycle_core.adapters.prediction_log import open_prediction_log
from lifecycle_core.schema.prediction import LogPolicy

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd
    from numpy.typing import NDArray

    from docs.year_of_flights.desk import Handled
    from docs.year_of_flights.flights import Month
    from lifecycle_core.schema.release import Release

ARRIVALS = "arrivals"
_AT_ONCE = 500
_WAL = Path("replay-wal")


def keep(
    log: Path,
    month: Month,
    scored: pd.DataFrame,
    releases: dict[int, Release],
    *,
    handled: Handled,
    paid: NDArray[np.float64],
) -> None:
    """Append a month to the prediction and outcome logs.

    A batch has no latency of its own, so 0 stands for it.

    Args:
        log: Folder of the log.
        month: Its flights.
        scored: Score, decision, fallback, version and arm of each.
        releases: By version.
        handled: What the desk did.
        paid: What each flight cost, NaN where it is not known.
    """
    ids = [_id(key, moment) for key, moment in zip(month.table[KEY], month.decided, strict=True)]
    with open_prediction_log(log, wal=_WAL, policy=LogPolicy(mode="relaxed")) as opened:
        for part in _parts(_predictions(ids, month, scored, releases)):
            opened.append(part).result()
        for part in _parts(
            _outcomes(ids, month, handled, paid, next(iter(releases.values())).name)
        ):
            opened.append_outcomes(part).result()


def _predictions(
    ids: list[str], month: Month, scored: pd.DataFrame, releases: dict[int, Release]
) -> Iterator[bytes]:
    features = month.table[list(FEATURES)].astype(object)
    rows = features.where(features.notna(), None).to_dict("records")
    given = scored.to_dict("records")
    keys, moments = month.table[KEY].tolist(), month.decided.tolist()
    for at, (row, said) in enumerate(zip(rows, given, strict=True)):
        release = releases[said["version"]]
        yield _json(
            id=ids[at],
            key=keys[at],
            time=_text(moments[at]),
            release=release.name,
            version=release.version,
            bundle_digest=release.bundle_digest,
            arm=said["arm"],
            features=row,
            score=None if np.isnan(said["score"]) else said["score"],
            decision=bool(said["decision"]),
            latency_ms=0.0,
            fallback=said["fallback"],
        )


def _outcomes(
    ids: list[str], month: Month, handled: Handled, paid: NDArray[np.float64], name: str
) -> Iterator[bytes]:
    """Yield what the desk did, and the day after whether the flight was late and what it cost."""
    for at, (prediction, moment) in enumerate(zip(ids, month.decided.tolist(), strict=True)):
        if handled.said[at]:
            later = moment + np.timedelta64(round(60 * handled.minutes[at]), "s")
            yield _json(
                id=_id(f"{prediction} done", later), prediction=prediction, time=_text(later),
                who=WHO, release=name,
                action="accepted" if handled.followed[at] else "overridden",
            )  # fmt: skip
        if not np.isnan(month.late[at]):
            known = moment + np.timedelta64(1, "D")
            yield _json(
                id=_id(f"{prediction} true", known), prediction=prediction, time=_text(known),
                who=ARRIVALS, release=name, label=bool(month.late[at]),
                label_time=_text(known), money=-float(paid[at]), currency="USD",
            )  # fmt: skip


def _json(**record: Any) -> bytes:  # noqa: ANN401 - of any record
    return json.dumps(record, ensure_ascii=False).encode()


def _parts(rows: Iterator[bytes]) -> Iterator[list[bytes]]:
    part: list[bytes] = []
    for row in rows:
        part.append(row)
        if len(part) == _AT_ONCE:
            yield part
            part = []
    if part:
        yield part


def _id(of: str, moment: pd.Timestamp) -> str:
    """Return an id of version 7 that comes out the same in each replay."""
    digits = hashlib.sha256(of.encode()).hexdigest()
    text = f"{int(moment.timestamp() * 1000):012x}7{digits[:3]}8{digits[3:18]}"
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


def _text(moment: pd.Timestamp) -> str:
    naive = moment.tz_convert(UTC).tz_localize(None)
    return f"{naive.isoformat(timespec='microseconds')}Z"
