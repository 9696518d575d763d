"""All normalisers, in the order in which they are used."""

from __future__ import annotations

from lifecycle_core.notebooks.normalisers import (
    ansi,
    dataframe_html,
    execution_count,
    html_ids,
    memory_address,
    metadata,
    overwritten,
    png_pixels,
    record_view,
    stderr,
    stream_chunks,
    stream_order,
    style_sheets,
    timing,
    traceback,
    widget_view,
)

NORMALISERS = (
    execution_count.NORMALISER,
    metadata.NORMALISER,
    stream_chunks.NORMALISER,
    stderr.NORMALISER,
    stream_order.NORMALISER,
    ansi.NORMALISER,
    overwritten.NORMALISER,
    memory_address.NORMALISER,
    timing.NORMALISER,
    traceback.NORMALISER,
    dataframe_html.NORMALISER,
    style_sheets.NORMALISER,
    record_view.NORMALISER,
    html_ids.NORMALISER,
    widget_view.NORMALISER,
    png_pixels.NORMALISER,
)
