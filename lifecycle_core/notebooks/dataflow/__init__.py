"""Who defines, needs and changes what: the data flow between cells, read without running them.

    sources --parse_cell--> trees --read_flow--> one Flow per cell --> Dataflow

Redefinition is allowed: a name may be bound in many cells, and the last one before a use counts.
What cannot be known from the text is said to be so (`Flow.opaque`), and `Dataflow.ancestors`
includes a cell where it is unsure.
"""

from lifecycle_core.notebooks.dataflow.carried import Carriers, carried
from lifecycle_core.notebooks.dataflow.flow import FILES, RANDOM, SETTINGS, Flow, Import, Use
from lifecycle_core.notebooks.dataflow.notebook import Dataflow, dataflow_of, read_dataflow

__all__ = [
    "FILES", "RANDOM", "SETTINGS", "Carriers", "Dataflow", "Flow", "Import", "Use", "carried",
    "dataflow_of", "read_dataflow",
]  # fmt: skip
