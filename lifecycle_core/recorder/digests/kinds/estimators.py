"""scikit-learn estimators, and the boosters of xgboost and lightgbm."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...builtin_names import BUILTINS
from ..leaves import leaf
from ..parts import Note, Part, Value
from ..types import attributes

if TYPE_CHECKING:
    from collections.abc import Iterator

globals()["__builtins__"] = BUILTINS

_TIMINGS = frozenset(("refit_time_", "fit_time_", "score_time_"))
_TREE_STATE, _COUNTERS = 13, slice(7, 11)
_MACHINE = frozenset(("_n_threads", "_stop_words_id"))
"""What depends on the machine or the process: a vectorizer remembers where its words lie."""


def estimator(value: Value) -> Iterator[Part]:
    """Parameters and fitted attributes, private ones included; timings are left out.

    They all are attributes of the object. `get_params` would call code of the user's class and say
    no more.
    """
    for name, held in attributes(value).items():
        if name in _TIMINGS:
            yield Note("timings")
        elif name == "cv_results_" and isinstance(held, dict):
            yield Note("timings")
            yield leaf(name)
            yield ({key: kept for key, kept in held.items() if not _is_timing(key)},)
        elif name not in _MACHINE:
            yield leaf(name)
            yield (held,)


def _is_timing(key: Value) -> bool:
    return type(key) is str and key.endswith("_time")


def search_tree(value: Value) -> Iterator[Part]:
    """A KDTree or BallTree; how often it was asked, which it counts, does not count."""
    state = value.__getstate__()
    if len(state) == _TREE_STATE:
        state = (*state[: _COUNTERS.start], *state[_COUNTERS.stop :])
    yield (state,)


def xgboost_booster(value: Value) -> Iterator[Part]:
    """An xgboost booster: the model it would save."""
    yield memoryview(value.save_raw(raw_format="ubj"))


def lightgbm_booster(value: Value) -> Iterator[Part]:
    """A lightgbm booster: the model it would save."""
    yield leaf(value.model_to_string())
