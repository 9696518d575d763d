"""A value as JSON in which its numbers stand by themselves, so that two may be nearly equal.

A digest says whether two values are the same. Where they are not, the portraits say how far apart
they are: numbers with a fraction are written out, in lists as they lie in arrays, and all else is
the key of a mapping, which must agree to the letter. A key that is no name begins with `~`.
"""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING, Any

from ..builtin_names import BUILTINS, identity
from .digest import digest
from .kinds import estimators, objects
from .leaves import LEAF_TYPES, leaf
from .parts import Aside, Refused
from .table import kind_of_type
from .types import attributes, mro, public_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from .parts import Value

globals()["__builtins__"] = BUILTINS

MOST = 1_000_000
"""Numbers in one portrait."""
FOLDER = "portraits"
"""Where in the run's folder for temporary files portraits are: a file for each cell."""
_DEEPEST = 60
_LONG = 32
_SPARSE = frozenset(("scipy.sparse._base._spbase", "scipy.sparse.spmatrix"))


def portrait(value: Value, most: int = MOST) -> Any:  # noqa: ANN401 - JSON
    """Draw a value.

    Args:
        value: Anything that has a digest.
        most: Numbers at most.

    Raises:
        Refused: It has no digest, contains itself, or holds too many numbers.

    >>> portrait({"auc": 0.5})["auc"]
    0.5
    >>> portrait((1, "a")) == portrait((1, "b"))
    False
    """
    try:
        return _Drawing(most).of(value, ())
    except Refused:
        raise
    except BaseException as error:  # noqa: BLE001 - hostile values raise what they like
        raise Refused(f"reading it raised {public_name(type(error))}") from None


def keep(cell: int, values: Mapping[str, Value], names: Sequence[str]) -> None:
    """Write portraits into the run's folder for temporary files, by name; of one without, why.

    Args:
        cell: Index of the cell behind which this is called.
        values: All variables.
        names: Those to draw; what is not there is left out.
    """
    drawn: dict[str, dict[str, Any]] = {}
    for name in names:
        if name in values:
            try:
                drawn[name] = {"portrait": portrait(values[name])}
            except Refused as refused:
                drawn[name] = {"refused": str(refused)}
    folder = os.path.join(os.environ["TMPDIR"], FOLDER)
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, f"{cell}.json")
    with open(f"{path}.part", "w", encoding="utf-8") as file:
        json.dump(drawn, file)
    os.replace(f"{path}.part", path)


class _Drawing:
    def __init__(self, most: int) -> None:
        self._left = most

    def of(self, value: Value, path: tuple[int, ...]) -> Any:  # noqa: ANN401 - JSON
        cls = type(value)
        if cls is float:
            return self._numbers(1, value)
        if cls is complex:
            return {"~complex": self._numbers(2, [value.real, value.imag])}
        if identity(cls) in LEAF_TYPES:
            return {_token(leaf(value)): None}
        if identity(value) in path or len(path) > _DEEPEST:
            raise Refused("it contains itself, or is deeper than can be compared")
        path = (*path, identity(value))
        return self._with_parts(value, path)

    def _with_parts(self, value: Value, path: tuple[int, ...]) -> Any:  # noqa: ANN401 - JSON
        cls = type(value)
        if cls is list or cls is tuple:
            return {f"~{cls.__name__}": [self.of(each, path) for each in value]}
        if cls is dict:
            keys = {"~keys": _exact(tuple(value))}
            if all(type(key) is str for key in value):
                return {**keys, **self._named(value, path)}
            return {**keys, "~values": [self.of(each, path) for each in value.values()]}
        return self._of_library(value, path)

    def _of_library(self, value: Value, path: tuple[int, ...]) -> Any:  # noqa: ANN401 - JSON
        numpy, pandas = sys.modules.get("numpy"), sys.modules.get("pandas")
        if numpy is not None and type(value) is numpy.ndarray:
            return self._array(value, path)
        if numpy is not None and isinstance(value, numpy.floating):
            return {f"~{value.dtype}": self._numbers(1, float(value))}
        if pandas is not None and type(value) is pandas.DataFrame:
            head = (value.shape, value.index, value.columns, value.attrs)
            return {"~head": _exact(head), **self._columns(value, path)}
        if pandas is not None and type(value) is pandas.Series:
            said = (value.name, value.index, value.attrs)
            return {"~head": _exact(said), "~values": self._column(value, path)}
        if any(public_name(each) in _SPARSE for each in mro(type(value))):
            return self._sparse(value, path)
        return self._parts(value, path)

    def _numbers(self, count: int, numbers: Any) -> Any:  # noqa: ANN401 - JSON
        self._left -= count
        if self._left < 0:
            raise Refused("it holds more numbers than are compared")
        return numbers

    def _named(self, values: Mapping[str, Value], path: tuple[int, ...]) -> dict[str, Any]:
        return {name: self.of(each, path) for name, each in values.items()}

    def _array(self, value: Value, path: tuple[int, ...]) -> dict[str, Any]:
        kind = value.dtype
        said = f"~{kind.str} {value.shape}"
        if kind.names is not None:
            parts = {name: self._array(value[name], path) for name in kind.names}
            return {said: _exact(kind), **parts}
        if kind.kind == "f":
            return {said: self._numbers(value.size, value.astype("f8", copy=False).tolist())}
        if kind.kind == "c":
            return {said: [self._array(part, path) for part in (value.real, value.imag)]}
        if kind.hasobject:
            return {said: [self.of(each, path) for each in value.ravel().tolist()]}
        return _exact(value)

    def _columns(self, value: Value, path: tuple[int, ...]) -> dict[str, Any]:
        names = [str(name) for name in value.columns]
        alone = len(set(names)) == len(names)
        return {
            name if alone else f"{name} {at}": self._column(value.iloc[:, at], path)
            for at, name in enumerate(names)
        }

    def _column(self, value: Value, path: tuple[int, ...]) -> Any:  # noqa: ANN401 - JSON
        plain = getattr(value.array, "_ndarray", None)
        if plain is not None and plain.dtype.kind in "fcO":
            return self._array(plain, path)
        return _exact(value.array)

    def _sparse(self, value: Value, path: tuple[int, ...]) -> dict[str, Any]:
        rows = value.tocsr(copy=True)
        rows.sum_duplicates()
        said = (value.format, value.shape, rows.indptr, rows.indices)
        return {"~head": _exact(said), "~data": self._array(rows.data, path)}

    def _parts(self, value: Value, path: tuple[int, ...]) -> dict[str, Any]:
        """Draw what a digest takes a value apart into."""
        cls = type(value)
        name, kind = kind_of_type(cls)
        said = _token(name)
        if kind in (objects.held, estimators.estimator):
            return {said: None, **self._named(_attributes(value, kind), path)}
        found: list[Any] = []
        answer = None
        parts: Iterator[Any] = kind(value)
        while True:
            try:
                part = parts.send(answer)  # type: ignore[attr-defined] # kinds are generators
            except StopIteration:
                return {said: found}
            answer = None
            if type(part) is Aside:
                answer = bytes.fromhex(_text(part.child).removeprefix("sha256:"))
            elif type(part) is tuple:
                found.append(self.of(part[0], path))
            elif type(part) in (bytes, memoryview):
                found.append({_token(bytes(part)): None})


def _attributes(value: Value, kind: Value) -> dict[str, Value]:
    """The attributes that count: of an estimator, those that its digest reads."""
    held = attributes(value)
    if kind is objects.held:
        return held
    names = {leaf(name): name for name in held}
    parts = list(estimators.estimator(value))
    return {
        names[token]: part[0]
        for token, part in zip(parts, parts[1:])  # noqa: B905, RUF007 - newer than Python 3.9
        if type(token) is bytes and type(part) is tuple
    }


def _exact(value: Value) -> dict[str, None]:
    return {f"~{_text(value)}": None}


def _text(value: Value) -> str:
    found = digest(value)
    if found.text is None:
        raise Refused(found.note)
    return found.text


def _token(token: bytes) -> str:
    return f"~{token.hex() if len(token) <= _LONG else _text(token)}"
