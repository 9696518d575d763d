"""What a clean run is to be: which notebook, under which conditions, in which folder."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from lifecycle_core.notebooks.factors import Conditions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from lifecycle_core.notebooks.execution import Execution
    from lifecycle_core.notebooks.read import Notebook


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One clean run to be made.

    Attributes:
        notebook: What is run.
        conditions: How it is started.
        recorded: Other content for files of the project, by their path below the project's folder.
        without: Files of the project that are left out, as `numberless` names them.
        versions: Other versions of packages than those here: specifiers by normal name.
        modules: Where there are other versions: the modules that the notebook loads.
        folder_of: Number of an earlier run, from 0, in whose folder it takes place as that run
            left it; None for a fresh copy of the project.
    """

    notebook: Notebook
    conditions: Conditions = field(default_factory=Conditions)
    recorded: Mapping[Path, bytes] = field(default_factory=dict)
    without: frozenset[str] = frozenset()
    versions: Mapping[str, str] = field(default_factory=dict)
    modules: frozenset[str] = frozenset()
    folder_of: int | None = None


def numberless(path: str) -> str:
    """Return a path with each number in it as `#`: a name with a date or a count is another one.

    Example:
        >>> numberless("out/report_20261125.csv")
        'out/report_#.csv'
    """
    return re.sub(r"\d+", "#", path)


class Runs(Protocol):
    """Makes clean runs and numbers them from 0, in the order in which they were asked for."""

    def together(self, plans: Sequence[Plan], purpose: str) -> tuple[Execution, ...]:
        """Make these runs side by side and return what each left, in the order of the plans.

        Args:
            plans: At least one.
            purpose: What they are made for, in a few words for the person who waits.

        Raises:
            EnvironmentUnavailable: The versions that a plan asks for are not to be had.
            TargetUnwritable: The copy or the environment cannot be written.
        """
