"""What is done with compiled pipelines: run what is stale in them, and show how they stand."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.progress import Progress, Silent
from lifecycle_core.errors import InvalidCall
from lifecycle_core.settings import announcer_of, checks_of, load_settings, store_at

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from lifecycle_core.adapters.background import Standing
    from lifecycle_core.adapters.pipeline_packages import Package
    from lifecycle_core.schema.event import Event
    from lifecycle_core.schema.pipeline_overview import PipelineOverview
    from lifecycle_core.schema.pipeline_run import PipelineRun, PipelineRuns, PipelineState

_SILENT = Silent()
_NONE: Mapping[str, Any] = MappingProxyType({})


def run_pipeline(
    name_or_folder: str | Path,
    *,
    parameters: Mapping[str, Any] = _NONE,
    scheduler: str = "processes",
    store: str | None = None,
    for_each: Mapping[str, Sequence[Any]] | Sequence[Mapping[str, Any]] = (),
    tell: Callable[[Event], None] | None = None,
    progress: Progress = _SILENT,
) -> PipelineRun | PipelineRuns:
    """Run the stale steps of a compiled pipeline; those whose results are in the store are fresh.

    A step that fails leaves those that do not depend on it; the next run begins where it failed.

    Args:
        name_or_folder: A name, looked for as `pipelines/NAME` from here upwards, or the folder of
            a package.
        parameters: Values in place of the notebook's.
        scheduler: `processes`, `threads`, or the address of a Dask scheduler, `tcp://HOST:PORT`.
        store: A folder, or an address such as `s3://bucket/store`; default `.nbrelease/store`.
            It is trusted as the code itself is.
        for_each: One run each: values by parameter, of which every combination is run, or the
            parameters of every run.
        tell: Told of events as they happen; what it raises is noted in the record.
        progress: Told of steps.

    Returns:
        The run, or with `for_each` the runs.

    Raises:
        InvalidCall: There is no such pipeline, parameter or scheduler.
        StoreUnavailable: The store does not answer.
        SchedulerUnavailable: The Dask scheduler does not answer.
    """
    from lifecycle_core.adapters.pipeline_packages import find_package

    runs = run_each(
        find_package(name_or_folder),
        [{**parameters, **one} for one in _each(for_each)],
        scheduler=scheduler,
        store=store,
        tell=tell,
        progress=progress,
    )
    return runs if for_each else runs.runs[0]


def run_each(
    package: Package,
    given: Sequence[Mapping[str, Any]],
    *,
    scheduler: str,
    store: str | None,
    tell: Callable[[Event], None] | None,
    progress: Progress,
) -> PipelineRuns:
    """Run a package once for each mapping of parameters; see `run_pipeline`."""
    from lifecycle_core.adapters.scheduling.choosing import scheduler_at
    from lifecycle_core.running import chosen_parameters, run

    for one in given:
        chosen_parameters(package.pipeline, one)  # before anything is made
    where, settings = scheduler_at(scheduler), load_settings()
    checks, announcer = checks_of(settings), announcer_of(settings)
    hooks: tuple[str, ...] = ()

    def announced(event: Event) -> None:
        announcer.tell(event)
        if tell is not None:
            tell(event)

    try:
        made = run(
            package,
            store=store_at(settings, store),
            scheduler=where,
            parameters=given,
            tell=announced,
            progress=progress,
            ship="://" in scheduler,
            checks=checks,
        )
    finally:
        hooks = announcer.close()
    runs = [one.model_copy(update={"hooks": (*one.hooks, *hooks)}) for one in made.runs]
    return made.model_copy(update={"runs": tuple(runs)})


def show_pipeline(
    name_or_folder: str | Path,
    *,
    parameters: Mapping[str, Any] = _NONE,
    store: str | None = None,
) -> PipelineState:
    """Tell for each step of a pipeline whether it is fresh, or exactly what changed.

    The arguments are those of `run_pipeline`. Nothing of the user's is imported or run.
    """
    from lifecycle_core.adapters.pipeline_packages import find_package
    from lifecycle_core.running import show

    package = find_package(name_or_folder)
    settings = load_settings()
    return show(
        package,
        store=store_at(settings, store, to_write=False),
        parameters=parameters,
        checks=checks_of(settings),
    )


def pipeline_results(
    made: PipelineRun,
    names: Sequence[str] = (),
    *,
    package: str | Path | None = None,
    store: str | None = None,
) -> dict[str, Any]:
    """Return variables that a run gave, by name; all of them if none is named.

    The arguments are those of `run_pipeline`; values are unpickled, so the store must be trusted.

    Args:
        made: A run.
        names: Which.
        package: Name or folder of the pipeline's package, for values of classes that it defines;
            None if it can be imported as it is.
        store: That the run used.

    Raises:
        InvalidCall: The run gave no such variable, or it is no longer in the store.
    """
    from lifecycle_core.adapters.pipeline_packages import find_package, importable
    from lifecycle_core.running import results

    found = store_at(load_settings(), store, to_write=False)
    if package is None:
        return results(made, names, store=found)
    with importable(find_package(package).place):
        return results(made, names, store=found)


def pipeline_of(notebook: Path, name: str | None = None) -> Path | None:
    """Return the folder of the package that a notebook was compiled into; None if there is none.

    Args:
        notebook: Its file.
        name: Of the pipeline, for a notebook that has several.

    Raises:
        InvalidCall: It has several and none is named, or none of that name.
    """
    from lifecycle_core.adapters.pipeline_packages import packages_of

    found = {package.pipeline.name: package.folder for package in packages_of(notebook)}
    if name is None and len(found) <= 1:
        return next(iter(found.values()), None)
    if name in found:
        return found[name]
    known = f"It has: {', '.join(found)}." if found else "%pipeline compile makes one."
    if name is None:
        raise InvalidCall(f"{notebook.name} has several pipelines.", hint=f"{known} Use --name.")
    raise InvalidCall(f"{notebook.name} has no pipeline `{name}`.", hint=known)


def pipeline_overview(
    name_or_folder: str | Path,
    *,
    parameters: Mapping[str, Any] = _NONE,
    store: str | None = None,
) -> PipelineOverview:
    """Return a pipeline to look at: its graph, how each step stands, and what is inside it.

    The arguments are those of `run_pipeline`. Nothing of the user's is imported or run.
    """
    from lifecycle_core.adapters.pipeline_packages import find_package
    from lifecycle_core.running import overview, show

    package = find_package(name_or_folder)
    where = store_at(load_settings(), store, to_write=False)
    return overview(package, show(package, store=where, parameters=parameters))


def overview_after(seen: PipelineOverview, standing: Standing[PipelineRun]) -> PipelineOverview:
    """Return how a pipeline looks once its run stands so; every standing is to be told in turn."""
    from lifecycle_core.running import ended, followed, interrupted

    if standing.record is not None:
        return ended(seen, standing.record)
    if standing.phase != "running":
        return interrupted(seen)
    return seen if standing.event is None else followed(seen, standing.event)


def _each(
    for_each: Mapping[str, Sequence[Any]] | Sequence[Mapping[str, Any]],
) -> list[Mapping[str, Any]]:
    """Return the parameters of every run.

    Example:
        >>> _each({"region": ["north", "south"]})
        [{'region': 'north'}, {'region': 'south'}]
    """
    if not for_each:
        return [{}]
    if not isinstance(for_each, Mapping):
        return list(for_each)
    empty = [name for name, values in for_each.items() if not values]
    if empty:
        raise InvalidCall(f"No value to run for each `{empty[0]}`.", hint="Name at least one.")
    return [dict(zip(for_each, values, strict=True)) for values in product(*for_each.values())]
