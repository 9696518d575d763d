"""A plan as YAML that people edit, and what an edited one says otherwise than what was frozen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from lifecycle_core.notebooks.record_text import read_record
from lifecycle_core.schema.experiment import ExperimentPlan

if TYPE_CHECKING:
    from collections.abc import Iterator

_HEAD = """\
# The plan of an experiment. Edit it, then start it: nbrelease experiment start {file}
# From the start on the ledger's copy counts; what is changed here afterwards is told about.
"""


def plan_to_text(plan: ExperimentPlan, file: str) -> str:
    """Return a plan as YAML.

    Law: `plan_from_text(plan_to_text(plan, file), file) == plan`.

    Args:
        plan: The plan.
        file: Where it will stand, for its first line.
    """
    fields = plan.model_dump(mode="json", exclude_none=True)
    for metric in (fields["metric"], *fields["secondary"], *fields["guardrails"]):
        if metric["kind"] == "mean":
            del metric["kind"]
    body = yaml.safe_dump(fields, sort_keys=False, allow_unicode=True, width=100)
    return _HEAD.format(file=file) + body


def plan_from_text(text: str, where: str) -> ExperimentPlan:
    """Read a plan.

    Args:
        text: YAML.
        where: What it is called in messages.

    Raises:
        ReleaseFileInvalid: It is no plan; the message names line, key, what was got and is wanted.
    """
    return read_record(text, ExperimentPlan, where=where)


def changes(frozen: ExperimentPlan, now: ExperimentPlan) -> tuple[str, ...]:
    """Return what a plan says otherwise than the one that was frozen, key by key.

    Example:
        >>> plan = ExperimentPlan.model_validate(
        ...     {"name": "a", "release": "churn", "salt": "a", "arms": {"challenger": 50},
        ...      "periods": 4, "units": 100, "metric": {"name": "m", "of": "money"},
        ...      "rule": {"effect": 0.1}})
        >>> changes(plan, plan.model_copy(update={"periods": 2}))
        ('periods: 4 was frozen, 2 stands there now',)
    """
    before, after = (dict(_leaves(plan.model_dump(mode="json"), "")) for plan in (frozen, now))
    return tuple(
        f"{name}: {before.get(name, 'nothing')} was frozen, {after.get(name, 'nothing')} stands "
        "there now"
        for name in dict.fromkeys((*before, *after))
        if before.get(name) != after.get(name)
    )


def _leaves(value: Any, place: str) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - of JSON
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _leaves(inner, f"{place}.{name}" if place else name)
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            yield from _leaves(inner, f"{place}[{at}]")
    else:
        yield place, str(value)
