"""Generated regions of a file: what we wrote, and what people wrote around it.

A region begins with a line that carries the digest of what was written into it. So each file tells
by itself whether somebody changed the region, and what stands outside of it is kept.
"""

from __future__ import annotations

import difflib
import hashlib
import re
from dataclasses import dataclass

_BEGIN = "# region nbrelease {digest}: written from {source}; what you add outside of it is kept"
_END = "# endregion nbrelease"
_BEGINS = re.compile(r"^# region nbrelease (?P<digest>[0-9a-f]{16}):[^\n]*\n", re.MULTILINE)
_ENDS = re.compile(r"^# endregion nbrelease$\n?", re.MULTILINE)
_DIGITS = 16
_APART = "\n\n"
"""Two empty lines before the end, where formatters want them before a comment behind a function."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """A file as it lies on disk.

    Attributes:
        above: What people wrote above the region.
        text: The region's content.
        below: What people wrote below it.
        untouched: The region is as it was written.
    """

    above: str
    text: str
    below: str
    untouched: bool


def digest_of(text: str) -> str:
    """Return the digest that a region carries."""
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]


def region(text: str, source: str) -> str:
    r"""Return a file that holds nothing but a region.

    Law: `parts_of(region(text, source)).text == text` for text that ends with a newline.

    Example:
        >>> parts_of(region("x = 1\n", "a.ipynb") + "y = 2\n").below
        'y = 2\n'
    """
    line = source.replace("\n", " ").replace("\r", " ")
    return f"{_BEGIN.format(digest=digest_of(text), source=line)}\n{text}{_APART}{_END}\n"


def parts_of(content: str) -> Parts | None:
    """Take a file apart; None if it has no region of ours.

    The notebook's own code may hold a line that looks like an end: then the digest says which one
    is it, and the first is taken of a region that was changed.
    """
    begin = _BEGINS.search(content)
    if begin is None:
        return None
    ends = [
        (content[begin.end() : end.start()].removesuffix(_APART), end.end())
        for end in _ENDS.finditer(content, begin.end())
    ]
    if not ends:
        return None
    written = [place for place in ends if digest_of(place[0]) == begin[1]]
    text, stop = (written or ends)[0]
    return Parts(
        above=content[: begin.start()], text=text, below=content[stop:], untouched=bool(written)
    )


def difference(there: str, wanted: str, name: str) -> str:
    """Return how a region on disk differs from what would be written, as a unified diff."""
    lines = difflib.unified_diff(
        there.splitlines(keepends=True),
        wanted.splitlines(keepends=True),
        f"{name} (as it is)",
        f"{name} (as it would be written)",
    )
    return "".join(lines)
