"""What makes a new release without a notebook: a run of its compiled pipeline on other data."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.progress import Progress, Silent
from lifecycle_core.settings import load_settings, store_at
from lifecycle_core.verbs.pipelines import run_each

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

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
