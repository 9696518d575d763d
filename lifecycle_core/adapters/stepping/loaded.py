"""What loading code brings into a process once, and every later step there depends on as well.

That are files which a module reads when it is loaded, and modules of the user's that reading the
package's code does not find: in folders that are put on `sys.path`, or named only when it runs.
"""

from __future__ import annotations

import os
import sys
from types import ModuleType
from typing import TYPE_CHECKING, cast

from lifecycle_core.adapters.stepping.file_states import ABSENT, named, state_of

if TYPE_CHECKING:
    from collections.abc import Collection

    from lifecycle_core.adapters.pipeline_packages import PackagePlace
    from lifecycle_core.adapters.stepping.watching import Watcher

_OURS = frozenset({"lifecycle_core", "nbext", "__main__", "__mp_main__"})
_INSTALLED = ("site-packages", "dist-packages")


class Loaded:
    """What was loaded in this process for the pipelines of one folder."""

    def __init__(self) -> None:
        self._files: dict[str, str] = {}
        self._seen: set[str] = set()

    def after(
        self, watcher: Watcher, place: PackagePlace, modules: Collection[str]
    ) -> dict[str, str]:
        """Return digests by path of all that was loaded, up to the end of this step.

        Args:
            watcher: Of the step.
            place: Of its package.
            modules: Paths below the notebook's folder or the package's root of modules whose code
                counts by statements.
        """
        for path in watcher.loading:
            self._files.setdefault(path, watcher.read[path])
        known = {str(top / path) for top in (watcher.home, watcher.root) for path in modules}
        for name in sys.modules.keys() - self._seen:
            self._seen.add(name)
            full = _file_of(name)
            if full and full not in known and watcher.concerns(full):
                path = named(full, watcher.home, watcher.root)
                state = state_of(path, place.home)
                if state != ABSENT:  # in an archive
                    self._files.setdefault(path, state)
        return dict(self._files)


def _file_of(name: str) -> str:
    """Return the file of a module of the user's; empty for any other."""
    module = sys.modules.get(name)
    # By its type: cffi puts objects there that only say that they are modules.
    if name.partition(".")[0] in _OURS or not issubclass(type(module), ModuleType):
        return ""
    # Asked of the class: a module may load others when it is asked for what it has not got.
    file = ModuleType.__getattribute__(cast("ModuleType", module), "__dict__").get("__file__")
    if not isinstance(file, str) or any(part in file for part in _INSTALLED):
        return ""
    return os.path.realpath(file)
