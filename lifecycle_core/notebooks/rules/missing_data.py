"""A data file that is read and is not there.

## What it does
Reports literal relative paths that the notebook reads, that do not exist in a clean copy of the
project (files that git ignores are not in it), and that the notebook does not write before.

## Why is this bad?
A clean run stops with `FileNotFoundError`.

## Examples
`pd.read_csv("data/raw.csv")` with `data/` in `.gitignore`: track the file, or make it in a cell.

## References
- Pimentel et al., EMSE 2021: absent data stops 15.4 % of public notebooks; biomedical 12.0 %.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from lifecycle_core.notebooks.rules.base import Rule, Spot

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lifecycle_core.notebooks.calls import Call
    from lifecycle_core.notebooks.rules.view import View

_NOT_RELATIVE = re.compile(r"[/~\\]|[A-Za-z]:[\\/]|\w+:|\.\./\.\.")
_BRINGS = re.compile(
    r"(?:download|urlretrieve|extractall|unpack_archive|system|check_call|check_output|copy\w*|move"
    r"|Popen|write\w*|dump|run|clone|to_\w+|save\w*|makedirs|mkdir|touch|export\w*|fetch\w*|commit)$"
)
_IN_MEMORY = frozenset(
    {
        "copysign", "copyto", "deepcopy", "dumps", "export_text", "to_array", "to_arrow",
        "to_datetime", "to_dense", "to_dict", "to_flat_index", "to_frame", "to_list", "to_native",
        "to_numeric", "to_numpy", "to_pandas", "to_period", "to_polars", "to_pydatetime",
        "to_records", "to_series", "to_sparse", "to_tensor", "to_timedelta", "to_timestamp",
    }
)  # fmt: skip
"""Named like what brings files, and bring none."""
_BRANCHES = (ast.If, ast.Try, ast.ExceptHandler, ast.While, ast.IfExp, ast.With)


def find(view: View) -> Iterator[Spot]:
    """Yield a spot for each file that is not there."""
    seen: set[str] = set()
    moved = _moves(view)
    for use in view.paths:
        path = use.text.replace("\\", "/")
        if not (use.reads and use.whole) or _NOT_RELATIVE.match(path) or not path.strip():
            continue
        runs = view.runs_in(use.call)
        if path in seen or runs is None or (moved is not None and moved <= runs):
            continue
        if any(sign in path for sign in "*?[<") or view.exists(path) or _made(view, path, use.call):
            continue
        seen.add(path)
        sure = not use.call.within and not any(isinstance(n, _BRANCHES) for n in use.call.stack)
        brought = _brought(view, runs)
        yield Spot(
            cell=use.call.cell,
            line=use.call.line,
            kind="missing_data",
            severity="info" if brought else "error" if sure else "warning",
            names=(path,),
            message=f"{path[:80]!r} is read and is not in the project",
            hint="Add the file to the project (is it ignored by git?), or make it in a cell above.",
        )


def _moves(view: View) -> int | None:
    """Return the first cell that changes the working directory, after which paths mean others."""
    cells = [call.cell for call in view.calls if call.name == "os.chdir"]
    cells += [
        index
        for index, parsed in view.dataflow.parsed.items()
        if any(magic.name in {"cd", "pushd"} for magic in parsed.magics)
    ]
    return min(cells, default=None)


def _made(view: View, path: str, call: Call) -> bool:
    """Tell whether the notebook writes the path, or something below it, before."""
    wanted = {path.removeprefix("./"), re.sub(r"\.np[yz]$", "", path.removeprefix("./"))}
    return path in view.written_by_magic or any(
        use.writes
        and use.call.cell <= call.cell
        and use.text.replace("\\", "/").removeprefix("./") in wanted
        for use in view.paths
    )


def _brought(view: View, cell: int) -> bool:
    """Tell whether something before may bring files whose names we do not see."""
    shell = any(flow.shell for flow in view.dataflow.flows if flow.index <= cell)
    literal = {id(use.call) for use in view.paths if use.writes and use.whole}
    foreign = any(
        magic.whole_cell and magic.name not in {"time", "timeit", "capture"}
        for index, parsed in view.dataflow.parsed.items()
        if index <= cell
        for magic in parsed.magics
    )
    return (
        shell
        or foreign
        or any(
            call.cell <= cell and id(call) not in literal and _may_bring(call)
            for call in view.calls
        )
    )


def _may_bring(call: Call) -> bool:
    of_a_value = call.method == "copy" and not call.node.args  # as `frame.copy()`
    return bool(_BRINGS.match(call.method)) and not (of_a_value or call.method in _IN_MEMORY)


RULE = Rule("NB203", "missing-data", find)
