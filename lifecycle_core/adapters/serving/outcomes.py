"""`POST /outcomes`: what became of predictions, read in a thread, kept before that is said."""

from __future__ import annotations

import asyncio
import json
import time
from itertools import islice
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from lifecycle_core.adapters.prediction_log.rows import time_of
from lifecycle_core.adapters.serving.apart import Apart, Busy
from lifecycle_core.adapters.serving.bodies import Unusable
from lifecycle_core.errors import LifecycleError
from lifecycle_core.schema.prediction import Outcome
from lifecycle_core.schema.serving import KeptOutcomes, ReportedOutcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from lifecycle_core.adapters.prediction_log.labels import Labels
    from lifecycle_core.adapters.serving.base import PredictionLog
    from lifecycle_core.adapters.serving.intake import Intake

_MOST = 1_000
"""Outcomes of a request."""
_MOST_ERRORS = 100
"""What is told about a request that is wrong."""
_MOST_WAITING = 64
_LOG_SECONDS = 10.0
_SKEW_SECONDS = 300.0
"""How far a client's clock may be ahead of ours."""


class Outcomes:
    """Takes outcomes; single requests for scores do not wait for how many they are."""

    def __init__(
        self,
        log: PredictionLog,
        intake: Intake,
        *,
        most: int,
        identify: Callable[[], str],
        release: Callable[[], str],
        labels: Callable[[], Labels],
    ) -> None:
        """Start a thread that reads them.

        Args:
            log: Keeps them.
            intake: Receives bodies.
            most: Bytes of a body.
            identify: Gives each its id.
            release: Names the release that answers.
            labels: Says what a label of it may be.
        """
        self._log, self._identify, self._release = log, identify, release
        self._labels = labels
        self._intake, self._most = intake, most
        self._apart = Apart("outcomes", most=_MOST_WAITING)

    async def handle(self, request: Any) -> Any:  # noqa: ANN401 - a request and a response of Starlette's
        """Answer a request.

        Raises:
            HTTPException: They are too many, lie ahead, or cannot be kept.
            RequestValidationError: They are none.
        """
        from fastapi import HTTPException
        from fastapi.responses import JSONResponse

        kind = request.headers.get("content-type", "")
        try:
            content = await self._intake.read(request.receive, self._most)
            reported = await self._apart.read(lambda: _read(content, kind, self._labels()))
        except Unusable as wrong:
            raise HTTPException(wrong.status, str(wrong)) from None
        except Busy:
            raise HTTPException(503, "Too many outcomes wait to be read.") from None
        return JSONResponse((await self.outcomes(reported)).model_dump(mode="json"))

    async def outcomes(self, reported: ReportedOutcome | list[ReportedOutcome]) -> KeptOutcomes:
        """Keep what became of predictions; they are on the disk when this returns."""
        from fastapi import HTTPException

        several = reported if isinstance(reported, list) else [reported]
        outcomes = await self._apart.do(lambda: self._made(several))
        try:
            kept = asyncio.wrap_future(self._log.append_outcomes(outcomes))
            await asyncio.wait_for(asyncio.shield(kept), _LOG_SECONDS)
        except (LifecycleError, TimeoutError):
            raise HTTPException(503, "The outcomes could not be kept.") from None
        return KeptOutcomes(ids=tuple(outcome.id for outcome in outcomes))

    def close(self) -> None:
        """End the thread."""
        self._apart.close()

    def _made(self, reported: Sequence[ReportedOutcome]) -> list[Outcome]:
        now = time.time()
        _require_past(reported, now)
        release = self._release()
        return [
            Outcome(
                id=str(each.id or self._identify()),
                prediction=str(each.prediction),
                time=time_of(now if each.time is None else each.time.timestamp()),
                release=release,
                label_time=each.label_time.isoformat() if each.label_time else None,
                **each.model_dump(include={"who", "action", "label", "money", "currency"}),
            )
            for each in reported
        ]


def _read(content: bytes, kind: str, labels: Labels) -> list[ReportedOutcome]:
    import orjson
    from fastapi import HTTPException
    from fastapi.exceptions import RequestValidationError

    if kind.partition(";")[0].strip().lower() != "application/json":
        raise RequestValidationError([_wrong("the content type application/json")])
    try:
        found = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise RequestValidationError([_wrong(f"JSON: {error}")]) from None
    single = not isinstance(found, list)
    if single:
        found = [found]
    if len(found) > _MOST:
        raise HTTPException(413, f"A request may have {_MOST:,} outcomes.")
    read: list[ReportedOutcome] = []
    errors: list[dict[str, Any]] = []
    for at, each in enumerate(found):
        where = () if single else (at,)
        try:
            read.append(_outcome(each))
            errors += _label_errors(read, labels, where)
        except ValidationError as wrong:
            errors += [_wrong(e["msg"], *where, *e["loc"]) for e in wrong.errors()]
        if len(errors) >= _MOST_ERRORS:
            break
    if errors:
        raise RequestValidationError(errors[:_MOST_ERRORS])
    return read


def _outcome(found: Any) -> ReportedOutcome:  # noqa: ANN401 - whatever a request holds
    if isinstance(found, dict) and len(found) > _MOST_ERRORS:  # each stranger would be an error
        known = {name: found[name] for name in ReportedOutcome.model_fields if name in found}
        found = known | dict(islice(found.items(), _MOST_ERRORS))
    return ReportedOutcome.model_validate(found)


def _label_errors(
    read: list[ReportedOutcome], labels: Labels, where: tuple[int, ...]
) -> Iterator[dict[str, Any]]:
    """Write the label of the last outcome as the log has it; yield what is wrong with it."""
    said = read[-1].label
    number = labels.number(said)
    if said is not None and number is None:
        yield _wrong(labels.wanted, *where, "label") | {"got": json.dumps(said)}
    elif number != said:  # a class whose name is a number
        read[-1] = read[-1].model_copy(update={"label": number})


def _wrong(want: str, *where: str | int) -> dict[str, Any]:
    return {"loc": ("body", *where), "msg": want}


def _require_past(reported: Sequence[ReportedOutcome], now: float) -> None:
    from fastapi import HTTPException

    for at, each in enumerate(reported):
        if each.time is not None and each.time.timestamp() > now + _SKEW_SECONDS:
            got, most = each.time.isoformat(), time_of(now + _SKEW_SECONDS)
            fact = f"Field 'time' of outcome {at}: got {got}, want a moment until {most}."
            raise HTTPException(409, fact)  # it is well-formed, and our clock says otherwise
