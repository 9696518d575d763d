"""Run the service: where it listens, who may reach it there, and how it ends."""

from __future__ import annotations

import gc
import ipaddress
import logging
import resource
import socket
import ssl
import sys
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lifecycle_core.adapters.serving.packets import joining_protocol
from lifecycle_core.errors import InvalidCall, MissingExtra

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from lifecycle_core.adapters.serving.guard import Application

_BACKLOG = 1024
_END_SECONDS = 10
_SWITCH_SECONDS = 0.0005


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """Where a service listens.

    Attributes:
        port: 0 takes a free one.
        certificate: For TLS; PEM.
        key: Of the certificate; PEM.
        client_ca: Clients must show a certificate that it signed, those that ask for `/health` too:
            who has none is refused before there is a request. PEM.
    """

    host: str = "127.0.0.1"
    port: int = 8080
    certificate: Path | None = None
    key: Path | None = None
    client_ca: Path | None = None

    @property
    def is_local(self) -> bool:
        """Whether only this machine can reach it."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False


def require_libraries() -> None:
    """Refuse to begin without what a service is made of.

    Raises:
        MissingExtra: A library is not installed.
    """
    try:
        import fastapi  # noqa: F401 - whether it is there
        import orjson  # noqa: F401 - as above
        import prometheus_client  # noqa: F401 - as above
        import uvicorn  # noqa: F401 - as above
    except ImportError as error:
        fact = f"{error.name or 'A library'} is not installed."
        raise MissingExtra(fact, extra="serve") from None


def require_guarded(binding: Binding, *, tokens: bool, open_to_all: bool) -> None:
    """Refuse to let anybody in who can reach the machine, unless that was asked for.

    Args:
        binding: Where it shall listen.
        tokens: Clients must show a bearer token.
        open_to_all: It was asked for.

    Raises:
        InvalidCall: It would be open to others, or its TLS is half said.

    Example:
        >>> require_guarded(Binding(), tokens=False, open_to_all=False)
        >>> require_guarded(Binding(host="0.0.0.0"), tokens=False, open_to_all=False)
        Traceback (most recent call last):
        ...
        lifecycle_core.errors.InvalidCall: On 0.0.0.0 others can reach the service, and nothing \
says who may ask.
    """
    if (binding.certificate is None) != (binding.key is None):
        raise InvalidCall(
            "TLS has a certificate or a key, it must have both.",
            hint="Give --tls-cert and --tls-key.",
        )
    if binding.client_ca is not None and binding.certificate is None:
        raise InvalidCall(
            "Clients can show certificates only over TLS.", hint="Give --tls-cert and --tls-key."
        )
    for path in (binding.certificate, binding.key, binding.client_ca):
        if path is not None and not path.is_file():
            raise InvalidCall(f"There is no file {path}.", hint="Check the path.")
    if binding.is_local or tokens or binding.client_ca is not None or open_to_all:
        return
    raise InvalidCall(
        f"On {binding.host} others can reach the service, and nothing says who may ask.",
        hint="Give --token-file, or --tls-cert, --tls-key and --client-ca; "
        "--open-to-all if a gateway in front of it asks.",
    )


def run(app: Application, binding: Binding, *, ready: Callable[[str], None]) -> None:
    """Answer until a signal ends it; requests that are under way are answered first.

    Args:
        app: The service.
        binding: Where to listen.
        ready: Called with the address once it listens.

    Raises:
        InvalidCall: The port is taken, or the host is none of this machine's.
    """
    import uvicorn

    listening = _listen(binding)
    host, port = listening.getsockname()[:2]
    scheme = "https" if binding.certificate else "http"
    shown = f"[{host}]" if ":" in host else host

    class Announcing(uvicorn.Server):
        """Says when it listens."""

        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            """Start, and say so."""
            await super().startup(sockets)
            if self.started:
                # What was loaded stays: the collector need not look at it during a request.
                gc.collect()
                gc.freeze()
                ready(f"{scheme}://{shown}:{port}")

    config = uvicorn.Config(
        app,
        http=joining_protocol(),
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # a client could say that it is another one
        date_header=False,
        timeout_graceful_shutdown=_END_SECONDS,
        limit_concurrency=_most_connections(),
        ssl_certfile=binding.certificate,
        ssl_keyfile=binding.key,
        ssl_ca_certs=str(binding.client_ca) if binding.client_ca else None,
        ssl_cert_reqs=ssl.CERT_REQUIRED if binding.client_ca else ssl.CERT_NONE,
    )
    before = sys.getswitchinterval()
    sys.setswitchinterval(_SWITCH_SECONDS)  # a thread with scores need not wait for the loop
    try:
        with listening, suppress(KeyboardInterrupt):  # uvicorn raises its signal once it has ended
            Announcing(config).run(sockets=[listening])
    finally:
        sys.setswitchinterval(before)


def _most_connections() -> int | None:
    """Three quarters of the files that this process may open: the log and models need some, too."""
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return None if files == resource.RLIM_INFINITY else files * 3 // 4


def log_to_stderr() -> None:
    """Have the service's own messages written, one a line, with time and level."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    logger = logging.getLogger("nbrelease")
    logger.handlers[:] = [handler]
    logger.setLevel(logging.INFO)
    logger.propagate = False


def _listen(binding: Binding) -> socket.socket:
    family = socket.AF_INET6 if ":" in binding.host else socket.AF_INET
    try:
        return socket.create_server((binding.host, binding.port), family=family, backlog=_BACKLOG)
    except (OSError, OverflowError) as error:
        what = "there is no such port"
        if isinstance(error, OSError):  # Python repeats the address behind the words
            what = str(error.strerror).partition(" (while")[0]
        raise InvalidCall(
            f"The service cannot listen on {binding.host}:{binding.port}: {what}.",
            hint="Name another port with --port; 0 takes a free one.",
        ) from None
