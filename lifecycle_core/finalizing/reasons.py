"""The reason in sentences, for the owner who signs. No timings: shown text must reproduce."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle_core.finalizing.decisions.base import money

if TYPE_CHECKING:
    from lifecycle_core.finalizing.decisions.base import Constant
    from lifecycle_core.schema.finalization import CandidateResult, Comparison


def reason(
    results: tuple[CandidateResult, ...],
    chosen: str,
    comparisons: tuple[Comparison, ...],
    *,
    constant: Constant,
    explained: str,
    currency: str,
    rows_per_run: int,
    priced: str = "",
) -> tuple[str, ...]:
    """Return the sentences: the choice, the runner-up, a constant decision, the rule, the limits.

    Args:
        results: All candidates in the user's order, simplest first.
        chosen: Name of the chosen one.
        comparisons: Every other candidate against it.
        constant: The best decision that looks at no row.
        explained: What the decision rule is and what decided it.
        currency: Of all amounts.
        rows_per_run: Rows of one scoring run.
        priced: How rows are priced, where they have costs of their own.
    """
    by_name = {result.name: result for result in results}
    best = by_name[chosen]
    fit = [result for result in results if not result.broken_limits]
    low, high = (
        money(bound * rows_per_run, currency)
        for bound in (best.cost_interval.low, best.cost_interval.high)
    )
    among = f"the lowest of {len(fit)} candidates" if len(fit) > 1 else "the only candidate"
    said = (
        f"{chosen} is chosen: its expected cost is {money(best.cost_per_run, currency)} per run "
        f"of {rows_per_run:,} rows ({best.cost_interval.level:.0%} interval {low} to {high}), "
        f"{among}{' within the limits' if len(fit) < len(results) else ''}."
    )
    sentences = [said, priced] if priced else [said]
    rivals = [found for found in comparisons if not by_name[found.candidate].broken_limits]
    if rivals:
        sentences += _against_rivals(rivals, [result.name for result in fit], chosen, currency)
    sentences += [_against_constant(best, constant, currency, rows_per_run), explained]
    sentences += [
        f"{result.name} is excluded: {'; '.join(result.broken_limits)}."
        for result in results
        if result.broken_limits
    ]
    return tuple(sentences)


def _against_rivals(
    rivals: list[Comparison], order: list[str], chosen: str, currency: str
) -> list[str]:
    runner_up = min(rivals, key=lambda found: found.difference)
    low, high = (
        money(bound, currency) for bound in (runner_up.interval.low, runner_up.interval.high)
    )
    said = (
        f"The runner-up, {runner_up.candidate}, costs {money(runner_up.difference, currency)} "
        f"more per run ({runner_up.interval.level:.0%} interval on the same rows {low} to {high})"
    )
    sentences = [f"{said}{'' if runner_up.interval.low > 0 else ': that may be chance'}."]
    equal = {found.candidate for found in rivals if found.interval.low <= 0}
    simpler = [name for name in order[: order.index(chosen)] if name in equal]
    if simpler:
        sentences.append(
            f"The simpler {simpler[0]} cannot be told apart from it in cost on these rows; "
            "prefer it if it is easier to explain or to run."
        )
    return sentences


def _against_constant(
    best: CandidateResult, constant: Constant, currency: str, rows_per_run: int
) -> str:
    idle = constant.cost * rows_per_run
    saved = idle - best.cost_per_run
    without = f"Without a model, {constant.words} would cost {money(idle, currency)} per run"
    if saved <= 0:
        return f"{without}: no model here is worth its run."
    share = "" if best.savings is None else f" ({best.savings:.1%})"
    return f"{without}: the model saves {money(saved, currency)} per run{share}."
