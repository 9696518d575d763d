"""What two runs give differently: how long something took is let pass, and nothing beside it."""

from __future__ import annotations

import pytest

from lifecycle_core.compiling.volatility import Volatility, volatility_of
from lifecycle_core.notebooks.cells import code_cells
from lifecycle_core.notebooks.facts import CellFacts, Facts, Site, Variable
from tests import drafts

BETWEEN = """\
t0 = perf_counter()
model = rand(3)
took = perf_counter() - t0"""
LOOP = """\
for kind in kinds:
    t0 = perf_counter()
    model = kind().fit(X)
    took[kind] = perf_counter() - t0"""
UNTIL = """\
t0 = perf_counter()
while perf_counter() - t0 < 1:
    rounds += 1"""
FUNCTION = """\
def timed(work):
    t0 = perf_counter()
    return work(), perf_counter() - t0
# %%
pair = timed(fit)"""
NOTED = """\
def fitted(kind):
    t0 = perf_counter()
    model = kind().fit(X)
    took[kind] = perf_counter() - t0
    return model
# %%
model = fitted(kind)"""
ENTERED = """\
with watch:
    model = rand(3)"""
STAMPED = """\
t0 = perf_counter()
took = perf_counter() - t0
at = now()"""


def judged(
    text: str, clocks: dict[tuple[int, int], str], *differing: tuple[str, ...]
) -> Volatility:
    """Judge cells after which two runs differ in these variables; clocks by cell and line."""
    cells = code_cells(drafts.notebook(text))
    one, other = (
        Facts(
            cells={
                cell.index: CellFacts(
                    variables={name: Variable(type="float", digest=digest) for name in names}
                )
                for cell, names in zip(cells, differing, strict=False)
            },
            clock=tuple(Site(cell=c, line=line, what=what) for (c, line), what in clocks.items()),
        )
        for digest in "ab"
    )
    return volatility_of(cells, one, other, ())


def steady(*places: tuple[int, int]) -> dict[tuple[int, int], str]:
    return dict.fromkeys(places, "time.perf_counter")


@pytest.mark.parametrize(
    ("text", "places", "differing"),
    [
        (BETWEEN, ((0, 1), (0, 3)), [("t0", "took")]),
        (f"{BETWEEN}\n# %%\nrows.append(took)", ((0, 1), (0, 3)), [("t0", "took"), ("rows",)]),
        (LOOP, ((0, 2), (0, 4)), [("t0", "took")]),
        (UNTIL, ((0, 1), (0, 2)), [("t0", "rounds")]),
        (FUNCTION, ((1, 1),), [(), ("pair",)]),
        (NOTED, ((1, 1),), [(), ("took",)]),
        (ENTERED, ((0, 1),), [("watch",)]),
        (f"exec('')\n{BETWEEN}", ((0, 2), (0, 4)), [("model",)]),  # who knows
    ],
)
def test_what_a_reading_of_the_clock_reaches_is_let_pass(
    text: str, places: tuple[tuple[int, int], ...], differing: list[tuple[str, ...]]
) -> None:
    found = judged(text, steady(*places), *differing)
    assert found.refusals == ()
    assert set(found.durations) == {name for names in differing for name in names}


@pytest.mark.parametrize(
    ("text", "places", "differing"),
    [
        (BETWEEN, ((0, 1), (0, 3)), [("t0", "model", "took")]),
        (LOOP, ((0, 2), (0, 4)), [("t0", "model", "took")]),
        (ENTERED, ((0, 1),), [("watch", "model")]),
        (
            f"{BETWEEN}\n# %%\nprint(took)\nmodel = rand(3)",
            ((0, 1), (0, 3)),
            [("t0", "took"), ("model",)],
        ),
        (f"{BETWEEN}\n# %%\ntook = rand(1)", ((0, 1), (0, 3)), [("t0", "took"), ("took",)]),
    ],
)
def test_what_merely_stands_beside_a_clock_is_refused(
    text: str, places: tuple[tuple[int, int], ...], differing: list[tuple[str, ...]]
) -> None:
    (refusal,) = judged(text, steady(*places), *differing).refusals
    assert refusal.cells == (len(differing) - 1,)


def test_a_date_beside_a_duration_is_refused() -> None:
    clocks = steady((0, 1), (0, 2)) | {(0, 3): "datetime.datetime.now"}
    assert judged(STAMPED, clocks, ("t0", "took")).refusals == ()
    assert judged(STAMPED, clocks, ("t0", "took", "at")).refusals != ()
