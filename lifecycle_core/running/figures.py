"""The plots of steps: into the store when they are drawn, and into records that are looked at."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from lifecycle_core.adapters.store import ObjectBroken
from lifecycle_core.schema.figure import Drawn, Figure

if TYPE_CHECKING:
    from lifecycle_core.adapters.stepping import Sheets
    from lifecycle_core.adapters.store import Store

_ROOM = 12 << 20
"""Bytes of pictures that one record holds."""


def keep_figures(sheets: Sheets, store: Store) -> Drawn:
    """Keep what a step drew.

    Args:
        sheets: Its figures.
        store: Where they go.
    """
    figures = tuple(
        Figure(object=store.objects.put_bytes(sheet.png), bytes=len(sheet.png), title=sheet.title)
        for sheet in sheets.kept
    )
    return Drawn(figures=figures, note=sheets.note)


class Album:
    """Puts pictures into the records of steps, in order, as long as there is room for them.

    Args:
        store: Where they are.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._room = _ROOM

    def with_pictures(self, drawn: Drawn) -> Drawn:
        """Return plots with their pictures; those for which there is no room stay without.

        Args:
            drawn: As a trace names them.
        """
        if not drawn.figures:
            return drawn
        figures = tuple(self._with_picture(figure) for figure in drawn.figures)
        return drawn.model_copy(update={"figures": figures})

    def _with_picture(self, figure: Figure) -> Figure:
        if figure.bytes > self._room:
            return figure
        try:
            content = self._store.objects.bytes(figure.object)
        except ObjectBroken:
            return figure
        self._room -= len(content)
        return figure.model_copy(update={"png": base64.b64encode(content).decode()})
