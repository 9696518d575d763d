"""Tables that are no file: Delta, SQL databases, receivers of HTTP, and frames in memory.

They are copied to a file before they are scored, and scores are published there once they are
whole: so a run sees the rows of one moment, and nobody sees half of what it gives.

    address --copy--> file --score--> file --publish--> address
"""

from lifecycle_core.adapters.remote_tables.addresses import TableAddress, address_of
from lifecycle_core.adapters.remote_tables.frames import copy_frame, frame_like
from lifecycle_core.adapters.remote_tables.systems import (
    Publication,
    Published,
    RemoteTables,
    Systems,
)

__all__ = [
    "Publication",
    "Published",
    "RemoteTables",
    "Systems",
    "TableAddress",
    "address_of",
    "copy_frame",
    "frame_like",
]
