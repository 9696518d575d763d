"""What a compiled pipeline gives on other data: a new release, and a backtest over time."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.progress import Progress, Silent
from lifecycle_core.errors import InvalidCall
from lifecycle_core.settings import load_settings, store_at
from lifecycle_core.verbs.pipelines import run_each

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from lifecycle_core.schema.backtest import Backtest
    from lifecycle_core.schema.event import Event
    from lifecycle_core.schema.pipeline_run import PipelineRun
    from lifecycle_core.schema.retrained import Retrained

_SILENT = Silent()
_NONE: Mapping[str, Any] = MappingProxyType({})


def retrain(
    name_or_folder: str | Path,
    *,
    parameters: Mapping[str, Any] = _NONE,
    release: bool | None = None,
    scheduler: str = "processes",
    store: str | None = None,
    tell: Callable[[Event], None] | None = None,
    progress: Progress = _SILENT,
) -> Retrained | PipelineRun:
    """Run a compiled pipeline, and make a candidate release of it if it ran on other data.

    Args:
        name_or_folder: As for `run_pipeline`.
        parameters: Values in place of the notebook's. A text that names a file from the current
            folder, and none from the notebook's, is told to the steps as they find it.
        release: Whether a run that ended well becomes a candidate. None: if a parameter was
            changed and the run read a file that the notebook's own run did not, so that new data
            makes a new release, and trying a hyper-parameter does not.
        scheduler: As for `run_pipeline`; the second run, which shows that the first can be
            repeated, always takes place on this machine.
        store: As for `run_pipeline`.
        tell: As for `run_pipeline`.
        progress: Told of steps and activities.

    Returns:
        The candidate with its lineage and its comparison, or the run alone.

    Raises:
        NoFinalization: `release` is asked for, and the pipeline has no finalization.
    """
    from lifecycle_core.adapters.pipeline_packages import find_package
    from lifecycle_core.releasing.compiled import inputs_of, new_inputs, seen_from, stated_by

    package = find_package(name_or_folder)
    if release:
        stated_by(package)  # before anything is run
    given = seen_from(package, parameters)
    (made,) = run_each(
        package, [given], scheduler=scheduler, store=store, tell=tell, progress=progress
    ).runs
    settings = load_settings()
    if made.exit != "ok" or release is False:
        return made
    kept = store_at(settings, store)
    read = inputs_of(package, made, kept)
    if release is None:
        changed = package.pipeline.finalize is not None and any(
            given.get(one.name, one.default) != one.default for one in package.pipeline.parameters
        )
        if not changed or not new_inputs(package, read):
            return made
    from lifecycle_core.releasing.retraining import Retraining
    from lifecycle_core.releasing.retraining import retrain as make
    from lifecycle_core.settings import outside

    with outside(settings) as systems:
        return make(
            Retraining(package=package, run=made, store=kept, given=given, read=read),
            outside=systems,
            bundles_folder=settings.bundles,
            progress=progress,
        )


def backtest(
    name_or_folder: str | Path,
    windows: Sequence[Mapping[str, Any]],
    *,
    parameters: Mapping[str, Any] = _NONE,
    scheduler: str = "processes",
    store: str | None = None,
    tell: Callable[[Event], None] | None = None,
    progress: Progress = _SILENT,
) -> Backtest:
    """Run a compiled pipeline once for each window of time, side by side, and price each.

    What a window is, the pipeline's own parameters say: with one such as `until`, training data
    grow from window to window; with `since` and `until` they move along.

    Args:
        name_or_folder: As for `run_pipeline`, like what is not named here.
        windows: For each window the parameters that make it.
        parameters: Values that hold in every window.
        scheduler: As for `run_pipeline`.
        store: As for `run_pipeline`; steps that windows share run once.
        tell: As for `run_pipeline`.
        progress: Told of steps and activities.

    Returns:
        One line a window: the numbers that the steps give, and what the finalized model costs.

    Raises:
        InvalidCall: There is no window, pipeline, parameter or scheduler.
    """
    from lifecycle_core.adapters.pipeline_packages import find_package
    from lifecycle_core.releasing.backtesting import backtest as judge
    from lifecycle_core.releasing.compiled import seen_from

    if not windows:
        raise InvalidCall("There is no window to run.", hint="Try [{'until': '2025-01-01'}, ...].")
    package = find_package(name_or_folder)
    runs = run_each(
        package,
        [seen_from(package, {**parameters, **window}) for window in windows],
        scheduler=scheduler,
        store=store,
        tell=tell,
        progress=progress,
    ).runs
    return judge(package, windows, runs, store=store_at(load_settings(), store), progress=progress)
