"""Describe any value by plain containers, so that two processes can be compared.

Independent of the product's digests. A class of the notebook lives in another module once it is
compiled, so that an object is described by its class's name and its state, never by its module.
Identity is not described: two equal lists and one list twice are the same picture.
"""

from __future__ import annotations

import enum
import hashlib
import math
import random
import types
import warnings
from pathlib import Path, PurePath
from typing import Any

import numpy as np

SCALARS = (type(None), bool, int, float, complex, str, bytes)
NAMED = (
    types.FunctionType,
    types.BuiltinFunctionType,
    types.MethodType,
    types.ModuleType,
    type,
    np.ufunc,
)
# A picture of a picture: plots are not values, their look is judged elsewhere.
DRAWN = ("matplotlib.", "altair.", "plotly.", "logging", "IPython.", "contextvars", "_contextvars")

WORK = str(Path.cwd())  # the program starts in the notebook's folder, a new one each time
ADDRESSES = {"_stop_words_id"}  # scikit-learn remembers where in memory a list was


def portrait(value: object) -> Any:
    """Return a description of a value, made of tuples, scalars, arrays and frames.

    The state of the global random generators stays as it was.
    """
    python, legacy = random.getstate(), np.random.get_state()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _Painter().paint(value)
    finally:
        random.setstate(python)
        np.random.set_state(legacy)


class _Painter:
    """Walks through a value and knows where it is, so that cycles end."""

    def __init__(self) -> None:
        self.above: list[int] = []

    def paint(self, value: object) -> Any:
        """Return the description of a value or of a part of one."""
        if type(value) is str:
            return ("str", value.replace(WORK, "<work>"))
        if isinstance(value, SCALARS) and type(value) in SCALARS:
            return (type(value).__name__, value)
        if isinstance(value, PurePath):
            return (type(value).__name__, self.paint(str(value)))
        if id(value) in self.above:
            return ("above", len(self.above) - self.above.index(id(value)))
        self.above.append(id(value))
        try:
            return self._composed(value)
        finally:
            self.above.pop()

    def _composed(self, value: Any) -> Any:
        """Ask those who know a kind of value, the first that does."""
        if type(value).__name__ == "SList":  # a list of lines with IPython's conveniences
            value = list(value)
        for painter in (self._code, self._numbers, self._pandas, self._container):
            if (painted := painter(value)) is not None:
                return painted
        return self._reduced(value)

    def _code(self, value: Any) -> Any:
        kind, module = _qualified(type(value)), type(value).__module__
        if isinstance(value, NAMED) or kind == "_lru_cache_wrapper":
            return ("named", _qualified(value, kind))
        if isinstance(value, enum.Enum):
            return ("enum", kind, value.name)
        return ("drawn", kind) if module.startswith(DRAWN) else None

    def _numbers(self, value: Any) -> Any:
        if isinstance(value, np.generic):
            return ("numpy", str(value.dtype), self.paint(value.item()))
        if not isinstance(value, np.ndarray):
            return None
        if value.dtype.names:  # the bytes between fields are never set
            fields = [(name, self._numbers(value[name])) for name in value.dtype.names]
            return ("records", value.shape, fields)
        if value.dtype == object:
            return ("objects", value.shape, [self.paint(each) for each in value.ravel().tolist()])
        return ("array", str(value.dtype), np.ascontiguousarray(value).copy())

    def _container(self, value: Any) -> Any:
        kind = _qualified(type(value))
        if isinstance(value, set | frozenset):
            return ("set", kind, sorted((self.paint(each) for each in value), key=digest))
        if isinstance(value, tuple):
            fields = list(getattr(value, "_fields", ()))
            return ("tuple", kind, [self.paint(each) for each in value], fields)
        if type(value) is list:
            return (kind, [self.paint(each) for each in value])
        if type(value) is dict:
            items = [(key, each) for key, each in value.items() if key not in ADDRESSES]
            return (kind, [(self.paint(key), self.paint(each)) for key, each in items])
        if isinstance(value, types.MappingProxyType):
            return (kind, self.paint(dict(value)))
        return None

    def _reduced(self, value: Any) -> Any:
        """Describe an object by what pickling would keep of it."""
        kind = _qualified(type(value))
        try:
            reduced = value.__reduce_ex__(4)
        except Exception:  # noqa: BLE001 (whatever an object says when it cannot be pickled)
            state = getattr(value, "__dict__", None)
            if state and not kind.startswith("_thread"):
                return ("object", kind, self.paint(dict(state)))
            return ("opaque", kind)
        if isinstance(reduced, str):
            return ("global", reduced)
        function, arguments, *rest = reduced
        parts = [
            self.paint([*part] if hasattr(part, "__next__") else part)
            for part in (arguments, *rest)
        ]
        name = _qualified(function)
        return ("object", kind, name, parts, self._answers(value))

    def _answers(self, value: Any) -> Any:
        """Return what a fitted estimator answers to a made-up table."""
        features = getattr(value, "n_features_in_", None)
        if not isinstance(features, int) or not hasattr(value, "get_params"):
            return None
        table: Any = np.sin(np.arange(7 * features, dtype=float)).reshape(7, features) * 3
        if hasattr(value, "feature_names_in_"):
            import pandas as pd

            table = pd.DataFrame(table, columns=list(value.feature_names_in_))
        answers = []
        for method in ("predict", "predict_proba", "transform"):
            if hasattr(value, method):
                try:
                    answers.append((method, self.paint(getattr(value, method)(table))))
                except Exception as error:  # noqa: BLE001 (a table of numbers is not for all)
                    answers.append((method, type(error).__name__))
        return answers

    def _pandas(self, value: Any) -> Any:
        if type(value).__module__.partition(".")[0] != "pandas":
            return None
        import pandas as pd

        if isinstance(value, pd.DataFrame):
            columns = [self._pandas(value.iloc[:, at]) for at in range(value.shape[1])]
            return ("frame", self.paint(value.columns), self.paint(value.index), columns)
        if isinstance(value, pd.Series):
            name = self.paint(value.name)
            return ("series", name, self.paint(value.index), self._values(value))
        if isinstance(value, pd.Index):
            names = [self.paint(name) for name in value.names]
            return ("index", _qualified(type(value)), names, self._values(value))
        if hasattr(value, "isoformat") or value is pd.NaT:
            return ("pandas", _qualified(type(value)), str(value))
        return None

    def _values(self, value: Any) -> Any:
        if value.dtype == object:
            return ("objects", len(value), [self.paint(each) for each in value])
        return ("pandas values", str(value.dtype), value.copy())


def same(old: Any, new: Any, rtol: float = 0.0) -> str:
    """Say where two descriptions part, or give an empty text.

    Args:
        old: What is wanted.
        new: What came.
        rtol: Largest relative difference of two floating point numbers.
    """
    if type(old) is not type(new):
        return f"{_short(old)} became {_short(new)}"
    if isinstance(old, tuple | list):
        return _same_parts(old, new, rtol)
    if isinstance(old, np.ndarray):
        return _same_array(old, new, rtol)
    if hasattr(old, "dtype"):
        return _same_pandas(old, new, rtol)
    equal = _close(old, new, rtol) if isinstance(old, float) else old == new
    return "" if equal else f"{_short(old)} became {_short(new)}"


def _same_parts(old: Any, new: Any, rtol: float) -> str:
    if len(old) != len(new):
        return f"{len(old)} parts became {len(new)}: {_short(old)}, {_short(new)}"
    for at, (one, other) in enumerate(zip(old, new, strict=True)):
        if told := same(one, other, rtol):
            return f"{at}: {told}" if len(told) < 300 else told
    return ""


def _same_array(old: Any, new: Any, rtol: float) -> str:
    if old.shape != new.shape:
        return f"shape {old.shape} became {new.shape}"
    inexact = old.dtype.kind in "fc"
    if np.array_equal(old, new, equal_nan=inexact or old.dtype.kind in "mM"):
        return ""
    if rtol and inexact and np.allclose(old, new, rtol=rtol, atol=rtol, equal_nan=True):
        return ""
    return f"array {_short(old)} became {_short(new)}"


def _same_pandas(old: Any, new: Any, rtol: float) -> str:
    import pandas as pd

    check = pd.testing.assert_series_equal
    if isinstance(old, pd.Index):
        old, new = (pd.Series(np.arange(len(each)), index=each) for each in (old, new))
    try:
        check(old, new, check_exact=not rtol, rtol=rtol or 1e-5, atol=rtol, check_freq=False)
    except AssertionError as error:
        return " ".join(str(error).split())[:200]
    return ""


def _close(old: float, new: float, rtol: float) -> bool:
    if math.isnan(old) and math.isnan(new):
        return True
    return old == new or (rtol > 0 and math.isclose(old, new, rel_tol=rtol, abs_tol=rtol))


def _short(value: object) -> str:
    return " ".join(repr(value).split())[:90]


def digest(description: Any) -> str:
    """Return a digest of a description that is the same in every process."""
    hashed = hashlib.sha256()
    _feed(hashed.update, description)
    return hashed.hexdigest()[:16]


def _feed(update: Any, part: Any) -> None:
    if isinstance(part, tuple | list):
        update(b"(%d" % len(part))
        for each in part:
            _feed(update, each)
    elif isinstance(part, np.ndarray):
        update(f"{part.dtype}{part.shape}".encode())
        update(part.tobytes())
    elif hasattr(part, "dtype"):
        values = part.to_numpy()
        update(f"{part.dtype}{len(part)}".encode())
        update(repr(list(part)).encode() if values.dtype == object else values.tobytes())
    else:
        update(f"{type(part).__name__}:{part!r};".encode())


def _qualified(value: object, otherwise: str = "") -> str:
    """Return a qualified name; that a definition came to stand in a function is no difference."""
    name = str(getattr(value, "__qualname__", otherwise or str(value)))
    return name.rpartition("<locals>.")[2]
