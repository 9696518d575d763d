"""Records of made-up runs of a pipeline, the same on every machine and day."""

from __future__ import annotations

from lifecycle_core.schema.figure import Drawn, Figure
from lifecycle_core.schema.pipeline import StepInput, StepOutput
from lifecycle_core.schema.pipeline_overview import PipelineOverview, SourceCell, StepOverview
from lifecycle_core.schema.pipeline_run import (
    PipelineRun,
    PipelineRuns,
    PipelineState,
    StepRun,
    StepState,
)

_TRACE = """Traceback (most recent call last):
  File "churn.ipynb, cell 4", line 2, in train
    model.fit(X, y)
ValueError: Input y contains NaN.
"""
_PNG = (
    "iVBORw0KGgoAAAANSUhEUgAAADwAAAAoAQMAAACYdQu8AAAABlBMVEX///8LXK3n/vGSAAAAWUlEQVR42q2POQ7A"
    "MAgEx5CSx/j/jwspvOtIrlKEasSOOODXCmJBGaajW51EUIattJxEURleRU6iqAwTYAANHSGFkEJ4yoBmOemry6BF"
    "g2Y56c+u/eIJX+oBlZINpYYGf2EAAAAASUVORK5CYII="
)
DRAWN = Drawn(
    figures=(
        Figure(object="sha256-" + "c" * 64, bytes=164, title="Tenure by churn", png=_PNG),
        Figure(object="sha256-" + "d" * 64, bytes=9_000_000),
    ),
    note="It drew 3 figures more than the 20 that are kept.",
)
"""Two plots of which one had no room."""
_TO_TRAIN = (StepInput(name="customers", step="load_data"),)
_TO_EVALUATE = (*_TO_TRAIN, StepInput(name="model", step="train"))


def run(*, good: bool = True, seed: int = 7) -> PipelineRun:
    """Return a run of three steps; if not good, the second failed and a hook was away."""
    load = StepRun(
        name="load_data",
        status="fresh",
        key="a" * 64,
        seconds=1.25,
        bytes=5888,
        outputs=(StepOutput(name="customers", type="pandas.DataFrame", digest="sha256:1"),),
        printed="rows <200>\n",
        drawn=DRAWN,
    )
    train = StepRun(
        name="train",
        status="ran",
        why=("code of train changed: line 12", "parameter seed: 7 -> 8"),
        key="b" * 64,
        seconds=3.5,
        bytes=2_500_000,
        inputs=_TO_TRAIN,
    )
    failed = StepRun(
        name="train",
        status="failed",
        why=("it has never run here",),
        seconds=0.5,
        printed="fitting\n",
        drawn=Drawn(figures=DRAWN.figures[:1]),
        error="ValueError: Input y contains NaN.",
        cell=4,
        line=2,
        trace=_TRACE,
        inputs=_TO_TRAIN,
    )
    last = StepRun(
        name="evaluate",
        status="ran",
        why=("input model changed (from train)",),
        inputs=_TO_EVALUATE,
    )
    behind = StepRun(name="evaluate", status="not_run", inputs=_TO_EVALUATE)
    return PipelineRun(
        id="20261123T180405000000-1a2b3c4d",
        pipeline="churn",
        parameters={"seed": seed, "data": "data/churn.csv"},
        started="2026-11-23T18:04:05+00:00",
        seconds=5.0,
        exit="ok" if good else "failed",
        steps=(load, train, last) if good else (load, failed, behind),
        hooks=() if good else ("told of step_failed train: OSError: away",),
        environment=() if good else ("numpy is 2.3.0, proven with 2.2.6",),
    )


def several() -> PipelineRuns:
    """Return three runs, of which one failed."""
    runs = (run(), run(seed=8), run(good=False, seed=9))
    return PipelineRuns(pipeline="churn", runs=runs)


def state() -> PipelineState:
    """Return how the steps stand once a parameter was changed."""
    return PipelineState(
        pipeline="churn",
        parameters={"seed": 8},
        steps=(
            StepState(name="load_data", fresh=True, seconds=1.25, bytes=5888, drawn=DRAWN),
            StepState(
                name="train",
                fresh=False,
                why=("parameter seed: 7 -> 8",),
                seconds=3.5,
                bytes=2_500_000,
                inputs=_TO_TRAIN,
            ),
            StepState(
                name="evaluate",
                fresh=False,
                why=("behind stale step train",),
                inputs=_TO_EVALUATE,
            ),
        ),
    )


def overview(*, failed: bool = False) -> PipelineOverview:
    """Return a pipeline to look at: one step stale, or after a run in which it failed."""
    load = StepOverview(
        name="load_data",
        title="The data",
        status="fresh",
        seconds=1.25,
        bytes=5888,
        parameters=("data",),
        outputs=(StepOutput(name="customers", type="pandas.DataFrame", digest="sha256:1"),),
        code="def load_data(*, data: str):\n    return pd.read_csv(data)",
        cells=(SourceCell(index=1, source="customers = pd.read_csv(data)"),),
        printed="rows <200>\n",
        drawn=DRAWN,
    )
    train = StepOverview(
        name="train",
        status="failed" if failed else "stale",
        why=("parameter seed: 7 -> 8",),
        seconds=3.5,
        bytes=2_500_000,
        parameters=("seed",),
        inputs=_TO_TRAIN,
        outputs=(StepOutput(name="model", type="sklearn.Model", note="no digest"),),
        code="def train(customers, *, seed: int = 7):\n    ...",
        cells=(SourceCell(index=4, source="X = customers\nmodel.fit(X, y)"),),
        error="ValueError: Input y contains NaN." if failed else "",
        cell=4 if failed else None,
        line=2 if failed else None,
        trace=_TRACE if failed else "",
    )
    report = StepOverview(
        name="evaluate",
        status="not_run" if failed else "stale",
        why=() if failed else ("behind stale step train",),
        inputs=(StepInput(name="customers", step="load_data"),),
        after=("train",),
    )
    return PipelineOverview(
        pipeline="churn",
        notebook="churn.ipynb",
        compiled_from="same" if failed else "changed",
        parameters={"seed": 8},
        steps=(load, train, report),
    )
