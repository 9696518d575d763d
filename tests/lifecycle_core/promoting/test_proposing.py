"""A proposal says beforehand what promotion and rollback would say."""

from __future__ import annotations

from lifecycle_core.promoting import propose
from tests.fakes import records


def test_what_is_allowed_and_what_is_not() -> None:
    history = records.history()  # champion: 1, then 2, rolled back to 1
    made = propose(history, records.release(2), records.checkpoints())
    assert {move.alias: move.blocked for move in made.promotions} == {
        "challenger": "",
        "champion": "",
    }
    blocked = {back.alias: back.blocked for back in made.returns}
    assert blocked == {
        "challenger": "challenger points nowhere yet.",
        "champion": "champion pointed nowhere before version 1.",
    }


def test_a_version_is_not_promoted_to_where_it_is() -> None:
    made = propose(records.history(), records.release(1), records.checkpoints())
    assert made.promotions[1].blocked == "champion points at version 1 already."


def test_a_needed_checkpoint_blocks_only_the_aliases_that_need_it() -> None:
    checks = records.checkpoints(owners="missing", review="fail").model_copy(
        update={"required": {"challenger": ("workflow", "owners"), "champion": ("workflow",)}}
    )
    made = propose(records.history(), records.release(2), checks)
    assert made.promotions[0].blocked == (
        "challenger needs checkpoints that are not passed: owners (missing)."
    )
    assert made.promotions[1].blocked == ""


def test_a_return_names_version_and_digest() -> None:
    before_rollback = records.history().model_copy(
        update={
            "entries": records.history().entries[:2],
            "heads": {"champion": records.head("champion", 2)},
        }
    )
    back = propose(before_rollback, records.release(2), records.checkpoints()).returns[1]
    assert (back.from_version, back.to_version, back.bundle_digest, back.blocked) == (
        2, 1, records.DIGEST_1, "",
    )  # fmt: skip
