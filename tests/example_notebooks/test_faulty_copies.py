"""Copies of an example with one fault each: the check says which cell and why."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from lifecycle_core.schema.reproduction import Reproduction
from tests.command_line import nbrelease

if TYPE_CHECKING:
    from collections.abc import Callable

EXAMPLES = Path(__file__).parents[2] / "example_notebooks"


def cell_with(content: dict[str, Any], words: str) -> int:
    (at,) = (
        index
        for index, cell in enumerate(content["cells"])
        if cell["cell_type"] == "code" and words in "".join(cell["source"])
    )
    return at


def swap(content: dict[str, Any], old: str, new: str) -> int:
    at = cell_with(content, old)
    content["cells"][at]["source"] = "".join(content["cells"][at]["source"]).replace(old, new)
    return at


def delete(content: dict[str, Any]) -> tuple[str, int]:
    at = cell_with(content, "pd.read_csv(")
    del content["cells"][at]
    return "deleted_cell", at  # where what it defined is missed first


def unseed(content: dict[str, Any]) -> tuple[str, int]:
    return "unseeded_random", swap(content, "stratify=y, random_state=seed", "stratify=y")


def point_elsewhere(content: dict[str, Any]) -> tuple[str, int]:
    swap(content, 'data = "data/', 'data = "/home/ada/churn/')
    return "absolute_path", cell_with(content, "pd.read_csv(")


@pytest.mark.long
@pytest.mark.parametrize("spoil", [delete, unseed, point_elsewhere])
def test_a_fault_is_named_with_its_cell(
    tmp_path: Path, spoil: Callable[[dict[str, Any]], tuple[str, int]]
) -> None:
    project = tmp_path / "project"
    shutil.copytree(EXAMPLES, project)
    content = json.loads((project / "telco_churn.ipynb").read_text(encoding="utf-8"))
    kind, cell = spoil(content)
    (project / "faulty.ipynb").write_text(json.dumps(content), encoding="utf-8")
    ended = nbrelease("reproduce", "faulty.ipynb", "--json", "record.json", cwd=project)
    assert ended.code == 1, ended.messages
    record = Reproduction.from_json((project / "record.json").read_bytes())
    first = record.causes[0]
    assert (first.kind, first.cell) == (kind, cell)
    assert first.line
    assert first.hint
