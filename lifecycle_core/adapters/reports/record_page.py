"""One record as a page of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from lifecycle_core.adapters.rendering import to_html
from lifecycle_core.adapters.rendering.html import record_environment

if TYPE_CHECKING:
    from lifecycle_core.schema.base import Record

_TEMPLATE = "reports/record.html.j2"


def record_page(record: Record, *, heading: str) -> str:
    """Return the page: it works without script and without a network, in light and in dark.

    Args:
        record: Any that has a view.
        heading: The page's title.
    """
    fragment = Markup(to_html(record))  # noqa: S704 - everything in it is escaped
    template = record_environment().get_template(_TEMPLATE)
    return template.render(heading=heading, fragment=fragment)
