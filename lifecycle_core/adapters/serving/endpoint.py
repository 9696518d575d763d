"""`POST /score` as plain ASGI: what every single request passes through, and nothing more."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.serving.apart import Busy
from lifecycle_core.adapters.serving.bodies import (
    ARROW,
    JSON,
    Unusable,
    arrow_rows,
    json_rows,
    problem_json,
    refused_json,
    said_arrow,
    said_json,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, MutableMapping

    from lifecycle_core.adapters.serving.base import Desk, Inquiry, Reply
    from lifecycle_core.adapters.serving.bodies import Body, Rows
    from lifecycle_core.adapters.serving.intake import Intake, Receive
    from lifecycle_core.adapters.serving.metrics import Metrics
    from lifecycle_core.adapters.serving.scoring import Limits, Scoring
    from lifecycle_core.adapters.serving.tally import Tally

    Scope = MutableMapping[str, Any]
    Asked = tuple[Body, Inquiry]
    Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

PATH = "/score"
_SHORT = 16 << 10
"""Bytes up to which a body of few rows is read in the loop; more would keep others waiting."""
_SMALL = 128 << 10
"""Bytes up to which a body is read by a thread that large ones do not keep."""
_UNANSWERED = {
    "deadline": "The deadline passed, and the release declares no fallback.",
    "model_error": "The model failed, and the release declares no fallback.",
    "shed": "Too many requests wait, and the release declares no fallback.",
    "busy": "Too many large requests wait; this one was not read.",
    "log_full": "The prediction log has no room, so nothing may be answered.",
    "log_late": "The prediction log was not written in time, so the answer was withheld.",
    "log_failed": "The prediction log could not be written, so the answer was withheld.",
    "service_error": "The service failed.",
}


class ScoreEndpoint:
    """An ASGI application for one path."""

    def __init__(
        self,
        desk: Desk,
        scoring: Scoring,
        metrics: Metrics,
        tally: Tally,
        limits: Limits,
        *,
        intake: Intake,
    ) -> None:
        self._desk, self._scoring, self._metrics, self._limits = desk, scoring, metrics, limits
        self._intake, self._tally = intake, tally

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        arrived = time.perf_counter()
        now = time.time()
        try:
            content, arrow = await self._content(scope, receive)
            explained = b"reasons=false" not in scope["query_string"].split(b"&")
            ask = partial(self._ask, now=now, explained=explained)
            body, inquiry = await self._asked(content, ask, arrow=arrow)
        except Unusable as wrong:
            await self._respond(send, wrong.status, problem_json(str(wrong)))
            self._tally.unusable(wrong.status)
            return
        except Busy:
            self._metrics.unanswered("busy")
            await self._respond(send, 503, _unanswered("busy"))
            self._tally.unread("busy")
            return
        if inquiry.refused:
            await self._refuse(send, inquiry)
            self._metrics.broken(inquiry)
            self._tally.refused(inquiry)
            return
        reply = await self._scoring.reply(inquiry, arrived)
        if isinstance(reply, str):
            self._metrics.unanswered(reply)
            await self._respond(send, 503, _unanswered(reply))
            self._tally.unanswered(inquiry, reply)
            return
        seconds = time.perf_counter() - arrived
        say = partial(
            said_arrow if arrow else partial(said_json, single=body.single), reply.answers
        )
        many = inquiry.rows > self._limits.few
        if reply.unanswered == "bad_input":
            await self._refuse(send, inquiry)
        elif reply.unanswered:
            await self._respond(send, 503, _unanswered(reply.unanswered))
        else:
            said = await self._scoring.large.do(say) if many else say()
            await self._respond(send, 200, said, ARROW if arrow else JSON)
        # Nobody waits for what comes now.
        count = partial(self._count, inquiry, reply, seconds)
        if many:
            await self._scoring.large.do(count)
        else:
            count()
        if not reply.unanswered:
            self._scoring.replied(inquiry, arrived)

    async def _asked(self, content: bytes, ask: Callable[[Rows], Asked], *, arrow: bool) -> Asked:
        """Read a body where no smaller one waits for it."""
        rows = partial(self._rows, content, arrow=arrow)
        ask_few = partial(self._ask_few, rows, ask)
        if len(content) > _SMALL:
            return await self._scoring.large.read(lambda: ask(rows()))
        short = not arrow and len(content) <= _SHORT
        found = ask_few() if short else await self._scoring.small.read(ask_few)
        if isinstance(found, tuple):
            return found
        return await self._scoring.large.read(partial(ask, found))

    def _rows(self, content: bytes, *, arrow: bool) -> Rows:
        limits = self._limits
        if arrow:
            return arrow_rows(content, most=limits.rows, text=limits.table_bytes)
        return json_rows(content, most=limits.rows)

    def _ask_few(self, rows: Callable[[], Rows], ask: Callable[[Rows], Asked]) -> Asked | Rows:
        found = rows()
        return ask(found) if found.count <= self._limits.few else found

    def _ask(self, rows: Rows, *, now: float, explained: bool) -> Asked:
        body = rows.body()
        return body, self._desk.inquire(body.columns, body.rows, now=now, explained=explained)

    async def _refuse(self, send: Send, inquiry: Inquiry) -> None:
        count = sum(sum(fields.values()) for fields in inquiry.broken.values())
        await self._respond(send, 422, refused_json(inquiry.refusals, count))

    def _count(self, inquiry: Inquiry, reply: Reply, seconds: float) -> None:
        self._metrics.replied(reply, seconds)
        self._tally.replied(reply)
        if inquiry.refusals:
            self._metrics.broken(inquiry)
            self._tally.broken(inquiry)

    async def _content(self, scope: Scope, receive: Receive) -> tuple[bytes, bool]:
        if scope["method"] != "POST":
            raise Unusable(405, "Rows are scored with POST.")
        kind = JSON
        for name, value in scope["headers"]:
            if name == b"content-type":
                kind = value.partition(b";")[0].strip().lower().decode("latin-1")
        if kind not in {JSON, ARROW}:
            raise Unusable(415, f"The content type is {kind!r:.60}, want {JSON} or {ARROW}.")
        limits, arrow = self._limits, kind == ARROW
        most = limits.table_bytes if arrow else limits.body_bytes
        return await self._intake.read(receive, most), arrow

    async def _respond(self, send: Send, status: int, content: bytes, kind: str = JSON) -> None:
        try:
            await respond(send, status, content, kind)
        finally:
            self._metrics.ended(PATH, status)


async def respond(
    send: Send, status: int, content: bytes, kind: str = JSON, *more: tuple[bytes, bytes]
) -> None:
    """Send a response; one that asks to come back says when."""
    headers = [
        (b"content-type", kind.encode()),
        (b"content-length", str(len(content)).encode()),
        *more,
    ]
    if status in {429, 503}:
        headers.append((b"retry-after", b"1"))
    elif status == 405:  # noqa: PLR2004 - the HTTP standard wants it said
        headers.append((b"allow", b"POST"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content})


def _unanswered(cause: str) -> bytes:
    return problem_json(_UNANSWERED.get(cause, "There is no answer."), cause=cause)
