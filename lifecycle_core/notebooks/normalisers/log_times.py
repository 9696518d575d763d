"""The time of day that a logger writes before each record; what is logged stays.

Measured: `logging` with `%(asctime)s`, loguru and optuna stamp each line to the millisecond, and
the notebook itself asks no clock. transformers, cmdstanpy and xgboost have formats of their own
(`05/12/2023 10:15:30 - INFO - `, `15:04:05 - cmdstanpy - INFO - `, `[15:04:05] WARNING: `); what
tells a record is the level beside the stamp. A date that the notebook prints is not touched.
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

_LEVEL = r"(?:DEBUG|INFO|WARN(?:ING)?|ERROR|CRITICAL|FATAL|TRACE|SUCCESS)"
_DAY = r"\d{4}-\d\d-\d\d[ T]"
_ANY_DAY = r"(?:\d{4}([-/.])\d\d\2\d\d|\d\d([-/.])\d\d\3(?:\d{4}|\d\d))[ T]"
_TIME = r"\d\d:\d\d:\d\d(?:[.,]\d{1,9})?"
_C_TIME = r"[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}"  # as UMAP stamps its own
_NAME = (
    r"(?:[\w.]{1,80}+[ \t]{0,20}[-|:][ \t]{0,4}|\[[\w.-]{1,80}+\][ \t]{0,4}(?:[-|:][ \t]{0,4})?)?"
)
_BEFORE_LEVEL = rf"(?=\]?[ \t]{{0,4}}[-|:]?[ \t]{{0,4}}{_NAME}[\[(]?{_LEVEL}\b)"
_STAMP = re.compile(
    rf"^(\[?)(?:{_ANY_DAY})?{_TIME}(?: [AP]M|Z|[+-]\d\d:?\d\d)?{_BEFORE_LEVEL}"
    rf"|^(\[?(?:[DIWEC] )?){_DAY}\d\d:\d\d:\d\d,\d{{3}}(?!\d)"  # the comma is that of `logging`
    rf"|^(\[?{_LEVEL}\]?[ \t:|-]{{1,8}}){_DAY}{_TIME}"
    rf"|^({_LEVEL} [-:] ){_TIME}(?=: )"
    rf"|^(){_C_TIME}(?= (?:Construct (?:fuzzy|embedding)|(?:Finding|Finished) Nearest Neighbor"
    r"|Building RP forest|NN descent for|Finished embedding$))",
    re.MULTILINE,
)


def unstamped(text: str) -> str:
    """Return text with the stamps of log records made one.

    Example:
        >>> unstamped("2026-11-25 15:41:57,700 INFO auc 0.91")
        '(stamp) INFO auc 0.91'
    """
    return _STAMP.sub(
        lambda found: "".join(filter(None, found.group(1, 4, 5, 6))) + "(stamp)", text
    )


def _normalise(outputs: Outputs) -> Outputs:
    return change_streams(outputs, unstamped, "stdout", "stderr")


NORMALISER = Normaliser(
    name="log_times",
    normalise=always(_normalise),
    equal=(
        (stream("2026-11-25 15:41:57,700 INFO auc 0.91\n", "stderr"),),
        (stream("2026-11-26 09:00:00,001 INFO auc 0.91\n", "stderr"),),
    ),
    different=(
        (stream("2026-11-25 15:41:57.700123\n"),),
        (stream("2026-11-25 15:42:15.332871\n"),),
    ),
)
