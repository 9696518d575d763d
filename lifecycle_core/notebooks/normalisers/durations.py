"""How long something took, in free text, in cells known to have read a clock, and there only.

Measured: `time.time()` around a fit is printed in many wordings, none of them reproducible. Dates
and times of day are no durations: they stay, because a result may depend on the day (`clock`).
"""

from __future__ import annotations

import re

from lifecycle_core.notebooks.normalisers.base import Normaliser, Outputs, change_text, stream
from lifecycle_core.notebooks.normalisers.timed_columns import MARK, without_columns
from lifecycle_core.notebooks.surroundings import Surroundings

_LONGEST = 20_000
"""Characters of a line that is read; longer ones are data."""
_NUMBER = (
    r"(?<![\w.:/-])(?<!\d,)-?(?!1[4-9]\d{8}(?!\d))"  # seconds since 1970 are a date
    r"\d{1,12}+(?:,\d{3}){0,4}+(?:\.\d{0,20}+)?(?:[eE][-+]?\d{1,3}+)?"
)
_HOURS = r"(?:d|days?|hrs?|hours?|h)"
_MINUTES = r"(?:mins?|minutes?|m)"
_SECONDS = (
    r"(?:s|secs?|seconds?|ms|msecs?|milliseconds?|[µμ]s|us|usecs?|microseconds?|ns|nanoseconds?)"
)
_RATE = (
    rf"(?:[A-Za-z]{{1,20}}/(?:s|secs?|seconds?|min|minute|h|hour)|{_SECONDS}/[A-Za-z]{{1,20}}"
    r"|[A-Za-z]{1,20} per (?:second|minute|hour))"
)
# `mean 0.5 min 0.1 max 0.9` holds no minutes: a number follows.
_NO_NUMBER = r"(?![ \t]{0,9}[:=]?[ \t]{0,9}-?[\d.])"
_ALONE = rf"(?:{_RATE}|{_SECONDS}|(?:hrs?|hours?|h|mins?|minutes?){_NO_NUMBER})"
_GAP = r"[ \t]{0,2}"
_AND = r"[ ,]{0,2}(?:and )?"
_REST = rf"\d{{1,2}}(?:\.\d{{1,9}})?{_GAP}{_SECONDS}"
_WITH_UNIT = re.compile(
    rf"{_NUMBER}{_GAP}{_HOURS}{_AND}\d{{1,2}}{_GAP}{_MINUTES}(?:{_AND}{_REST})?(?!\w)"
    rf"|{_NUMBER}{_GAP}{_MINUTES}{_AND}{_REST}(?!\w)"
    rf"|{_NUMBER}{_GAP}{_ALONE}(?![\w/^²]|\.\w)"
)
_WORD = (
    r"(?<![A-Za-z])(?:took|taken|elapsed|time|durations?|runtimes?|seconds?|secs?|latency|speed"
    r"|throughput|walltime|wall|spent|(?:finished|done|completed|trained|fitted|ran|loaded) in)"
    r"(?![A-Za-z])(?![ _-]?(?:step|series|point|index|zone|stamp))"
)
_RESULT = r"(?!acc|auc|loss|score|err|r2|rmse|mae|mse|mape|f1|prec|recall|rows?\b|n\b)"
_BETWEEN = rf"(?:[ \t_]{{0,4}}(?:{_RESULT}[A-Za-z]{{1,20}}+|for \d{{1,12}}+|\([A-Za-z]{{1,12}}\)))"
_AFTER_SIGN = re.compile(
    rf"({_WORD}{_BETWEEN}{{0,4}}['\"]?[ \t]{{0,20}}[:=][ \t]{{0,20}}){_NUMBER}(?![\w:/-]|[.,]\d)",
    re.IGNORECASE,
)
_AFTER_WORD = re.compile(
    rf"({_WORD}[ \t]{{1,60}}+(?:(?:is|was|of|in|about|approximately|only|just) |[~≈] ?){{0,2}})"
    rf"{_NUMBER}(?=[ \t]{{0,20}}(?:$|[).,;|](?!\d)))",
    re.IGNORECASE,
)
_DAY_TIME = r"\d{1,3}:\d\d:\d\d(?:\.\d{1,9})?"
_DELTA = re.compile(
    r"(?:datetime\.)?timedelta\([^()\n]{0,80}\)|timedelta64\(-?\d{1,20}, ?'\w{1,5}'\)"
    r"|Timedelta\('[^'\n]{0,60}'\)"
    rf"|(?<![\w.:/-])-?\d{{1,9}} days?,?[ \t]{{1,3}}\+?{_DAY_TIME}(?![\w:])"
    r"|(?<![\w.:/-])(?<!\d[ T])(?:\d|00):\d\d:\d\d(?:\.\d{1,9})?(?![\w:.]|[ \t]?[AaPp]\.?[Mm]\b)"
)
_SAID_TO_BE = re.compile(
    r"((?<![A-Za-z])(?:took|taken|elapsed|durations?|runtimes?|spent|total time|training time)"
    r"(?:[ \t]{1,4}[A-Za-z]{1,12}+){0,3}[ \t]{0,4}[:=]?[ \t]{0,20})"
    r"\d{1,3}:\d\d(?::\d\d)?(?:\.\d{1,9})?(?![\w:])",
    re.IGNORECASE,
)
_NAME = re.compile(
    r"(?<![A-Za-z])(?:time|elapsed|duration|runtime|seconds?|secs?|latency|throughput)(?![A-Za-z])",
    re.IGNORECASE,
)
_RUN = re.compile(r"[ \t]{2,}")
_DIGIT = re.compile(r"\d")


def without_durations(text: str) -> str:
    """Return text with durations made one, and all else as it is.

    Example:
        >>> without_durations("took 3.2 s, accuracy 0.91")
        'took (…), accuracy 0.91'
        >>> without_durations("Training time: 0.0503")
        'Training time: (…)'
        >>> without_durations("Elapsed: 0:00:03.250259 on 2026-11-25 15:38:02")
        'Elapsed: (…) on 2026-11-25 15:38:02'
    """
    text = without_columns(text, lambda name: _NAME.search(name) is not None)
    return "\n".join(map(_line, text.split("\n")))


def _line(line: str) -> str:
    if len(line) > _LONGEST or not _DIGIT.search(line):
        return line
    new = _once(line)
    if new == line:
        return line
    while (again := _once(new)) != new:  # each time fewer digits are left
        new = again
    return _RUN.sub(" ", new)


def _once(line: str) -> str:
    line = _DELTA.sub(MARK, line)
    line = _SAID_TO_BE.sub(rf"\1{MARK}", line)
    line = _WITH_UNIT.sub(MARK, line)
    line = _AFTER_SIGN.sub(rf"\1{MARK}", line)
    return _AFTER_WORD.sub(rf"\1{MARK}", line)


def _normalise(outputs: Outputs, surroundings: Surroundings) -> Outputs:
    if not surroundings.clock_read:
        return outputs
    return change_text(outputs, without_durations, kinds=("text/plain", "text/html"))


NORMALISER = Normaliser(
    name="durations",
    normalise=_normalise,
    equal=(
        (stream("took 3.2 s, accuracy 0.91\nElapsed: 0:00:03.25\n"),),
        (stream("took 12.1 s, accuracy 0.91\nElapsed: 0:00:12.13\n"),),
    ),
    different=(
        (stream("took 3.2 s, accuracy 0.91\n2026-11-25 15:38\n"),),
        (stream("took 3.2 s, accuracy 0.92\n2026-11-25 15:38\n"),),
    ),
    surroundings=Surroundings(clock_read=True),
)
