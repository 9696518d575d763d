"""What panels share: scripts and styles, the button that stops work, and clicks that act."""
# mypy: allow-subclassing-any
# anywidget publishes no types that mypy --strict accepts.

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import anywidget  # noqa: TID253 - this module loads when the first panel shows
from pydantic import ValidationError

from lifecycle_core.errors import LifecycleError

if TYPE_CHECKING:
    from pydantic import TypeAdapter

    from nbext.attended import Attended

_HERE = Path(__file__).parent
QUIET = {"kind": "", "text": "", "hint": ""}
"""The message of a panel that has nothing to say."""


def script(name: str) -> str:
    """Return a panel's script with what all of them stand on before it."""
    return _joined("elements.js", name)


def style(name: str) -> str:
    """Return a panel's style sheet after the palette that all of them wear."""
    return _joined("palette.css", name)


def _joined(*names: str) -> str:
    return "\n".join((_HERE / name).read_text(encoding="utf-8") for name in names)


class Panel(anywidget.AnyWidget):
    """A panel that shows where work stands; a click may stop it, and do nothing else."""

    def __init__(self, work: Attended[Any] | None) -> None:
        super().__init__()
        self._work = work
        self.on_msg(self._receive)

    def show(self, work: Any) -> None:  # noqa: ANN401 - each panel has its own kind of work
        """Show where the work stands now."""
        raise NotImplementedError

    def view(self) -> dict[str, Any]:
        """Return what makes a front end show this panel."""
        bundle, _ = self._repr_mimebundle_()
        return {kind: data for kind, data in bundle.items() if "widget" in kind}

    def _answer_anywhere(self) -> None:
        """Let a click be answered while a cell of the user's runs.

        ipykernel >= 7.4 answers a click in the shell that sent last, here the main one, where the
        button would wait for the user's running cell. Without this mark the front end chooses.
        """
        self.comm.__dict__.pop("_reply_subshell_id", None)

    def _receive(self, _: object, content: object, buffers: object) -> None:  # noqa: ARG002 - as ipywidgets calls
        if content == {"act": "stop"} and self._work is not None:
            self._work.stop()


class ActingPanel(anywidget.AnyWidget):
    """A panel whose clicks let verbs of the core act, once Python has checked what was clicked.

    Attributes:
        clicks: What a click may say.
    """

    clicks: TypeAdapter[Any]

    def _receive(self, _: object, content: object, buffers: object) -> None:  # noqa: ARG002 - as ipywidgets calls
        try:
            click = self.clicks.validate_python(content)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            self._say("error", f"The panel sent something else than a click: {first['msg']}.")
            return
        try:
            self._act(click)
        except LifecycleError as error:
            self._refused(error)
        except Exception as error:
            self._say("error", f"nbrelease has a defect: {error!r}.", "See the kernel's log.")
            raise

    def _act(self, click: Any) -> None:  # noqa: ANN401 - each panel has its own clicks
        raise NotImplementedError

    def _show(self, *, busy: str = "", message: dict[str, str] | None = None) -> None:
        raise NotImplementedError

    def _refused(self, error: LifecycleError) -> None:
        self._say("error", str(error), error.hint)

    def _say(self, kind: str, text: str, hint: str = "") -> None:
        self._show(message={"kind": kind, "text": text, "hint": hint})
