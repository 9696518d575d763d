"""Evidence about a notebook from outside its runs: git's history, times of files, versions.

Nothing here proves a cause by itself: content that git recorded is tried in a run, the rest are
signs.
"""

from __future__ import annotations

import os
import platform
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from lifecycle_core.adapters.dvc import MOST_BYTES, named_in, tracked_by
from lifecycle_core.adapters.files import digest_bytes
from lifecycle_core.adapters.git import git, top_of
from lifecycle_core.notebooks.circumstances import Circumstances, Pin
from lifecycle_core.notebooks.declared import declared_pins, unsatisfied
from lifecycle_core.notebooks.locks import locked_versions

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from lifecycle_core.notebooks.read import Notebook
    from lifecycle_core.schema.reproduction import InputFile

_MOST_NAMES = 1_000
_SURELY_TOOK = 0.5
"""Share of the time a run takes here that it took at least where the notebook was saved."""
_BURST = 2.0
"""Seconds; a run of a notebook that reads and shows anything takes as long."""
_MOST_TEXT = 10 * 1024**2
_DECLARING = frozenset({".txt", ".in", ".toml", ".lock", ".yml", ".yaml"})


@dataclass(frozen=True, slots=True)
class LookAround:
    """Looks around one notebook; call it with the inputs of a run.

    Attributes:
        notebook: As it was read.
        lock: Text of the lock of what the runs loaded.
    """

    notebook: Notebook
    lock: str

    def __call__(self, inputs: Sequence[InputFile], since: Mapping[str, float]) -> Circumstances:
        """Return what can be found out; what cannot is left empty.

        Args:
            inputs: Files of the project that a run read.
            since: By their path, the seconds that a run takes from the reading to its end.
        """
        path = self.notebook.path.resolve()
        repository = _Repository.around(path)
        recorded, by = repository.recorded(path, inputs) if repository else ({}, "")
        burst = _in_one_burst(path, inputs)
        # A copy may leave the times in any order, and by far less than a run takes.
        newer = _newer(path, inputs, {} if burst else since, repository)
        info = self.notebook.content["metadata"].get("language_info")
        saved = str(info.get("version", "")) if isinstance(info, dict) else ""
        return Circumstances(
            newer=newer,
            burst=bool(newer) and burst,
            emptied=_emptied(path, inputs, since) if not newer and not repository else frozenset(),
            recorded=recorded,
            recorded_by=by,
            pins=_unsatisfied(
                repository.top if repository else path.parent, path.parent, self.lock
            ),
            left_out=repository.ignored(path.parent) if repository else frozenset(),
            saved_python=saved,
            python=platform.python_version(),
        )


def _unsatisfied(top: Path, folder: Path, lock: str) -> tuple[Pin, ...]:
    """Return the versions that files of the project ask for and the runs did not have."""
    places = {top, folder}
    files: dict[str, str] = {}
    for place in sorted(places):
        for file in sorted(place.iterdir()):
            with suppress(OSError, UnicodeDecodeError):
                small = file.is_file() and file.stat().st_size <= _MOST_TEXT
                if small and file.suffix in _DECLARING:
                    files[file.relative_to(top).as_posix()] = file.read_text(encoding="utf-8")
    versions = locked_versions(lock)
    return tuple(
        Pin(name=pin.name, wanted=pin.specifier, here=versions[pin.name], said_by=pin.file)
        for pin in unsatisfied(declared_pins(files), versions)
    )


def _newer(
    notebook: Path,
    inputs: Iterable[InputFile],
    since: Mapping[str, float],
    repository: _Repository | None,
) -> frozenset[str]:
    """Return the inputs that were changed later than the notebook can have read them.

    It was saved when its run was over, so it read them at least as long before as a run takes from
    there to its end; a run may have been faster then than now, so that half of it counts. Times of
    files that are as git checked them out say when that was, and nothing else.
    """
    saved = notebook.stat().st_mtime
    found = set()
    for item in inputs:
        file = notebook.parent / item.path
        with suppress(OSError):
            if file.stat().st_mtime > saved - _SURELY_TOOK * since.get(item.path, 0.0) and not (
                repository and repository.unchanged(file) and repository.unchanged(notebook)
            ):
                found.add(item.path)
    return frozenset(found)


def _in_one_burst(notebook: Path, inputs: Iterable[InputFile]) -> bool:
    """Tell whether all that lies beside the notebook and all inputs were written within moments."""
    beside = [file for file in islice(notebook.parent.iterdir(), _MOST_NAMES) if file.is_file()]
    times = []
    for file in {notebook, *beside, *(notebook.parent / item.path for item in inputs)}:
        with suppress(OSError):
            times.append(file.stat().st_mtime)
    return max(times) - min(times) < _BURST


def _emptied(
    notebook: Path, inputs: Iterable[InputFile], since: Mapping[str, float]
) -> frozenset[str]:
    """Return folders of inputs whose list of files changed later than the notebook can have read.

    A file that came would be newer itself; so one is gone. The notebook's own folder changes
    whenever the notebook is saved.
    """
    saved = notebook.stat().st_mtime
    found = set()
    for item in inputs:
        folder = (notebook.parent / item.path).parent
        with suppress(OSError):
            late = folder.stat().st_mtime > saved - _SURELY_TOOK * since.get(item.path, 0.0)
            if late and folder.resolve() != notebook.parent:
                found.add(os.path.relpath(folder, notebook.parent))
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class _Repository:
    """A repository, read through git's own program, and the files of DVC in it."""

    top: Path

    @classmethod
    def around(cls, path: Path) -> _Repository | None:
        """Return the repository that a file lies in, or None."""
        top = top_of(path.parent)
        return cls(top) if top else None

    def recorded(
        self, notebook: Path, inputs: Iterable[InputFile]
    ) -> tuple[Mapping[Path, bytes], str]:
        """Return content of inputs that differs today, and who recorded it, in words.

        It is that of the notebook's last commit or, where DVC tracks the file, of DVC's cache.
        """
        commit = git(self.top, "log", "-n1", "--format=%H", "--", str(notebook)) or b""
        name = commit.decode().strip()
        found: dict[Path, bytes] = {}
        sources = set()
        size = 0
        for item in inputs:
            file = Path(os.path.normpath(notebook.parent / item.path))
            if not file.is_relative_to(self.top) or file == notebook:
                continue
            place = file.relative_to(self.top)
            content = self._at(name, place)
            source = f"git recorded it with the notebook in {name[:9]}"
            if content is None:
                content, source = self._of_dvc(name, file)
            if content is None or digest_bytes(content) == item.digest:
                continue
            size += len(content)
            if size <= MOST_BYTES:
                found[place] = content
                sources.add(source)
        return found, " and ".join(sorted(sources))

    def _at(self, commit: str, place: Path) -> bytes | None:
        return git(self.top, "show", f"{commit}:{place.as_posix()}") if commit else None

    def _of_dvc(self, commit: str, file: Path) -> tuple[bytes | None, str]:
        """Return the content that DVC knew of a file then, or knows of it, and who says so."""
        beside = file.with_name(file.name + ".dvc")
        said = self._at(commit, beside.relative_to(self.top))
        if said is None:
            tracked, source = tracked_by([beside]), "DVC tracks it"
        else:
            tracked = named_in(said, file.parent)
            source = f"DVC tracked it with the notebook in {commit[:9]}"
        found = (one.content(self.top) for one in tracked if one.path == file)
        return next(found, None), source

    def unchanged(self, file: Path) -> bool:
        """Tell whether a file is tracked and as it was committed."""
        tracked = git(self.top, "ls-files", "--", str(file))
        return bool(tracked) and git(self.top, "status", "--porcelain", "--", str(file)) == b""

    def ignored(self, folder: Path) -> frozenset[str]:
        """Return ignored files below a folder, relative to it; not more than a thousand."""
        listed = git(folder, "ls-files", "-o", "-i", "--exclude-standard", "-z") or b""
        names = [os.fsdecode(name) for name in listed.split(b"\0") if name]
        return frozenset(names[:_MOST_NAMES])
