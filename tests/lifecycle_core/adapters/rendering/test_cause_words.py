"""What is said of a cause is what its trial showed, and the headline speaks of the first cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lifecycle_core.adapters.rendering.cause_words import headline, known, main_cause, short_reason
from lifecycle_core.schema.reproduction import Cause, CellResult, Trial
from tests.fakes import reproductions

if TYPE_CHECKING:
    from typing import Literal

    from lifecycle_core.schema.reproduction import CellStatus, Factor, Reproduction, Verdict


def cause(kind: str, cell: int, confidence: float = 0.9, **more: object) -> Cause:
    return Cause.model_validate(
        {
            "kind": kind,
            "cell": cell,
            "evidence": "seen",
            "hint": "do",
            "shown_by": "intervention",
            "confidence": confidence,
            **more,
        }
    )


def record(verdict: Verdict, statuses: list[CellStatus], *causes: Cause) -> Reproduction:
    cells = tuple(
        CellResult(index=at, label="x", status=status, detail=f"KeyError: 'k{at}'.")
        for at, status in enumerate(statuses)
    )
    return reproductions.explained().model_copy(
        update={"verdict": verdict, "cells": cells, "causes": causes, "trials": ()}
    )


GUESS = cause("undefined_name", 2, 1.0, shown_by="static", explains=2)


def test_a_guess_about_a_later_cell_is_no_headline() -> None:
    found = record("failed", ["identical", "failed", "not_run"], GUESS)
    assert headline(found) == "The clean run failed, first in cell 1: KeyError: 'k1'"
    assert short_reason(found) == "cell 1: KeyError: 'k1'."
    assert main_cause(found) is None


def test_the_first_cause_of_the_first_cell_is_the_headline_though_another_is_surer() -> None:
    sure, first = cause("clock", 3, 1.0, explains=3), cause("hash_order", 0, 0.4, explains=1)
    found = record("different", ["identical", "different", "identical", "different"], sure, first)
    assert headline(found).endswith("first in cell 1: the order of a set or of hashes")


def test_a_difference_above_the_cell_that_failed_is_not_where_the_run_failed() -> None:
    causes = (cause("clock", 0, explains=0), cause("missing_data", 1, explains=1))
    found = record("failed", ["different", "failed"], *causes)
    assert headline(found) == "The clean run failed, first in cell 1: a file that is not there"


def test_records_that_do_not_say_what_a_cause_explains_are_read_as_before() -> None:
    found = record("different", ["identical", "different"], cause("clock", 0))
    assert headline(found).endswith("first in cell 1: the date or the time")
    later = record("failed", ["failed", "not_run"], cause("clock", 1, shown_by="static"))
    assert main_cause(later) is None


def trial(
    *factors: Factor, agrees: bool, against: Literal["stored", "clean_run", "trial"], cell: int = 2
) -> Trial:
    return Trial(factors=factors, cell=cell, agrees=agrees, against=against, seconds=1)


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (trial("seed", agrees=True, against="trial"),
         "with random numbers held still, clean runs agree in cell 2"),
        (trial("order", agrees=True, against="stored"),
         "with cells in the order of their stored counts, cell 2 comes out as stored"),
        (trial("clock", agrees=False, against="clean_run"),
         "with the clock at another day, cell 2 comes out different"),
        (trial("same_folder", agrees=False, against="clean_run"),
         "with the folder as an earlier run left it, cell 2 comes out different"),
        (trial(agrees=False, against="clean_run"),
         "with other hash seeds, cell 2 comes out different"),
    ],
)  # fmt: skip
def test_what_is_known_is_what_the_trial_showed(made: Trial, said: str) -> None:
    other = trial("hash_seed", agrees=True, against="trial", cell=9)
    assert known(cause("clock", 1, trial=1), (other, made)).startswith(
        f"shown by intervention: {said};"
    )


@pytest.mark.parametrize("at", [None, 7])
def test_without_its_trial_a_cause_claims_no_more_than_it_knows(at: int | None) -> None:
    said = known(cause("clock", 1, trial=at), (trial("seed", agrees=True, against="trial"),))
    assert "agree" not in said
    assert "something was changed" in said


def test_of_what_is_unexplained_only_its_own_trials_are_counted() -> None:
    trials = (trial("seed", agrees=True, against="trial", cell=5),)
    found = cause("unexplained", 2, 0, explains=2)
    assert known(found, trials).endswith("its cause is not known")
    tried = (*trials, trial("seed", agrees=False, against="trial"))
    assert known(found, tried).endswith("; 1 trial changed nothing")


def test_a_cell_that_ran_again_is_not_said_to_have_run_out_of_order() -> None:
    again = trial("repetition", agrees=True, against="stored", cell=1)
    found = record("different", ["identical", "different"], cause("out_of_order", 1, trial=0))
    assert headline(found).endswith("first in cell 1: cells run out of order")
    told = found.model_copy(update={"trials": (again,)})
    assert headline(told).endswith("first in cell 1: a cell run more than once")


def test_what_only_clean_runs_say_is_not_said_of_stored_outputs() -> None:
    cleared = record("identical", ["identical"]).model_copy(
        update={"reproducible": True, "reference": "clean_run"}
    )
    assert headline(cleared).startswith("No outputs are stored, so only the clean runs")
