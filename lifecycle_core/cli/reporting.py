"""The reports that `nbrelease reproduce` writes besides its answer."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lifecycle_core.errors import LifecycleError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lifecycle_core.notebooks.file_lines import FileLines
    from lifecycle_core.schema.finding import Finding
    from lifecycle_core.schema.reproductions import Reproductions


@dataclass(frozen=True, slots=True, kw_only=True)
class Reports:
    """What is asked for.

    Attributes:
        html: A page for people.
        junit: JUnit XML.
        github: Annotations on stdout, and the summary of the step if GitHub names its file.
    """

    html: Path | None = None
    junit: Path | None = None
    github: bool = False

    def require_places(self, json_file: Path | None) -> None:
        """Look whether the files can be written, before hours are spent on what they will hold.

        Raises:
            TargetUnwritable: One of them cannot.
        """
        from lifecycle_core.adapters.files import require_place

        for file in (self.html, self.junit, json_file):
            if file:
                require_place(file.parent)

    @contextmanager
    def answering(self) -> Iterator[None]:
        """Print the answer in the block.

        An answer quotes notebooks, and GitHub obeys any line of a log that looks like a command.
        """
        if not self.github:
            yield
            return
        from lifecycle_core.adapters.reports.github import silenced

        stop, start = silenced()
        sys.stdout.write(stop)
        try:
            yield
        finally:
            sys.stdout.write(start)
            sys.stdout.flush()

    def write(self, record: Reproductions) -> None:
        """Write what is asked for.

        Raises:
            TargetUnwritable: A file cannot be written.
        """
        from lifecycle_core.adapters.files import write_atomically

        if self.junit:
            from lifecycle_core.adapters.reports import junit_xml

            write_atomically(self.junit, junit_xml(record))
        if self.html:
            from lifecycle_core.adapters.reports import page

            write_atomically(self.html, page(record, _findings(record)))
        if self.github:
            _tell_github(record)


def _tell_github(record: Reproductions) -> None:
    from lifecycle_core.adapters.files import writing
    from lifecycle_core.adapters.reports import step_summary, workflow_commands

    paths = [check.path for check in record.notebooks]
    sys.stdout.write(
        workflow_commands(
            record,
            lines={
                check.path: found
                for check in record.notebooks
                if check.reproduction and (found := _lines(Path(check.path)))
            },
            files={path: _in_repository(Path(path)) for path in paths},
        )
    )
    if summary := os.environ.get("GITHUB_STEP_SUMMARY"):
        file = Path(summary)
        with writing(file), file.open("a", encoding="utf-8") as end:
            end.write(step_summary(record))


def _findings(record: Reproductions) -> dict[str, tuple[Finding, ...]]:
    """Return of each path what reading the notebook says; it is in no record of a run."""
    from lifecycle_core.adapters.project_files import ProjectFiles
    from lifecycle_core.adapters.workspace import read_notebook
    from lifecycle_core.releasing.findings import read_findings

    files = ProjectFiles()
    found = {}
    for check in record.notebooks:
        with suppress(LifecycleError):  # it is gone, or no notebook any more
            notebook = read_notebook(Path(check.path))
            # Of another text than was run, cells and lines would not fit.
            if check.reproduction and notebook.digest == check.reproduction.source_digest:
                found[check.path] = read_findings(notebook, files=files)
    return found


def _lines(path: Path) -> FileLines | None:
    from lifecycle_core.notebooks.file_lines import FileLines

    try:
        return FileLines(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError):
        return None  # it changed since it was checked


def _in_repository(path: Path) -> str:
    """Return the path as the repository calls it, which is what annotations want."""
    top = Path(os.environ.get("GITHUB_WORKSPACE") or Path.cwd()).resolve()
    full = path.resolve()
    return full.relative_to(top).as_posix() if full.is_relative_to(top) else path.as_posix()
