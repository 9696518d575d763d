"""A notebook as plain JSON, judged before anything runs.

nbformat is not imported: it costs seconds, and its validator says less than a reader needs.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lifecycle_core.errors import NotebookInvalid

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_MAJOR = 4
_NOISE = frozenset({"papermill", "widgets", "kernelspec", "language_info"})
_KERNEL_HINT = (
    "Open the notebook in Jupyter, choose a Python kernel (Kernel > Change Kernel), and save it."
)
_SAVE_HINT = "Open the file in Jupyter and save it again, or restore it from version control."


@dataclass(frozen=True, slots=True, kw_only=True)
class Notebook:
    """A notebook that can be run.

    Attributes:
        path: The file as the user named it.
        content: The file's JSON. Every cell's source and every stream's text is one string.
        digest: `sha256:` over what a reader would call the notebook's source: cell types, sources
            and tags, and notebook metadata without what tools write on each run.
    """

    path: Path
    content: Mapping[str, Any]
    digest: str


def parse_notebook(text: bytes, path: Path, *, to_run: bool = True) -> Notebook:
    """Read the bytes of an `.ipynb` file.

    Args:
        text: The file's content: UTF-8 JSON of nbformat 4.0 or later.
        path: Where it came from; used in messages and kept in the result.
        to_run: It will be run, so it must hold code.

    Raises:
        NotebookInvalid: It is no notebook, is broken, is too old, names a kernel of another
            language, or has no code.

    Example:
        >>> from pathlib import Path
        >>> parse_notebook(b"{,}", Path("a.ipynb"))
        Traceback (most recent call last):
        ...
        lifecycle_core.errors.NotebookInvalid: a.ipynb is not valid JSON at line 1, column 2: ...
    """
    content = _load(text, path)
    _check_format(content, path)
    cells = [_cell(cell, index, path) for index, cell in enumerate(content["cells"])]
    content = {**content, "cells": cells}
    _check_kernel(content["metadata"], path)
    if to_run and not any(cell["cell_type"] == "code" and cell["source"].strip() for cell in cells):
        raise NotebookInvalid(
            f"{path} has no code: {len(cells)} cells, none of them a code cell with text.",
            path=str(path),
            hint="Name a notebook that trains a model and chooses the final one with %finalize.",
        )
    return Notebook(path=path, content=content, digest=source_digest(content))


def _load(text: bytes, path: Path) -> dict[str, Any]:
    try:
        content = json.loads(text.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise NotebookInvalid(
            f"{path} is not a notebook: byte {error.start} is not UTF-8 text.",
            path=str(path),
            hint="Name an .ipynb file; they are JSON text.",
        ) from error
    except json.JSONDecodeError as error:
        raise NotebookInvalid(
            f"{path} is not valid JSON at line {error.lineno}, column {error.colno}: {error.msg}.",
            path=str(path),
            hint=_SAVE_HINT,
        ) from error
    except RecursionError as error:
        raise NotebookInvalid(
            f"{path} is not a notebook: its JSON is nested too deeply to read.",
            path=str(path),
            hint=_SAVE_HINT,
        ) from error
    if not isinstance(content, dict) or not isinstance(content.get("nbformat"), int):
        raise NotebookInvalid(
            f"{path} is JSON but not a notebook: it has no `nbformat` number at its top.",
            path=str(path),
            hint="Name an .ipynb file that Jupyter wrote.",
        )
    return content


def _check_format(content: Mapping[str, Any], path: Path) -> None:
    version = content["nbformat"]
    if version != _MAJOR:
        older = version < _MAJOR
        raise NotebookInvalid(
            f"{path} is in nbformat {version}, and nbformat {_MAJOR} is wanted.",
            path=str(path),
            hint=f"Convert it: jupyter nbconvert --to notebook --inplace {path}"
            if older
            else "Save it from a current JupyterLab as nbformat 4.",
        )
    if not isinstance(content.get("cells"), list):
        raise _broken(path, "`cells` is missing or is not a list")
    if not isinstance(content.get("metadata"), dict):
        raise _broken(path, "`metadata` is missing or is not an object")


def _cell(cell: object, index: int, path: Path) -> dict[str, Any]:
    """Return the cell with joined text, so that everything after us sees one form."""
    where = f"cell {index}"
    if not isinstance(cell, dict) or not isinstance(cell.get("cell_type"), str):
        raise _broken(path, f"{where} has no `cell_type`")
    source = joined(cell.get("source"))
    if not isinstance(source, str):
        raise _broken(path, f"the `source` of {where} is neither text nor a list of lines")
    metadata = cell.get("metadata", {})
    tags = metadata.get("tags", []) if isinstance(metadata, dict) else None
    if not isinstance(tags, list):
        raise _broken(path, f"the `metadata` of {where} is not as Jupyter writes it")
    result = {**cell, "source": source, "metadata": metadata}
    if cell["cell_type"] == "code":
        outputs = cell.get("outputs", [])
        if not isinstance(outputs, list) or not all(isinstance(item, dict) for item in outputs):
            raise _broken(path, f"the `outputs` of {where} are not a list of objects")
        result["outputs"] = [_output(item) for item in outputs]
    return result


def _output(output: Mapping[str, Any]) -> dict[str, Any]:
    result = dict(output)
    if "text" in output:
        result["text"] = joined(output["text"])
    if isinstance(data := output.get("data"), dict):
        result["data"] = {
            kind: value if kind.endswith("json") else joined(value) for kind, value in data.items()
        }
    return result


def joined(text: object) -> object:
    r"""Return nbformat's multi-line text as one string, and anything else as it is.

    Example:
        >>> joined(["a\n", "b"])
        'a\nb'
    """
    if isinstance(text, list) and all(isinstance(line, str) for line in text):
        return "".join(text)
    return text


def _broken(path: Path, what: str) -> NotebookInvalid:
    return NotebookInvalid(f"{path} is a broken notebook: {what}.", path=str(path), hint=_SAVE_HINT)


def _check_kernel(metadata: Mapping[str, Any], path: Path) -> None:
    """Refuse another language; tools that strip metadata leave none, and then it is Python."""
    spec, info = (
        found if isinstance(found := metadata.get(key), dict) else {}
        for key in ("kernelspec", "language_info")
    )
    language = spec.get("language") or info.get("name") or spec.get("name") or "python"
    if not str(language).lower().startswith(("python", "ipython")):
        raise NotebookInvalid(
            f"{path} is written for a kernel of {language}, and one of Python is wanted.",
            path=str(path),
            hint=_KERNEL_HINT,
        )


def source_digest(content: Mapping[str, Any]) -> str:
    """Return the `digest` of a notebook whose JSON this is, sources joined."""
    cells = [
        [cell["cell_type"], cell["source"], sorted(map(str, cell["metadata"].get("tags", [])))]
        for cell in content["cells"]
    ]
    metadata = {key: value for key, value in content["metadata"].items() if key not in _NOISE}
    text = json.dumps([cells, metadata], sort_keys=True, separators=(",", ":"))
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()
