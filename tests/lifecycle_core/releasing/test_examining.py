from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle_core.adapters.progress import Silent
from lifecycle_core.contracting import from_odcs, to_odcs
from lifecycle_core.releasing.examining import examine
from lifecycle_core.schema.release_file import ModelSection, ReleaseFile
from lifecycle_core.settings import load_settings, outside
from tests.fakes.scoring import ROWS, make

if TYPE_CHECKING:
    from pathlib import Path


def test_a_contract_may_list_columns_in_another_order_than_the_model_takes_them(
    tmp_path: Path,
) -> None:
    made = make(tmp_path, categorical=True)  # a model that refuses frames in another order
    turned = made.contract.model_copy(update={"features": made.contract.features[::-1]})
    text = to_odcs(turned)
    with outside(load_settings(start=tmp_path, environ={})) as systems:
        examined = examine(
            made.evidence,
            made.record,
            stated=ReleaseFile(model=ModelSection(name="churn")),
            agreed=(from_odcs(text, "c.yaml"), text),
            outside=systems,
            progress=Silent(),
        )
    assert (examined.rehearsal.rows, examined.rehearsal.mismatches) == (ROWS, 0)
    assert examined.contract == made.contract
    assert examined.contract_text == text
