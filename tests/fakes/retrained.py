"""Records of a made-up retraining and of a backtest, the same on every machine and day."""

from __future__ import annotations

from lifecycle_core.schema.backtest import Backtest, Window, WindowChoice
from lifecycle_core.schema.finalization import DecisionRule, Interval
from lifecycle_core.schema.retrained import Retrained
from lifecycle_core.schema.retraining import ChampionComparison, Contender, Lineage
from tests.fakes import pipeline_runs, records


def lineage() -> Lineage:
    """Return that version 2 was retrained from the champion, version 1."""
    return Lineage(
        release="churn",
        retrained_from=1,
        bundle_digest="sha256:" + "01" * 32,
        alias="champion",
        pipeline="churn",
        source_digest="sha256:" + "02" * 32,
        run="20261123T180405000000-1a2b3c4d",
        parameters={"data": "data/new.csv", "seed": 7},
        changed={"data": ("data/churn.csv", "data/new.csv")},
        inputs={"data/new.csv": "sha256:" + "03" * 32},
    )


def champion(*, comparable: bool = True) -> ChampionComparison:
    """Return a candidate that costs less than the champion, or one that cannot be compared."""
    told = ChampionComparison(
        release="churn",
        version=1,
        alias="champion",
        standing="not_comparable",
        rows=750,
        scored_on="holdout",
        rows_per_run=7043,
        currency="USD",
        reason=("The other release cannot be compared: it needs columns that are gone: tenure.",),
    )
    if not comparable:
        return told
    return told.model_copy(
        update={
            "standing": "better",
            "champion": _contender("logistic", 590_000.0, 0.7).model_copy(
                update={"broken_limits": ("has actions_per_run 320, set to at most 300.",)}
            ),
            "candidate": _contender("boosting", 540_000.0, 0.685),
            "difference": -50_000.0,
            "interval": Interval(low=-80_000.0, high=-20_000.0),
            "reason": ("On 750 held-out rows the new model costs less than version 1.",),
        }
    )


def _contender(name: str, cost: float, threshold: float) -> Contender:
    return Contender(
        candidate=name,
        rule=DecisionRule(kind="threshold", value=threshold),
        cost_per_run=cost,
        cost_interval=Interval(low=cost - 30_000, high=cost + 30_000),
        actions_per_run=297.4,
        metrics={"roc_auc": 0.84, "log_loss": 0.41},
    )


def retrained() -> Retrained:
    """Return a candidate with everything that it was judged on."""
    return Retrained(
        run=pipeline_runs.run(),
        packaged=records.packaged(),
        lineage=lineage(),
        champion=champion(),
    )


def promoted() -> Retrained:
    """Return one that the release file's policy has promoted."""
    trial = "As challenger it scores in the shadow of `churn`, for the log alone."
    return retrained().model_copy(update={"promoted": ("challenger",), "trial": trial})


def backtest() -> Backtest:
    """Return three windows, of which one failed."""
    choice = WindowChoice(
        chosen="logistic",
        rule=DecisionRule(kind="threshold", value=0.7),
        cost_per_run=540_000.0,
        on_holdout=True,
        actions_per_run=297.4,
        currency="USD",
        rows_per_run=7043,
    )
    first = Window(
        parameters={"until": "2025-01-31"},
        run="r1",
        exit="ok",
        metrics={"accuracy": 0.81},
        choice=choice,
    )
    second = first.model_copy(
        update={
            "parameters": {"until": "2025-02-28"},
            "choice": choice.model_copy(update={"cost_per_run": 560_000.0}),
        }
    )
    third = Window(
        parameters={"until": "2025-03-31"},
        run="r3",
        exit="failed",
        note="train: ValueError: Input y contains NaN.",
    )
    return Backtest(
        pipeline="churn", names=("until",), windows=(first, second, third), steps=15, ran=9
    )
