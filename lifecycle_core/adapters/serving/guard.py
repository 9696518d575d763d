"""Who may ask, how often, and what leaves when we fail: the door in front of the service."""

from __future__ import annotations

import hashlib
import hmac
import os
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.serving.bodies import JSON, problem_json
from lifecycle_core.adapters.serving.endpoint import respond
from lifecycle_core.adapters.serving.failures import log_failure
from lifecycle_core.errors import InvalidCall

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, MutableMapping
    from pathlib import Path

    from lifecycle_core.adapters.serving.endpoint import Scope, Send
    from lifecycle_core.adapters.serving.intake import Receive

    Application = Callable[[Scope, Receive, Send], Awaitable[None]]

_OPEN = frozenset({"/health/live", "/health/ready"})
_SHORTEST_TOKEN = 16
_MOST_CLIENTS = 10_000
_HEADERS = ((b"x-content-type-options", b"nosniff"), (b"cache-control", b"no-store"))


@dataclass(frozen=True, slots=True)
class Tokens:
    """The bearer tokens that are let in, as digests.

    Example:
        >>> tokens = Tokens.of(["a-token-of-some-length"])
        >>> tokens.allow(b"Bearer a-token-of-some-length"), tokens.allow(b"Bearer another")
        (True, False)
    """

    digests: tuple[bytes, ...]

    @classmethod
    def of(cls, tokens: list[str]) -> Tokens:
        """Return what lets these tokens in."""
        return cls(tuple(hashlib.sha256(token.encode()).digest() for token in tokens))

    def allow(self, header: bytes) -> bool:
        """Say whether an `Authorization` header holds one of them; takes the same time for all."""
        kind, _, token = header.partition(b" ")
        given = hashlib.sha256(token.strip()).digest()
        found = [hmac.compare_digest(given, digest) for digest in self.digests]
        return kind.lower() == b"bearer" and any(found)


def read_tokens(path: Path) -> Tokens:
    """Read bearer tokens from a file, one a line; `#` begins a comment.

    Raises:
        InvalidCall: It cannot be read, others than its owner can read it, or a token is short.
    """
    try:
        mode, text = path.stat().st_mode, path.read_text(encoding="utf-8")
    except PermissionError:
        raise InvalidCall(
            f"The token file {path} may not be read by user {os.geteuid()}, as whom this runs.",
            hint=f"chown {os.geteuid()} {path}; of a container, where the file lies, or run it "
            "with --user.",
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidCall(
            f"The token file {path} cannot be read: {type(error).__name__}.",
            hint="Write a token into it, one a line.",
        ) from None
    if mode & 0o007:
        raise InvalidCall(
            f"Everybody on this machine can read the token file {path}.",
            hint=f"chmod 600 {path}",
        )
    lines = [line.strip() for line in text.splitlines()]
    tokens = [line for line in lines if line and not line.startswith("#")]
    if not tokens or any(len(token) < _SHORTEST_TOKEN for token in tokens):
        raise InvalidCall(
            f"The token file {path} has {'a short token' if tokens else 'no token'}.",
            hint=f"A token has at least {_SHORTEST_TOKEN} characters; "
            "`python -c 'import secrets; print(secrets.token_urlsafe(32))'` makes one.",
        )
    return Tokens.of(tokens)


class Rate:
    """How often each client may ask, as a bucket that fills again."""

    def __init__(self, per_second: float) -> None:
        """Begin with full buckets.

        Args:
            per_second: Requests of one address; a second's worth may come at once. 0 is no limit.
        """
        self._rate = per_second
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def allow(self, client: str, now: float) -> bool:
        """Say whether a client may ask now.

        Example:
            >>> rate = Rate(2)
            >>> [rate.allow("a", 0.0), rate.allow("a", 0.0), rate.allow("a", 0.0)]
            [True, True, False]
            >>> rate.allow("b", 0.0), rate.allow("a", 0.5)
            (True, True)
        """
        if not self._rate:
            return True
        most = max(self._rate, 1.0)
        left, since = self._buckets.pop(client, (most, now))
        left = min(most, left + (now - since) * self._rate)
        allowed = left >= 1
        self._buckets[client] = (left - 1 if allowed else left, now)
        if len(self._buckets) > _MOST_CLIENTS:
            self._buckets.popitem(last=False)
        return allowed


class Guard:
    """An ASGI application around others: it lets in, chooses the path, and lets nothing leak."""

    def __init__(
        self,
        paths: dict[str, Application],
        rest: Application,
        *,
        tokens: Tokens | None,
        rate: Rate,
        ended: Callable[[str, int], None],
    ) -> None:
        """Stand in front of applications.

        Args:
            paths: Applications that answer for a path of their own.
            rest: Answers for every other path.
            tokens: Who is let in; None for everybody who can reach us.
            rate: How often.
            ended: Counts path and status of what is answered here; paths of `rest` are `other`.
        """
        self._paths, self._rest, self._tokens, self._rate = paths, rest, tokens, rate
        self._ended = ended

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or have it answered."""
        if scope["type"] != "http":
            await self._rest(scope, receive, send)
            return
        path = scope["path"]
        if path not in _OPEN:
            if self._tokens is not None and not self._tokens.allow(_authorization(scope)):
                fact = problem_json("A bearer token is wanted.")
                kind = (b"www-authenticate", b"Bearer")
                await self._respond(send, path, 401, fact, kind, *_HEADERS)
                return
            client = scope["client"][0] if scope.get("client") else ""
            if not self._rate.allow(client, time.monotonic()):
                fact = problem_json("Too many requests; come back in a second.")
                await self._respond(send, path, 429, fact)
                return
        began = False

        async def note(message: MutableMapping[str, Any]) -> None:
            nonlocal began
            began = True
            await send(message)

        try:
            if (own := self._paths.get(path)) is not None:
                await own(scope, receive, note)
            else:
                await self._rest(scope, receive, note)
        except Exception as error:  # noqa: BLE001 - no stack trace leaves, and the next request is answered
            log_failure("A request failed", error)
            if not began:
                fact = problem_json("The service failed.", cause="service_error")
                await self._respond(send, path, 503, fact)

    async def _respond(
        self, send: Send, path: str, status: int, content: bytes, *more: tuple[bytes, bytes]
    ) -> None:
        self._ended(path if path in self._paths else "other", status)
        await respond(send, status, content, JSON, *more)


def _authorization(scope: Scope) -> bytes:
    for name, value in scope["headers"]:
        if name == b"authorization":
            found: bytes = value
            return found
    return b""
