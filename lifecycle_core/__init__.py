"""The lifecycle of a model, from notebook to release.

The verbs are found on first access, so that importing this package loads nothing heavy:

    >>> import lifecycle_core
    >>> lifecycle_core.promote.__module__
    'lifecycle_core.verbs.released'
"""

from __future__ import annotations

from typing import TYPE_CHECKING

__version__ = "0.5.0"

__all__ = [
    "acknowledge",
    "attest",
    "backtest",
    "check_contract",
    "check_reasons",
    "checkpoints",
    "compact_log",
    "compile_pipeline",
    "decide_retraining",
    "design_experiment",
    "drain_log",
    "experiments",
    "export_pipeline",
    "finalize",
    "forget_key",
    "history",
    "infer_contract",
    "kept_review",
    "lint",
    "package",
    "parse_release",
    "pipeline_results",
    "promote",
    "propose",
    "propose_pipeline",
    "read_experiment",
    "read_log",
    "releases",
    "reproduce",
    "retain_log",
    "retrain",
    "retrain_release",
    "review",
    "review_due",
    "review_report",
    "review_series",
    "reviews",
    "rollback",
    "run_pipeline",
    "score",
    "score_frame",
    "serve",
    "show_experiment",
    "show_pipeline",
    "start_experiment",
    "status",
    "stop_experiment",
    "tell_outcomes",
    "verify",
]

if TYPE_CHECKING:
    from lifecycle_core.verbs import (
        acknowledge,
        attest,
        backtest,
        check_contract,
        check_reasons,
        checkpoints,
        compact_log,
        compile_pipeline,
        decide_retraining,
        design_experiment,
        drain_log,
        experiments,
        export_pipeline,
        finalize,
        forget_key,
        history,
        infer_contract,
        kept_review,
        lint,
        package,
        parse_release,
        pipeline_results,
        promote,
        propose,
        propose_pipeline,
        read_experiment,
        read_log,
        releases,
        reproduce,
        retain_log,
        retrain,
        retrain_release,
        review,
        review_due,
        review_report,
        review_series,
        reviews,
        rollback,
        run_pipeline,
        score,
        score_frame,
        serve,
        show_experiment,
        show_pipeline,
        start_experiment,
        status,
        stop_experiment,
        tell_outcomes,
        verify,
    )
else:
    # In the else branch, so that a type checker still reports a misspelt name.
    def __getattr__(name: str) -> object:
        """Find a verb when it is first asked for."""
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module  # noqa: PLC0415 - as late as what it imports

        return getattr(import_module("lifecycle_core.verbs"), name)

    def __dir__() -> list[str]:
        """Offer the verbs to tab completion."""
        return [*globals(), *__all__]
