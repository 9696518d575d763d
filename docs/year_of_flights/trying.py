"""Try a challenger in an experiment of the product's: designed, frozen in the ledger, started.

The terms stand in the notebook: half of the flights, their cost a flight, one look after four
weeks.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import yaml

import lifecycle_core

if TYPE_CHECKING:
    from datetime import datetime

_WEEKS = 4
_SALTS = 5


def begin(name: str, month: str, *, since: datetime) -> None:
    """Start an experiment on the challenger.

    Args:
        name: Of the release.
        month: Whose review has led to it.
        since: From when on flights are shared out.

    Raises:
        RuntimeError: The arms were unlike before under every salt.
    """
    for attempt in range(1, _SALTS + 1):
        experiment = f"after_{month.replace('-', '_')}_{attempt}"
        file = Path(f"{experiment}.yaml")
        lifecycle_core.design_experiment(
            name,
            experiment,
            metric="cost/labelled down",
            effect="5%",
            arms=["challenger=50"],
            period="week",
            history_days=0,
            looks=1,
            level=0.95,
            hypothesis="What was learnt of the last three months makes flights cheaper.",
            as_of=since,
            out=file,
        )
        plan = yaml.safe_load(file.read_text())
        plan |= {"periods": _WEEKS, "salt": f"{name} after {month}, {attempt}"}
        file.write_text(yaml.safe_dump(plan, sort_keys=False))
        if lifecycle_core.start_experiment(file, since=since).state == "running":
            return
    raise RuntimeError(f"{_SALTS} salts made arms that were unlike before.")
