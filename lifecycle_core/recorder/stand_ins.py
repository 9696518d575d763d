"""Functions that stand in for built-in ones, and behave like them where that matters.

A built-in function that is kept in a class does not become a method, and can be pickled. A Python
function is different in both, a method that is already bound is not.
"""

from __future__ import annotations

from importlib import import_module
from types import MethodType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


class Home:
    """Pickled as the module of this name; what stands in is bound to it."""

    def __init__(self, module: str) -> None:
        self._module = module

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        """Return what pickle needs to find the module."""
        return import_module, (self._module,)


class Replaced:
    """Functions that stand in for built-in ones while there is something to see, at no cost else.

    Where the notebook put a function of its own there meanwhile, that stays.
    """

    def __init__(self) -> None:
        self._pairs: list[tuple[Any, str, Any, Any]] = []

    def put(self, module: Any, name: str, function: Callable[..., Any]) -> None:  # noqa: ANN401 - a module
        """Put `function` in the place of a built-in one, as `stand_in` does, and remember both."""
        original = getattr(module, name)
        self._pairs.append((module, name, original, stand_in(module, name, function)))

    def watch(self, *, watching: bool) -> None:
        """Let the stand-ins be there, or the originals."""
        for module, name, original, ours in self._pairs:
            here, wanted = (original, ours) if watching else (ours, original)
            if getattr(module, name, None) is here:
                setattr(module, name, wanted)


def stand_in(module: Any, name: str, function: Callable[..., Any]) -> Any:  # noqa: ANN401 - a module, a method
    """Put `function` in the place of a built-in function of a module.

    Args:
        module: Where it is.
        name: What it is called.
        function: Takes something to ignore, and then what the original takes.

    Returns:
        What is there now.
    """
    original = getattr(module, name)
    function.__name__ = function.__qualname__ = name
    function.__module__ = module.__name__
    function.__doc__ = original.__doc__
    bound = MethodType(function, Home(module.__name__))
    setattr(module, name, bound)
    return bound
