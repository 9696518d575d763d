"""HTML in pieces, in one pass whatever is in it: not a parser, but what normalisers need of one.

`html.parser` took minutes for a megabyte of unclosed comments before Python 3.11.14, and hostile
outputs must stay cheap.
"""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_TAG = re.compile(r"<(/?)([A-Za-z][\w:-]{0,40}+)([^<>]*+)>|<!--|<[!?][^<>]*+>")
HIDDEN = frozenset({"style", "script"})


def pieces(html: str) -> Iterator[tuple[str, str, str]]:
    """Yield `(tag, attributes, text)`: each tag, an end tag with its slash, and the text after it.

    What stands before the first tag comes with an empty tag. Comments are dropped. The text after
    `<style>` and `<script>` runs to their end, whatever it holds.

    Example:
        >>> list(pieces('a<b class="x">1 &lt; 2</b>'))
        [('', '', 'a'), ('b', ' class="x"', '1 &lt; 2'), ('/b', '', '')]
    """
    tag, attributes, at, lower = "", "", 0, ""
    while True:
        if tag in HIDDEN:
            lower = lower or html.lower()
            end = lower.find(f"</{tag}", at)
            found = _TAG.search(html, end) if end >= 0 and len(lower) == len(html) else None
        else:
            found = _TAG.search(html, at)
        yield tag, attributes, html[at : found.start()] if found else html[at:]
        if found is None:
            return
        if found[0] == "<!--":
            end = html.find("-->", found.end())
            tag, attributes, at = "", "", end + 3 if end >= 0 else len(html)
        else:
            tag = (found[1] + (found[2] or "")).lower()
            attributes, at = found[3] or "", found.end()


def words(html: str) -> str:
    r"""Return what a reader sees, words parted by one blank.

    Example:
        >>> words("<style>b {}</style><b>two</b>\n <i>words &amp; a sign</i>")
        'two words & a sign'
    """
    seen: list[str] = []
    for tag, _, text in pieces(html):
        if tag not in HIDDEN and text:
            seen += unescape(text).split()
    return " ".join(seen)
