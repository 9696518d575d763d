"""The FastAPI application: everything that a client may ask, and the document that says so."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Protocol

from lifecycle_core.adapters.serving.endpoint import PATH, ScoreEndpoint
from lifecycle_core.adapters.serving.guard import Guard, Rate
from lifecycle_core.adapters.serving.intake import Intake
from lifecycle_core.adapters.serving.outcomes import Outcomes
from lifecycle_core.adapters.serving.scoring import Limits, Scoring
from lifecycle_core.adapters.serving.tally import Tally
from lifecycle_core.schema.serving import Readiness, ServedRelease

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine

    from starlette.requests import Request
    from starlette.responses import Response

    from lifecycle_core.adapters.prediction_log.labels import Labels
    from lifecycle_core.adapters.serving.base import Desk, PredictionLog
    from lifecycle_core.adapters.serving.guard import Application, Tokens
    from lifecycle_core.adapters.serving.metrics import Metrics

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

    def labels(self) -> Labels:
        """What a label may be, by that release."""

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
    intake = Intake()
    endpoint = ScoreEndpoint(
        parts.desk, scoring, parts.metrics, parts.tally, parts.limits, intake=intake
    )

    def ended(path: str, status: int) -> None:
        parts.metrics.ended(path, status)
        if path == PATH:
            parts.tally.turned_away(status)

    return Guard(
        {PATH: endpoint},
        _rest(parts, scoring, intake),
        tokens=parts.tokens,
        rate=Rate(parts.rate),
        ended=ended,
    )


def _rest(parts: Parts, scoring: Scoring, intake: Intake) -> Any:  # noqa: ANN401 - a FastAPI
    from fastapi import FastAPI
    from fastapi.exceptions import RequestValidationError
    from fastapi.openapi.utils import get_openapi
    from fastapi.responses import PlainTextResponse
    from fastapi.routing import APIRoute
    from prometheus_client import CONTENT_TYPE_LATEST

    outcomes = Outcomes(
        parts.log,
        intake,
        most=parts.limits.body_bytes,
        identify=parts.identify,
        release=lambda: parts.standing.readiness().release,
        labels=parts.standing.labels,
    )

    class Unread(APIRoute):
        """A route whose function is for the document: FastAPI would read the body in the loop."""

        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            """Return what answers."""
            return outcomes.handle

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        scoring.close()
        outcomes.close()

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
    app.router.add_api_route(
        "/outcomes", outcomes.outcomes, methods=["POST"], responses={409: early},
        route_class_override=Unread,
    )  # fmt: skip
    app.get("/metrics", response_class=PlainTextResponse, response_model=None)(metrics)

    def document() -> dict[str, Any]:
        title = f"nbrelease: {parts.standing.readiness().release}"
        found = get_openapi(title=title, version=version("nbrelease"), routes=app.routes)
        labels = parts.standing.labels()
        if labels.values:
            found["components"]["schemas"]["ReportedOutcome"]["properties"]["label"] = {
                "title": "Label", "description": labels.wanted, "enum": [*labels.values, None],
            }  # fmt: skip
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


async def _refused(_: object, error: Any) -> Any:  # noqa: ANN401 - FastAPI's own, and a response
    from fastapi.responses import JSONResponse

    wrong = [
        {"field": ".".join(map(str, each["loc"]))}
        | ({"got": each["got"]} if "got" in each else {})
        | {"want": each["msg"]}
        for each in error.errors()
    ]
    return JSONResponse({"detail": "Fields are wrong.", "refusals": wrong}, 422)


async def _failed(_: object, __: Exception) -> Any:  # noqa: ANN401 - a response of FastAPI's
    from fastapi.responses import JSONResponse

    return JSONResponse({"detail": "The service failed.", "cause": "service_error"}, 503)
