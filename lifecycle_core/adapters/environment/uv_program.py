"""Run uv: with the user's package index, without what else could change the result, from its cache.

uv is asked offline first: exact versions with hashes are the same wherever they come from, and a
warm cache then answers without any network. Only what the cache lacks goes to the index.
"""

from __future__ import annotations

import os
import platform
import re
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lifecycle_core.adapters.environment.pip_settings import pip_indexes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_KEPT = re.compile(
    r"UV_(DEFAULT_INDEX|INDEX(_.+)?|EXTRA_INDEX_URL|FIND_LINKS|KEYRING_PROVIDER"
    r"|CACHE_DIR|OFFLINE|NATIVE_TLS|SYSTEM_CERTS|INSECURE_HOST|HTTP_\w+|REQUEST_TIMEOUT"
    r"|CONCURRENT_\w+|LINK_MODE|CONFIG_FILE|NO_CONFIG|CREDENTIALS_DIR)"
)
COMPILE = (
    "pip", "compile", "-", "--quiet", "--generate-hashes", "--no-header", "--no-annotate",
    "--no-emit-index-url", "--no-emit-find-links", "--python-version", platform.python_version(),
)  # fmt: skip
"""Resolves what stands in standard input: pins with hashes, and no address."""
_ANY_DATE = ("--exclude-newer", "false")
_DROPPED = frozenset({"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "CONDA_PREFIX"})
_SECRET = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*://)[^/\s]*@")
_QUERY = re.compile(r"(?P<address>[A-Za-z][A-Za-z0-9+.-]*://[^\s?#]*)\?[^\s#`)]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What uv answered.

    Attributes:
        errors: Its messages, without credentials.
        late: It was ended because it took too long.
    """

    well: bool
    output: str = ""
    errors: str = ""
    late: bool = False


def without_credentials(text: str) -> str:
    """Return a text in which addresses have lost their users, passwords and queries.

    Example:
        >>> without_credentials("at https://me:secret@host/simple?token=1 failed")
        'at https://***@host/simple?*** failed'
    """
    return _QUERY.sub(r"\g<address>?***", _SECRET.sub(r"\g<scheme>***@", text))


def run_uv(arguments: list[str], *, seconds: float, text: str = "", folder: Path) -> Said:
    """Run uv offline and, if its cache does not suffice, with the network.

    Args:
        arguments: Of the command.
        seconds: How long the network may take.
        text: Standard input.
        folder: Working directory; the `uv.toml` or `pyproject.toml` above it may name an index.

    Returns:
        The first answer that is well; otherwise a refused hash, or else the last failure.
    """
    said = Said(well=False)
    for mode, environment in _attempts():
        refused = said
        said = _run([*arguments, *mode], seconds, text, folder, environment)
        if not said.well and "exclude-newer" in said.errors:
            # A configured date is for choosing versions; here they are chosen already.
            again = _run([*arguments, *mode, *_ANY_DATE], seconds, text, folder, environment)
            said = again if again.well else said
        if said.well or said.late:
            return said
        if "Hash mismatch" in refused.errors:
            said = refused
    return said


def _run(
    arguments: list[str], seconds: float, text: str, folder: Path, environment: Mapping[str, str]
) -> Said:
    from uv import find_uv_bin

    try:
        ended = subprocess.run(
            [find_uv_bin(), *arguments],
            input=text,
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Said(well=False, errors=f"uv did not end within {seconds:g} s", late=True)
    return Said(
        well=ended.returncode == 0,
        output=ended.stdout,
        errors=without_credentials(ended.stderr),
    )


def _attempts() -> Iterator[tuple[list[str], Mapping[str, str]]]:
    """Yield flags and variables: from the cache, then from the network.

    All variables are kept but those of uv, Python or pip that could change the result. What pip
    asks besides its main index is tried second: uv would ask it first, and it may lack files.
    """
    kept = {
        key: value
        for key, value in os.environ.items()
        if key not in _DROPPED
        and not key.startswith("PIP_")
        and (not key.startswith("UV_") or _KEPT.fullmatch(key))
    } | {"UV_PYTHON_DOWNLOADS": "never", "UV_NO_PROGRESS": "1", "NO_COLOR": "1"}
    indexes = pip_indexes(os.environ)
    variables = [{**kept, **indexes.main}]
    if indexes.further:
        variables.append({**kept, **indexes.further})
    for mode in (["--offline"], []):
        for environment in variables:
            yield mode, environment
