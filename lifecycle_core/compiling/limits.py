"""Which values a caller may ask for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lifecycle_core.compiling.naming import is_step_name, name_in
from lifecycle_core.errors import InvalidCall

if TYPE_CHECKING:
    from pathlib import Path


def require_name(name: str | None, notebook: Path) -> str:
    """Return the name of a pipeline: as asked for, else made from the notebook's.

    Raises:
        InvalidCall: It is no name that a Python package can have.

    Example:
        >>> from pathlib import Path
        >>> require_name(None, Path("01 Telco-churn.ipynb"))
        'telco_churn'
    """
    if name is None:
        stem = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", notebook.stem)
        return name_in(stem) or "pipeline_step"
    if not is_step_name(name):
        raise InvalidCall(
            f"--name is {name!r}, and a package cannot be called so.",
            hint=f"Use letters, digits and underscores: --name {name_in(name) or 'churn'}.",
        )
    return name


def require_kept(outputs: str) -> None:
    """Raise `InvalidCall` unless it is said to keep or to drop what is shown."""
    if outputs not in {"keep", "drop"}:
        raise InvalidCall(
            f"--outputs is {outputs!r}, want keep or drop.", hint="Try --outputs drop."
        )
