"""Digests of code that no package index has: local distributions, and modules beside a notebook."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

from lifecycle_core.adapters.environment.distributions import LocalDistribution, module_source
from lifecycle_core.adapters.files import digest_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from importlib.metadata import PackagePath

_INSTALLERS_OWN = frozenset(
    {"RECORD", "INSTALLER", "REQUESTED", "direct_url.json", "uv_cache.json"}
)


def digest_local(distribution: LocalDistribution) -> str:
    """Return a digest of a local distribution's code.

    Of one that is installed in place it covers the modules that were loaded, otherwise all files
    that were installed.

    Returns:
        `sha256:` and 64 hexadecimal digits.
    """
    if distribution.folder is None:
        files = [(path.as_posix(), Path(str(path.locate()))) for path in contents(distribution)]
        return _digest((name, file) for name, file in files if _counts(Path(name)))
    named = []
    for module in distribution.modules:
        if found := module_source(distribution, module):
            named += [(file.relative_to(found.parent).as_posix(), file) for file in _below(found)]
    return _digest(named)


def contents(distribution: LocalDistribution) -> Iterator[PackagePath]:
    """Yield the files of a distribution inside the folder that it was installed in.

    Scripts lie elsewhere and start another interpreter; bytecode is made again.
    """
    for path in distribution.installed.files or ():
        if ".." not in path.parts and not path.is_absolute() and path.suffix != ".pyc":
            yield path


def local_modules(modules: frozenset[str], files: Iterable[Path]) -> tuple[tuple[Path, str], ...]:
    """Return the project files behind loaded modules, with their digests.

    Args:
        modules: Names of modules that the kernel loaded, with or without dots.
        files: Files of the project, such as those that the kernel read, in the copy or not.

    Returns:
        Path and `sha256:` digest of each file that is a module of one of these names or lies in
        a folder of such a name, sorted.
    """
    tops = {name.partition(".")[0] for name in modules}
    found = {
        file
        for file in files
        if file.suffix == ".py"
        and (file.stem in tops or any(part in tops for part in file.parent.parts))
        and file.is_file()
    }
    return tuple((file, digest_file(file)) for file in sorted(found))


def _counts(path: Path) -> bool:
    return not (path.name in _INSTALLERS_OWN and path.parent.suffix == ".dist-info")


def _below(place: Path) -> Iterator[Path]:
    """Yield a module's files: itself, or all in its folder but bytecode and hidden ones."""
    if place.is_file():
        yield place
        return
    for folder, folders, files in os.walk(place):
        folders[:] = sorted(n for n in folders if n != "__pycache__" and not n.startswith("."))
        for name in sorted(files):
            file = Path(folder) / name
            if not name.startswith(".") and file.suffix != ".pyc" and file.is_file():
                yield file


def _digest(files: Iterable[tuple[str, Path]]) -> str:
    hasher = hashlib.sha256()
    for name, file in sorted(files):
        content = digest_file(file) if file.is_file() else "missing"
        hasher.update(f"{name}\0{content}\n".encode())
    return "sha256:" + hasher.hexdigest()
