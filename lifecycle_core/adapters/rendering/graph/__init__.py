"""The graph of a pipeline as a small picture, and as lines before the names in a text table."""

from lifecycle_core.adapters.rendering.graph.lanes import lanes
from lifecycle_core.adapters.rendering.graph.links import Link, links, taken
from lifecycle_core.adapters.rendering.graph.picture import Box, picture

__all__ = ["Box", "Link", "lanes", "links", "picture", "taken"]
