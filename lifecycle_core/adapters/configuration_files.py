"""Where a project's configuration lies, and what it says: keys are checked, values are not yet."""

from __future__ import annotations

import tomllib
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from lifecycle_core.errors import InvalidCall

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def read_configuration(
    start: Path, *, texts: Sequence[str], tables: Sequence[str]
) -> tuple[Path, str, dict[str, Any]]:
    """Return the project's folder, its configuration file, and what that says.

    The project is the nearest folder upwards with a configuration of ours, an `.nbrelease` folder
    or a git repository; without one it is `start`.

    Args:
        start: Where to look from, absolute.
        texts: Keys whose values are text.
        tables: The other keys that there are.

    Raises:
        InvalidCall: A configuration file is not TOML, or has an unknown key.
    """
    for folder in (start, *start.parents):
        own, shared = folder / "nbrelease.toml", folder / "pyproject.toml"
        if own.is_file():
            return folder, str(own), _checked(_toml(own), own, texts, tables)
        if shared.is_file() and (table := _toml(shared).get("tool", {}).get("nbrelease")):
            return folder, str(shared), _checked(table, shared, texts, tables)
        if (folder / ".nbrelease").is_dir() or (folder / ".git").exists():
            return folder, "", {}
    return start, "", {}


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidCall(
            f"{path} is not TOML: {error}.", hint="Mend the file; nothing was done."
        ) from error


def _checked(
    table: dict[str, Any], path: Path, texts: Sequence[str], tables: Sequence[str]
) -> dict[str, Any]:
    keys = (*texts, *tables)
    for key, value in table.items():
        if key not in keys:
            near = get_close_matches(key, keys, n=1)
            raise InvalidCall(
                f"{path}: unknown key `{key}` for nbrelease.",
                hint=f"Did you mean `{near[0]}`?" if near else f"Known: {', '.join(keys)}.",
            )
        if key in texts and not isinstance(value, str):
            raise InvalidCall(
                f"{path}: `{key}` is {value!r}, want text.", hint=f'Write {key} = "...".'
            )
    return table
