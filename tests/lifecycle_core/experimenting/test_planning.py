"""Plans that ask for what is not there."""

from __future__ import annotations

import pytest

from lifecycle_core.errors import InvalidCall
from lifecycle_core.experimenting import require_costs
from lifecycle_core.schema.release_file import CostsSection
from tests.fakes.experiments import plan

COST = {"name": "cost", "of": "cost"}
GUARDED = {"name": "cost", "of": "cost", "kind": "ratio", "per": "rows", "margin": 0.1}


@pytest.mark.parametrize("asked", [{"metric": COST}, {"guardrails": (GUARDED,)}])
def test_costs_that_are_measured_are_declared(asked: dict[str, object]) -> None:
    stated = plan(**asked)
    with pytest.raises(InvalidCall, match=r"`costs\.false_positive` and `costs\.false_negative`"):
        require_costs(stated, CostsSection(over=1, under=2), acts=True)
    with pytest.raises(InvalidCall, match=r"declare `costs\.under`\.$"):
        require_costs(stated, CostsSection(over=1), acts=False)
    require_costs(stated, CostsSection(false_positive=1, false_negative=2), acts=True)


def test_other_metrics_need_no_costs() -> None:
    require_costs(plan(), CostsSection(), acts=True)
