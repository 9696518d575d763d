"""`nbrelease serve`: answer requests with a release until a signal ends it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from lifecycle_core.cli.answering import answer, verb
from lifecycle_core.cli.options import JsonOption, SpecArgument

if TYPE_CHECKING:
    from lifecycle_core.schema.serving import Service

SHORT_HELP = "Answer single requests with a release, over HTTP."
EXAMPLE = "Example: nbrelease serve churn --port 8080"


@verb
def serve(
    spec: SpecArgument,
    host: Annotated[str, typer.Option(help="Where to listen.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="0 takes a free one.", min=0, max=65535)] = 8080,
    deadline: Annotated[
        float | None,
        typer.Option(help="Milliseconds to an answer, in place of the release's own.", min=1),
    ] = None,
    log: Annotated[
        Literal["strict", "relaxed", "off"],
        typer.Option(help="strict: a row is on the disk before its reply."),
    ] = "strict",
    max_log_bytes: Annotated[
        int, typer.Option(help="Disk for rows that are not in the tables yet.", min=1 << 16)
    ] = 1 << 30,
    when_full: Annotated[
        Literal["refuse", "fall_back"], typer.Option(help="What a request gets when that is taken.")
    ] = "refuse",
    token_file: Annotated[
        Path | None, typer.Option(help="Bearer tokens that are let in, one a line.")
    ] = None,
    rate: Annotated[
        float, typer.Option(help="Requests a second of one client; 0 is no limit.", min=0)
    ] = 0.0,
    tls_cert: Annotated[Path | None, typer.Option(help="Certificate, PEM.")] = None,
    tls_key: Annotated[Path | None, typer.Option(help="Its key, PEM.")] = None,
    client_ca: Annotated[
        Path | None, typer.Option(help="Clients must show a certificate that it signed.")
    ] = None,
    *,
    open_to_all: Annotated[
        bool, typer.Option("--open-to-all", help="Listen there though nothing says who may ask.")
    ] = False,
    parent: Annotated[int | None, typer.Option(hidden=True)] = None,
    json_file: JsonOption = None,
) -> int:
    """Answer requests with a release until a signal ends it, and follow its alias meanwhile."""
    from lifecycle_core import verbs
    from lifecycle_core.cli.background import end_with
    from lifecycle_core.verbs.serving import ServiceOptions

    if parent is not None:
        end_with(parent)

    def ready(service: Service) -> None:
        answer(service, json_file)
        sys.stdout.flush()

    options = ServiceOptions(
        host=host, port=port, deadline_ms=deadline, log=log, max_log_bytes=max_log_bytes,
        when_full=when_full, token_file=token_file, rate=rate, tls_cert=tls_cert,
        tls_key=tls_key, client_ca=client_ca, open_to_all=open_to_all,
    )  # fmt: skip
    verbs.serve(spec, options=options, ready=ready)
    return 0
