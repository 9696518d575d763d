"""Where the events of runs go: one module per kind of sink, found by name through entry points.

[tool.nbrelease.sinks.NAME] --configured_sinks--> ConfiguredSink --Announcer--> take(event)
"""

from lifecycle_core.adapters.sinks.base import Sink, SinkOptions, Surroundings
from lifecycle_core.adapters.sinks.configured import ConfiguredSink, configured_sinks

__all__ = ["ConfiguredSink", "Sink", "SinkOptions", "Surroundings", "configured_sinks"]
