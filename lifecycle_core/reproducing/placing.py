"""A record that names no folder of a clean run: it is gone when somebody reads of it.

The run's home is told as `~`, its copy of the project as `(project)`, as outputs are compared.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lifecycle_core.notebooks.normalisers.home_path import at_home
from lifecycle_core.notebooks.normalisers.project_path import PROJECT
from lifecycle_core.schema.reproduction import Reproduction

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lifecycle_core.notebooks.execution import Execution


def without_folders(record: Reproduction, executions: Sequence[Execution]) -> Reproduction:
    """Return the record with the folders of these runs told by what they stand for.

    Args:
        record: Of the runs.
        executions: The runs, and those that were made to find causes.
    """
    homes = [run.home for run in executions if run.home]
    copies = [copy for run in executions for copy, _ in run.roots]
    if not homes and not copies:
        return record

    def told(value: Any) -> Any:  # noqa: ANN401 - what a record holds
        if isinstance(value, str):
            value = at_home(value, homes)
            for copy in copies:
                value = value.replace(copy, PROJECT)
            return value
        if isinstance(value, dict):
            return {key: told(each) for key, each in value.items()}
        return [told(each) for each in value] if isinstance(value, list | tuple) else value

    return Reproduction.model_validate(told(record.model_dump()))
