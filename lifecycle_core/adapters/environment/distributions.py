"""From the modules that a kernel loaded to the installed distributions behind them.

    modules --who provides them--> distributions --what those require, as installed--> closure

A requirement counts if its marker holds here and it is installed; an extra counts if somebody in
the closure asks for it, as `uvicorn[standard]` does.
"""

from __future__ import annotations

import json
import re
import sys
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from lifecycle_core.errors import EnvironmentUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """The installed distributions behind a set of modules, with all that they require.

    Attributes:
        indexed: Name and version of those that a package index is asked for, by name.
        local: Those installed from a folder, a file or an address of their own, by name.
    """

    indexed: tuple[tuple[str, str], ...]
    local: tuple[LocalDistribution, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalDistribution:
    """A distribution that no package index is asked for.

    Attributes:
        modules: Top-level modules of its folder that were loaded; empty if it is not editable.
        folder: Where its source lies, if it is installed in place ("editable").
        installed: The metadata, which lists its installed files.
    """

    name: str
    version: str
    modules: tuple[str, ...] = ()
    folder: Path | None = None
    installed: metadata.Distribution = field(repr=False, compare=False)


def plain(name: str) -> str:
    """Return a distribution's name in its normal form.

    Example:
        >>> plain("Flask_SQLAlchemy")
        'flask-sqlalchemy'
    """
    return re.sub(r"[-_.]+", "-", name).lower()


def observe(modules: frozenset[str]) -> Observed:
    """Return the installed distributions that modules come from, with what these require.

    Args:
        modules: Names of modules, with dots where known: of `google.cloud.storage` only its own
            distribution is taken, of `google` all that share it. Modules of the standard library
            and unknown ones are left out.
    """
    installed: dict[str, metadata.Distribution] = {}
    for found in metadata.distributions():
        if name := found.name:
            installed.setdefault(plain(name), found)  # Python imports from the first it finds
    local = {
        name: origin for name, found in installed.items() if (origin := _origin(found)) is not None
    }
    providers = metadata.packages_distributions()
    wanted = {name for module in modules for name in _providers(module, providers, installed)}
    loaded: dict[str, list[str]] = {}
    for name, origin in local.items():
        if origin.editable and (held := sorted(_held(origin.path, installed[name], modules))):
            loaded[name] = held
    reached = sorted(_closure(wanted | set(loaded), installed))
    return Observed(
        indexed=tuple((name, installed[name].version) for name in reached if name not in local),
        local=tuple(
            LocalDistribution(
                name=name,
                version=installed[name].version,
                modules=tuple(loaded.get(name, ())),
                folder=local[name].path if local[name].editable else None,
                installed=installed[name],
            )
            for name in reached
            if name in local
        ),
    )


def find_local(name: str, version: str) -> LocalDistribution:
    """Return an installed distribution that no package index has.

    Raises:
        EnvironmentUnavailable: It is not installed here in this version, or comes from an index.
    """
    try:
        found = metadata.distribution(name)
    except metadata.PackageNotFoundError:
        found = None
    origin = _origin(found) if found else None
    if found is None or origin is None or found.version != version:
        raise EnvironmentUnavailable(
            f"{name}=={version} was installed from a folder when the lock was made, and is not "
            "installed like that here.",
            package=f"{name}=={version}",
            reason="not_here",
            hint=f"Install {name} {version} from its source, then run again.",
        )
    folder = origin.path if origin.editable else None
    return LocalDistribution(name=name, version=version, folder=folder, installed=found)


@dataclass(frozen=True, slots=True)
class _Origin:
    path: Path
    editable: bool


def _origin(found: metadata.Distribution) -> _Origin | None:
    """Return where a distribution came from, or None if that was a package index."""
    stated = json.loads(found.read_text("direct_url.json") or "{}")
    address = urlsplit(stated.get("url", ""))
    if "dir_info" not in stated:
        return _Origin(Path(), editable=False) if "url" in stated else None
    folder = Path(unquote(address.path))
    if not folder.is_dir():
        return None  # conda writes the folder of the machine that built it; ask the index
    return _Origin(folder, editable=bool(stated["dir_info"].get("editable")))


def _providers(
    module: str,
    providers: Mapping[str, list[str]],
    installed: Mapping[str, metadata.Distribution],
) -> Iterator[str]:
    """Yield the distributions that a module, possibly with dots in its name, comes from."""
    top = module.partition(".")[0]
    if top in sys.stdlib_module_names:
        return
    names = {plain(name) for name in providers.get(top, ())} & installed.keys()
    inner = module
    while len(names) > 1 and "." in inner:
        narrowed = {name for name in names if _lists(installed[name], inner)}
        names = narrowed or names
        inner = inner.rpartition(".")[0] if not narrowed else ""
    yield from names


def _lists(found: metadata.Distribution, module: str) -> bool:
    """Say whether a distribution has a file of a module or below it."""
    path = module.replace(".", "/")
    return any(file.as_posix().startswith((f"{path}/", f"{path}.")) for file in found.files or ())


def _held(folder: Path, found: metadata.Distribution, modules: frozenset[str]) -> Iterator[str]:
    """Yield the loaded top-level modules in the folder of an editable install.

    Its record lists none of them, only the `.pth` file that leads there.
    """
    for top in {module.partition(".")[0] for module in modules} - sys.stdlib_module_names:
        if any(_source(root, top) for root in import_roots(folder, found)):
            yield top


def import_roots(folder: Path, found: metadata.Distribution) -> tuple[Path, ...]:
    """Return the folders that an editable install may import from."""
    roots = [folder, folder / "src"]
    for file in found.files or ():
        if file.suffix == ".pth" and (place := Path(str(file.locate()))).is_file():
            lines = place.read_text(errors="replace").splitlines()
            roots += [Path(line) for line in lines if line.startswith("/")]
    return tuple(dict.fromkeys(root for root in roots if root.is_dir()))


def _source(root: Path, module: str) -> Path | None:
    for place in (root / module, root / f"{module}.py"):
        if place.exists():
            return place
    return None


def module_source(distribution: LocalDistribution, module: str) -> Path | None:
    """Return the file or folder of a top-level module of an editable install."""
    if distribution.folder is None:
        return None
    roots = import_roots(distribution.folder, distribution.installed)
    return next((found for root in roots if (found := _source(root, module))), None)


def _closure(wanted: Iterable[str], installed: Mapping[str, metadata.Distribution]) -> set[str]:
    """Return the wanted distributions and those they require, as far as they are installed."""
    from packaging.requirements import InvalidRequirement, Requirement

    reached: set[tuple[str, str]] = set()
    waiting = [(name, "") for name in wanted if name in installed]
    while waiting:
        name, extra = waiting.pop()
        if (name, extra) in reached:
            continue
        reached.add((name, extra))
        for text in installed[name].requires or ():
            try:
                requirement = Requirement(text)
            except InvalidRequirement:
                continue  # an old package; what it loads is among the modules anyway
            if requirement.marker and not requirement.marker.evaluate({"extra": extra}):
                continue
            if (needed := plain(requirement.name)) in installed:
                waiting += [(needed, asked) for asked in ("", *requirement.extras)]
    return {name for name, _ in reached}
