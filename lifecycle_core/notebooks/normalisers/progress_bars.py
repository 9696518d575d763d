"""Progress bars: their speed and what they showed on the way; what was done in the end counts.

Measured: tqdm draws when a clock says so, and prints its rate and the time it took; keras and rich
likewise, and keras also in the one line that it prints of an epoch where it draws no bar. The
description, the count, the total and what is appended, such as a loss, stay.
"""

from __future__ import annotations

import re

from lifecycle_core.notebooks.normalisers.base import (
    Normaliser,
    Outputs,
    always,
    change_data,
    change_streams,
    settled,
    stream,
)

_LONGEST = 2_000
"""Characters of a line that may be a bar."""
_CLOCK = r"(?:\d{1,4}:){0,2}(?:\d{1,4}|\?)"
_TQDM = re.compile(
    rf"\[{_CLOCK}(?:<{_CLOCK})?, [^\],\[]{{1,40}}(?:/s|s/)[^\],\[]{{0,20}}([^\]]{{0,500}})\][ \t]*$"
)
_COUNT = re.compile(r"\d[\d.,]{0,20}[kMGT]?(?:/[\d.,?]{1,20}[kMGT]?| ?[A-Za-z]{1,20})?$")
_PERCENT = re.compile(r"\d{1,3}%$")
_KERAS = re.compile(r" *(\d{1,12})/(\d{1,12}|Unknown) (?:\[[=>.]{0,60}\]|[━╸ ]{1,60}(?= ))")
_KERAS_TIME = re.compile(
    r" (?:- )?(?:ETA: {1,4}\S{1,12}|\d+(?:\.\d+)?(?:us|ms|s)/(?:step|epoch|sample)"
    r"|\d+(?:\.\d+)?(?:us|ms|s|m))(?= |$)"
)
_KERAS_EPOCH = re.compile(r"\d{1,12}/\d{1,12} - \d{1,6}s(?= - |$)| - \d{1,6}s(?= - \w{1,80}: )")
_RICH = re.compile(r"([^\n━╸╺]{0,200})[━╸╺][━╸╺ ]{0,400}([^\n━╸╺]{0,200})$")
_RICH_TIME = re.compile(r"-:--:--|\d+:\d\d:\d\d|\d+(?:\.\d+)? ?(?:[kMG]?B|it)/s|\beta\b")
_HTML = re.compile(
    r"\[(\d{1,12}/\d{1,12}),? \d[\d:]{2,8}(?:(?:&lt;|<) ?[\d:?]{1,9})?(?:, [^\]<,]{0,20}/s)?"
)


def finished(text: str) -> str:
    r"""Return text with each progress bar as the state in which it ended.

    A bar that was drawn on several lines leaves its complete states and the last one.

    Example:
        >>> finished("fit: 100%|####| 5/5 [00:03<00:00,  1.61it/s, loss=0.2]\nauc 0.8\n")
        'fit: 5/5, loss=0.2\nauc 0.8\n'
    """
    kept: list[str] = []
    passed: set[int] = set()
    unfinished: dict[str, int] = {}
    for line in text.split("\n"):
        state = _state(line)
        if state is not None:
            key, line, complete = state  # noqa: PLW2901 - the line as it is kept
            if key in unfinished:
                passed.add(unfinished.pop(key))
            if complete and kept and kept[-1] == line and len(kept) - 1 not in passed:
                continue
            if not complete:
                unfinished[key] = len(kept)
        else:
            line = _of_epoch(line)  # noqa: PLW2901
        kept.append(line)
    return "\n".join(line for at, line in enumerate(kept) if at not in passed)


def _state(line: str) -> tuple[str, str, bool] | None:
    """Return a bar's key, its state without times, and whether it is complete; None if no bar."""
    if len(line) > _LONGEST:
        return None
    if "[" in line:
        return _tqdm(line) or _keras(line)
    return (_keras(line) or _rich(line)) if "━" in line or "╺" in line else None


def _tqdm(line: str) -> tuple[str, str, bool] | None:
    tail = _TQDM.search(line)
    if tail is None:
        return None
    head = line[: tail.start()].rstrip()
    name, count = head, ""
    if "|" in head:
        name, count = head.split("|", 1)[0], head.rsplit("|", 1)[1].strip()
    elif found := _COUNT.search(head[-60:]):
        count = found[0]
        name = head[: len(head) - len(count)]
    name = _PERCENT.sub("", name.strip()).strip()
    done, _, total = count.partition("/")
    more = tail[1].rstrip()
    return f"{name}/{total}", f"{name} {count}".strip() + more, bool(total) and done == total


def _keras(line: str) -> tuple[str, str, bool] | None:
    found = _KERAS.match(line)
    if found is None:
        return None
    rest = " ".join(_KERAS_TIME.sub("", line[found.end() :]).split())
    shown = f"{found[1]}/{found[2]} {rest}".rstrip()
    return f"keras/{found[2]}", shown, found[1] == found[2]


def _of_epoch(line: str) -> str:
    """Return a line that keras prints of an epoch (`verbose=2`) without times; others as they are.

    It is no bar: each stands for itself and none is drawn over another.
    """
    return _KERAS_TIME.sub("", line) if _KERAS_EPOCH.match(line) else line


def _rich(line: str) -> tuple[str, str, bool] | None:
    found = _RICH.match(line)
    if found is None:
        return None
    name, rest = found[1].strip(), _RICH_TIME.sub("", found[2]).split()
    return f"rich/{name}", " ".join([name, *rest]), "100%" in rest


def _normalise(outputs: Outputs) -> Outputs:
    outputs = change_streams(outputs, settled(finished), "stdout", "stderr")
    outputs = change_data(outputs, ("text/plain",), settled(finished))
    return change_data(outputs, ("text/html",), settled(lambda html: _HTML.sub(r"[\1", html)))


NORMALISER = Normaliser(
    name="progress_bars",
    normalise=always(_normalise),
    equal=(
        (stream("fit: 100%|#####| 5/5 [00:03<00:00, 1.61it/s]\n", "stderr"), stream("0.8\n")),
        (stream("fit: 100%|#####| 5/5 [00:02<00:00, 2.02it/s]\n", "stderr"), stream("0.8\n")),
    ),
    different=(
        (stream("fit:  60%|###  | 3/5 [00:03<00:02, 1.61it/s]\n", "stderr"),),
        (stream("fit: 100%|#####| 5/5 [00:03<00:00, 1.61it/s]\n", "stderr"),),
    ),
)
