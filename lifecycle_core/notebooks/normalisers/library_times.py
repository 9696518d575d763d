"""Timings that libraries print of their own accord, though the notebook never asked a clock.

Measured: scikit-learn's `verbose` and `cross_validate`, joblib, LightGBM, CatBoost, and the date
and time of day in a summary of statsmodels, differ on every run; so do the metrics of transformers
that are speeds, beside those that are results.
"""

from __future__ import annotations

import re

from lifecycle_core.notebooks.normalisers.base import Normaliser, on_text, stream
from lifecycle_core.notebooks.normalisers.timed_columns import MARK, without_columns

_TIMED = re.compile(
    r"((?:\btotal time=|\belapsed:|\bremaining:|\btotal=|\btotal:"
    r"|the overhead of testing was) {0,8})"
    r"\d{1,12}(?:\.\d{1,12})? ?(?:s|ms|us|min|h|seconds|minutes)\b"
)
_HINTS = (
    "total",
    "elapsed:",
    "remaining:",
    "overhead",
    "Remaining Time",
    "_time",
    "Time:",
    "Date:",
    "_per_second",
    "Samples Per Second",
)
_SUMMARY = re.compile(r"\b(?:No\. Observations|Log-Likelihood|Prob \(F-statistic\)|Df Residuals):")
_SUMMARY_TIME = re.compile(
    r"(Date: {1,30})(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d \w{3} \d{4}"
    r"|(Time: {1,30})\d\d:\d\d:\d\d"
    r"|(<th>Date:</th>\s{0,40}<td>)[^<]{0,30}|(<th>Time:</th>\s{0,40}<td>)[^<]{0,30}"
    r"|(\{Date:\} {1,40}& {1,40})[^&\n]{0,30}|(\{Time:\} {1,40}& {1,40})[^&\n]{0,30}"
    r"|(\|Date:\|)[^|\n]{0,30}|(\|Time:\|)[^|\n]{0,30}"
)
_FIT_TIMES = re.compile(
    r"(['\"](?:mean_|std_)?(?:fit|score)_time['\"]: {0,4})"
    r"(?:array\(\[[^\]]{0,20000}\]\)|\[[^\]]{0,20000}\]|(?:np\.float64\()?\d{1,9}\.\d[\de.-]{0,24}\)?)"
)
_TRAINER = re.compile(
    r"(\b\w{1,40}_(?:runtime|samples_per_second|steps_per_second|preparation_time)"
    r"(?:['\"]: {0,4}| {1,40}= {1,40}))"
    r"(?:\d{1,12}(?:\.\d{1,12})?(?![\d.:])|\d{1,4}:\d\d:\d\d\.\d\d)"
)
_TRAINER_COLUMN = re.compile(r"(?:\A|\|)(?:Runtime|(?:Samples|Steps) Per Second)(?:\Z|[|\n])")
_BOOSTED = re.compile(
    r"^( {1,12}\d{1,9}(?: {1,20}-?[\d.]{1,20}){1,3} {1,20})[\d.]{1,12}[sm]$", re.MULTILINE
)
_FIT_NAME = re.compile(r"\b(?:mean_|std_)?(?:fit|score)_time\b")


def without_library_times(text: str) -> str:
    """Return text with the timings that libraries print of their own accord taken out.

    Example:
        >>> without_library_times("[CV] END ...C=1;, score=0.8 total time=   0.3s")
        '[CV] END ...C=1;, score=0.8 total time=   (…)'
    """
    if not any(hint in text for hint in _HINTS):
        return text
    text = _TIMED.sub(rf"\1{MARK}", text)
    if "Remaining Time" in text:
        text = _BOOSTED.sub(rf"\1{MARK}", text)
    if _FIT_NAME.search(text):
        text = _FIT_TIMES.sub(rf"\1{MARK}", text)
        text = without_columns(text, lambda name: _FIT_NAME.search(name) is not None)
    if "_per_second" in text:  # `mean_runtime` alone may be that of films
        text = _TRAINER.sub(rf"\1{MARK}", text)
    if "Samples Per Second" in text:
        text = without_columns(text, lambda name: _TRAINER_COLUMN.search(name) is not None)
    if _SUMMARY.search(text):
        text = _SUMMARY_TIME.sub(lambda found: "".join(filter(None, found.groups())) + MARK, text)
    return text


NORMALISER = Normaliser(
    name="library_times",
    normalise=on_text(without_library_times, kinds=("text/plain", "text/html", "text/latex")),
    equal=(
        (stream("[CV] END score=0.81 total time=   0.3s\n"),),
        (stream("[CV] END score=0.81 total time=   1.4s\n"),),
    ),
    different=(
        (stream("[CV] END score=0.81 total time=   0.3s\n"),),
        (stream("[CV] END score=0.82 total time=   0.3s\n"),),
    ),
)
