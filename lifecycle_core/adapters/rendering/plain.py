r"""Foreign text made harmless to look at: what cannot be seen is shown, nothing acts.

A notebook's text may hold terminal codes, null bytes, or marks that turn the direction of
writing, so that a line reads other than it runs.
"""

from __future__ import annotations

import re

_HIDDEN = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    r"\ufff9-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]"
)
_PICTURES = 0x2400
_LAST_PICTURED = 0x1F
_DELETE, _DELETE_PICTURE = 0x7F, "\u2421"


def visible(text: str) -> str:
    r"""Return text in which every control and every mark of direction can be seen.

    Tabs and line feeds stay; a control becomes its picture, another hidden character its number.

    Example:
        >>> visible("a\x00b\x1b[31m\u202e")
        'a␀b␛[31m⟨U+202E⟩'
    """
    return _HIDDEN.sub(_shown, text)


def one_line(text: str) -> str:
    r"""Return text as one line of visible characters.

    Example:
        >>> one_line("a\n  b")
        'a b'
    """
    return visible(" ".join(text.split()))


def unbroken(text: str) -> str:
    r"""Return text in which line feeds and tabs are seen too, so that it cannot pass for lines.

    Spaces stay as they are: a category that is one is another than one that is empty.

    Example:
        >>> unbroken("a\n✕ b"), unbroken(" ")
        ('a␊✕ b', ' ')
    """
    return visible(text.rstrip("\n")).translate({0x09: "␉", 0x0A: "␊"})


def _shown(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code == _DELETE:
        return _DELETE_PICTURE
    return chr(_PICTURES + code) if code <= _LAST_PICTURED else f"⟨U+{code:04X}⟩"
