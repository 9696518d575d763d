"""The project's folder: a clean run works in a copy elsewhere, and prints where it is.

Measured: `os.getcwd()`, `Path.resolve()` and messages of readers name the folder of the run. What
is stored names the folder of its author, which on another machine lies elsewhere; its own name is
the same there, and by that it is known, or by standing where a run printed the folder of its copy.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from lifecycle_core.notebooks.normalisers.base import (
    Normaliser,
    Outputs,
    change_text,
    realigned,
    stream,
    whole_name,
)
from lifecycle_core.notebooks.surroundings import Surroundings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_ABSOLUTE = re.compile(r"(?:[A-Za-z]:)?[\\/][^\s'\"<>|:;,)\]]+")
_REST = re.compile(r"[^\s'\"<>|:;,)\]]*")
PROJECT = "(project)"
_MOST_FOLDERS = 5
_TELLING = 3
"""Letters that a folder's name must have to be known by it alone."""
_KINDS = ("text/plain", "text/html", "text/markdown", "application/javascript")


def _normalise(outputs: Outputs, surroundings: Surroundings) -> Outputs:
    spellings = {form for pair in surroundings.roots for root in pair for form in _spelt(root)}
    if not spellings:
        return outputs
    spellings |= {form for folder in surroundings.elsewhere for form in _spelt(folder)}
    longest_first = sorted(spellings, key=lambda form: (-len(form), form))
    known = "|".join(map(re.escape, longest_first))
    names = {re.split(r"[\\/]", source.rstrip("\\/"))[-1] for _, source in surroundings.roots}
    same = "|".join(re.escape(name) for name in sorted(names) if len(name) >= _TELLING)
    parts = r"(?:[\w.+@-]{1,80}[\\/]{1,2}){0,20}"
    elsewhere = rf"|(?<!/)(?:[A-Za-z]:[\\/]|/){parts}(?:{same})" if same else ""
    pattern = whole_name(f"{known}{elsewhere}")
    # `%cd ..` prints the folder above; what lies there beside the project is no business of ours.
    folders = {
        form for pair in surroundings.roots for root in pair for form in _spelt(_above(root))
    }
    above = "|".join(map(re.escape, sorted(folders))) or "(?!)"
    only = re.compile(rf"(?<![\w.)])(?:{above})(?![\w\\/-]|\.\w)")

    def told(text: str) -> str:
        return only.sub("(above the project)", pattern.sub(PROJECT, text))

    return change_text(outputs, realigned(told), kinds=_KINDS)


def author_folders(stored: Outputs, fresh: Outputs, surroundings: Surroundings) -> tuple[str, ...]:
    """Return what stands in stored outputs where a run printed the folder of its copy.

    The text before it and the path below it must be the same, and it must not lie in a folder that
    is known: there a folder below is a difference.
    """
    copies = {form for copy, _ in surroundings.roots for form in _spelt(copy)}
    known = {form for pair in surroundings.roots for root in pair for form in _spelt(root)}
    found: dict[str, None] = {}
    if not copies:
        return ()
    pattern = re.compile("|".join(re.escape(form) for form in sorted(copies, key=len)[::-1]))
    for ours, theirs in zip(stored, fresh, strict=False):
        for a, b in zip(_texts(ours), _texts(theirs), strict=False):
            match = pattern.search(b)
            if match is None or not a.startswith(b[: match.start()]):
                continue
            below = _REST.match(b, match.end())
            path = _ABSOLUTE.match(a, match.start())
            rest = below[0] if below else ""
            if not path or not path[0].endswith(rest) or rest[:1] not in {"", "/", "\\"}:
                continue
            folder = path[0].removesuffix(rest)
            if len(folder) > 1 and not any(_within(folder, root) for root in known):
                found[folder] = None
    return tuple(found)[:_MOST_FOLDERS]


def _within(folder: str, root: str) -> bool:
    return folder == root or folder.startswith((f"{root}/", f"{root}\\"))


def _texts(output: Mapping[str, Any]) -> Iterator[str]:
    data = output.get("data") or {}
    for text in (output.get("text"), *(data.get(kind) for kind in _KINDS)):
        yield text if isinstance(text, str) else ""


def _above(root: str) -> str:
    return re.sub(r"[\\/][^\\/]*$", "", root.rstrip("\\/"))


def _spelt(root: str) -> Iterator[str]:
    """Yield the ways in which a folder is printed; a root of a file system is none."""
    root = root.rstrip("\\/")
    if len(root) > len("C:/"):
        yield root
        yield root.replace("\\", "\\\\")
        yield root.replace("\\", "/")
        yield root.replace(" ", "%20")


NORMALISER = Normaliser(
    name="project_path",
    normalise=_normalise,
    equal=((stream("/copy/a/data.csv\n"),), (stream("/home/me/project/data.csv\n"),)),
    different=((stream("/copy/a/data.csv\n"),), (stream("/copy/a/other.csv\n"),)),
    surroundings=Surroundings(roots=(("/copy/a", "/home/me/project"),)),
)
