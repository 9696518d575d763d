"""A table that is scored while an experiment runs: each row by the release of its arm."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from lifecycle_core.adapters.bundles import BundleFolders
from lifecycle_core.adapters.models import SkopsModels
from lifecycle_core.adapters.prediction_log import read
from lifecycle_core.adapters.tables import DuckTables
from lifecycle_core.contracting import check
from lifecycle_core.delivering import ArmRelease, Arms, score
from lifecycle_core.delivering.row_log import LoggedRun
from lifecycle_core.errors import InvalidCall
from lifecycle_core.schema.release_file import WorkflowSection
from lifecycle_core.schema.serving import Experiment, Fallback
from tests.fakes.scoring import NOW, customers, logged, make

if TYPE_CHECKING:
    from pathlib import Path

    from tests.fakes.scoring import Made

KEYED = WorkflowSection(key=("customer",))


def arms(champion: Made, challenger: Made) -> Arms:
    return Arms(
        experiment=Experiment(salt="autumn", arms={"challenger": 50}),
        key=KEYED.key,
        releases={
            "champion": ArmRelease(champion.release, champion.bundle),
            "challenger": ArmRelease(challenger.release, challenger.bundle),
        },
        mark="",
    )


def scored(champion: Made, challenger: Made, table: pd.DataFrame) -> pd.DataFrame:
    target = champion.folder / "out.parquet"
    log = LoggedRun(
        order=logged(champion.folder / "log"), run="r1", began=NOW, folder=champion.folder
    )
    score(
        champion.release, champion.bundle, champion.table(table, "in.parquet"), target,
        bundles=BundleFolders(), models=SkopsModels(), tables=DuckTables(), judge=check,
        arms=arms(champion, challenger), log=log, rejects=champion.folder / "rejects.parquet",
    )  # fmt: skip
    return pd.read_parquet(target)


def test_each_row_is_judged_by_the_contract_of_its_arm(tmp_path: Path) -> None:
    rule = (Fallback(use="rule", decision="tenure > 0"),)
    champion = make(tmp_path / "a", workflow=KEYED, longest=60, fallback=rule)
    challenger = make(tmp_path / "b", workflow=KEYED, longest=50, fallback=rule)
    table = customers(72).assign(customer=np.arange(72))
    for one, other, limits in ((champion, challenger, (60, 50)), (challenger, champion, (50, 60))):
        out = scored(one, other, table)
        limit = np.where(out["arm"] == "champion", *limits)
        assert set(limit[52:58]) == {50, 60}
        assert out["unscored"].notna().tolist() == (table["tenure"] > limit).tolist()
        kept = read(one.folder / "log").to_pandas().sort_values("sequence")
        # The rule looks at what is left of the row under its arm's contract: no tenure, so not > 0.
        lost = table["tenure"] > limit
        assert kept["fallback"].tolist() == np.where(lost, "bad_input", "").tolist()
        assert not kept["decision"][lost.to_numpy()].any()
        rejects = pd.read_parquet(one.folder / "rejects.parquet")
        assert rejects["tenure"].tolist() == table["tenure"][lost].tolist()


def test_arms_that_ask_for_other_columns_are_refused(tmp_path: Path) -> None:
    champion = make(tmp_path / "a", workflow=KEYED)
    challenger = make(tmp_path / "b", workflow=KEYED, fresh_hours=3)
    with pytest.raises(InvalidCall, match="takes other columns than the champion"):
        scored(champion, challenger, customers(5).assign(customer=np.arange(5)))
    assert not (tmp_path / "a" / "out.parquet").exists()
