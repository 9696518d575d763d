"""Numbers that the system gives out inside the reprs of threads, processes, tasks and pools.

Measured: `<Thread(Thread-5 (f), started 140225472792256)>` differs on every run in its identity,
and in its ordinal with how many threads the kernel itself had started.
"""

from __future__ import annotations

import re

from lifecycle_core.notebooks.normalisers.base import Normaliser, on_text, stream

_REPR = re.compile(
    r"<[\w.]{0,40}(?:Thread|Process|Task|Future|Timer|Pool|Popen|Client|Lock|Semaphore|Event)\b"
    r"[^<>\n]{0,300}>"
)
_NUMBER = re.compile(
    r"(?<=started )\d{4,20}|(?<=daemon )\d{4,20}|(?<=stopped )\d{4,20}"
    r"|(?<=pid=)\d{1,10}|(?<=parent=)\d{1,10}|(?<=owner=)\d{1,20}"
    r"|(?<=Thread-)\d{1,6}|(?<=Task-)\d{1,6}|(?<=Process-)\d{1,6}(?::\d{1,6})?"
    r"|(?<=Executor-)\d{1,6}_\d{1,6}|(?<=[\"':/]0\.0:)\d{2,5}|(?<=127\.0\.0\.1:)\d{2,5}"
)


def impersonal(text: str) -> str:
    """Return text with those numbers taken out of such reprs.

    Example:
        >>> impersonal("<Thread(Thread-5 (f), started 140225472792256)>")
        '<Thread(Thread-… (f), started …)>'
    """
    return _REPR.sub(lambda found: _NUMBER.sub("…", found[0]), text) if "<" in text else text


NORMALISER = Normaliser(
    name="object_reprs",
    normalise=on_text(impersonal),
    equal=(
        (stream("<Thread(Thread-5 (f), stopped 140225472792256)>\n"),),
        (stream("<Thread(Thread-9 (f), stopped 140508663719616)>\n"),),
    ),
    different=(
        (stream("<Thread(Thread-5 (f), started 140225472792256)>\n"),),
        (stream("<Thread(Thread-5 (f), stopped 140225472792256)>\n"),),
    ),
)
