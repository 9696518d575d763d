"""Write the corpus: every case made, confirmed, and its truth beside it."""

from __future__ import annotations

import json
import shutil
import tempfile
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat

from tests.corpus.cases import all_cases
from tests.corpus.confirming import confirmed
from tests.corpus.project import Place, UnfitError, make_project
from tests.corpus.serving import free_port

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.corpus.case import Case


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """What is true of one notebook of the corpus.

    Attributes:
        path: The notebook, relative to the corpus.
        cells: Indexes of the cells that a fair judge accepts as the place of the cause; empty
            where the cause lies outside the notebook.
        line: Line within the first of them, or None.
        seen: What a plain execution elsewhere showed.
        port: Where the notebook's server is to be while it is judged, if it is still there.
    """

    name: str
    group: str
    path: str
    kinds: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    cells: tuple[int, ...] = ()
    line: int | None = None
    why: str = ""
    seen: str = ""
    timeout: float | None = None
    there: bool = False
    port: int | None = None
    served: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Dropped:
    """A case whose truth could not be confirmed."""

    name: str
    reason: str


def generate(
    target: Path, cases: Iterable[Case] | None = None
) -> tuple[list[Truth], list[Dropped]]:
    """Write the corpus into a new folder, two kernels at a time.

    Args:
        target: Must not exist, or be empty.
        cases: Which; all if None.

    Returns:
        What is in it, and what was left out and why.
    """
    target = target.resolve()
    target.mkdir(parents=True, exist_ok=True)
    names = [case.name for case in (all_cases().values() if cases is None else cases)]
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        made = list(pool.map(_make, [str(target)] * len(names), names))
    truths = [each for each in made if isinstance(each, Truth)]
    dropped = [each for each in made if isinstance(each, Dropped)]
    index = {"truths": [asdict(each) for each in truths], "dropped": [asdict(d) for d in dropped]}
    (target / "corpus.json").write_text(json.dumps(index, indent=1), encoding="utf-8")
    shutil.rmtree(target / "data", ignore_errors=True)
    return truths, dropped


def load(target: Path) -> tuple[list[Truth], list[Dropped]]:
    """Read the truths of a corpus that was written before."""
    index = json.loads((target / "corpus.json").read_text(encoding="utf-8"))
    truths = [_read(each) for each in index["truths"]]
    return truths, [Dropped(**each) for each in index["dropped"]]


def _read(fields: dict[str, Any]) -> Truth:
    read: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in fields.items()
    }
    return Truth(**read)


def _make(target: str, name: str) -> Truth | Dropped:
    """Make one case, in a process of its own."""
    case = all_cases()[name]
    corpus = Path(target)
    port = free_port() if case.author.served else None
    home = corpus / case.group / name
    with tempfile.TemporaryDirectory(prefix="home") as folder:
        author = corpus if case.there else Path(folder)
        outside = author / "outside" / name
        place = Place(home if case.there else author / "work" / name, outside, corpus / "data")
        try:
            path = make_project(case, place, port)
            if not case.there:
                shutil.copytree(place.project, home)
            path = home / path.relative_to(place.project)
        except (UnfitError, ValueError) as error:
            shutil.rmtree(home, ignore_errors=True)
            return Dropped(name, str(error))
    place = Place(home, outside, corpus / "data")
    good, seen = confirmed(case, path, place, port)
    if not good:
        shutil.rmtree(home)
        return Dropped(name, f"a plain run showed: {seen or 'no difference'}")
    return _truth(case, corpus, path, seen, port)


def _truth(case: Case, corpus: Path, path: Path, seen: str, port: int | None) -> Truth:
    sources = [cell.source for cell in nbformat.read(path, as_version=4).cells]
    cells: list[int] = []
    line = None
    for snippet in case.at:
        found = [index for index, source in enumerate(sources) if snippet in source]
        if len(found) != 1:
            raise ValueError(f"{case.name}: {snippet!r} is in {len(found)} cells.")
        if not cells:
            line = sources[found[0]].partition(snippet)[0].count("\n") + 1
        cells += found
    return Truth(
        name=case.name,
        group=case.group,
        path=str(path.relative_to(corpus)),
        kinds=case.kinds,
        also=case.also,
        cells=tuple(cells),
        line=line,
        why=case.why,
        seen=seen,
        timeout=case.timeout,
        there=case.there,
        port=port if case.author.server_stays else None,
        served=case.author.served if case.author.server_stays else (),
    )
