"""Warnings on stderr: path, line and wording follow the libraries' versions, and each shows once.

2,643 (6 %) of the public notebooks that differed only cosmetically differed in deprecation
warnings. Whatever else is on stderr is compared: what a notebook logs may be its result.
"""

from __future__ import annotations

import re

from lifecycle_core.notebooks.normalisers.base import (
    Normaliser,
    Outputs,
    always,
    change_streams,
    stream,
)

_HEAD = re.compile(
    r"[^\s:][^:\n]{0,300}(?::[\\/][^:\n]{0,300})?:\d+: (?:\w{1,40}\.){0,6}\w*Warning: "
)
_SOURCE = re.compile(r"  \S")
_LOGGED = re.compile(r"(?:DEBUG|INFO|WARNING|ERROR|CRITICAL)\b|\d{4}-\d\d-\d\d|\[")
_LONGEST = 12
"""Lines of a warning's own text that are looked through for the line of source that ends it."""


def without_warnings(text: str) -> str:
    r"""Return text without what `warnings.warn` shows.

    Example:
        >>> without_warnings("/tmp/a.py:3: UserWarning: few rows\n  warn('few rows')\nrows 3\n")
        'rows 3\n'
    """
    if "Warning: " not in text:
        return text
    lines = text.splitlines(keepends=True)
    kept = []
    at = 0
    while at < len(lines):
        if _HEAD.match(lines[at]):
            at = _end(lines, at)
        else:
            kept.append(lines[at])
            at += 1
    return "".join(kept)


def _end(lines: list[str], head: int) -> int:
    """Return the index after a warning: after its line of source, if it shows one."""
    for at in range(head + 1, min(head + 1 + _LONGEST, len(lines))):
        if _SOURCE.match(lines[at]):
            return at + 1
        if _LOGGED.match(lines[at]) or _HEAD.match(lines[at]):
            break
    return head + 1


def _normalise(outputs: Outputs) -> Outputs:
    return change_streams(outputs, without_warnings, "stderr")


NORMALISER = Normaliser(
    name="warnings_text",
    normalise=always(_normalise),
    equal=(
        (stream("/a/b.py:3: FutureWarning: will go\n  f(x)\nlogged\n", "stderr"),),
        (stream("logged\n", "stderr"),),
    ),
    different=(
        (stream("INFO:root:auc 0.8\n", "stderr"),),
        (stream("INFO:root:auc 0.9\n", "stderr"),),
    ),
)
