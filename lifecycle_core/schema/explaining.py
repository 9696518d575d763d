"""How the reasons of scores are found, and a check that logged ones can be found again."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from lifecycle_core.schema.base import Record

Method = Literal["linear", "trees", "sampling"]
Scale = Literal["score", "log-odds", "logarithm"]


class Factor(Record):
    """What is explained as one: a column of the table, or several that go together.

    Attributes:
        name: The column's name; of several, what people call them, else their names.
        features: The columns.
    """

    name: str
    features: tuple[str, ...] = Field(min_length=1)


class ExplainerFacts(Record):
    """How the score of a row is shared out among the factors of it: Shapley values.

    Attributes:
        method: `linear` and `trees` are exact. `sampling` lets the factors join in random orders,
            which is exact only where they do not act on each other.
        version: Of our way of computing; it changes when effects do.
        factors: What is explained as one.
        scale: On which effects add up exactly. On the others they are stretched to sum to the
            score's distance from the baseline, which keeps their order and their direction.
        base: What the effects start from, on that scale.
        baseline: The same as a score.
        sign: -1 where the score is the first class's probability, else 1.
        weights: `linear`: by what each number of the encoding is multiplied.
        means: `linear`: of each number of the encoding in the training sample.
        typical: `sampling`: the row that stands for whoever does not take part: medians and most
            frequent values, nobody's own.
        budget: `sampling`: scores that one explanation takes at most.
        seed: `sampling`: of the orders.
        single_precision: `trees`: values are rounded to float32 before they are compared.
        associated_from: Association in the training sample from which columns are one factor.
        checked_rows: Rows on which effects and baseline were added up.
        largest_gap: How far that was from the score at most.
    """

    schema_: Literal["nbrelease/explainer/1"] = Field(
        default="nbrelease/explainer/1", alias="schema"
    )
    method: Method
    version: int = Field(default=1, ge=1)
    factors: tuple[Factor, ...]
    scale: Scale = "score"
    base: float
    baseline: float
    sign: Literal[1, -1] = 1
    weights: tuple[float, ...] = ()
    means: tuple[float, ...] = ()
    typical: dict[str, bool | int | float | str | None] = {}
    budget: int = Field(default=256, ge=1)
    seed: int = 0
    single_precision: bool = False
    associated_from: float = Field(default=0.9, gt=0, le=1)
    checked_rows: int = Field(default=0, ge=0)
    largest_gap: float = Field(default=0.0, ge=0)


class ReasonsCheck(Record):
    """Logged reasons, found again from the features logged beside them.

    Attributes:
        release: Name of the release.
        versions: Those that gave the reasons.
        rows: Predictions with reasons that were looked at.
        skipped: Those that cannot be checked: a feature is hashed or not kept, another bundle or
            another explainer gave them.
        different: Those whose reasons come out otherwise.
        examples: At most five of those, by id.
    """

    schema_: Literal["nbrelease/reasons-check/1"] = Field(
        default="nbrelease/reasons-check/1", alias="schema"
    )
    release: str
    versions: tuple[int, ...] = ()
    rows: int = Field(ge=0)
    skipped: int = Field(ge=0)
    different: int = Field(ge=0)
    examples: tuple[str, ...] = ()
