"""The number of a process: the system counts on, and it says nothing of a result.

Measured: `print("pid", os.getpid())`, `%(process)d` of `logging` after the word, and the names that
servers and pools give their workers, differ on every run. It counts only in a notebook that asks
for its process. A format `%(asctime)s %(process)d` prints the bare number behind the stamp; there
it counts only if the notebook holds such a format.
"""

from __future__ import annotations

import re

from lifecycle_core.notebooks.normalisers.base import (
    Normaliser,
    Outputs,
    change_streams,
    change_text,
    stream,
)
from lifecycle_core.notebooks.surroundings import Surroundings

_PID = re.compile(
    r"(?<![\w.])((?:pid|PID|process id|process_id)[\"']?[ \t]{0,2}[:=]?[ \t]{0,2})\d{1,10}\b"
)
_LOGGED = re.compile(
    r"^(\[?\(stamp\)[\])]?[ \t:|,-]{0,8}(?:\[?[A-Z]{4,8}\]?[ \t:|,-]{1,8})?[\[(]?)\d{1,10}"
    r"(?![\w.]|[,:]\d)",
    re.MULTILINE,
)
"""The first number behind a stamp as `log_times` leaves it, or behind the level that follows it."""


def without_pid(text: str) -> str:
    """Return text without the numbers of processes.

    Example:
        >>> without_pid("worker pid: 29683, 5 rows")
        'worker pid: (…), 5 rows'
    """
    return _PID.sub(r"\1(…)", text)


def _normalise(outputs: Outputs, surroundings: Surroundings) -> Outputs:
    if surroundings.process_logged:
        outputs = change_streams(
            outputs, lambda text: _LOGGED.sub(r"\1(…)", text), "stdout", "stderr"
        )
    return change_text(outputs, without_pid) if surroundings.process_asked else outputs


NORMALISER = Normaliser(
    name="process_id",
    normalise=_normalise,
    equal=((stream("pid=29683 auc 0.91\n"),), (stream("pid=11431 auc 0.91\n"),)),
    different=((stream("pid=29683 auc 0.91\n"),), (stream("pid=11431 auc 0.92\n"),)),
    surroundings=Surroundings(process_asked=True),
)
