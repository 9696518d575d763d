"""What steps draw is kept, shown again when they are fresh, and changes nothing for others."""

from __future__ import annotations

import base64
import struct
from typing import TYPE_CHECKING

from lifecycle_core.adapters.scheduling import LocalScheduler
from lifecycle_core.running.figures import Album
from lifecycle_core.schema.figure import Drawn, Figure
from tests.fakes import pipelines
from tests.fakes.bench import Bench
from tests.fakes.pipelines import MadeStep

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from lifecycle_core.adapters.store import Store

PLT = "import matplotlib.pyplot as plt"
DRAW = """
    fig, ax = plt.subplots(figsize=(2, 1))
    ax.plot([1, 2])
    ax.set(title="Up", xlabel="month", ylabel="rows")
    plt.show()
    plt.figure(figsize=(1, 1))
    plt.plot([2, 1])
    plt.xlabel("day")
    print(len(plt.get_fignums()))
"""
GO_ON = """
    fig.axes[0].set_title("Down")
    titles = [axes.get_title() for axes in fig.axes]
    fig.savefig("again.png")
    open_ones = plt.get_fignums()
"""
MANY = """
    for n in range(22):
        plt.figure(figsize=(0.2, 0.2))
        plt.gcf().text(0, 0, str(n))
    plt.close("all")
    plt.figure()
    fig = plt.figure(figsize=(9, 9))
    fig.add_axes((0, 0, 1, 1)).set_title("$\\\\frac$")
    plt.close(fig)
"""
INNER = """
    import threading
    def draw():
        plt.plot([1])
        plt.title("inner")
    one = threading.Thread(target=draw)
    one.start()
    one.join()
"""
STEPS = (
    MadeStep(name="draw", body=DRAW, outputs=("fig",), imports=PLT),
    MadeStep(
        name="go_on", body=GO_ON, inputs={"fig": "draw"}, outputs=("titles", "open_ones"),
        imports=PLT, writes=("again.png",),
    ),
    MadeStep(
        name="chart", outputs=("bars",), imports="import altair as alt\n" + PLT,
        body="""
            plt.plot([1, 2])
            plt.title("first")
            bars = alt.Chart(alt.Data(values=[{"a": 1}]), title="Bars").mark_bar().encode(x="a:Q")
        """,
    ),
    MadeStep(name="many", body=MANY, imports=PLT),
    MadeStep(name="threaded", body=INNER, imports=PLT),
    MadeStep(
        name="broken",
        body='plt.plot([1])\nplt.title("$\\\\frac$")\nplt.show()\nplt.plot([2])\nraise ValueError',
        imports=PLT,
    ),
)  # fmt: skip


def sizes(figures: Sequence[Figure]) -> list[tuple[int, int]]:
    """Return width and height of each picture."""
    return [struct.unpack(">II", base64.b64decode(figure.png)[16:24]) for figure in figures]


def test_figures_are_kept_once_each_and_closed(home: Path, store: Store) -> None:
    bench = Bench(pipelines.write_package(home, "plots", STEPS), store)
    made = bench.run()
    draw, go_on, chart, many, threaded, broken = made.steps
    assert [figure.title for figure in draw.drawn.figures] == ["Up", "? by day"]
    assert draw.printed == "1\n"
    (wide, high), (narrow, _) = sizes(draw.drawn.figures)
    assert wide > high
    assert wide > narrow
    # A later step has the figure itself, closed as it is after a cell, and may go on with it.
    assert bench.value(made, "titles") == ["Down"]
    assert bench.value(made, "open_ones") == []
    assert (home / "again.png").read_bytes()[:4] == b"\x89PNG"
    assert go_on.drawn == Drawn()
    assert [figure.title for figure in chart.drawn.figures] == ["first", "Bars"]
    assert bench.value(made, "bars").to_dict()["title"] == "Bars"
    assert len(many.drawn.figures) == 20
    assert many.drawn.note == "It drew 2 figures more than the 20 that are kept."
    # What a failed step drew before it did is kept, too.
    assert broken.status == "failed"
    assert len(broken.drawn.figures) == 1
    assert broken.drawn.note.startswith("A figure `$\\frac$` could not be drawn: ValueError")

    assert [figure.title for figure in threaded.drawn.figures] == ["inner"]

    state = bench.show().steps
    assert [step.fresh for step in state] == [True] * 5 + [False]
    assert state[0].drawn == draw.drawn
    assert store.traces(draw.key)[0].drawn.figures[0].png == ""

    lost = draw.drawn.figures[0].object
    store.place.remove(f"objects/{lost[7:9]}/{lost}")
    assert bench.stale()["draw"] == ("results are missing from the store",)


SHARED_PROCESS = """
    import os, threading, time
    import matplotlib.pyplot as plt
    plt.figure(figsize=({width}, 1))
    for n in range(3):
        time.sleep(0.02)
        plt.plot([n, n])
    plt.title("{name}")
    time.sleep(0.02)
    lines = len(plt.gca().lines)
"""
STRAY = """
    import os, threading, time
    import matplotlib.pyplot as plt
    def meet(where):
        open(where + "-{number}", "w").close()
        while len([name for name in os.listdir() if name.startswith(where)]) < 2:
            time.sleep(0.01)
    meet("begun")
    one = threading.Thread(target=lambda: plt.plot([1]))
    one.start()
    one.join()
    meet("drawn")
"""


def test_steps_in_threads_draw_one_after_another(home: Path, store: Store) -> None:
    steps = [
        MadeStep(
            name=name,
            body=SHARED_PROCESS.format(name=name, width=n + 1),
            outputs=("lines",),
            after=("stray_1", "stray_2"),
        )
        for n, name in enumerate(["one", "two", "three"])
    ]
    strays = [MadeStep(name=f"stray_{n}", body=STRAY.format(number=n)) for n in (1, 2)]
    package = pipelines.write_package(home, "threads", [*strays, *steps])
    made = Bench(package, store, LocalScheduler("threads", 3)).run()
    assert made.exit == "ok"
    assert [[figure.title for figure in step.drawn.figures] for step in made.steps] == [
        [], [], ["one"], ["two"], ["three"]
    ]  # fmt: skip
    assert len({out.digest for step in made.steps for out in step.outputs}) == 1
    widths = [sizes(step.drawn.figures)[0][0] for step in made.steps[2:]]
    assert widths == sorted(widths)
    # Whose figure it was that a thread of theirs drew cannot be told.
    for step in made.steps[:2]:
        assert step.drawn.note.startswith("A thread that a step began drew while other steps ran")


def test_a_record_holds_pictures_while_there_is_room(store: Store) -> None:
    name = store.objects.put_bytes(b"x" * 100)
    figures = tuple(Figure(object=name, bytes=size) for size in (100, 50 << 20, 100))
    gone = Figure(object="sha256-" + "0" * 64, bytes=3)
    found = Album(store).with_pictures(Drawn(figures=(*figures, gone)))
    assert [bool(figure.png) for figure in found.figures] == [True, False, True, False]
