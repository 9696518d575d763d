"""Records for people: HTML through templates/records/, text through rich.

A record type has one line in `table.py`, one module in `views/` and one template.
"""

from lifecycle_core.adapters.rendering.html import to_html
from lifecycle_core.adapters.rendering.text import to_text

__all__ = ["to_html", "to_text"]
