"""Write the cases as notebooks with what lies beside them, and find their truth by execution."""

from __future__ import annotations

import ast
import json
import pickle
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from tests.pipelines.executing import ROOT, run_notebook
from tests.pipelines.portrait import same

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from tests.corpus.case import Cell
    from tests.pipelines.case import Case
    from tests.pipelines.executing import Ran

KERNELSPEC = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
EXAMPLE = "example:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """What plain execution says of a case.

    Attributes:
        required: Variables alive at the end that are data and can be exported.
        parameters: Those of them that only the parameters cell binds: the caller knows them.
        wrong: What does not agree with what the case claims; empty if all does.
        values: Descriptions of all variables at the end.
    """

    name: str
    required: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()
    wrong: str = ""
    values: dict[str, Any]


def notebook_file(case: Case, corpus: Path) -> Path:
    """Return where a case's notebook lies."""
    return corpus / case.name / f"{case.name}.ipynb"


def write_case(case: Case, corpus: Path, cells: Sequence[Cell] | None = None) -> Path:
    """Write the notebook, not executed, and the files beside it; return the notebook's path."""
    path = notebook_file(case, corpus)
    shutil.rmtree(path.parent, ignore_errors=True)
    path.parent.mkdir(parents=True)
    for name, text in case.files.items():
        file = path.parent / name
        file.parent.mkdir(parents=True, exist_ok=True)
        if text.startswith(EXAMPLE):
            shutil.copy(ROOT / "example_notebooks" / "data" / text.removeprefix(EXAMPLE), file)
        else:
            file.write_text(text, encoding="utf-8")
    write_notebook(case.parsed() if cells is None else cells, path)
    return path


def write_notebook(cells: Sequence[Cell], path: Path) -> None:
    """Write cells as a notebook that nobody has executed."""
    made = []
    for number, cell in enumerate(cells):
        new = new_markdown_cell if cell.kind == "markdown" else new_code_cell
        made.append(new(cell.source, id=f"cell-{number}"))
        if cell.tags:
            made[-1].metadata["tags"] = list(cell.tags)
    notebook = new_notebook(cells=made, metadata={"kernelspec": dict(KERNELSPEC)})
    nbformat.write(notebook, path)


def truth_of(case: Case, folder: Path) -> Truth:
    """Execute a case twice, plainly, with two hash seeds, and see whether its claims hold."""
    cells = case.parsed()
    first, second = (run_notebook(cells, folder, hash_seed=seed) for seed in (0, 1))
    bound_elsewhere = _bound(cell.source for cell in cells if "parameters" not in cell.tags)
    bound_there = _bound(cell.source for cell in cells if "parameters" in cell.tags)
    required = tuple(
        name
        for name in first.data
        if not name.startswith("_") and name not in case.loose and name not in case.hidden
    )
    return Truth(
        name=case.name,
        required=required,
        parameters=tuple(sorted((bound_there - bound_elsewhere) & {*required})),
        wrong=_wrong(case, first, second),
        values=dict(first.values),
    )


def _wrong(case: Case, first: Ran, second: Ran) -> str:
    """Say what does not agree with the case's claims."""
    differing = [
        name
        for name in sorted(first.values.keys() | second.values.keys())
        if name not in case.loose and same(first.values.get(name), second.values.get(name))
    ]
    if case.unstable:
        return "" if first.error or second.error or differing else "it is stable"
    if first.error or second.error:
        return f"cell {first.failed}: {first.error or second.error}"
    if differing:
        name = differing[0]
        return f"{name} differs: {same(first.values.get(name), second.values.get(name))}"
    if lacking := sorted({*case.exports} - {*first.data}):
        return f"not alive or not exportable: {', '.join(lacking)}"
    if alive := sorted({*case.hidden} & first.values.keys()):
        return f"alive: {', '.join(alive)}"
    return ""


def _bound(sources: Iterable[str]) -> set[str]:
    """Return names assigned at the top of some sources."""
    found: set[str] = set()
    for source in sources:
        try:
            tree = ast.parse(source)
        except SyntaxError:  # a cell with magics
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store | ast.Del):
                found.add(node.id)
    return found


def generate(corpus: Path, cases: Iterable[Case], *, workers: int = 2) -> list[Truth]:
    """Write cases and their truths: notebooks in folders, `cases.json`, `truth/NAME.pickle`."""
    cases = list(cases)
    (corpus / "truth").mkdir(parents=True, exist_ok=True)
    (corpus / "cases.json").write_text(
        json.dumps([described(case) for case in cases], indent=1, ensure_ascii=False),
        encoding="utf-8",
    )
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(lambda case: _generate(case, corpus), cases))


def _generate(case: Case, corpus: Path) -> Truth:
    folder = write_case(case, corpus).parent
    truth = truth_of(case, folder)
    with (corpus / "truth" / f"{case.name}.pickle").open("wb") as file:
        pickle.dump(asdict(truth), file)
    return truth


def load_truth(case: Case, corpus: Path) -> Truth:
    """Read a truth that was found before, or find it."""
    path = corpus / "truth" / f"{case.name}.pickle"
    if not path.exists():
        (corpus / "truth").mkdir(parents=True, exist_ok=True)
        return _generate(case, corpus)
    with path.open("rb") as file:
        return Truth(**pickle.load(file))  # noqa: S301 (written by `generate`)


def described(case: Case) -> dict[str, Any]:
    """Return a case as JSON holds it, snippets as indexes of cells."""
    record = asdict(case)
    record["notebook"] = f"{case.name}/{case.name}.ipynb"
    record["cell_of"] = {snippet: case.cell(snippet) for snippet in case.snippets()}
    del record["cells"], record["files"]
    return record
