"""What goes into a model, watched over time: so far, how far a table is from a reference."""

from lifecycle_core.monitoring.drifting import DriftFound, References

__all__ = ["DriftFound", "References"]
