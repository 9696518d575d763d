"""What a new candidate goes through before it may replace the one in place."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lifecycle_core.schema.release_file import ReleaseFile
    from lifecycle_core.schema.retraining import ChampionComparison
    from lifecycle_core.schema.retraining_terms import Promotion

_GOOD = frozenset({"better", "undecided"})


def aliases_by_policy(promotion: Promotion, compared: ChampionComparison | None) -> tuple[str, ...]:
    """Return the aliases that a candidate is to get without anybody's doing, in order.

    Args:
        promotion: That the release in place declares.
        compared: The candidate beside it; None if they were not compared.

    Returns:
        Nothing unless the release file says so: challenger only for one that does not cost more,
        champion only for one that surely costs less than the champion. One that breaks a limit,
        such as more actions than there is capacity for, gets neither: it may be cheaper for that.

    Example:
        >>> from lifecycle_core.schema.retraining import ChampionComparison
        >>> compared = ChampionComparison(
        ...     release="churn", version=1, alias="champion", standing="better", rows=900,
        ...     scored_on="holdout", rows_per_run=900, currency="EUR",
        ... )
        >>> aliases_by_policy("to_champion", compared)
        ('challenger', 'champion')
        >>> aliases_by_policy("to_challenger", compared)
        ('challenger',)
        >>> aliases_by_policy("by_hand", compared)
        ()
    """
    good = _promising(promotion, compared)
    if good is None or _broken_limits(good):
        return ()
    surely = good.standing == "better" and good.alias == "champion"
    return ("challenger", "champion") if surely and promotion == "to_champion" else ("challenger",)


def held_back(promotion: Promotion, compared: ChampionComparison | None) -> str:
    """Return why a candidate that promises more does not get what the release file says.

    Args:
        promotion: As for `aliases_by_policy`.
        compared: As for `aliases_by_policy`.

    Returns:
        A sentence on the limits that it breaks; empty if it breaks none, or if nothing would have
        been promoted anyway.

    Example:
        >>> held_back("to_challenger", None)
        ''
    """
    good = _promising(promotion, compared)
    broken = _broken_limits(good) if good else ()
    return f"Not promoted: it {' It '.join(broken)}" if broken else ""


def _promising(
    promotion: Promotion, compared: ChampionComparison | None
) -> ChampionComparison | None:
    """Return the comparison if its candidate would be promoted, but for limits."""
    if promotion == "by_hand" or compared is None or compared.standing not in _GOOD:
        return None
    return compared


def _broken_limits(compared: ChampionComparison) -> tuple[str, ...]:
    return compared.candidate.broken_limits if compared.candidate else ()


def trial_of(stated: ReleaseFile) -> str:
    """Return where a challenger proves itself on live rows, by what is declared for serving.

    Args:
        stated: Release file of the release in place.
    """
    serving, name = stated.serving, stated.model.name
    if serving.experiment and "challenger" in serving.experiment.arms:
        share = serving.experiment.arms["challenger"]
        return f"As challenger it answers {share:g}% of the units in the experiment of `{name}`."
    if serving.shadow == "challenger":
        return f"As challenger it scores in the shadow of `{name}`, for the log alone."
    return (
        "Let it prove itself on live rows before it replaces anything: declare `serving: {shadow: "
        "challenger}` for a shadow, or an experiment with an arm `challenger`."
    )


def next_after(name: str, aliases: Sequence[str], *, passed: bool) -> str:
    """Return what to do with a candidate that has got aliases without anybody's doing.

    Args:
        name: Of the release.
        aliases: That it got, at least one.
        passed: Whether it passes all checkpoints.

    Example:
        >>> next_after("churn", ["challenger", "champion"], passed=True)
        'nbrelease status churn'
        >>> next_after("churn", ["challenger"], passed=True)
        'once it has proven itself, `nbrelease promote churn --to champion`'
    """
    if "champion" in aliases:
        return f"nbrelease status {name}"
    if not passed:
        return "mend what is not passed before it becomes champion, and run it again"
    return f"once it has proven itself, `nbrelease promote {name} --to champion`"
