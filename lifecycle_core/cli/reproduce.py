"""`nbrelease reproduce`: one notebook or many, and the reports that CI reads.

The answer goes to stdout: for one notebook its record in words, for several one line each as they
end, then a summary. The exit code for several is the worst of them, 3 over 2 over 1 over 0: a
check that could not be carried out leaves the answer open, a file that is wrong has to be mended
before there is one, and both weigh more than a plain no.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from lifecycle_core.cli.answering import answer, verb, width
from lifecycle_core.cli.options import JsonOption, ParamOption, RtolOption, TimeoutOption
from lifecycle_core.cli.reporting import Reports
from lifecycle_core.errors import LifecycleError
from lifecycle_core.notebooks.parameter_words import parameters_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lifecycle_core.schema.reproductions import NotebookCheck

_NOT_DONE = 3
_LINE = 400
"""Columns of a line where no terminal cuts it."""
SHORT_HELP = "Run notebooks anew and compare every output."
EXAMPLES = (
    "Examples: nbrelease reproduce churn.ipynb --json reproduction.json; "
    "nbrelease reproduce notebooks/ --jobs 4 --junit junit.xml --html report.html --github"
)


@verb
def reproduce(
    notebooks: Annotated[  # hidden from the list, which would name its type in words of Python
        list[Path],
        typer.Argument(metavar="NOTEBOOK|DIR", hidden=True),
    ],
    env: Annotated[
        Literal["current", "locked"],
        typer.Option(help="Packages: those of nbrelease itself, or a lock's."),
    ] = "current",
    runs: Annotated[int, typer.Option(help="Clean runs to compare, 1 to 20.", metavar="N")] = 2,
    explain: Annotated[  # noqa: FBT002 - typer hands a flag over by name
        bool, typer.Option(help="Look for the cause of what differs by further runs.")
    ] = True,
    param: ParamOption = None,
    rtol: RtolOption = None,
    cell_timeout: TimeoutOption = None,
    jobs: Annotated[
        int | None,
        typer.Option(min=1, help="Notebooks at once; default: half the processors.", metavar="N"),
    ] = None,
    json_file: JsonOption = None,
    html_file: Annotated[
        Path | None, typer.Option("--html", help="Write a page for people here.", metavar="FILE")
    ] = None,
    junit_file: Annotated[
        Path | None, typer.Option("--junit", help="Write JUnit XML here.", metavar="FILE")
    ] = None,
    github: Annotated[  # noqa: FBT002 - as above
        bool, typer.Option("--github", help="Add annotations and a summary for GitHub Actions.")
    ] = False,
) -> int:
    """Run notebooks from a clean start and compare every cell with its stored outputs.

    Name saved notebooks, or folders. In a folder every .ipynb file is checked, but not in hidden
    folders, node_modules or virtual environments. --json holds one record for one notebook, and
    one of all for several.

    Exit code: 0 reproducible, 1 not, 2 a file or the call is wrong, 3 the check could not be
    carried out; of several notebooks the worst, 3 over 2 over 1 over 0.
    """
    from lifecycle_core.adapters.notebook_files import find_notebooks

    flags: dict[str, Any] = {
        "parameters": parameters_in(param),
        "rtol": rtol,
        "cell_timeout": cell_timeout,
        "env": env,
        "runs": runs,
        "explain": explain,
    }
    reports = Reports(html=html_file, junit=junit_file, github=github)
    reports.require_places(json_file)
    if len(notebooks) == 1 and not notebooks[0].is_dir():
        return _one(notebooks[0], flags, reports, json_file)
    return _several(find_notebooks(notebooks), flags, reports, json_file, jobs)


def _one(path: Path, flags: dict[str, Any], reports: Reports, json_file: Path | None) -> int:
    from lifecycle_core import verbs
    from lifecycle_core.adapters.terminal import watched
    from lifecycle_core.schema.reproductions import NotebookCheck, Reproductions

    started = time.monotonic()
    try:
        with watched(sys.stderr) as progress:
            found = verbs.reproduce(path, **flags, progress=progress)
    except LifecycleError as error:
        refused = _refused(path, time.monotonic() - started, error)
        reports.write(Reproductions(notebooks=(refused,)))
        raise
    check = NotebookCheck(
        path=str(path),
        exit_code=0 if found.reproducible else 1,
        seconds=time.monotonic() - started,
        reproduction=found,
    )
    with reports.answering():
        answer(found, json_file)
    reports.write(Reproductions(notebooks=(check,)))
    return check.exit_code


def _several(
    paths: tuple[Path, ...],
    flags: dict[str, Any],
    reports: Reports,
    json_file: Path | None,
    jobs: int | None,
) -> int:
    from lifecycle_core.adapters.files import write_atomically
    from lifecycle_core.adapters.rendering.text import printed
    from lifecycle_core.adapters.rendering.views import reproductions as view
    from lifecycle_core.reproducing import require_sensible
    from lifecycle_core.schema.reproductions import Reproductions

    require_sensible(**{key: flags[key] for key in ("rtol", "cell_timeout", "env", "runs")})
    color = sys.stdout.isatty()
    columns = width() if color else _LINE
    checks: dict[int, NotebookCheck] = {}
    with reports.answering():
        for index, check in _checked(paths, flags, jobs or _half()):
            checks[index] = check
            sys.stdout.write(printed([view.line(check)], width=columns, color=color))
            sys.stdout.flush()
        record = Reproductions(notebooks=tuple(checks[index] for index in sorted(checks)))
        sys.stdout.write(view.summary(record) + "\n")
    if json_file:
        write_atomically(json_file, record.to_json())
    reports.write(record)
    return record.exit_code


def _checked(
    paths: tuple[Path, ...], flags: dict[str, Any], jobs: int
) -> Iterator[tuple[int, NotebookCheck]]:
    """Check notebooks side by side; yield each with its index as it ends."""
    from lifecycle_core.adapters.side_by_side import Call, run_side_by_side
    from lifecycle_core.adapters.terminal import watched_side_by_side
    from lifecycle_core.cli.small_record import reproduce_small
    from lifecycle_core.schema.reproductions import NotebookCheck

    calls = [Call(function=reproduce_small, words=(path,), flags=flags) for path in paths]
    with watched_side_by_side(sys.stderr, [str(path) for path in paths]) as sides:
        for ended in run_side_by_side(calls, jobs=jobs, watch=sides):
            sides.over(ended.index)
            path = paths[ended.index]
            if ended.error is not None:
                yield ended.index, _refused(path, ended.seconds, ended.error)
                continue
            yield (
                ended.index,
                NotebookCheck(
                    path=str(path),
                    exit_code=0 if ended.answer.reproducible else 1,
                    seconds=ended.seconds,
                    reproduction=ended.answer,
                ),
            )


def _refused(path: Path, seconds: float, error: BaseException) -> NotebookCheck:
    """Return the check of a notebook that gave no record."""
    from lifecycle_core.schema.reproductions import NotebookCheck

    if isinstance(error, LifecycleError):
        return NotebookCheck(
            path=str(path),
            exit_code=3 if error.exit_code == _NOT_DONE else 2,
            seconds=seconds,
            error=str(error),
            hint=error.hint,
        )
    for note in getattr(error, "__notes__", ()):
        sys.stderr.write(note)  # a defect of ours: its traceback is kept
    return NotebookCheck(
        path=str(path),
        exit_code=3,
        seconds=seconds,
        error=f"The check did not end well: {type(error).__name__}: {error}",
        hint="Run it alone to see more; give it more memory if the system had run out of it.",
    )


def _half() -> int:
    """Return half the processors: each check runs two kernels."""
    processors = (
        len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    )
    return max((processors or 1) // 2, 1)
