"""What panels share: where their scripts come from, and the one button that stops work."""
# mypy: allow-subclassing-any
# anywidget publishes no types that mypy --strict accepts.

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import anywidget  # noqa: TID253 - this module loads when the first panel shows

if TYPE_CHECKING:
    from nbext.attended import Attended

_HERE = Path(__file__).parent


def script(name: str) -> str:
    """Return a panel's script with what all of them stand on before it."""
    texts = [(_HERE / file).read_text(encoding="utf-8") for file in ("elements.js", name)]
    return "\n".join(texts)


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
