"""Steps written into a notebook, as tags of its cells, where people can see and move them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from lifecycle_core.compiling.grouping import TAG

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lifecycle_core.schema.pipeline import Step


def tagged(content: Mapping[str, Any], steps: Sequence[Step]) -> str:
    """Return a notebook's text in which the cells of each step carry its name.

    Args:
        content: The notebook; tags of steps that it has are replaced.
        steps: Its steps.

    Example:
        >>> from lifecycle_core.schema.pipeline import Step
        >>> cell = {"cell_type": "code", "metadata": {"tags": ["step:old"]}, "source": "a = 1"}
        >>> made = tagged({"cells": [cell]}, [Step(name="load", cells=(0,))])
        >>> json.loads(made)["cells"][0]["metadata"]["tags"]
        ['step:load']
    """
    names = {cell: step.name for step in steps for cell in step.cells}
    cells = [_cell(cell, names.get(index)) for index, cell in enumerate(content["cells"])]
    return json.dumps({**content, "cells": cells}, indent=1, ensure_ascii=False) + "\n"


def _cell(cell: Mapping[str, Any], name: str | None) -> dict[str, Any]:
    lines = str(cell["source"]).splitlines(keepends=True)
    made: dict[str, Any] = {**cell, "source": lines}
    if name is not None:
        kept = [tag for tag in cell["metadata"].get("tags", []) if not str(tag).startswith(TAG)]
        made["metadata"] = {**cell["metadata"], "tags": [*kept, f"{TAG}{name}"]}
    return made
