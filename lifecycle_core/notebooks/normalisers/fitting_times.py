r"""How long a fit took, in the lines and tables in which libraries tell how it went.

Seen in public notebooks: pmdarima, Stan, PyMC, gensim, TabNet, fastai and scikit-learn's t-SNE
print it beside their results, pycaret and lazypredict as a column of the models they tried, though
the notebook asked no clock. LightGBM tries two ways to go through the data, takes the one that a
clock finds faster, and says which.
"""

from __future__ import annotations

import re

from lifecycle_core.notebooks.normalisers.base import Normaliser, on_text, stream
from lifecycle_core.notebooks.normalisers.timed_columns import MARK, without_columns

_HINTS = (
    "Time=", "Total fit time", " seconds (", "[t-SNE]", " draws total", " effective words",
    "epoch", "-wise multi", "TT (Sec)", "Time Taken",
)  # fmt: skip
_TIMED = re.compile(
    r"( AIC=[-\w.]{1,20}, Time=)\d{1,6}\.\d\d(?= sec)|(^Total fit time: )[\d.]{1,12}(?= seconds$)"
    r"|(^(?:Chain \d{1,4}: )? {0,2}(?:Elapsed Time: | {12,30}))[\d.]{1,12}"
    r"(?= seconds \((?:Warm-up|Sampling|Total)\))"
    r"|(^\[t-SNE\] [^\n]{1,120} in )\d{1,6}\.\d{1,6}(?=s\b)"
    r"|( draws total\) took )\d{1,9}(?= seconds?\.)"
    r"|( effective words\) took )[\d.]{1,12}s, [\d.]{1,12}(?= effective words/s)"
    r"|(^epoch {1,3}\d{1,6} {0,3}\| [^\n]{1,400}\| {1,4})\d{1,3}:\d\d:\d\d(?=s$)",
    re.MULTILINE,
)
_WAY = re.compile(
    r"(Auto-choosing )(?:row|col)(?=-wise multi-threading, the overhead of testing was )"
    r"|(^You can set `force_)(?:row|col)(?=_wise=true` to remove the overhead\.)"
    r"|^And if memory is not enough, you can set `force_col_wise=true`\.(?:\n|\Z)",
    re.MULTILINE,
)
_EPOCHS = re.compile(
    r"^\|?epoch[| ]{1,9}train_loss(?:[| ][^\n]{0,400})?[| ]time {0,9}$", re.MULTILINE
)
_EPOCH_TIME = re.compile(
    r"(^\|?\d{1,6}[| ][^\n]{1,400}[| ])(?:\d{1,3}:)?\d{1,3}:\d\d(?= {0,9}$)", re.MULTILINE
)
_TRIED = ("TT (Sec)", "Balanced Accuracy", "Adjusted R-Squared")
"""What tells a table of models that pycaret or lazypredict tried."""
_TRIED_TIME = re.compile(r"(?:\A|[| ])(?:TT \(Sec\)|\(Sec\)|Time Taken|Taken)(?:\Z|[|\n ])")


def without_fitting_times(text: str) -> str:
    """Return text with such times made one.

    Example:
        >>> without_fitting_times("ARIMA(1,1,1) intercept : AIC=100.1, Time=0.12 sec")
        'ARIMA(1,1,1) intercept : AIC=100.1, Time=(…) sec'
    """
    if not any(hint in text for hint in _HINTS):
        return text
    text = _TIMED.sub(lambda found: "".join(filter(None, found.groups())) + MARK, text)
    if "-wise multi" in text:
        text = _WAY.sub(
            lambda found: f"{found[1] or found[2]}(faster)" if found.lastindex else "", text
        )
    if _EPOCHS.search(text):
        text = _EPOCH_TIME.sub(rf"\1{MARK}", text)
    if any(mark in text for mark in _TRIED):
        text = without_columns(text, lambda name: _TRIED_TIME.search(name) is not None)
    return text


NORMALISER = Normaliser(
    name="fitting_times",
    normalise=on_text(without_fitting_times, kinds=("text/plain", "text/html")),
    equal=(
        (stream("ARIMA(1,1,1) intercept : AIC=100.1, Time=0.12 sec\n"),),
        (stream("ARIMA(1,1,1) intercept : AIC=100.1, Time=0.34 sec\n"),),
    ),
    different=(
        (stream("ARIMA(1,1,1) intercept : AIC=100.1, Time=0.12 sec\n"),),
        (stream("ARIMA(1,1,1) intercept : AIC=100.2, Time=0.12 sec\n"),),
    ),
)
