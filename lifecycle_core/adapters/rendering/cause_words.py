"""Causes and trials in words: what a kind means, how it is known and how sure that is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle_core.adapters.rendering.plain import one_line

if TYPE_CHECKING:
    from lifecycle_core.schema.reproduction import Cause, CellResult, Reproduction, Trial

KINDS = {
    "unseeded_random": "Random numbers without a seed",
    "hash_order": "The order of a set or of hashes",
    "thread_order": "The order of threads",
    "clock": "The date or the time",
    "network": "The network",
    "undefined_name": "A name that nothing defines",
    "deleted_cell": "A cell that was deleted",
    "edited_after_run": "Code edited after it was run",
    "out_of_order": "Cells run out of order",
    "missing_module": "A module that is not installed",
    "environment_drift": "Another environment than it was saved in",
    "missing_data": "A file that is not there",
    "changed_data": "Data that changed",
    "absolute_path": "A path of one machine only",
    "self_modifying_input": "A notebook that rewrites its own input",
    "interactive_input": "A question to a person",
    "kernel_died": "The kernel died",
    "early_exit": "The notebook left early",
    "timeout": "A cell took too long",
    "unexplained": "Unexplained",
}
_RAN_AGAIN = "A cell run more than once"
_OWN_FILES = "Files that the notebook left itself"
_BROKEN = frozenset({"different", "failed", "not_run"})
_SHOWN_BY = {"failed": frozenset({"failed"}), "incomplete": frozenset({"failed", "not_run"})}
"""A result that differs above the cell that failed is not where the run failed."""
_HEADLINES = {
    "identical": "Every output came out the same",
    "cosmetic": "The same but for cosmetic differences",
    "tolerance": "The same within the tolerance",
    "different": "Some outputs came out different",
    "failed": "The clean run failed",
    "incomplete": "The clean run did not reach the end",
}
_NOTHING_STORED = "No outputs are stored, so only the clean runs were compared with each other"
_SHOWN = {
    "observation": "seen in the clean run",
    "static": "read from the source; no run was needed",
}
_FACTORS = {
    "seed": "random numbers held still",
    "hash_seed": "the same hash seed",
    "threads": "one thread",
    "clock": "the clock stopped",
    "network": "the network refused",
    "order": "cells in the order of their stored counts",
    "repetition": "a cell run again",
    "history": "deleted or edited source put back",
    "data": "the data as recorded",
    "environment": "the environment as recorded",
    "same_folder": "the folder as an earlier run left it",
    "own_files": "the folder without files that the notebook writes",
    "schedule": "threads held up at random",
}
AGAINST = {
    "stored": "the stored outputs",
    "clean_run": "another clean run",
    "trial": "another trial",
}
_CONFIDENCE = (
    (0.95, "almost certain"),
    (0.8, "very likely"),
    (0.6, "likely"),
    (0.3, "possible"),
    (0.0, "not known"),
)
_SURE = 0.05
_LONGEST = 160


def kind_title(cause: Cause, trials: tuple[Trial, ...] = ()) -> str:
    """Return what a cause's kind means, as a heading; more closely where a trial tells more."""
    if cause.trial is not None and cause.trial < len(trials):
        if trials[cause.trial].factors == ("repetition",):
            return _RAN_AGAIN
        if trials[cause.trial].factors == ("own_files",):
            return _OWN_FILES
    return KINDS.get(cause.kind, cause.kind.replace("_", " "))


def place(cause: Cause, cells: tuple[CellResult, ...]) -> str:
    """Return where a cause sits and the code there, such as `cell 3, line 2: x = f()`."""
    if cause.cell is None:
        return "the notebook as a whole"
    line = f", line {cause.line}" if cause.line else ""
    label = next((cell.label for cell in cells if cell.index == cause.cell), "")
    code = cause.source or label
    return f"cell {cause.cell}{line}" + (f": {code}" if code else "")


def known(cause: Cause, trials: tuple[Trial, ...]) -> str:
    """Return how a cause is known and how sure that is.

    Example:
        >>> from lifecycle_core.schema.reproduction import Cause
        >>> seen = Cause(kind="clock", evidence="", hint="", shown_by="observation", confidence=1)
        >>> known(seen, ())
        'seen in the clean run; almost certain (100%)'
    """
    if cause.kind == "unexplained":
        cell = cause.cell if cause.explains is None else cause.explains
        made = sum(trial.cell == cell for trial in trials)
        tried = f"; {made} trial{'s' if made > 1 else ''} changed nothing" if made else ""
        return f"the difference is seen, its cause is not known{tried}"
    return f"{_how(cause, trials)}; {confidence(cause.confidence)}"


def _how(cause: Cause, trials: tuple[Trial, ...]) -> str:
    if cause.shown_by != "intervention":
        return _SHOWN[cause.shown_by]
    if cause.trial is None or cause.trial >= len(trials):
        return "shown by intervention: by a further clean run in which something was changed"
    trial = trials[cause.trial]
    if not trial.agrees:
        said = f"with {factors(trial)}, cell {trial.cell} comes out different"
    elif trial.against == "stored":
        said = f"with {factors(trial)}, cell {trial.cell} comes out as stored"
    else:
        said = f"with {factors(trial)}, clean runs agree in cell {trial.cell}"
    return f"shown by intervention: {said}"


def factors(trial: Trial) -> str:
    """Return what a trial held still, or what it changed where that was its point."""
    if trial.factors == ("clock",) and trial.against == "clean_run":
        return "the clock at another day"
    held = " and ".join(_FACTORS.get(factor, factor) for factor in trial.factors)
    return held or "other hash seeds"


def confidence(value: float) -> str:
    """Return a confidence in words and as a percentage.

    Example:
        >>> confidence(0.93), confidence(0.4), confidence(0)
        ('very likely (93%)', 'possible (40%)', 'not known')
    """
    word = next(word for least, word in _CONFIDENCE if value >= least)
    return word if value < _SURE else f"{word} ({value:.0%})"


def main_cause(record: Reproduction) -> Cause | None:
    """Return the first cause, as they are ordered, of the first cell that broke, if it has one.

    A guess about a later cell is no reason, however sure. Where no cell broke, the first cause.
    """
    bad = first_broken(record)
    return next((cause for cause in record.causes if bad is None or _concerns(cause, bad)), None)


def first_broken(record: Reproduction) -> CellResult | None:
    """Return the first cell, in the order of the file, that shows what the verdict says."""
    wanted = _SHOWN_BY.get(record.verdict, _BROKEN)
    return next((cell for cell in record.cells if cell.status in wanted), None)


def _concerns(cause: Cause, cell: CellResult) -> bool:
    if cause.explains is not None:
        return cause.explains == cell.index
    # Records that do not say so: what was seen stands at or above what it spoils, what was only
    # read speaks of its own cell.
    if cause.cell is None or cause.cell == cell.index:
        return True
    return cause.shown_by != "static" and cause.cell < cell.index


def headline(record: Reproduction) -> str:
    """Return the verdict in one sentence, with where and why, and without a full stop."""
    said = _HEADLINES[record.verdict]
    if record.reproducible:
        alone = record.reference == "clean_run"
        return (
            f"{_NOTHING_STORED}: {said[0].lower()}{said[1:]} in the clean runs" if alone else said
        )
    bad = first_broken(record)
    if bad is not None:
        said += f", first in cell {bad.index}"
    elif all(run.exit == "ok" for run in record.runs):
        return "There is nothing to compare the clean run with"
    cause = main_cause(record)
    if cause is not None and cause.kind != "unexplained":
        name = kind_title(cause, record.trials)
        return f"{said}: {name[0].lower()}{name[1:]}"
    happened = one_line(bad.detail).rstrip(".") if bad else ""
    if len(happened) > _LONGEST:
        happened = f"{happened[: _LONGEST - 1]}…"
    return f"{said}: {happened}" if happened else said


def short_reason(record: Reproduction) -> str:
    """Return where and why a notebook is not reproducible, in one line; empty if it is."""
    if record.reproducible:
        return ""
    if cause := main_cause(record):
        where = "" if cause.cell is None else f"cell {cause.cell}: "
        return f"{where}{cause.kind}: {cause.evidence}"
    if bad := first_broken(record):
        return f"cell {bad.index}: {bad.detail or bad.status}"
    errors = (run.message for run in record.runs if run.exit != "ok" and run.message)
    return next(errors, record.verdict)
