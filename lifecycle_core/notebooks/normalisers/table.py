"""All normalisers, in the order in which they are used.

A pipe must stand before what reads the text it makes whole; the rest is in the order of cost:

- `execution_count`, `metadata`, `front_end_data`, `traceback` drop what no other looks at;
- `stream_chunks` makes a stream's text whole, `ansi` and `overwritten` make it what is seen;
- `warnings_text`, `notices`, `progress_bars` drop lines, so that `stream_order` joins what is left;
- `library_path` stands before `project_path`, for an environment may lie in the project, and both
  before `temporary_files`, for the clean copy may lie in a temporary folder;
- `plot_json`, `record_view`, `estimator_html` and `dataframe_html` take HTML by its content, before
  `style_sheets` and `html_ids` take the rest of it by its markup;
- `durations`, `library_times` and `fitting_times` read the tables that `dataframe_html` made;
- `whitespace` is last: what others took out leaves blanks.
"""

from __future__ import annotations

from lifecycle_core.notebooks.normalisers import (
    ansi,
    dataframe_html,
    durations,
    estimator_html,
    execution_count,
    figure_text,
    fitting_times,
    front_end_data,
    home_path,
    html_ids,
    library_path,
    library_times,
    log_times,
    memory_address,
    metadata,
    notices,
    object_reprs,
    overwritten,
    pdf_dates,
    plot_json,
    png_pixels,
    process_id,
    process_memory,
    progress_bars,
    project_path,
    record_view,
    stream_chunks,
    stream_order,
    style_sheets,
    svg_writer,
    temporary_files,
    timing,
    traceback,
    warnings_text,
    whitespace,
    widget_view,
    written_files,
)

NORMALISERS = (
    execution_count.NORMALISER,
    metadata.NORMALISER,
    front_end_data.NORMALISER,
    stream_chunks.NORMALISER,
    traceback.NORMALISER,
    ansi.NORMALISER,
    overwritten.NORMALISER,
    warnings_text.NORMALISER,
    notices.NORMALISER,
    written_files.NORMALISER,
    log_times.NORMALISER,
    progress_bars.NORMALISER,
    stream_order.NORMALISER,
    memory_address.NORMALISER,
    object_reprs.NORMALISER,
    process_id.NORMALISER,
    process_memory.NORMALISER,
    library_path.NORMALISER,
    home_path.NORMALISER,
    project_path.NORMALISER,
    temporary_files.NORMALISER,
    figure_text.NORMALISER,
    png_pixels.NORMALISER,
    pdf_dates.NORMALISER,
    svg_writer.NORMALISER,
    plot_json.NORMALISER,
    record_view.NORMALISER,
    estimator_html.NORMALISER,
    dataframe_html.NORMALISER,
    style_sheets.NORMALISER,
    html_ids.NORMALISER,
    widget_view.NORMALISER,
    timing.NORMALISER,
    library_times.NORMALISER,
    fitting_times.NORMALISER,
    durations.NORMALISER,
    whitespace.NORMALISER,
)
