"""Data that DVC tracks: git ignores it, and a small file beside it says which content it has.

Only DVC's files are read, never its program: `x.csv.dvc` names `x.csv` with an MD5, and the cache
of the repository may hold that content.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_SUFFIX = ".dvc"
_MOST_TEXT = 1024**2
_CACHES = ("files/md5", "")
"""Below `.dvc/cache`: since DVC 3, and before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackedFile:
    """One output that a file of DVC names.

    Attributes:
        path: Where it lies, or should.
        md5: Of the content it was tracked with; of a folder it ends in `.dir`.
    """

    path: Path
    md5: str

    def content(self, top: Path) -> bytes | None:
        """Return the content it was tracked with, if the repository's cache holds it."""
        for place in _CACHES:
            kept = top / ".dvc" / "cache" / place / self.md5[:2] / self.md5[2:]
            with suppress(OSError):
                found = kept.read_bytes()
                if hashlib.md5(found, usedforsecurity=False).hexdigest() == self.md5:
                    return found
        return None


def tracked_by(files: Iterable[Path]) -> Iterator[TrackedFile]:
    """Yield what those of these files that are DVC's name, if it lies below their folder.

    Args:
        files: Any files of a project; one that cannot be read or understood names nothing.
    """
    for file in files:
        if file.suffix != _SUFFIX or not file.is_file() or file.stat().st_size > _MOST_TEXT:
            continue
        with suppress(OSError):
            yield from named_in(file.read_bytes(), file.parent)


def named_in(content: bytes, folder: Path) -> Iterator[TrackedFile]:
    r"""Yield what the content of one file of DVC names.

    Args:
        content: Of the file; if it is not of DVC's form, it names nothing.
        folder: Where it lies.

    Example:
        >>> [one.path.name for one in named_in(b"outs:\n- path: x.csv\n  md5: a1\n", Path())]
        ['x.csv']
    """
    try:
        read: Any = yaml.safe_load(content)
        outs = [(Path(str(out["path"])), str(out.get("md5", ""))) for out in read.get("outs", ())]
    except (yaml.YAMLError, UnicodeDecodeError, AttributeError, KeyError, TypeError):
        return
    for name, md5 in outs:
        if not name.is_absolute() and ".." not in name.parts:
            yield TrackedFile(path=folder / name, md5=md5)
