"""The plan on docs/experiments.md is one; `test_experiments.py` types in its command."""

from __future__ import annotations

import re
from pathlib import Path

from lifecycle_core.experimenting import plan_from_text, plan_to_text

PAGE = (Path(__file__).parents[1] / "docs" / "experiments.md").read_text()


def test_the_plan_that_is_shown_is_one() -> None:
    (text,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    plan = plan_from_text(text, "experiments.md")
    assert plan_from_text(plan_to_text(plan, "a.yaml"), "a.yaml") == plan
    assert (plan.control_share, plan.rule.looks) == (45.0, "always")
