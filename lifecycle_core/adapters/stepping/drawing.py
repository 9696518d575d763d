"""The figures that steps draw with matplotlib, as a notebook shows them: each once, then closed.

A notebook shows a cell's figures at its end, or at `plt.show()`, and closes them. So do steps: at
`plt.show()`, at `plt.close("all")`, which the compiler writes at the ends of cells that draw, and
at their own end. Nothing here loads matplotlib; its functions are wrapped once a step has.
"""

from __future__ import annotations

import functools
import io
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from lifecycle_core.recorder.imports import Imports

MOST = 20
LARGEST = 2 << 20
"""Figures kept of one step, and bytes of one."""
LONGEST = 200
_STRAY = (
    "A thread that a step began drew while other steps ran in its process; what it drew is not kept"
)

_SHOWN_INSIDE = "A chart of plotly that a function showed is not kept"


class Sheet(NamedTuple):
    """A figure as it was drawn: a PNG, and the texts above it and at its axes in one line."""

    png: bytes
    title: str


class Sheets(NamedTuple):
    """What a step drew, in order; `note` says in sentences what is not kept."""

    kept: tuple[Sheet, ...] = ()
    note: str = ""

    def with_more(self, other: Sheets) -> Sheets:
        """Return these and others."""
        note = " ".join(filter(None, (self.note, other.note)))
        return Sheets((*self.kept, *other.kept), note)


@dataclass(slots=True)
class _Step:
    """What one running step has drawn so far."""

    kept: list[Sheet] = field(default_factory=list)
    more: int = 0
    said: list[str] = field(default_factory=list)
    draws: bool = False
    beginning: threading.Lock = field(default_factory=threading.Lock)

    def sheets(self) -> Sheets:
        said = list(dict.fromkeys(self.said))
        if self.more:
            said.append(f"It drew {self.more} figures more than the {MOST} that are kept")
        return Sheets(tuple(self.kept), " ".join(f"{each}." for each in said))


class Drawing:
    """Keeps what steps draw in this process, by the thread that they run in.

    matplotlib has one current figure in a process. So a step that begins to draw while another one
    does waits until that one has ended.
    """

    def __init__(self, imports: Imports) -> None:
        self._by_thread: dict[int, _Step] = {}
        self._turn = threading.Lock()
        imports.after("matplotlib.pyplot", self._wrap)
        imports.after("plotly.io", self._without_browser)

    def begin(self) -> None:
        """Keep what this thread draws from now on."""
        self._by_thread[threading.get_ident()] = _Step()

    def end(self) -> Sheets:
        """Close its figures, and return what it drew."""
        step = self._by_thread.pop(threading.get_ident())
        if step.draws:
            try:
                self._show(step)
            finally:
                self._turn.release()
        return step.sheets()

    def _wrap(self, pyplot: ModuleType) -> None:
        self._figures = pyplot._pylab_helpers.Gcf  # noqa: SLF001 - what matplotlib-inline asks, too
        self._close = pyplot.close
        for name, around in {
            "figure": self._drawing, "gcf": self._drawing, "show": self._showing,
            "close": self._closing,
        }.items():  # fmt: skip
            setattr(pyplot, name, around(getattr(pyplot, name)))

    def _without_browser(self, plotly: Any) -> None:  # noqa: ANN401 - a module
        """Show no chart of plotly in a step: outside of a notebook each would open a browser."""
        original = plotly.show

        @functools.wraps(original)
        def show(*words: Any, **flags: Any) -> Any:  # noqa: ANN401 - as the original
            step = self._by_thread.get(threading.get_ident())
            if step is None:
                return original(*words, **flags)
            step.said.append(_SHOWN_INSIDE)
            return None

        plotly.show = show

    def _drawing(self, original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def drawing(*words: Any, **flags: Any) -> Any:  # noqa: ANN401 - as the original
            self._step()
            return original(*words, **flags)

        return drawing

    def _showing(self, original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def show(*words: Any, **flags: Any) -> Any:  # noqa: ANN401 - as the original
            step = self._step()
            if step is None:
                return original(*words, **flags)
            return self._show(step)

        return show

    def _closing(self, original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def close(fig: Any = None) -> Any:  # noqa: ANN401 - as the original
            step = self._step() if isinstance(fig, str) and fig == "all" else None
            if step is not None:
                self._show(step)
            return original(fig)

        return close

    def _step(self) -> _Step | None:
        """Return the step that draws now, once no other one does."""
        step = self._by_thread.get(threading.get_ident())
        if step is None:  # a thread that a step began
            running = list(self._by_thread.values())
            if len(running) != 1:
                for each in running:
                    each.said.append(_STRAY)
                return None
            step = running[0]
        with step.beginning:
            if not step.draws:
                self._turn.acquire()
                step.draws = True
                self._close("all")  # what is nobody's
        return step

    def _show(self, step: _Step) -> None:
        """Keep the open figures, and close them."""
        for manager in self._figures.get_all_fig_managers():
            figure = manager.canvas.figure
            if not (figure.axes or figure.lines or figure.images or figure.texts):
                continue  # a notebook shows no empty one either
            if len(step.kept) == MOST:
                step.more += 1
                continue
            title = _title(figure)
            png, reason = _png(figure)
            if reason:
                step.said.append(f"A figure{f' `{title}`' if title else ''} {reason}")
            else:
                step.kept.append(Sheet(png, title))
        self._close("all")


def _png(figure: Any) -> tuple[bytes, str]:  # noqa: ANN401 - of matplotlib
    """Return a figure as a notebook shows it, or why it cannot be kept."""
    file = io.BytesIO()
    try:
        figure.savefig(file, format="png", bbox_inches="tight", metadata={"Software": None})
    except Exception as error:  # noqa: BLE001 - its artists may raise what they like
        return b"", f"could not be drawn: {type(error).__name__}: {error}"
    if file.tell() > LARGEST:
        return b"", f"is not kept: it has {file.tell()} bytes, at most {LARGEST} are kept"
    return file.getvalue(), ""


def _title(figure: Any) -> str:  # noqa: ANN401 - of matplotlib
    # Since matplotlib 3.8; older ones have no other public way.
    above = figure.get_suptitle() if hasattr(figure, "get_suptitle") else ""
    titles = [text for axes in figure.axes if (text := axes.get_title())]
    labels = [
        f"{axes.get_ylabel() or '?'} by {axes.get_xlabel() or '?'}"
        for axes in figure.axes
        if axes.get_ylabel() or axes.get_xlabel()
    ]
    found = [above, *titles] if above or titles else labels
    text = " ".join("; ".join(dict.fromkeys(each for each in found if each)).split())
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
