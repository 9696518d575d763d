"""Score for practice, before release: the saved model, loaded fresh, on rows that are known.

rehearsal rows --saved model--> decisions, compared with those that the notebook's model gave
rows with a needed value removed --contract--> each must be named as unscored
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from lifecycle_core.delivering.deciding import Decider
from lifecycle_core.schema.checkpoint import Rehearsal

if TYPE_CHECKING:
    from pathlib import Path

    from lifecycle_core.adapters.models import Models
    from lifecycle_core.adapters.tables import Tables
    from lifecycle_core.schema.contract import Contract
    from lifecycle_core.schema.finalization import Finalization

_TOLERANCE = 1e-9  # of a decision that is a number


def rehearse(
    rows: Path,
    model: Path,
    *,
    contract: Contract,
    finalization: Finalization,
    models: Models,
    tables: Tables,
) -> Rehearsal:
    """Score the rehearsal rows from the saved model, as a real run would.

    Args:
        rows: Table of features with `__score__` and `__decision__` as the notebook's model gave
            them.
        model: The saved model.
        contract: Says which rows may be scored.
        finalization: The decision rule, and how many rows a real run has.
        models: Loads the model under the policy of trust.
        tables: Reads the rows.

    Returns:
        What came out. `projected_seconds` is the model's loading time plus the time of these
        rows stretched to a whole run.

    Raises:
        UntrustedModel: The model would run foreign code.
        TableInvalid: The rows do not have the contract's columns.
    """
    began = time.perf_counter()
    decider = Decider(models.load(model), finalization)
    loaded = time.perf_counter()
    scored = mismatches = 0
    with tables.stream(rows, contract, keep=("__decision__",)) as batches:
        for batch in batches:
            _, decisions = decider.decide(batch.frame)
            known = batch.kept["__decision__"].to_numpy(zero_copy_only=False)[batch.scorable]
            scored += len(decisions)
            mismatches += int((abs(decisions * 1.0 - known * 1.0) > _TOLERANCE).sum())
    ended = time.perf_counter()
    fallback_rows, named = _rehearse_fallback(rows, contract, tables)
    per_row = (ended - loaded) / max(scored, 1)
    return Rehearsal(
        rows=scored,
        seconds=ended - began,
        rows_per_run=finalization.rows_per_run,
        projected_seconds=loaded - began + per_row * finalization.rows_per_run,
        mismatches=mismatches,
        fallback_rows=fallback_rows,
        fallback_ok=named == fallback_rows,
    )


def _rehearse_fallback(rows: Path, contract: Contract, tables: Tables) -> tuple[int, int]:
    """Return how many rows lack a needed value, and how many were named as unscored."""
    needed = [feature.name for feature in contract.features if feature.required]
    if not needed:
        return 0, 0  # no row is unusable
    sent = named = 0
    with (
        tables.lacking(rows, needed) as damaged,
        tables.stream(damaged, contract) as batches,
    ):
        for batch in batches:
            sent += batch.rows
            named += int((~batch.scorable).sum())
    return sent, named
