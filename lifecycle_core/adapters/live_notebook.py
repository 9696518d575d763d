"""Which saved file a live notebook is. A kernel is not told; its surroundings leave traces.

Jupyter's server knows best, for it is told when a notebook is renamed. It is asked on the loopback
only, with the token that it left for its own user in the runtime folder.
"""

from __future__ import annotations

import json
import re
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.error import URLError
from urllib.parse import unquote, urlsplit
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener

from lifecycle_core.errors import InvalidCall
from lifecycle_core.notebooks.read import joined
from lifecycle_core.notebooks.session import best_match
from lifecycle_core.schema.session import VS_CODE_CELL

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lifecycle_core.schema.session import Executed

_KERNEL = re.compile(r"kernel-(?P<id>.+)\.json")
_HERE = frozenset({"127.0.0.1", "localhost", "::1"})
_SECONDS = 2.0
_CANDIDATES = 200
_LARGEST = 50_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Traces:
    """What a kernel can see of its surroundings.

    Attributes:
        given: The path that the user named, if any.
        environ: The kernel's environment variables.
        folder: The kernel's working directory.
        connection_file: Path of its connection file, or empty.
        editor: The file that VS Code set in the namespace, or empty.
        executed: What ran, oldest first.
    """

    given: str | None = None
    environ: Mapping[str, str] = field(default_factory=dict)
    folder: Path
    connection_file: str = ""
    editor: str = ""
    executed: tuple[Executed, ...] = ()


class Located(NamedTuple):
    """A notebook's file, and how it was found, such as `named by you`."""

    path: Path
    how: str


def locate(traces: Traces) -> Located:
    """Return the file of a live notebook.

    Raises:
        InvalidCall: No trace leads to a file, or the code that ran fits several.
    """
    if traces.given is not None:
        return Located(traces.folder / traces.given, "named by you")
    for path, how in _places(traces):
        if path.suffix == ".ipynb" and path.is_file():
            return Located(path, how)
    raise InvalidCall(
        "It is not known which file this notebook is.",
        hint="Save it and name it, such as `%reproduce analysis.ipynb`.",
    )


def _places(traces: Traces) -> Iterator[Located]:
    """Yield where the notebook may be, the most certain first."""
    named, home = traces.environ.get, Path(traces.environ.get("PWD", traces.folder))
    if path := named("NBRELEASE_NOTEBOOK"):
        yield Located(traces.folder / path, "named by NBRELEASE_NOTEBOOK")
    for ran in reversed(traces.executed):
        if (ran.cell_id or "").startswith(VS_CODE_CELL):
            address = urlsplit((ran.cell_id or "").partition("#")[0])
            yield Located(Path(unquote(address.path)), "found through VS Code")
            break
    if traces.connection_file:
        for served in _served(Path(traces.connection_file)):
            yield Located(served, "found through Jupyter's server")
    if path := named("JPY_SESSION_NAME"):
        yield Located(traces.folder / path, "found through JPY_SESSION_NAME")
        yield Located(home / path, "found through JPY_SESSION_NAME")
    if traces.editor:
        yield Located(Path(traces.editor), "found through VS Code")
    for folder in dict.fromkeys((traces.folder, home)):
        candidates = dict(_candidates(folder))
        if best := best_match(traces.executed, candidates):
            yield Located(folder / best, "found by the code that ran here")


def _served(connection: Path) -> Iterator[Path]:
    """Ask each running server of this user where the notebook of our kernel lies."""
    kernel = _KERNEL.fullmatch(connection.name)
    if not kernel:
        return
    for file in sorted(connection.parent.glob("jpserver-*.json"), key=_age):
        with suppress(OSError, ValueError, TypeError, KeyError, HTTPException, URLError):
            server = json.loads(file.read_text(encoding="utf-8"))
            for session in _sessions(server):
                if session["kernel"]["id"] == kernel["id"]:
                    yield Path(server["root_dir"]) / _local(session["path"])


def _sessions(server: Mapping[str, Any]) -> list[dict[str, Any]]:
    address = urlsplit(server["url"])
    if address.scheme not in {"http", "https"} or address.hostname not in _HERE:
        return []  # a token must not leave this machine
    request = Request(f"{server['url'].rstrip('/')}/api/sessions")  # noqa: S310 - the scheme is checked
    if server.get("token"):
        request.add_header("Authorization", f"token {server['token']}")
    # Neither a proxy nor a redirection may carry the token elsewhere.
    opener = build_opener(ProxyHandler({}), _Stay())
    with opener.open(request, timeout=_SECONDS) as answer:
        found = json.load(answer)
    return found if isinstance(found, list) else []


class _Stay(HTTPRedirectHandler):
    def redirect_request(self, *_: object, **__: object) -> None:
        """Follow nothing."""


def _local(path: str) -> str:
    """Drop the drive that a real-time collaboration server puts before a path."""
    drive, colon, rest = path.partition(":")
    return (rest if colon and "/" not in drive else path).lstrip("/")


def _age(file: Path) -> float:
    """Sort the server that wrote its file last to the front."""
    try:
        return -file.stat().st_mtime
    except OSError:
        return 0.0


def _candidates(folder: Path) -> Iterator[tuple[str, list[str]]]:
    """Yield name and code of the notebooks in a folder."""
    for file in sorted(folder.glob("*.ipynb"))[:_CANDIDATES]:
        with suppress(OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
            if file.stat().st_size <= _LARGEST:
                cells = json.loads(file.read_text(encoding="utf-8-sig"))["cells"]
                code = [c for c in cells if c.get("cell_type") == "code"]
                yield file.name, [str(joined(cell["source"])) for cell in code]
