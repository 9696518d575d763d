"""Declares magics and views by name. `declare` and `withdraw` mirror each other line by line.

Nothing of the core is imported here: IPython imports a magic's module when the magic is first used,
and a view's function runs only for a record, whose module is loaded by then.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from nbext.journal import MEMORY, Listener
from nbext.steps import without_step

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

MAGICS = {
    "release": ("cell", "nbext.magics.lifecycle:LifecycleMagics"),
    "finalize": ("line", "nbext.magics.lifecycle:LifecycleMagics"),
    "reproduce": ("line", "nbext.magics.running:RunningMagics"),
    "package": ("line", "nbext.magics.running:RunningMagics"),
    "pipeline": ("line", "nbext.magics.pipelines:PipelineMagics"),
    "step": ("cell", "nbext.magics.pipelines:PipelineMagics"),
    "serve": ("line", "nbext.magics.serving:ServingMagics"),
    "promote": ("line", "nbext.magics.registry:RegistryMagics"),
    "rollback": ("line", "nbext.magics.registry:RegistryMagics"),
    "releases": ("line", "nbext.magics.registry:RegistryMagics"),
    "review": ("line", "nbext.magics.reviewing:ReviewMagics"),
    "reviews": ("line", "nbext.magics.reviewing:ReviewMagics"),
    "acknowledge": ("line", "nbext.magics.reviewing:ReviewMagics"),
    "outcomes": ("line", "nbext.magics.reviewing:ReviewMagics"),
    "retrain": ("line", "nbext.magics.retraining:RetrainingMagics"),
    "experiment": ("line", "nbext.magics.experiments:ExperimentMagics"),
}
RECORDS = {
    "Backtest": "backtest",
    "Bundle": "bundle",
    "CellResult": "reproduction",
    "ChampionComparison": "retraining",
    "Checkpoints": "checkpoint",
    "Compilation": "pipeline",
    "Contract": "contract",
    "ContractReport": "contract",
    "Entry": "release",
    "ExperimentDesign": "experiment_design",
    "ExperimentStatus": "experiment",
    "Experiments": "experiment",
    "Export": "export",
    "Finalization": "finalization",
    "History": "release",
    "LintReport": "finding",
    "LogUpkeep": "prediction",
    "OutcomesTold": "prediction",
    "Readout": "readout",
    "ReasonsCheck": "explaining",
    "Packaged": "packaged",
    "PipelineRun": "pipeline_run",
    "PipelineRuns": "pipeline_run",
    "PipelineState": "pipeline_run",
    "Release": "release",
    "ReleaseFile": "release_file",
    "Releases": "release",
    "Reproduction": "reproduction",
    "Reproductions": "reproductions",
    "Retrained": "retrained",
    "RetrainingDecision": "retraining_decision",
    "Review": "review",
    "ReviewHistory": "review_history",
    "ReviewRun": "review_history",
    "ReviewSeries": "review_series",
    "ScoreSummary": "release",
    "Service": "serving",
    "Status": "release",
}
PANELS = {"PipelineOverview": "pipeline_overview", "Proposal": "proposal"}
WORK = ("nbext.attended", "Attended")


def declare(shell: InteractiveShell) -> None:
    """Make magics and views known to a shell, and remember what stood in their places."""
    manager, bundles = shell.magics_manager, shell.display_formatter.mimebundle_formatter
    before: dict[str, Any] = {"magics": {}, "views": {}, "journal": Listener(shell)}
    before |= {"deliveries": []}
    shell.meta[MEMORY] = before
    for name, (kind, where) in MAGICS.items():
        before["magics"][name] = manager.magics[kind].pop(name, None), manager.lazy_magics.get(name)
        manager.register_lazy(name, where, kind)
        shell.set_hook("complete_command", _complete, str_key="%" * (1 + (kind == "cell")) + name)
    for views, view in ((RECORDS, _show), (PANELS, _show_panel)):
        for record, module in views.items():
            place = (f"lifecycle_core.schema.{module}", record)
            before["views"][place] = bundles.for_type_by_name(*place, view)
    displays = shell.display_formatter.ipython_display_formatter
    before["work"] = displays.for_type_by_name(*WORK, _show_work)
    shell.input_transformers_cleanup.insert(0, without_step)
    before["journal"].start()


def withdraw(shell: InteractiveShell) -> None:
    """Put back what stood in the places of our magics and views, and forget about it."""
    manager, bundles = shell.magics_manager, shell.display_formatter.mimebundle_formatter
    before = shell.meta.pop(MEMORY, None)
    if before is None:
        return
    before["journal"].stop()
    shell.input_transformers_cleanup.remove(without_step)
    displays = shell.display_formatter.ipython_display_formatter
    displays.pop(".".join(WORK))
    if before["work"] is not None:
        displays.for_type_by_name(*WORK, before["work"])
    for delivery in before["deliveries"]:
        shell.events.unregister("pre_run_cell", delivery)
    for name, (magic, lazy) in before["magics"].items():
        kind, where = MAGICS[name]
        _put_back(manager.magics[kind], name, magic)
        _put_back(manager.lazy_magics, name, lazy)
        # Private, and without it a second %load_ext would find its magics loaded already.
        manager._loaded_lazy.discard(where)  # noqa: SLF001 - IPython has no unregister_lazy
        instance = dict.pop(manager.registry, where.partition(":")[2], None)
        if instance in shell.configurables:
            shell.configurables.remove(instance)
        _forget_completer(shell, "%" * (1 + (kind == "cell")) + name)
    for place, view in before["views"].items():
        bundles.pop(".".join(place))
        if view is not None:
            bundles.for_type_by_name(*place, view)


def _show(record: Any) -> dict[str, Any]:  # noqa: ANN401 - any record; importing them would load pydantic
    from nbext.views import mime_bundle

    return mime_bundle(record)


def _show_panel(record: Any) -> Any:  # noqa: ANN401 - as above, and a pair with metadata
    from nbext.panels import mime_bundle

    return mime_bundle(record)


def _show_work(work: Any) -> None:  # noqa: ANN401 - importing it would load the core
    from nbext.live import show

    show(work)


def _complete(shell: InteractiveShell, event: Any) -> list[str]:  # noqa: ANN401 - IPython's own type
    """Offer the options and the words of the magic at the head of the line, from its own usage."""
    kind = "cell" if event.line.lstrip().startswith("%%") else "line"
    magic = shell.find_magic(event.command.lstrip("%"), kind)
    usage = magic.parser.format_usage()
    words = [word for choices in re.findall(r"{([a-z,]+)}", usage) for word in choices.split(",")]
    return sorted({*re.findall(r"--[a-z][a-z-]*", usage), *words})


def _put_back(table: dict[str, Any], name: str, value: Any) -> None:  # noqa: ANN401 - a magic or its place
    table.pop(name, None)
    if value is not None:
        table[name] = value


def _forget_completer(shell: InteractiveShell, key: str) -> None:
    keys = shell.strdispatchers["complete_command"].strs
    chain = keys[key].chain
    chain[:] = [pair for pair in chain if getattr(pair[1], "__func__", None) is not _complete]
    if not chain:
        del keys[key]
