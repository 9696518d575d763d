"""Reasons of a score: the factors that moved it most, which way, and in which words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from lifecycle_core.adapters.explaining.links import stretch, to_score
from lifecycle_core.schema.prediction import Reason

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from lifecycle_core.adapters.explaining.effects import Effects
    from lifecycle_core.schema.explaining import ExplainerFacts, Factor
    from lifecycle_core.schema.release_file import ReasonsSection


class Explanation(NamedTuple):
    """One score, shared out.

    Attributes:
        baseline: The score of nobody in particular.
        effects: What each factor adds to it, shape (factors,).
        score: Their sum.
    """

    baseline: float
    effects: NDArray[np.float64]
    score: float


@dataclass(frozen=True, slots=True, eq=False)
class Explainer:
    """Finds the reasons of one release's scores; `open_explainer` returns one.

    It holds no state that changes, so several threads may use it at the same time.

    Attributes:
        facts: How effects are found.
        section: The owner's words.
        shared: Shares a score out.
    """

    facts: ExplainerFacts
    section: ReasonsSection
    shared: Effects

    @property
    def slots(self) -> float:
        """How many slots of trees one explanation walks; no bound is known where it samples."""
        return self.shared.slots

    @property
    def name(self) -> str:
        """Name, version and baseline, as the prediction log keeps them."""
        return f"{self.facts.method}/{self.facts.version} baseline {self.facts.baseline:.6g}"

    def explain(self, row: Mapping[str, Any]) -> Explanation:
        """Share out the score of one row.

        Args:
            row: A value for each feature.

        Raises:
            TableInvalid: A feature is absent, or the model refuses the row.
        """
        facts = self.facts
        effects = self.shared(row)
        total = facts.base + float(effects.sum())
        factor = stretch(facts.base, total, facts.scale)
        return Explanation(facts.baseline, effects * factor, to_score(total, facts.scale))

    def reasons(self, row: Mapping[str, Any]) -> tuple[Reason, ...]:
        """Return the factors that moved a row's score most, strongest first.

        Args:
            row: A value for each feature.

        Returns:
            At most as many as the release file says; none that moved nothing.

        Raises:
            TableInvalid: A feature is absent, or the model refuses the row.
        """
        effects = self.explain(row).effects
        strongest = (-abs(effects)).argsort(kind="stable")[: self.section.top]
        return tuple(
            self._reason(self.facts.factors[at], effect, row)
            for at, effect in zip(strongest.tolist(), effects[strongest].tolist(), strict=True)
            if effect
        )

    def _reason(self, factor: Factor, effect: float, row: Mapping[str, Any]) -> Reason:
        if len(factor.features) == 1:
            value = _value(row[factor.features[0]])
            told = _words(value)
            plain = f"{factor.name} = {told}"
        else:
            told = ", ".join(f"{name} = {_words(_value(row[name]))}" for name in factor.features)
            value, plain = told, told
        texts = self.section.texts.get(factor.name)
        agreed = (texts.raises if effect > 0 else texts.lowers) if texts else ""
        if agreed:
            text = agreed.replace("{name}", factor.name).replace("{value}", told)
        else:
            text = f"{plain} {'raises' if effect > 0 else 'lowers'} the score"
        return Reason(feature=factor.name, value=value, effect=effect, text=text)


def _value(value: Any) -> str | float | None:  # noqa: ANN401 - as JSON has it
    if value is None or value != value:  # noqa: PLR0124 - NaN
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    return float(value) if isinstance(value, (int, float)) else str(value)


def _words(value: str | float | None) -> str:
    if value is None:
        return "missing"
    return f"{value:.10g}" if isinstance(value, float) else value
