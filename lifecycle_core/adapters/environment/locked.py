"""Locked environments for the main flow: a lock from modules, an interpreter from a lock.

A lock can be made before any run, from what the notebook loaded last time or, the first time, from
what its source imports; after the run `lacking` says whether that was enough.
"""

from __future__ import annotations

import json
import re
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lifecycle_core.adapters.environment.building import build
from lifecycle_core.adapters.environment.cache import Cache
from lifecycle_core.adapters.environment.declared import declared_lock
from lifecycle_core.adapters.environment.distributions import observe
from lifecycle_core.adapters.environment.hashes import read_pins
from lifecycle_core.adapters.environment.locks import UvEnvironments, locals_of
from lifecycle_core.errors import TargetUnwritable

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from lifecycle_core.adapters.environment.building import Environment
    from lifecycle_core.adapters.progress import Progress
    from lifecycle_core.schema.bundle import Lock

KERNEL = frozenset({"ipykernel"})
"""What every locked environment needs, whatever the notebook loads."""
_KIND = "modules"
_TRIAL_SECONDS = 300.0
"""How long a download may take for an environment that only helps to find a cause."""
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class LockedEnvironments:
    """Environments that hold what their lock says and nothing else.

    Attributes:
        cache: Where they are kept.
    """

    cache: Cache = field(default_factory=Cache)

    def lock(self, modules: frozenset[str]) -> Lock:
        """Return the lock of what modules come from, with what a kernel needs."""
        return UvEnvironments(cache=self.cache).lock(modules | KERNEL)

    def declared(
        self,
        modules: frozenset[str],
        wanted: Mapping[str, str],
        progress: Progress | None = None,
    ) -> Environment:
        """Return an environment as the one here, but for the versions asked for.

        Args:
            modules: Names of modules that a kernel loaded.
            wanted: Specifiers by normal name of the package.
            progress: Is told if there is something to wait for.

        Raises:
            EnvironmentUnavailable: There is no such environment, or it cannot be built.
            TargetUnwritable: The cache cannot be written.
        """
        lock = declared_lock(modules | KERNEL, wanted)
        return build(
            lock, cache=self.cache, progress=progress, modules=modules, seconds=_TRIAL_SECONDS
        )

    def environment(
        self,
        lock: Lock,
        progress: Progress | None = None,
        modules: frozenset[str] = frozenset(),
    ) -> Environment:
        """Return the environment of a lock, built if need be.

        Args:
            lock: With hashes, for this version of Python.
            progress: Is told if there is something to wait for.
            modules: Full names of modules that will be loaded; they are compiled as it is built.

        Raises:
            EnvironmentUnavailable: A package could not be had, or is not what the lock says.
            TargetUnwritable: The cache cannot be written.
        """
        return build(lock, cache=self.cache, progress=progress, modules=modules)

    def python(
        self,
        lock: Lock,
        progress: Progress | None = None,
        modules: frozenset[str] = frozenset(),
    ) -> Path:
        """Return the interpreter of a lock's environment; as `environment` does it."""
        return self.environment(lock, progress, modules).python

    def lacking(self, lock: Lock, modules: frozenset[str]) -> tuple[str, ...]:
        """Return what a kernel asked for that is installed here and not in the lock.

        Args:
            lock: Of the environment that the kernel ran in.
            modules: Names it imported or tried to import.

        Returns:
            `name==version` of each; empty if the lock was enough.
        """
        held = {name for name, _ in read_pins(lock.text)}
        held |= {name for name, _, _ in locals_of(lock.text)}
        observed = observe(modules)
        found = [*observed.indexed, *((one.name, one.version) for one in observed.local)]
        return tuple(f"{name}=={version}" for name, version in sorted(found) if name not in held)

    def recall(self, source_digest: str) -> frozenset[str] | None:
        """Return the modules that the lock of a notebook's source was last made from, or None."""
        kept = self.cache.read(_KIND, _file(source_digest)) or "null"
        with suppress(json.JSONDecodeError):
            names = json.loads(kept)
            if isinstance(names, list) and all(isinstance(name, str) for name in names):
                return frozenset(names)
        return None

    def remember(self, source_digest: str, modules: frozenset[str]) -> None:
        """Keep the modules for the next check; without a cache that check is only slower."""
        with suppress(TargetUnwritable):
            self.cache.keep(_KIND, _file(source_digest), json.dumps(sorted(modules)))


def _file(source_digest: str) -> str:
    if not _DIGEST.fullmatch(source_digest):
        raise ValueError(f"{source_digest!r} is no digest")
    return source_digest.removeprefix("sha256:") + ".json"
