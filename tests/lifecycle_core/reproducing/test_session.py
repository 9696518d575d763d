"""The live session beside the end of a clean run."""

from __future__ import annotations

from lifecycle_core.notebooks.execution import Execution
from lifecycle_core.notebooks.facts import CellFacts, Facts, Variable
from lifecycle_core.notebooks.session import Session
from lifecycle_core.reproducing.session import compare_session, final_variables
from lifecycle_core.schema.session import Executed, LiveVariable, SessionJournal
from tests.fakes.engine import run
from tests.lifecycle_core.notebooks.test_session import notebook

KEPT = notebook("a = 1", "b = 2", "c = 3")


def clean(*cells: dict[str, Variable], deleted: tuple[str, ...] = ()) -> Execution:
    """Return a run whose cells 1, 2, ... set these variables; the last one deletes some."""
    facts = {
        index: CellFacts(variables=found, deleted=deleted if index == len(cells) else ())
        for index, found in enumerate(cells, start=1)
    }
    return Execution(cells={}, run=run(), notebook=KEPT.content, facts=Facts(cells=facts))


def number(digest: str | None, kind: str = "int") -> Variable:
    return Variable(type=kind, digest=digest)


def live(*executed: Executed, **variables: LiveVariable) -> Session:
    return Session(SessionJournal(executed=executed, variables=variables), saved_at=10)


def test_each_state_of_a_variable() -> None:
    session = live(
        Executed(source="gone()", count=7, at=1, defined=("hidden", "other")),
        same=LiveVariable(type="int", digest="1"),
        other=LiveVariable(type="int", digest="2"),
        hidden=LiveVariable(type="int", digest="3"),
        opaque=LiveVariable(type="a.Thing", note="no digest"),
        kind=LiveVariable(type="list", digest="4"),
    )
    execution = clean(
        {"same": number("1"), "other": number("9"), "kind": number("4", "tuple")},
        {"opaque": number(None, "a.Thing"), "extra": number("5"), "_private": number("6")},
    )
    found = compare_session(session, KEPT, execution)
    assert [(each.name, each.status, each.lost) for each in found.variables] == [
        ("kind", "differs", None),
        ("other", "differs", 7),
        ("hidden", "only_live", 7),
        ("opaque", "unknown", None),
        ("extra", "only_clean", None),
        ("same", "same", None),
    ]
    notes = {each.name: each.note for each in found.variables if each.note}
    assert notes == {"kind": "list here, tuple in the clean run", "opaque": "no digest"}
    assert [source.count for source in found.sources] == [7]


def test_a_variable_of_a_cell_that_did_not_run_is_not_blamed() -> None:
    ran = Executed(source="c = 3", cell_id="c2", count=3, at=1, defined=("c",))
    session = live(ran, c=LiveVariable(type="int", digest="1"))
    (found,) = compare_session(session, KEPT, clean({}, {"b": number("1")})).variables[:1]
    assert (found.name, found.status) == ("c", "unknown")
    assert found.note == "the clean run did not come to the cell that makes it"


def test_without_facts_nothing_is_compared_and_that_is_said() -> None:
    found = compare_session(live(a=LiveVariable(type="int", digest="1")), KEPT, clean())
    assert found.variables == ()
    assert found.note == "The clean run's variables were not observed, so none could be compared."


def test_a_run_that_ended_before_it_made_a_variable_was_observed_all_the_same() -> None:
    session = live(hidden=LiveVariable(type="int", digest="1"))
    found = compare_session(session, KEPT, clean({}))
    assert found.note == "The clean run ended before a cell of it made a variable."


def test_what_is_not_saved_is_said() -> None:
    newer = live(Executed(source="new()", count=4, at=11), Executed(source="a = 1", count=5, at=11))
    found = compare_session(newer, KEPT, clean({"a": number("1")}))
    assert found.unsaved
    assert found.note == "The saved file does not hold all that ran: [4] is missing."
    older = live(Executed(source="a = 1", count=5, at=11), Executed(source="b = 2", at=11))
    found = compare_session(older, KEPT, clean({"a": number("1")}))
    assert found.note == "Cells 1, 2 ran after the file was saved, so it holds older outputs."


def test_a_journal_that_failed_is_said_to_have() -> None:
    session = Session(SessionJournal(notes=("MemoryError: full", "again")), saved_at=10)
    found = compare_session(session, KEPT, clean({"a": number("1")}))
    assert found.note == "The journal may be incomplete: MemoryError: full."


def test_a_deleted_name_is_not_there_at_the_end() -> None:
    cells = clean({"a": number("1"), "b": number("2")}, {"b": number("3")}, deleted=("a",))
    assert final_variables(cells.facts.cells) == {"b": number("3")}
