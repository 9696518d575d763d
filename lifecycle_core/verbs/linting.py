"""What is said of notebooks without running them."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from lifecycle_core.errors import InvalidCall, LifecycleError, NotebookInvalid

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from lifecycle_core.adapters.project_files import ProjectFiles
    from lifecycle_core.schema.finding import LintedNotebook, LintReport

_NONE: frozenset[str] = frozenset()


def lint(
    paths: Iterable[Path | str] | Path | str,
    *,
    fix: bool = False,
    waived: Collection[str] = _NONE,
) -> LintReport:
    """Read notebooks for what a clean run would show; nothing is run.

    Args:
        paths: Notebooks, or folders that hold some.
        fix: Mend what is safe to mend, in place: missing seeds, and paths below the notebook's
            own folder. Nothing else in the file changes.
        waived: Codes of rules to leave out, such as `NB105`.

    Returns:
        All findings. A notebook that cannot be read is in it, with the reason.

    Raises:
        InvalidCall: A name leads to nothing, a folder holds no notebook, or a code is unknown.
        TargetUnwritable: A mended notebook cannot be written.
    """
    from lifecycle_core.adapters.notebook_files import find_notebooks
    from lifecycle_core.adapters.project_files import ProjectFiles
    from lifecycle_core.schema.finding import LintReport

    named = (paths,) if isinstance(paths, str | Path) else tuple(paths)
    for path in map(Path, named):
        if not path.exists():
            raise InvalidCall(
                f"{path} does not exist.", hint=f"Check the name; you are in {Path.cwd()}."
            )
    _check_codes(waived)
    files = ProjectFiles()
    return LintReport(
        notebooks=tuple(
            _linted(path, files, fix=fix, waived=waived)
            for path in find_notebooks(map(Path, named))
        )
    )


def _linted(
    path: Path, files: ProjectFiles, *, fix: bool, waived: Collection[str]
) -> LintedNotebook:
    from lifecycle_core.adapters.files import write_atomically
    from lifecycle_core.adapters.project_files import installed
    from lifecycle_core.linting import fix as mend
    from lifecycle_core.linting import lint as read
    from lifecycle_core.notebooks.read import parse_notebook
    from lifecycle_core.schema.finding import LintedNotebook

    folder = path.resolve().parent
    look = partial(
        read,
        exists=partial(files.holds, folder),
        installed=installed,
        folder=folder.as_posix(),
        waived=waived,
    )
    try:
        content = _bytes(path)
        notebook = parse_notebook(content, path, to_run=False)
    except LifecycleError as error:
        return LintedNotebook(path=str(path), error=str(error))
    findings = look(notebook)
    if not (fix and any(finding.fixable for finding in findings)):
        return LintedNotebook(path=str(path), findings=findings)
    text, _ = mend(content.decode(), notebook, **look.keywords)
    mended = text.encode()
    left = look(parse_notebook(mended, path, to_run=False))
    place = path.resolve()  # the file itself, where the name is a link
    mode = place.stat().st_mode
    write_atomically(place, mended)
    place.chmod(mode)
    return LintedNotebook(path=str(path), findings=left, fixed=max(0, len(findings) - len(left)))


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise NotebookInvalid(
            f"{path} cannot be read: {error.strerror}.", path=str(path), hint="Check the name."
        ) from error


def _check_codes(waived: Collection[str]) -> None:
    from lifecycle_core.notebooks.rules.table import RULES

    known = {rule.code for rule in RULES}
    if unknown := sorted(set(waived) - known):
        raise InvalidCall(
            f"{', '.join(unknown)} is no rule.", hint=f"The rules are {', '.join(sorted(known))}."
        )
