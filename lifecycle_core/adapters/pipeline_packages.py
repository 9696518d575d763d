"""A compiled pipeline on disk: where its package lies, its record, and the sources it reaches."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from pydantic import ValidationError

from lifecycle_core.adapters.environment.cache import Cache
from lifecycle_core.adapters.environment.installed import installed_otherwise
from lifecycle_core.adapters.files import read_text, replacing_folder, write_atomically
from lifecycle_core.adapters.local_modules import import_from
from lifecycle_core.errors import InvalidCall, TargetUnwritable
from lifecycle_core.schema.pipeline import Pipeline

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from lifecycle_core.schema.pipeline import Generator

RECORD = "pipeline.yaml"
LOCK = "lock.txt"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times as fast where it was built


@dataclass(frozen=True, slots=True, kw_only=True)
class PackagePlace:
    """Where a package and its notebook lie.

    Attributes:
        root: The folder that goes on `sys.path`: the parent of `pipelines`.
        name: Dotted name of the package, such as `pipelines.churn`.
        home: The notebook's folder: where steps run, and where local modules lie.
        notebook: The notebook's file name, for messages.
        generators: Global random generators that any of its steps draws from or seeds.
    """

    root: Path
    name: str
    home: Path
    notebook: str
    generators: tuple[Generator, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """A compiled pipeline as found on disk.

    Attributes:
        folder: Of the package.
        sources: Of the local modules that it can reach, by dotted name, the path below the folder
            that they are found in and the text; filled as they are asked for, so that one run
            sees each of them in one state.
        lock: Text of the lock that it was proven with; empty if it carries none.
        differing: What is installed here otherwise than the lock says, a sentence each.
    """

    folder: Path
    place: PackagePlace
    pipeline: Pipeline
    sources: dict[str, tuple[str, str] | None]
    lock: str = ""
    differing: tuple[str, ...] = ()

    def is_of(self, notebook: Path) -> bool:
        """Tell whether a notebook's file is the one that was compiled."""
        return self.place.home / self.place.notebook == notebook.resolve()

    def source(self, module: str) -> str | None:
        """Return the source of a local module; None if it is not local, or not in Python."""
        if module not in self.sources:
            self.sources[module] = self._read(module)
        found = self.sources[module]
        return found[1] if found else None

    def is_package(self, module: str) -> bool:
        """Tell whether a local module is the `__init__` of a package."""
        self.source(module)
        found = self.sources[module]
        return found is not None and found[0].endswith("__init__.py")

    def _read(self, module: str) -> tuple[str, str] | None:
        parts = module.split(".")
        if not all(part.isidentifier() for part in parts):
            return None
        for top in dict.fromkeys((self.place.home, self.place.root)):
            stem = top.joinpath(*parts)
            for path in (stem / "__init__.py", stem.with_name(stem.name + ".py")):
                if path.is_file():
                    return path.relative_to(top).as_posix(), read_text(path)
        return None

    def texts(self) -> dict[str, str]:
        """Return what the package consists of: its record, its lock and its modules, by name."""
        names = (RECORD, LOCK, *(path.name for path in sorted(self.folder.glob("*.py"))))
        return {
            name: read_text(self.folder / name) for name in names if (self.folder / name).is_file()
        }

    def files(self) -> Mapping[str, str]:
        """Return the package's own files and every local module asked for so far, by path."""
        for path in sorted(self.folder.glob("*.py")):
            self.source(f"{self.place.name}.{path.stem}")
        return dict(found for found in self.sources.values() if found is not None)


def find_package(name: str | Path, *, start: Path | None = None) -> Package:
    """Find a compiled pipeline and read its record.

    Args:
        name: A name, looked for as `pipelines/NAME` from `start` upwards, or a package's folder.
        start: Default: the current folder.

    Raises:
        InvalidCall: There is none, or its `pipeline.yaml` is no pipeline record.
    """
    folder = _folder(name, (start or Path.cwd()).resolve())
    pipeline = _record(folder / RECORD)
    parts = [folder.name]
    root = folder.parent
    if root.name == "pipelines" or (root / "__init__.py").is_file():
        parts, root = [root.name, *parts], root.parent
    notebook = (folder / pipeline.notebook).resolve()
    place = PackagePlace(
        root=root,
        name=".".join(parts),
        home=notebook.parent,
        notebook=notebook.name,
        generators=tuple(sorted({name for step in pipeline.steps for name in step.generators})),
    )
    lock = read_text(folder / LOCK) if (folder / LOCK).is_file() else ""
    return Package(
        folder=folder,
        place=place,
        pipeline=pipeline,
        sources={},
        lock=lock,
        differing=installed_otherwise(lock),
    )


def enter(place: PackagePlace) -> None:
    """Make this process one in which the values of a pipeline live: its folder, paths, settings.

    It cannot be left again, so the process should be one for that alone.
    """
    os.chdir(place.home)
    import_from(str(place.home), str(place.root))
    import_module(place.name)


def packages_of(notebook: Path) -> list[Package]:
    """Return the pipelines that a notebook was compiled into, by name.

    Args:
        notebook: Its file; packages are looked for in `pipelines` beside it and in every folder
            above.

    Raises:
        InvalidCall: A `pipeline.yaml` there is no pipeline record.
    """
    found = [find_package(record.parent) for record in _records_above(notebook)]
    return [package for package in found if package.is_of(notebook)]


def compiled_from(notebook: Path, digest: str) -> Package | None:
    """Return the package that was compiled from exactly this source.

    Args:
        notebook: Its file; packages are looked for as by `packages_of`.
        digest: Of its source.

    Returns:
        None if there is none; a record that cannot be read is passed over.
    """
    for record in _records_above(notebook):
        try:
            package = find_package(record.parent) if digest in read_text(record) else None
        except InvalidCall:
            continue
        if package and package.pipeline.source_digest == digest and package.is_of(notebook):
            return package
    return None


def _records_above(notebook: Path) -> Iterator[Path]:
    """Yield the records of pipelines beside a notebook and in every folder above."""
    for folder in notebook.resolve().parents:
        yield from sorted(folder.glob(f"pipelines/*/{RECORD}"))


@contextmanager
def importable(place: PackagePlace) -> Iterator[None]:
    """Let a package, and what lies beside its notebook, be imported in the block."""
    before = list(sys.path)
    sys.path[:0] = [str(place.root), str(place.home)]
    try:
        yield
    finally:
        sys.path[:] = before


def at_hand(
    place: PackagePlace, digest: str, sources: Callable[[], Mapping[str, str]]
) -> PackagePlace:
    """Return where a package lies on this machine; it is brought here if it does not.

    Args:
        place: Where it lies for whoever started the run.
        digest: Of the sources.
        sources: Gives the files of the package and of local modules, by path.

    Raises:
        TargetUnwritable: Our cache cannot be written, or others could write in it.
    """
    if place.root.joinpath(*place.name.split(".")).is_dir():
        return place
    folder = Cache().folder("pipelines") / digest
    if not folder.is_dir():
        try:
            with replacing_folder(folder) as temporary:
                for path, text in sources().items():
                    write_atomically(temporary / path, text)
        except TargetUnwritable:
            if not folder.is_dir():  # unless another process was faster
                raise
    return replace(place, root=folder, home=place.home if place.home.is_dir() else folder)


def _folder(name: str | Path, start: Path) -> Path:
    given = Path(name)
    if (start / given / RECORD).is_file():
        return (start / given).resolve()
    if len(given.parts) == 1:
        for above in (start, *start.parents):
            if (above / "pipelines" / given / RECORD).is_file():
                return above / "pipelines" / given
    known = sorted(path.parent.name for path in start.glob(f"pipelines/*/{RECORD}"))
    raise InvalidCall(
        f"There is no pipeline {name}: no pipelines/{given.name}/{RECORD} in {start} or above.",
        hint=f"Here there are: {', '.join(known)}."
        if known
        else "Compile one: nbrelease pipeline compile NOTEBOOK",
    )


def _record(path: Path) -> Pipeline:
    try:
        document: Any = yaml.load(read_text(path), Loader=_LOADER)  # noqa: S506 - a safe one
        return Pipeline.model_validate(document)
    except yaml.YAMLError as error:
        fact = f"{path} is no YAML: {' '.join(str(error).split())}"
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the record"
        fact = f"{path}: {where}: {first['msg']}."
    raise InvalidCall(fact, hint="Compile the notebook again; this file is generated.")
