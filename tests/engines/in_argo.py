"""Hera, Argo's Python library, reads a workflow; one line of JSON answers.

python -m tests.engines.in_argo FOLDER
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import yaml
from hera.workflows import Workflow, models


def main(path: Path) -> dict[str, Any]:
    """Return what hera read, and whether its model gives the same document back."""
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    back = models.Workflow.model_validate(document)
    return {
        "templates": [template.name for template in Workflow.from_file(path).templates],
        "same": back.model_dump(mode="json", by_alias=True, exclude_unset=True) == document,
    }


if __name__ == "__main__":
    (workflow,) = Path(sys.argv[1]).glob("*.yaml")
    sys.stdout.write(json.dumps(main(workflow)) + "\n")
