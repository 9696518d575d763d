"""What a live session ran, beside the notebook as it is saved now."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from lifecycle_core.notebooks.facts import Variable
from lifecycle_core.schema.session import Executed, LostSource, SessionJournal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from lifecycle_core.notebooks.read import Notebook

_OWN = re.compile(
    r"(\w+\s*=\s*)?"
    r"%(load_ext\s+nbext|reproduce|package|pipeline|promote|rollback|releases|reviews?|experiment"
    r"|retrain|outcomes|acknowledge|serve)\b"
)


class Unsaved(NamedTuple):
    """What the session ran after the file was saved.

    Attributes:
        sources: Counts of executions whose code the file does not hold.
        outputs: Indexes of cells whose outputs the file cannot hold yet.
    """

    sources: tuple[int | None, ...] = ()
    outputs: tuple[int, ...] = ()

    def __bool__(self) -> bool:
        """Tell whether there is anything to save."""
        return bool(self.sources or self.outputs)


@dataclass(frozen=True)
class Session:
    """A session that can be compared with its notebook.

    Attributes:
        journal: What the session ran and holds.
        saved_at: When the notebook's file was last written, in seconds since 1970.

    Example:
        >>> from pathlib import Path
        >>> from lifecycle_core.notebooks.read import Notebook
        >>> from lifecycle_core.schema.session import LiveVariable
        >>> cells = [{"cell_type": "code", "source": "y = 2"}]
        >>> notebook = Notebook(path=Path("a.ipynb"), content={"cells": cells}, digest="")
        >>> ran = Executed(source="x = 1", count=1, defined=("x",))
        >>> journal = SessionJournal(executed=(ran,), variables={"x": LiveVariable(type="int")})
        >>> [(lost.kind, lost.defined) for lost in Session(journal, saved_at=0).lost(notebook)]
        [('deleted', ('x',))]
    """

    journal: SessionJournal
    saved_at: float

    @property
    def variables(self) -> Mapping[str, Variable]:
        """The live variables as the recorder's facts have them."""
        return {
            name: Variable(type=live.type, digest=live.digest, note=live.note)
            for name, live in self.journal.variables.items()
        }

    def lost(self, notebook: Notebook) -> tuple[LostSource, ...]:
        """Return executed code that the notebook no longer holds, in the order of execution.

        Code that is not saved yet is not lost; `unsaved` tells of it.
        """
        return _Aligned(self, notebook).lost()

    def unsaved(self, notebook: Notebook) -> Unsaved:
        """Return what the file cannot hold, because it ran after the file was written."""
        return _Aligned(self, notebook).unsaved()

    def definers(self, notebook: Notebook) -> Mapping[str, int]:
        """Return for each live variable the index of the cell that set it last, if it is known."""
        aligned = _Aligned(self, notebook)
        return {
            name: cell
            for name, number in aligned.last_definition.items()
            if (cell := aligned.cells[number]) is not None
        }


class _Aligned:
    """Each execution with the cell of the file that holds its code, or None."""

    def __init__(self, session: Session, notebook: Notebook) -> None:
        self._session = session
        self._runs = session.journal.executed
        self._texts: dict[int, str] = {}
        self._by_text: dict[str, int] = {}
        self._by_id: dict[str, int] = {}
        for index, cell in enumerate(notebook.content["cells"]):
            if cell["cell_type"] == "code":
                self._texts[index] = text_of(cell["source"])
                self._by_text.setdefault(self._texts[index], index)
                if isinstance(cell.get("id"), str):
                    self._by_id[cell["id"]] = index
        self.cells = [self._cell_of(run) for run in self._runs]

    @cached_property
    def last_definition(self) -> Mapping[str, int]:
        """The number of the execution that set each live variable last."""
        return {
            name: number
            for number, run in enumerate(self._runs)
            for name in run.defined
            if name in self._session.journal.variables
        }

    @cached_property
    def _places(self) -> Mapping[str, int]:
        """The last index that each cell id of the front end stood for, whatever its form."""
        found = dict(self._by_id)
        for run, index in zip(self._runs, self.cells, strict=True):
            if run.cell_id and index is not None:
                found[run.cell_id] = index
        return found

    def lost(self) -> tuple[LostSource, ...]:
        left = {number for number in range(len(self._runs)) if self._is_lost(number)}
        stems: dict[int, list[str]] = {}
        for name, number in self.last_definition.items():
            stems.setdefault(number, []).append(name)
        latest = {_key(self._runs[number]): number for number in sorted(left)}
        return tuple(self._lost(number, stems) for number in sorted(latest.values()))

    def unsaved(self) -> Unsaved:
        sources, outputs = [], []
        for run, index in zip(self._runs, self.cells, strict=True):
            if not self._is_newer(run) or is_own(run.source):
                continue
            if index is None:
                sources.append(run.count)
            else:
                outputs.append(index)
        return Unsaved(tuple(dict.fromkeys(sources)), tuple(sorted(set(outputs))))

    def _is_lost(self, number: int) -> bool:
        run = self._runs[number]
        return self.cells[number] is None and not self._is_newer(run) and not is_own(run.source)

    def _is_newer(self, run: Executed) -> bool:
        return run.at is not None and run.at > self._session.saved_at

    def _cell_of(self, run: Executed) -> int | None:
        text = text_of(run.source)
        same = self._by_id.get(run.cell_id) if run.cell_id else None
        return same if same is not None and self._texts[same] == text else self._by_text.get(text)

    def _lost(self, number: int, stems: Mapping[int, list[str]]) -> LostSource:
        run = self._runs[number]
        edited = self._places.get(run.cell_id) if run.cell_id else None
        after = next((c for c in reversed(self.cells[:number]) if c is not None), None)
        before = next((c for c in self.cells[number + 1 :] if c is not None), None)
        inserted = after + 1 if after is not None else before or 0
        return LostSource(
            kind="deleted" if edited is None else "edited",
            source=run.source,
            count=run.count,
            cell=edited,
            after=after,
            before=before,
            at=inserted if edited is None else edited,
            defined=tuple(sorted(stems.get(number, ()))),
            ok=run.ok,
        )


def is_own(source: str) -> bool:
    r"""Tell whether code is nothing but lines that ask us for something.

    Example:
        >>> is_own("%reproduce --wait"), is_own("x = 1"), is_own("%load_ext nbext\nx = 1")
        (True, False, False)
    """
    lines = [line.strip() for line in source.splitlines() if line.strip()]
    code = [line for line in lines if not line.startswith("#")]
    return all(_OWN.match(line) for line in code)


def text_of(source: str) -> str:
    """Return code without what an editor may add or take at the ends of its lines."""
    return "\n".join(line.rstrip() for line in source.strip().splitlines())


def best_match(executed: Iterable[Executed], notebooks: Mapping[str, Iterable[str]]) -> str | None:
    """Return the one notebook that holds most of what ran, if one stands out.

    Args:
        executed: What ran.
        notebooks: The sources of each candidate's code cells, by any name.

    Returns:
        None if two candidates hold equally much, or the best one shares less than half of its
        cells, and less than half of what ran.

    Example:
        >>> ran = [Executed(source="a = 1"), Executed(source="b = 2")]
        >>> best_match(ran, {"x": ["a = 1", "b = 2"], "y": ["a = 1"]})
        'x'
    """
    ran = {text_of(run.source) for run in executed if not is_own(run.source)}
    texts = {name: {*map(text_of, cells)} - {""} for name, cells in notebooks.items()}
    shared = {name: len(ran & held) for name, held in texts.items()}
    ranked = sorted(shared, key=lambda name: -shared[name])
    if not ranked or (len(ranked) > 1 and shared[ranked[0]] == shared[ranked[1]]):
        return None
    best = ranked[0]
    enough = max(1, min(len(ran), len(texts[best])) / 2)
    return best if shared[best] >= enough else None


def _key(run: Executed) -> tuple[str, str | None]:
    return text_of(run.source), run.cell_id
