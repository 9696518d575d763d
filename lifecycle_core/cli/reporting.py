"""The reports that `nbrelease reproduce` writes besides its answer."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lifecycle_core.notebooks.file_lines import FileLines
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

            write_atomically(self.html, page(record))
        if self.github:
            _tell_github(record)


def _tell_github(record: Reproductions) -> None:
    from lifecycle_core.adapters.files import writing
    from lifecycle_core.adapters.reports import step_summary, workflow_commands

    paths = [check.path for check in record.notebooks]
    sys.stdout.write(
        workflow_commands(
            record,
            lines={path: found for path in paths if (found := _lines(Path(path)))},
            files={path: _in_repository(Path(path)) for path in paths},
        )
    )
    if summary := os.environ.get("GITHUB_STEP_SUMMARY"):
        file = Path(summary)
        with writing(file), file.open("a", encoding="utf-8") as end:
            end.write(step_summary(record))


def _lines(path: Path) -> FileLines | None:
    from lifecycle_core.notebooks.file_lines import FileLines

    try:
        return FileLines(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError):
        return None  # the check itself has said what is wrong with the file


def _in_repository(path: Path) -> str:
    """Return the path as the repository calls it, which is what annotations want."""
    top = Path(os.environ.get("GITHUB_WORKSPACE") or Path.cwd()).resolve()
    full = path.resolve()
    return full.relative_to(top).as_posix() if full.is_relative_to(top) else path.as_posix()
