"""What the magics of a cell do to names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lifecycle_core.notebooks.dataflow import knowledge
from lifecycle_core.notebooks.dataflow.flow import FILES, SETTINGS
from lifecycle_core.notebooks.parsing import PYTHON_BODIES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lifecycle_core.notebooks.parsing import Magic

_WORD = re.compile(r"[A-Za-z_]\w*")
_INTO = re.compile(r"(?:^|\s)(?:([A-Za-z_]\w*)\s*<<|(?:-o|--out|--output)[ =]+([A-Za-z_]\w*))")
_RESULT_FIRST = frozenset({"capture", "bigquery", "snowflake", "spark", "sqlite"})
_SETTING = frozenset({"cd", "env", "set_env", "matplotlib", "config", "precision", "load_ext",
    "autoreload", "dotenv", "pushd", "popd", "unload_ext"})  # fmt: skip


def names_bound(magics: Iterable[Magic]) -> Iterator[tuple[str, int]]:
    """Yield the variables that magics bind by their options, such as `%%capture out`."""
    for magic in magics:
        if magic.name in _RESULT_FIRST and magic.whole_cell:
            words = [word for word in magic.text.split() if not word.startswith("-")]
            if words and words[0].isidentifier():
                yield words[0], magic.line
        elif magic.name not in {"!", "pinfo"}:
            for match in _INTO.finditer(magic.text):
                yield match[1] or match[2], magic.line


def unreadable(magics: Iterable[Magic]) -> str:
    """Return the magic after which nothing certain can be said about names, or an empty text."""
    for magic in magics:
        known = magic.name in PYTHON_BODIES | knowledge.FOREIGN_MAGICS
        if magic.whole_cell and not known and not magic.name.startswith("sql"):
            return f"%%{magic.name}"
        if not magic.whole_cell and _defines(magic):
            return f"%{magic.name}"
    return ""


def _defines(magic: Magic) -> bool:
    if magic.name == "store":
        return "-r" in magic.text.split()
    if magic.name == "load_ext":
        return magic.text.strip() not in knowledge.HARMLESS_EXTENSIONS
    return magic.name in knowledge.DEFINING_MAGICS


def mentioned(magics: Iterable[Magic]) -> frozenset[str]:
    """Return the words in the text of magics that may be variables."""
    return frozenset(word for magic in magics for word in _WORD.findall(magic.text))


def changed(magics: Iterable[Magic]) -> frozenset[str]:
    """Return the state outside the namespace that magics may change."""
    found: set[str] = set()
    for magic in magics:
        if magic.name in _SETTING or (magic.name == "!" and "pip" in magic.text):
            found.add(SETTINGS)
        if magic.name in knowledge.SHELLS | {"cmd", "writefile", "file"}:
            found.add(FILES)
    return frozenset(found)
