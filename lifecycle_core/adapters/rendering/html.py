"""A record as HTML: one section with its stylesheet, for Jupyter and for reports."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from lifecycle_core.adapters.rendering import words
from lifecycle_core.adapters.rendering.plain import visible
from lifecycle_core.adapters.rendering.table import view_of
from lifecycle_core.adapters.templates import template_environment

if TYPE_CHECKING:
    import jinja2

    from lifecycle_core.schema.base import Record


def to_html(record: Record) -> str:
    """Return a record as a self-contained HTML fragment; everything in it is escaped.

    It follows JupyterLab's theme and elsewhere the reader's preference for light or dark, loads
    nothing, and runs nothing. Times of runs are left out, or stand in elements of the class
    `nbr-time`, which comparisons leave out, so that stored outputs reproduce.

    Raises:
        TypeError: No view is known for the record's type; a defect of ours.
    """
    stem, view = view_of(record)
    template = record_environment().get_template(f"records/{stem}.html.j2")
    return template.render(record=record, **view.values(record)).strip() + "\n"


def coded(text: str) -> Markup:
    r"""Return escaped text in which what stands between backticks is code.

    Example:
        >>> print(coded("type `a < b`"))
        type <code>a &lt; b</code>
    """
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(visible(text)))))  # noqa: S704 - escaped first


@cache
def record_environment() -> jinja2.Environment:
    """Return the environment of templates that show records: all text in them can be seen."""
    environment = template_environment(
        {
            "coded": coded,
            "moment": words.moment,
            "number": words.number,
            "short_digest": words.short_digest,
            "size": words.size,
        }
    )
    environment.globals["MARKS"] = words.MARKS
    environment.finalize = _seen
    return environment


def _seen(value: object) -> object:
    """Show the controls and the marks of direction in any text that a template prints."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value
