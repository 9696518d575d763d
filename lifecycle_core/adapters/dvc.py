"""Data that DVC tracks: git ignores it, and a small file beside it says which content it has.

Only DVC's files are read, never its program: `x.csv.dvc` names `x.csv` with an MD5, and the cache
of the repository may hold that content.
"""

from __future__ import annotations

import hashlib
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_SUFFIX = ".dvc"
_MOST_TEXT = 1024**2
_NOT_OF_DVC = (yaml.YAMLError, ValueError, LookupError, AttributeError, TypeError, RecursionError)
_MD5 = re.compile(r"[0-9a-f]{32}")
MOST_BYTES = 200 * 1024**2
"""Recorded content beyond this is not held in memory for a trial."""
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
        """Return the content it was tracked with, if the repository's cache holds it.

        A folder, or content too large to be held in memory, is left where it is.
        """
        if not _MD5.fullmatch(self.md5):
            return None
        for place in _CACHES:
            kept = top / ".dvc" / "cache" / place / self.md5[:2] / self.md5[2:]
            with suppress(OSError):
                if not kept.is_file() or kept.stat().st_size > MOST_BYTES:
                    continue
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
        with suppress(OSError):
            if file.suffix == _SUFFIX and file.is_file() and file.stat().st_size <= _MOST_TEXT:
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
        outs = [(out["path"], out.get("md5", "")) for out in read.get("outs", ())]
    except _NOT_OF_DVC:
        return
    for path, md5 in outs:
        if not isinstance(path, str) or not isinstance(md5, str) or not path.isprintable():
            continue
        name = Path(path)
        if name.parts and not name.is_absolute() and ".." not in name.parts:
            yield TrackedFile(path=folder / name, md5=md5)
