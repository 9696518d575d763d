"""Backtest: what a pipeline would have given, and cost, had it been run in each window of time.

windows --run side by side, shared steps once--> runs --finalize, one worker each--> table
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.kernel_environment import numeric_variables, processors
from lifecycle_core.adapters.progress import Progress, Silent, told
from lifecycle_core.adapters.worker import open_worker
from lifecycle_core.errors import LifecycleError
from lifecycle_core.releasing.compiled import stated_by
from lifecycle_core.releasing.refinalizing import Made, price_run
from lifecycle_core.running import numbers
from lifecycle_core.schema.backtest import Backtest, Window, WindowChoice

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lifecycle_core.adapters.pipeline_packages import Package
    from lifecycle_core.adapters.store import Store
    from lifecycle_core.schema.finalization import Finalization
    from lifecycle_core.schema.pipeline_run import PipelineRun


def backtest(
    package: Package,
    windows: Sequence[Mapping[str, Any]],
    runs: Sequence[PipelineRun],
    *,
    store: Store,
    progress: Progress = Silent(),  # noqa: B008 - it holds no state
) -> Backtest:
    """Return what each window's run gives and, where the pipeline finalizes, what it costs.

    Args:
        package: The pipeline.
        windows: For each window the parameters that make it.
        runs: The run of each window, in the same order.
        store: That the runs used.
        progress: Told of the finalizations.

    Raises:
        ReleaseFileInvalid: The release file that the pipeline was compiled with is wrong.
    """
    found = [
        Window(
            parameters=dict(given),
            run=run.id,
            exit=run.exit,
            metrics=_metrics(package, run, store),
            note=next((f"{step.name}: {step.error}" for step in run.steps if step.error), ""),
        )
        for given, run in zip(windows, runs, strict=True)
    ]
    if package.pipeline.finalize is not None:
        good = [number for number, run in enumerate(runs) if run.exit == "ok"]
        for number, choice, note in _choices(package, runs, good, store, progress=progress):
            found[number] = found[number].model_copy(update={"choice": choice, "note": note})
    steps = [step for run in runs for step in run.steps]
    return Backtest(
        pipeline=package.pipeline.name,
        names=tuple(windows[0]),
        windows=tuple(found),
        steps=len(steps),
        ran=len({step.key for step in steps if step.status == "ran"}),
    )


def _metrics(package: Package, run: PipelineRun, store: Store) -> dict[str, float]:
    """Return the numbers that the steps give, without those that are parameters."""
    known = {parameter.name for parameter in package.pipeline.parameters}
    return {n: value for n, value in numbers(run, store=store).items() if n not in known}


def _choices(
    package: Package,
    runs: Sequence[PipelineRun],
    good: Sequence[int],
    store: Store,
    *,
    progress: Progress,
) -> list[tuple[int, WindowChoice | None, str]]:
    """Finalize the runs at these places, as many at once as there are processors."""
    stated, finalize = stated_by(package)
    width = min(processors(), len(good))
    variables = numeric_variables(hash_seed=0, threads=1)
    found: list[tuple[int, WindowChoice | None, str]] = []
    with told(progress, "Finalizing every window") as answer, ExitStack() as stack:
        workers = [stack.enter_context(open_worker(variables=variables)) for _ in range(width)]
        asked = [
            (
                number,
                workers[place % width].start(
                    price_run,
                    Made(
                        run=runs[number],
                        place=package.place,
                        store=store,
                        stated=finalize,
                        release=stated,
                    ),
                ),
            )
            for place, number in enumerate(good)
        ]
        for number, waiting in asked:
            try:
                found.append((number, _choice(waiting.result()), ""))
            except LifecycleError as error:
                found.append((number, None, str(error)))
        answer(f"{sum(choice is not None for _, choice, _ in found)} of {len(good)}")
    return found


def _choice(record: Finalization) -> WindowChoice:
    chosen, holdout = record.candidate(record.chosen), record.holdout
    return WindowChoice(
        chosen=record.chosen,
        rule=record.rule,
        cost_per_run=holdout.get("cost_per_run", chosen.cost_per_run),
        on_holdout="cost_per_run" in holdout,
        actions_per_run=holdout.get("actions_per_run", chosen.actions_per_run),
        currency=record.currency,
        rows_per_run=record.rows_per_run,
    )
