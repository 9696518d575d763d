from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest

from lifecycle_core.adapters.models import SkopsModels
from lifecycle_core.adapters.tables import DuckTables
from lifecycle_core.delivering import rehearse
from lifecycle_core.schema.finalization import DecisionRule
from tests.fakes.scoring import ROWS, Made, make

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def made(tmp_path: Path) -> Made:
    return make(tmp_path)


def test_a_rehearsal_finds_the_decisions_again(made: Made) -> None:
    done = rehearse(
        made.evidence / "rehearsal.parquet", made.evidence / "model.skops",
        contract=made.contract, finalization=made.record, models=SkopsModels(),
        tables=DuckTables(),
    )  # fmt: skip
    assert (done.rows, done.mismatches) == (ROWS, 0)
    assert (done.fallback_rows, done.fallback_ok) == (3, True)
    assert done.rows_per_run == 1000
    assert done.projected_seconds > 0


def test_a_rehearsal_counts_decisions_that_differ(made: Made) -> None:
    moved = made.record.model_copy(update={"rule": DecisionRule(kind="threshold", value=0.999)})
    acted = pd.read_parquet(made.evidence / "rehearsal.parquet")["__decision__"].sum()
    done = rehearse(
        made.evidence / "rehearsal.parquet", made.evidence / "model.skops",
        contract=made.contract, finalization=moved, models=SkopsModels(), tables=DuckTables(),
    )  # fmt: skip
    assert done.mismatches == acted > 0


def test_where_no_value_is_needed_no_row_is_unusable(made: Made) -> None:
    features = tuple(each.model_copy(update={"required": False}) for each in made.contract.features)
    done = rehearse(
        made.evidence / "rehearsal.parquet", made.evidence / "model.skops",
        contract=made.contract.model_copy(update={"features": features}),
        finalization=made.record, models=SkopsModels(), tables=DuckTables(),
    )  # fmt: skip
    assert (done.fallback_rows, done.fallback_ok) == (0, True)


def test_a_rehearsal_of_a_regression(tmp_path: Path) -> None:
    made = make(tmp_path, "regression")
    done = rehearse(
        made.evidence / "rehearsal.parquet", made.evidence / "model.skops",
        contract=made.contract, finalization=made.record, models=SkopsModels(),
        tables=DuckTables(),
    )  # fmt: skip
    assert (done.rows, done.mismatches, done.fallback_ok) == (ROWS, 0, True)
