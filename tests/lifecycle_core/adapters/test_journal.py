"""The journal of a clean run costs the same for each cell, however many there are."""

from __future__ import annotations

from types import SimpleNamespace

from lifecycle_core.adapters.journal import Journal
from lifecycle_core.adapters.progress import Silent
from lifecycle_core.notebooks.cells import CodeCell

_CELLS = 10_000
_OK = {"content": {"status": "ok"}}


class _Counted(frozenset[str]):
    """Tags that count how often they are looked at."""

    looked = 0

    def __contains__(self, tag: object) -> bool:
        type(self).looked += 1
        return super().__contains__(tag)


def test_each_cell_is_looked_at_a_few_times_only() -> None:
    cells = tuple(
        CodeCell(index=number, source="x = 1", label="x = 1", tags=_Counted())
        for number in range(_CELLS)
    )
    journal = Journal(cells, Silent())
    nodes = [{"id": f"source-{cell.index}", "outputs": []} for cell in cells]
    journal.on_notebook_start(SimpleNamespace(cells=nodes, metadata={}))
    for number, node in enumerate(nodes):
        journal.on_cell_execute(node, number)
        journal.on_cell_executed(node, number, _OK)
    assert journal.missing() == []
    assert _Counted.looked < 5 * _CELLS
