"""What to do once a module has been loaded, without loading it for the notebook."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType


class Imports:
    """A finder at the front of `sys.meta_path`; it finds nothing by itself.

    It asks the others for the modules it waits for, and lets their own loader tell when it is
    done, so that what the notebook sees of them is what it always sees.
    """

    def __init__(self) -> None:
        self._waiting: dict[str, list[Callable[[ModuleType], None]]] = {}

    def after(self, name: str, act: Callable[[ModuleType], None]) -> None:
        """Call `act` with the module as soon as its code has run; at once if it already has."""
        module = sys.modules.get(name)
        if module is not None:
            act(module)
        else:
            self._waiting.setdefault(name, []).append(act)

    def start(self) -> None:
        """Begin to hear of imports."""
        sys.meta_path.insert(0, self)

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:  # noqa: ANN401 - importlib's
        """Answer the import system: None, or what another finder found."""
        if name not in self._waiting:
            return None
        for finder in sys.meta_path:
            find = None if finder is self else getattr(finder, "find_spec", None)
            spec = find(name, path, target) if find else None
            if spec is not None:
                self._hook(name, spec.loader)
                return spec
        return None

    def invalidate_caches(self) -> None:
        """Do nothing: there are none."""

    def _hook(self, name: str, loader: Any) -> None:  # noqa: ANN401 - as above
        run = getattr(loader, "exec_module", None)
        if run is None:
            return

        def exec_module(module: ModuleType) -> None:
            del loader.exec_module
            run(module)
            for act in self._waiting.pop(name, []):
                act(module)

        try:
            loader.exec_module = exec_module
        except AttributeError:
            return  # a built-in or frozen module: its loader is a class of all
