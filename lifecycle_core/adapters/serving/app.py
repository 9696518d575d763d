"""The FastAPI application: everything that a client may ask, and the document that says so."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Protocol

from lifecycle_core.adapters.prediction_log.rows import time_of
from lifecycle_core.adapters.serving.endpoint import PATH, ScoreEndpoint
from lifecycle_core.adapters.serving.guard import Guard, Rate
from lifecycle_core.adapters.serving.scoring import Limits, Scoring
from lifecycle_core.adapters.serving.tally import Tally
from lifecycle_core.errors import LifecycleError
from lifecycle_core.schema.prediction import Outcome
from lifecycle_core.schema.serving import (
    KeptOutcomes,
    Readiness,
    ReportedOutcome,
    ServedRelease,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from lifecycle_core.adapters.serving.base import Desk, PredictionLog
    from lifecycle_core.adapters.serving.guard import Application, Tokens
    from lifecycle_core.adapters.serving.metrics import Metrics

_MOST_OUTCOMES = 1_000
_LOG_SECONDS = 10.0
_SKEW_SECONDS = 300.0
"""How far a client's clock may be ahead of ours."""
_PROBLEM = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}}}
_PROBLEMS: dict[int | str, dict[str, Any]] = {
    401: {"description": "A bearer token is wanted.", **_PROBLEM},
    413: {"description": "The body is too large.", **_PROBLEM},
    422: {"description": "Fields are wrong.", **_PROBLEM},
    429: {"description": "Too many requests.", **_PROBLEM},
    503: {"description": "The service cannot do it now.", **_PROBLEM},
}


class Standing(Protocol):
    """Says what stands behind the service now; `delivering.following.Following` is one."""

    def readiness(self) -> Readiness:
        """Whether it answers, and with what."""

    def release(self) -> ServedRelease:
        """The release that answers."""

    def described(self) -> dict[str, Any]:
        """The parts of the OpenAPI document that speak of its rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What a service is made of.

    Attributes:
        identify: Gives each outcome its id.
        spare: What the log has no room for gets the fallback instead of a refusal.
        tokens: Who is let in; None for everybody who can reach it.
        rate: Requests a second of one client; 0 is no limit.
        tally: Counts what is asked, for the log.
    """

    desk: Desk
    log: PredictionLog
    standing: Standing
    metrics: Metrics
    identify: Callable[[], str]
    limits: Limits
    spare: bool = False
    tokens: Tokens | None = None
    rate: float = 0.0
    tally: Tally = field(default_factory=Tally)


def build(parts: Parts) -> Application:
    """Return the service as an ASGI application."""
    scoring = Scoring(parts.desk, parts.log, parts.metrics, parts.limits, spare=parts.spare)
    parts.metrics.watch(waiting=lambda: scoring.waiting, lag=parts.log.lag)
    endpoint = ScoreEndpoint(parts.desk, scoring, parts.metrics, parts.tally, parts.limits)

    def ended(path: str, status: int) -> None:
        parts.metrics.ended(path, status)
        if path == PATH:
            parts.tally.turned_away(status)

    return Guard(
        {PATH: endpoint},
        _rest(parts, scoring),
        tokens=parts.tokens,
        rate=Rate(parts.rate),
        ended=ended,
        most=parts.limits.body_bytes,
    )


def _rest(parts: Parts, scoring: Scoring) -> Any:  # noqa: ANN401 - a FastAPI
    from fastapi import FastAPI
    from fastapi.exceptions import RequestValidationError
    from fastapi.openapi.utils import get_openapi
    from fastapi.responses import PlainTextResponse
    from prometheus_client import CONTENT_TYPE_LATEST

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        scoring.close()

    async def metrics() -> PlainTextResponse:
        """Return the service's figures in Prometheus's text format."""
        return PlainTextResponse(parts.metrics.text(), media_type=CONTENT_TYPE_LATEST)

    # Pages that show the document load code from elsewhere, so there are none.
    app = FastAPI(docs_url=None, redoc_url=None, lifespan=lifespan, responses=_PROBLEMS)
    app.add_exception_handler(RequestValidationError, _refused)
    app.add_exception_handler(Exception, _failed)
    paths = _Paths(parts)
    app.get("/health/live")(paths.live)
    app.get("/health/ready", responses={503: {"model": Readiness}}, response_model=Readiness)(
        paths.ready
    )
    app.get("/release")(paths.release)
    early = {"description": "A moment lies ahead of the service's clock.", **_PROBLEM}
    app.post("/outcomes", responses={409: early})(paths.outcomes)
    app.get("/metrics", response_class=PlainTextResponse, response_model=None)(metrics)

    def document() -> dict[str, Any]:
        title = f"nbrelease: {parts.standing.readiness().release}"
        found = get_openapi(title=title, version=version("nbrelease"), routes=app.routes)
        said = parts.standing.described()
        found["paths"] |= said["paths"]
        found["components"]["schemas"] |= said["components"]["schemas"]
        return found

    app.openapi = document  # type: ignore[method-assign] # as FastAPI's manual has it
    return app


class _Paths:
    """What is asked beside scores."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def live(self) -> dict[str, bool]:
        """Say that the process answers."""
        return {"live": True}

    async def ready(self) -> Any:  # noqa: ANN401 - a response of FastAPI's
        """Say whether rows are answered, by which versions, and which releases were refused."""
        from fastapi.responses import JSONResponse

        found = self._parts.standing.readiness()
        return JSONResponse(found.model_dump(mode="json"), 200 if found.ready else 503)

    async def release(self) -> ServedRelease:
        """Return the release that answers."""
        return self._parts.standing.release()

    async def outcomes(self, reported: ReportedOutcome | list[ReportedOutcome]) -> KeptOutcomes:
        """Keep what became of predictions; they are on the disk when this returns."""
        return await _kept(self._parts, reported if isinstance(reported, list) else [reported])


async def _refused(_: object, error: Any) -> Any:  # noqa: ANN401 - FastAPI's own, and a response
    from fastapi.responses import JSONResponse

    wrong = [
        {"field": ".".join(map(str, each["loc"])), "want": each["msg"]} for each in error.errors()
    ]
    return JSONResponse({"detail": "Fields are wrong.", "refusals": wrong}, 422)


async def _failed(_: object, __: Exception) -> Any:  # noqa: ANN401 - a response of FastAPI's
    from fastapi.responses import JSONResponse

    return JSONResponse({"detail": "The service failed.", "cause": "service_error"}, 503)


def _require_past(reported: list[ReportedOutcome], now: float) -> None:
    from fastapi import HTTPException

    for at, each in enumerate(reported):
        if each.time is not None and each.time.timestamp() > now + _SKEW_SECONDS:
            got, most = each.time.isoformat(), time_of(now + _SKEW_SECONDS)
            fact = f"Field 'time' of outcome {at}: got {got}, want a moment until {most}."
            raise HTTPException(409, fact)  # it is well-formed, and our clock says otherwise


async def _kept(parts: Parts, reported: list[ReportedOutcome]) -> KeptOutcomes:
    from fastapi import HTTPException

    if len(reported) > _MOST_OUTCOMES:
        raise HTTPException(413, f"A request may have {_MOST_OUTCOMES:,} outcomes.")
    now = time.time()
    _require_past(reported, now)
    release = parts.standing.readiness().release
    outcomes = [
        Outcome(
            id=str(each.id or parts.identify()),
            prediction=str(each.prediction),
            time=time_of(now if each.time is None else each.time.timestamp()),
            release=release,
            label_time=each.label_time.isoformat() if each.label_time else None,
            **each.model_dump(include={"who", "action", "label", "money", "currency"}),
        )
        for each in reported
    ]
    try:
        kept = asyncio.wrap_future(parts.log.append_outcomes(outcomes))
        await asyncio.wait_for(asyncio.shield(kept), _LOG_SECONDS)
    except (LifecycleError, TimeoutError):
        raise HTTPException(503, "The outcomes could not be kept.") from None
    return KeptOutcomes(ids=tuple(outcome.id for outcome in outcomes))
