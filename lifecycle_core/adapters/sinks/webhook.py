"""Events as signed JSON, posted to an address of the user's.

The headers are those of Standard Webhooks (https://www.standardwebhooks.com): `webhook-id`, which
is the idempotency key, `webhook-timestamp` in seconds, and `webhook-signature`, `v1,` and the
base64 of HMAC-SHA256 over `ID.TIMESTAMP.BODY`. The libraries of that standard verify them.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import time
from typing import TYPE_CHECKING, Any, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from lifecycle_core.adapters.sinks.addresses import require_address, shown
from lifecycle_core.adapters.sinks.base import SinkOptions
from lifecycle_core.errors import SinkFailed

if TYPE_CHECKING:
    from lifecycle_core.adapters.sinks.base import Sink, Surroundings
    from lifecycle_core.schema.event import Event

NO_ANSWER = "no answer"
"""Kind of failure where nobody answered in all tries."""
_AGAIN = frozenset({429, *range(500, 600)})
_GOOD = range(200, 300)
_MOVED = range(300, 400)
_ENCODED_SECRET = "whsec_"  # noqa: S105 - the prefix by which the standard marks an encoded secret
_LONGEST_PAUSE = 30


class ReceiverOptions(BaseModel):
    """Where events are posted to; what is secret is named by its environment variable.

    Attributes:
        url: Where to; https, or http to this machine.
        url_env: Variable that holds the address, where that is itself a secret.
        secret_env: Variable that holds the secret of the signature: text, or `whsec_` and base64.
            Without it requests are not signed.
        token_env: Variable that holds a token for the header `Authorization: Bearer`.
        plain_http: Whether http without TLS may leave this machine.
        attempts: How often an event is sent at most, in [1, 10].
        backoff: Seconds before the second try; doubled for each further one, up to 30, plus as
            much again at random. A server's own `Retry-After` goes before it, up to 30 seconds.
        timeout: Seconds for connecting, and for each answer.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str | None = None
    url_env: str | None = None
    secret_env: str | None = None
    token_env: str | None = None
    plain_http: bool = False
    attempts: int = Field(default=5, ge=1, le=10)
    backoff: float = Field(default=0.5, ge=0, le=_LONGEST_PAUSE)
    timeout: float = Field(default=10.0, gt=0, le=300)

    @field_validator("url")
    @classmethod
    def _hides_nothing(cls, url: str | None) -> str | None:
        return None if url is None else require_address(url, plain_http=True)

    @model_validator(mode="after")
    def _one_address(self) -> Self:
        if (self.url is None) == (self.url_env is None):
            raise ValueError("it must have either `url` or `url_env`")
        if self.url is not None:
            require_address(self.url, plain_http=self.plain_http)
        return self


class WebhookOptions(ReceiverOptions, SinkOptions):
    """Options of `kind = "webhook"`."""

    def sink(self, around: Surroundings) -> Sink:
        """Return the sink; it connects with the first event."""
        return Webhook(self, around)


class Webhook:
    """Posts each event; the same event always carries the same id, however often it is sent."""

    def __init__(self, options: WebhookOptions, around: Surroundings) -> None:
        self._options = options
        self._around = around
        self._open: Receiver | None = None

    def take(self, event: Event) -> None:
        """Post one event and wait until it was accepted.

        Raises:
            SinkFailed: It was refused, or not answered in all tries; or a secret is missing.
        """
        if self._open is None:
            self._open = Receiver(self._options, self._around)
        body = event.model_dump_json().encode()
        self._open.post(body, identity="msg_" + hashlib.sha256(body).hexdigest()[:32])

    def close(self) -> None:
        """Close the connection."""
        if self._open is not None:
            self._open.close()


class Receiver:
    """The other side: its address, its secrets, and connections to it.

    Args:
        options: Where it is.
        around: Has the secrets.
        again: Statuses beside 429 and 5xx on which the same request is worth another try.

    Raises:
        SinkFailed: A secret is missing, or the address is none.
    """

    def __init__(
        self,
        options: ReceiverOptions,
        around: Surroundings,
        *,
        again: frozenset[int] = frozenset(),
    ) -> None:
        self._url = options.url or around.secret(str(options.url_env))
        try:
            require_address(self._url, plain_http=options.plain_http)
        except ValueError as error:
            raise SinkFailed(f"{options.url_env}: {error}", kind="address") from None
        self._key = key_of(around.secret(options.secret_env)) if options.secret_env else None
        self._headers = {"content-type": "application/json", "user-agent": "nbrelease"}
        if options.token_env:
            self._headers["authorization"] = f"Bearer {around.secret(options.token_env)}"
        self._tries = options.attempts
        retries = _retries(options, _AGAIN | again)
        self._pool: Any = _pool(self._url, retries=retries, timeout=options.timeout)

    def post(self, body: bytes, *, identity: str) -> None:
        """Post a body, as often as it takes; see `Webhook.take` for what is raised.

        Args:
            body: JSON.
            identity: What the receiver knows it by, however often it comes.
        """
        import urllib3

        headers = {**self._headers, "webhook-id": identity, "idempotency-key": identity}
        moment = int(time.time())
        headers["webhook-timestamp"] = str(moment)
        if self._key is not None:
            headers["webhook-signature"] = signature(self._key, identity, moment, body)
        try:
            answer = self._pool.request(
                "POST", self._url, body=body, headers=headers, redirect=False
            )
        except urllib3.exceptions.HTTPError as error:
            reason = getattr(error, "reason", None) or error
            raise SinkFailed(
                f"{shown(self._url)} did not answer in {self._tries} tries "
                f"({type(reason).__name__})",
                kind=NO_ANSWER,
            ) from None  # the cause holds the whole address
        if answer.status in _GOOD:
            return
        hint = ""
        if answer.status in _MOVED:
            hint = "Redirects are not followed; name the new address."
        said = "".join(filter(str.isprintable, f"{answer.status} {answer.reason or ''}"))
        raise SinkFailed(
            f"{shown(self._url)} answered {said.strip():.200}",
            kind=str(answer.status),
            hint=hint,
        )

    def close(self) -> None:
        """Close the connections."""
        self._pool.clear()


def signature(key: bytes, identity: str, moment: int, body: bytes) -> str:
    """Return the value of the header `webhook-signature`.

    Args:
        key: The secret's bytes.
        identity: The header `webhook-id`.
        moment: The header `webhook-timestamp`, seconds since 1970.
        body: The request's body.

    Example:
        >>> key = key_of("whsec_plJ3nmyCDGBKInavdOK15jsl")
        >>> body = b'{"event_type":"ping","data":{"success":true}}'
        >>> signature(key, "msg_loFOjxBNrRLzqYUf", 1731705121, body)
        'v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0='
    """
    told = f"{identity}.{moment}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, told, hashlib.sha256).digest()).decode()


def key_of(secret: str) -> bytes:
    """Return the bytes of a secret: `whsec_` and base64, or any other text as UTF-8.

    Raises:
        SinkFailed: What follows `whsec_` is no base64.
    """
    if not secret.startswith(_ENCODED_SECRET):
        return secret.encode()
    try:
        return base64.b64decode(secret.removeprefix(_ENCODED_SECRET), validate=True)
    except binascii.Error:
        raise SinkFailed(
            "the secret begins with whsec_, and what follows is no base64", kind="secret"
        ) from None


def _retries(options: ReceiverOptions, statuses: frozenset[int]) -> Any:  # noqa: ANN401 - urllib3's, loaded late
    """Return when a request is sent again, and how long after."""
    import urllib3

    class Retries(urllib3.Retry):
        def parse_retry_after(self, retry_after: str) -> float:
            try:
                return super().parse_retry_after(retry_after)
            except urllib3.exceptions.InvalidHeader:  # such as 1.5: then our own backoff counts
                return 0

    return Retries(
        total=options.attempts - 1,
        redirect=0,
        allowed_methods=None,  # posting twice is safe: the receiver knows events by their id
        status_forcelist=statuses,
        backoff_factor=options.backoff,
        backoff_max=_LONGEST_PAUSE,
        backoff_jitter=options.backoff,
        raise_on_status=False,
        retry_after_max=_LONGEST_PAUSE,
    )


def _pool(url: str, *, retries: Any, timeout: float) -> Any:  # noqa: ANN401 - urllib3's, loaded late
    """Return connections to the address, through the proxy that the environment names for it."""
    from urllib.parse import urlsplit
    from urllib.request import getproxies, proxy_bypass

    import urllib3

    parts = urlsplit(url)
    proxy = getproxies().get(parts.scheme)
    if proxy and not proxy_bypass(str(parts.hostname)):
        return urllib3.ProxyManager(proxy, retries=retries, timeout=timeout)
    return urllib3.PoolManager(retries=retries, timeout=timeout)
