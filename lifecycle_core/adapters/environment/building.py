"""Build the environment of a lock once, and find it again.

    CACHE/environments/KEY.lock            held by the one process that builds
    CACHE/environments/KEY/TOKEN/          a virtual environment, built where it stays
    CACHE/environments/KEY/TOKEN/complete  written last: a digest of its files

A folder without `complete` was being built when its process died: it is never used, and the next
build removes it. An environment whose files are no longer those of its digest was changed
afterwards: `complete` becomes `changed`, and a new one is built beside it, because another run may
still be using it.
"""

from __future__ import annotations

import json
import os
import platform
import secrets
import shutil
import sys
import sysconfig
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lifecycle_core.adapters.environment.bytecode import compile_modules
from lifecycle_core.adapters.environment.cache import Cache, only_one
from lifecycle_core.adapters.environment.distributions import LocalDistribution, find_local
from lifecycle_core.adapters.environment.failures import unavailable
from lifecycle_core.adapters.environment.hashes import read_pins
from lifecycle_core.adapters.environment.locks import locals_of
from lifecycle_core.adapters.environment.pruning import prune
from lifecycle_core.adapters.environment.snapshot import require_as_recorded, snapshot
from lifecycle_core.adapters.environment.sources import contents, digest_local
from lifecycle_core.adapters.environment.uv_program import run_uv
from lifecycle_core.adapters.files import digest_bytes, write_atomically, writing
from lifecycle_core.adapters.progress import Silent
from lifecycle_core.errors import EnvironmentUnavailable

if TYPE_CHECKING:
    from lifecycle_core.adapters.progress import Progress
    from lifecycle_core.schema.bundle import Lock

COMPLETE = "complete"
CHANGED = "changed"
_BUILD_SECONDS = 1800.0
_WAITING = "Waiting for another process that builds the same environment"


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """A built environment.

    Attributes:
        python: Its interpreter.
        digest: Of the lock it was built from.
    """

    python: Path
    digest: str

    def variables(self, path: str) -> dict[str, str]:
        """Return what must be set for a kernel of this environment.

        Programs that a notebook starts, such as `python`, are then those of the environment, and
        bytecode is kept there, where it makes all later runs faster.

        Args:
            path: The PATH to begin with.

        Example:
            >>> built = Environment(python=Path("/e/bin/python"), digest="")
            >>> built.variables("/usr/bin")["PATH"]
            '/e/bin:/usr/bin'
        """
        place = self.python.parents[1]
        ours = {str(Path(sys.prefix) / "bin")} if sys.prefix != sys.base_prefix else set()
        kept = [entry for entry in path.split(os.pathsep) if entry not in ours]
        return {
            "PATH": os.pathsep.join([str(self.python.parent), *kept]),
            "VIRTUAL_ENV": str(place),
            "CONDA_PREFIX": "",
            "PYTHONDONTWRITEBYTECODE": "",
        }


def build(
    lock: Lock,
    *,
    cache: Cache,
    progress: Progress | None = None,
    modules: frozenset[str] = frozenset(),
    seconds: float = _BUILD_SECONDS,
) -> Environment:
    """Return the environment of a lock, built if there is none yet.

    Args:
        lock: With hashes, for this version of Python.
        cache: Where environments lie.
        progress: Is told if it has to be built, or is being built elsewhere.
        modules: Full names of modules that will be loaded; they are compiled.
        seconds: How long a download may take.

    Raises:
        EnvironmentUnavailable: A package could not be had, or is not what the lock says.
        TargetUnwritable: The cache cannot be written.
    """
    require_buildable(lock)
    local = [find_local(name, version) for name, version, _ in locals_of(lock.text)]
    told = progress or Silent()
    key = _key(lock, local)
    folder = cache.folder("environments", key)
    if found := _intact(folder):
        return Environment(python=found, digest=lock.digest)
    activity = f"Building the locked environment: {lock.packages} packages"
    with only_one(folder.with_suffix(".lock"), told, _WAITING):
        if found := _intact(folder):
            return Environment(python=found, digest=lock.digest)
        told.begin(activity)
        changed = _tidy(folder)
        python = _build(lock, local, folder, doubtful=changed, seconds=seconds)
        compile_modules(python, modules)
        told.end(activity)
    prune(cache.root / "environments", keep=key)
    return Environment(python=python, digest=lock.digest)


def require_buildable(lock: Lock) -> None:
    """Look whether an environment can be built from a lock at all.

    Raises:
        EnvironmentUnavailable: It is for another Python, or a package has no hashes.
    """
    if lock.python != platform.python_version():
        raise EnvironmentUnavailable(
            f"The lock is for Python {lock.python}, and nbrelease runs in Python "
            f"{platform.python_version()}.",
            reason="other_python",
            hint=f"Install nbrelease into a Python {lock.python} and run it there.",
        )
    if unhashed := _unhashed(lock.text):
        more = f" and {len(unhashed) - 1} others" if len(unhashed) > 1 else ""
        raise EnvironmentUnavailable(
            f"{unhashed[0]}{more} could not be locked: {lock.note or 'no hashes are known'}.",
            package=unhashed[0],
            reason="no_hashes",
            hint="Connect to your package index and run again, or use --env current.",
        )


def _unhashed(text: str) -> list[str]:
    lines = [line for line in text.splitlines() if line and not line.startswith(("#", " "))]
    return [line for line in lines if not line.endswith("\\")]


def _key(lock: Lock, local: list[LocalDistribution]) -> str:
    """Name the environment of a lock: equal keys can share one.

    The source of what is installed in place is not part of it: the environment only leads there.
    """
    in_place = {found.name for found in local if found.folder}
    parts = {
        "packages": sorted(
            [name, version, *hashes] for (name, version), hashes in read_pins(lock.text).items()
        ),
        "copied": sorted(found for found in locals_of(lock.text) if found[0] not in in_place),
        "in_place": sorted([found.name, str(found.folder)] for found in local if found.folder),
        "python": [lock.python, sys.implementation.cache_tag, os.path.realpath(sys.executable)],
        "platform": sysconfig.get_platform(),
    }
    return digest_bytes(json.dumps(parts, sort_keys=True).encode()).removeprefix("sha256:")[:32]


def _intact(folder: Path) -> Path | None:
    """Return the interpreter of a complete environment that nobody changed, or None."""
    for complete in sorted(folder.glob(f"*/{COMPLETE}")):
        with suppress(OSError):  # removed this moment
            if complete.read_text(encoding="utf-8") == _state(complete.parent):
                os.utime(complete)  # it was used now
                return complete.parent / "bin" / "python"
    return None


def _state(place: Path) -> str:
    configuration = (place / "pyvenv.cfg").read_text(encoding="utf-8")
    interpreter = (place / "bin" / "python").resolve(strict=True)
    parts = (configuration, str(interpreter), snapshot(place / "bin"), snapshot(place / "lib"))
    return digest_bytes("\n".join(parts).encode())


def _tidy(folder: Path) -> bool:
    """Remove what a process left that died while it built; set aside what was changed.

    Only for who holds the lock.

    Returns:
        An environment was changed since it was built.
    """
    for place in [found for found in folder.iterdir() if found.is_dir()]:
        if (place / COMPLETE).is_file():
            (place / COMPLETE).rename(place / CHANGED)
        elif not (place / CHANGED).is_file():
            shutil.rmtree(place, ignore_errors=True)
    return any(folder.glob(f"*/{CHANGED}"))


def _build(
    lock: Lock, local: list[LocalDistribution], folder: Path, *, doubtful: bool, seconds: float
) -> Path:
    place = folder / secrets.token_hex(4)
    try:
        _install(lock, place, seconds)
        if doubtful:  # what was changed may share its content with uv's cache, by a hard link
            require_as_recorded(place)
        stated = {(name, version): digest for name, version, digest in locals_of(lock.text)}
        for found in local:
            _copy(found, place, stated[found.name, found.version])
        write_atomically(place / COMPLETE, _state(place))
    except BaseException:
        shutil.rmtree(place, ignore_errors=True)
        raise
    return place / "bin" / "python"


def _install(lock: Lock, place: Path, seconds: float) -> None:
    """Make the virtual environment and install the packages of the lock that an index has."""
    pins = ["==".join(pin) for pin in read_pins(lock.text)]
    python = str(place / "bin" / "python")
    commands = [["venv", "--quiet", "--no-project", "--python", sys.executable, str(place)]]
    if pins:
        commands.append(
            ["pip", "install", "--quiet", "--no-deps", "--require-hashes", "--python", python,
             "--requirement", "-"]
        )  # fmt: skip
    for command in commands:
        said = run_uv(command, text=lock.text, seconds=seconds, folder=Path.cwd())
        if not said.well:
            raise unavailable(said, pins)


def _copy(found: LocalDistribution, place: Path, digest: str) -> None:
    """Copy what a local distribution installed; of one installed in place, what leads there."""
    if found.folder is None and digest_local(found) != digest:
        raise EnvironmentUnavailable(
            f"{found.name}=={found.version}, which no package index has, was changed since the "
            "lock was made.",
            package=f"{found.name}=={found.version}",
            reason="changed",
            hint="Run again: a new lock is made from what is installed now.",
        )
    if found.installed.files is None:
        raise EnvironmentUnavailable(
            f"{found.name}=={found.version} was installed from a folder, and nothing says which "
            "files it installed.",
            package=f"{found.name}=={found.version}",
            reason="not_here",
            hint="Install it again with a present version of pip or uv.",
        )
    packages = next((place / "lib").glob("python*")) / "site-packages"
    with writing(packages):
        for path in contents(found):
            target = packages / path
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(str(path.locate()), target)
