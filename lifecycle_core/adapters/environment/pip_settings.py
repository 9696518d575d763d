"""The package index that pip was told to use, in uv's words: uv does not read pip's settings.

Who set an index for pip alone, in `pip.conf` or `PIP_INDEX_URL`, expects it to be used. Leaving it
out would ask the public index for names that are private.
"""

from __future__ import annotations

import configparser
import os
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_OWN = ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "UV_INDEX", "UV_EXTRA_INDEX_URL", "UV_FIND_LINKS")
_MAIN = {"index-url": "UV_DEFAULT_INDEX"}
_FURTHER = {"extra-index-url": "UV_INDEX", "find-links": "UV_FIND_LINKS"}


@dataclass(frozen=True, slots=True)
class PipIndexes:
    """Variables for uv.

    Attributes:
        main: The index that stands in the place of the public one.
        further: With those that are asked too; pip takes what any of them has, so may uv here.
    """

    main: Mapping[str, str]
    further: Mapping[str, str]


def pip_indexes(environ: Mapping[str, str]) -> PipIndexes:
    """Return uv's variables for the indexes in pip's settings.

    Args:
        environ: `PIP_*` variables win over pip's files. Nothing is returned where uv has an index
            of its own, by a variable or in its configuration.

    Example:
        >>> environ = {"PIP_INDEX_URL": "https://host/simple", "PIP_CONFIG_FILE": "/dev/null"}
        >>> pip_indexes(environ).main
        {'UV_DEFAULT_INDEX': 'https://host/simple'}
    """
    if any(environ.get(name) for name in _OWN) or _uv_has_an_index(environ):
        return PipIndexes({}, {})
    stated = _from_files(environ)
    for word in (*_MAIN, *_FURTHER):
        if value := environ.get("PIP_" + word.upper().replace("-", "_")):
            stated[word] = value
    main = {_MAIN[word]: value for word, value in stated.items() if word in _MAIN and value}
    further = {
        _FURTHER[word]: ("," if word == "find-links" else " ").join(value.split())
        for word, value in stated.items()
        if word in _FURTHER and value.split()
    }
    if further:
        further |= {**main, "UV_INDEX_STRATEGY": "unsafe-first-match"}
    return PipIndexes(main, further)


def _from_files(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the options of pip's files; a later file wins, as in pip."""
    parser = configparser.RawConfigParser()
    named = environ.get("PIP_CONFIG_FILE")
    files = [Path("/etc/pip.conf"), *_user_files(environ), Path(sys.prefix) / "pip.conf"]
    if named:
        files = [] if named == os.devnull else [*files, Path(named)]
    stated: dict[str, str] = {}
    for file in files:
        try:
            parser.read(file, encoding="utf-8")
        except (configparser.Error, UnicodeDecodeError):
            continue  # pip will complain of it
    for section in ("global", "install"):
        if parser.has_section(section):
            stated |= dict(parser.items(section))
    return stated


def _user_files(environ: Mapping[str, str]) -> list[Path]:
    home = Path(environ.get("HOME", "/nonexistent"))
    configuration = Path(environ.get("XDG_CONFIG_HOME") or home / ".config")
    return [home / ".pip" / "pip.conf", configuration / "pip" / "pip.conf"]


def _uv_has_an_index(environ: Mapping[str, str]) -> bool:
    """Say whether uv's own configuration, of the user, system or project, names an index."""
    home = Path(environ.get("HOME", "/nonexistent"))
    user = Path(environ.get("XDG_CONFIG_HOME") or home / ".config") / "uv" / "uv.toml"
    named = environ.get("UV_CONFIG_FILE")
    here = Path.cwd()
    files = [user, Path("/etc/uv/uv.toml"), *([Path(named)] if named else [])]
    for folder in (here, *here.parents):
        files += [folder / "uv.toml", folder / "pyproject.toml"]
    for file in files:
        try:
            stated = tomllib.loads(file.read_text(encoding="utf-8"))
        except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError):
            continue
        if file.name == "pyproject.toml":
            stated = stated.get("tool", {}).get("uv", {})
        for table in (stated, stated.get("pip", {})):
            if table.keys() & {"index", "index-url", "extra-index-url", "find-links"}:
                return True
    return False
