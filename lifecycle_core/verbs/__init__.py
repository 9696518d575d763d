"""The Python twins of the magics and of the command line: read settings, build adapters, call.

Each verb takes what a person would type and returns a record. The command line and the Jupyter
face both stand on this package, so that a thing is done in one way wherever it is asked for. One
module per area; none is named like a verb, which it would hide.
"""

from lifecycle_core.notebooks.release_text import parse_release
from lifecycle_core.verbs.attending import (
    compile_meanwhile,
    find_notebook,
    reproduce_meanwhile,
    run_each_meanwhile,
    run_meanwhile,
    said,
    serve_meanwhile,
)
from lifecycle_core.verbs.compiling import compile_pipeline, propose_pipeline
from lifecycle_core.verbs.deciding import decide_retraining, retrain_release
from lifecycle_core.verbs.designing import design_experiment
from lifecycle_core.verbs.experimenting import (
    experiments,
    read_experiment,
    show_experiment,
    start_experiment,
    stop_experiment,
)
from lifecycle_core.verbs.exporting import export_pipeline
from lifecycle_core.verbs.kept_reviews import acknowledge, kept_review, review_due, reviews
from lifecycle_core.verbs.linting import lint
from lifecycle_core.verbs.logs import (
    check_reasons,
    compact_log,
    drain_log,
    forget_key,
    read_log,
    retain_log,
)
from lifecycle_core.verbs.notebooks import finalize, package, reproduce
from lifecycle_core.verbs.outcomes import tell_outcomes
from lifecycle_core.verbs.pipelines import (
    overview_after,
    pipeline_of,
    pipeline_overview,
    pipeline_results,
    run_pipeline,
    show_pipeline,
)
from lifecycle_core.verbs.released import (
    attest,
    checkpoints,
    history,
    promote,
    propose,
    releases,
    rollback,
    status,
    verify,
)
from lifecycle_core.verbs.retraining import backtest, retrain
from lifecycle_core.verbs.review_reports import review_report, review_series
from lifecycle_core.verbs.reviewing import review
from lifecycle_core.verbs.serving import serve
from lifecycle_core.verbs.showing import difference, lost_source, to_html, to_text
from lifecycle_core.verbs.tables import check_contract, infer_contract, score, score_frame

__all__ = [
    "acknowledge", "attest", "backtest", "check_contract", "check_reasons", "checkpoints",
    "compact_log", "compile_meanwhile", "compile_pipeline", "decide_retraining",
    "design_experiment", "difference", "drain_log", "experiments", "export_pipeline", "finalize",
    "find_notebook", "forget_key", "history", "infer_contract", "kept_review", "lint",
    "lost_source", "overview_after", "package", "parse_release", "pipeline_of",
    "pipeline_overview", "pipeline_results", "promote", "propose", "propose_pipeline",
    "read_experiment", "read_log", "releases", "reproduce", "reproduce_meanwhile", "retain_log",
    "retrain", "retrain_release", "review", "review_due", "review_report", "review_series",
    "reviews", "rollback", "run_each_meanwhile", "run_meanwhile", "run_pipeline", "said", "score",
    "score_frame", "serve", "serve_meanwhile", "show_experiment", "show_pipeline",
    "start_experiment", "status", "stop_experiment", "tell_outcomes", "to_html", "to_text",
    "verify",
]  # fmt: skip
