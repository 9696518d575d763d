"""Exports: a compiled pipeline as files that an engine runs without us.

A target has one line in `table.py` and one module. Every process runs one step: it reads what
earlier steps left, puts the global random generators where they left them, and leaves its own.
"""

from lifecycle_core.adapters.exports.writing import write_export

__all__ = ["write_export"]
