"""Timings that libraries print of their own accord, though the notebook never asked a clock.

Measured: scikit-learn's `verbose` and `cross_validate`, joblib, LightGBM, CatBoost, and the date
and time of day in a summary of statsmodels, differ on every run.
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
_SUMMARY = re.compile(r"\b(?:No\. Observations|Log-Likelihood|Prob \(F-statistic\)|Df Residuals):")
_SUMMARY_TIME = re.compile(
    r"(\bDate: {1,30})(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d \w{3} \d{4}"
    r"|(\bTime: {1,30})\d\d:\d\d:\d\d"
    r"|(<th>Date:</th>\s{0,40}<td>)[^<]{0,30}|(<th>Time:</th>\s{0,40}<td>)[^<]{0,30}"
    r"|(\{Date:\} {1,40}& {1,40})[^&\n]{0,30}|(\{Time:\} {1,40}& {1,40})[^&\n]{0,30}"
    r"|(\|Date:\|)[^|\n]{0,30}|(\|Time:\|)[^|\n]{0,30}"
)
_FIT_TIMES = re.compile(
    r"(['\"](?:mean_|std_)?(?:fit|score)_time['\"]: {0,4})"
    r"(?:array\(\[[^\]]{0,20000}\]\)|\[[^\]]{0,20000}\]|(?:np\.float64\()?\d{1,9}\.\d[\de.-]{0,24}\)?)"
)
_FIT_NAME = re.compile(r"\b(?:mean_|std_)?(?:fit|score)_time\b")


def without_library_times(text: str) -> str:
    """Return text with the timings that libraries print of their own accord taken out.

    Example:
        >>> without_library_times("[CV] END ...C=1;, score=0.8 total time=   0.3s")
        '[CV] END ...C=1;, score=0.8 total time=   (…)'
    """
    text = _TIMED.sub(rf"\1{MARK}", text)
    if _FIT_NAME.search(text):
        text = _FIT_TIMES.sub(rf"\1{MARK}", text)
        text = without_columns(text, lambda name: _FIT_NAME.search(name) is not None)
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
