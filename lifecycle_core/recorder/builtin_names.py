"""The built-in names as they were when the recorder was loaded, before the notebook's first cell.

A notebook may delete `builtins.len` or put something else in its place. A function looks built-in
names up in the `__builtins__` of its module, as that was when the function was defined. A module
that puts `BUILTINS` there before it defines its functions does not see what the notebook does.
"""

from __future__ import annotations

import builtins
import importlib.util
from typing import Any

BUILTINS = dict(vars(builtins))

identity = object.__hash__
"""Tells living objects apart as `id` does. `id` raises an audit event each time, and where a hook
hears those, as the recorder's does, it takes ten times as long."""


def private(name: str) -> Any:  # noqa: ANN401 - a module
    """A second copy of a module of the standard library, which keeps the built-in names of now.

    >>> private("bisect").bisect([1, 3], 2)
    1
    """
    spec = importlib.util.find_spec(name)
    if spec is None or spec.loader is None:
        raise ModuleNotFoundError(name)
    module = importlib.util.module_from_spec(spec)
    module.__dict__["__builtins__"] = BUILTINS
    spec.loader.exec_module(module)
    return module
