r"""The lock of what a kernel loaded: names, exact versions and hashes, and no address.

It can be kept anywhere and leaks nothing about the index that it was made from. Code that no index
has stands in it as a comment with the digest of its source, so that a change of it is seen:

    # nbrelease==0.1.0  installed from a folder  sha256:...
    six==1.16.0 \
        --hash=sha256:...
"""

from __future__ import annotations

import platform
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol

from lifecycle_core.adapters.environment.cache import Cache
from lifecycle_core.adapters.environment.distributions import observe
from lifecycle_core.adapters.environment.hashes import hashes_of
from lifecycle_core.adapters.environment.sources import digest_local
from lifecycle_core.adapters.files import digest_bytes
from lifecycle_core.schema.bundle import Lock
from lifecycle_core.schema.reproduction import EnvironmentFacts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lifecycle_core.adapters.environment.distributions import LocalDistribution

_INDEX_SECONDS = 30.0
_LOCAL = re.compile(
    r"^# (?P<name>\S+)==(?P<version>\S+)  installed from a folder  (?P<digest>sha256:\S+)$",
    re.MULTILINE,
)


class Environments(Protocol):
    """Says what an environment consists of."""

    def lock(self, modules: frozenset[str]) -> Lock:
        """Return the exact packages that the loaded modules come from."""


@dataclass(frozen=True, slots=True)
class UvEnvironments:
    """Locks made with uv for the interpreter that runs this.

    Attributes:
        seconds: How long the package index may take to answer with hashes.
        cache: Keeps the hashes, so that the index is asked once for each version.
    """

    seconds: float = _INDEX_SECONDS
    cache: Cache = field(default_factory=Cache)

    def lock(self, modules: frozenset[str]) -> Lock:
        """Return the exact packages that the loaded modules come from, with what they require.

        Args:
            modules: Names of modules, with or without dots.

        Returns:
            A lock. Where the package index cannot be asked it is without the hashes that are
            missing, and a note says why. Packages that were not installed from an index stand in
            it as comments.
        """
        observed = observe(modules)
        hashes = hashes_of(observed.indexed, cache=self.cache, seconds=self.seconds)
        comments = [comment(found) for found in observed.local]
        pins = [_pinned(pin, hashes.known.get(pin, ())) for pin in observed.indexed]
        text = "\n".join([*comments, *pins]) + "\n"
        hashed = len(hashes.known) == len(observed.indexed)
        return lock_of(text, packages=len(observed.indexed), hashed=hashed, note=hashes.note)


def lock_of(text: str, *, packages: int, hashed: bool, note: str = "") -> Lock:
    """Return the lock of this text for the interpreter and the machine that run this."""
    return Lock(
        python=platform.python_version(),
        platform=platform.platform(),
        text=text,
        digest=digest_bytes(text.encode()),
        packages=packages,
        hashed=hashed,
        note=note,
    )


def environment_facts(
    lock: Lock, *, kind: Literal["current", "locked"] = "current"
) -> EnvironmentFacts:
    """Return what a reproduction says about where it took place."""
    return EnvironmentFacts(python=lock.python, lock=lock.digest, platform=lock.platform, kind=kind)


def locals_of(text: str) -> tuple[tuple[str, str, str], ...]:
    """Return name, version and digest of what a lock's text says was installed from a folder."""
    return tuple(
        (found["name"], found["version"], found["digest"]) for found in _LOCAL.finditer(text)
    )


def comment(found: LocalDistribution) -> str:
    """Return the line of a lock for what was installed from a folder."""
    return f"# {found.name}=={found.version}  installed from a folder  {digest_local(found)}"


def _pinned(pin: tuple[str, str], hashes: Sequence[str]) -> str:
    return " \\\n    ".join(["==".join(pin), *(f"--hash={value}" for value in hashes)])
