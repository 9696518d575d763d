"""Tables in files: CSV and parquet, read and counted by DuckDB, written as parquet.

file --profile--> TableProfile      file + Contract --measure--> Measurement
file + Contract --stream--> batches --model--> scores --TableWriter--> file
"""

from lifecycle_core.adapters.tables.measurement import ColumnMeasure, Measurement
from lifecycle_core.adapters.tables.profiling import profile_table
from lifecycle_core.adapters.tables.relations import DuckTables, Tables
from lifecycle_core.adapters.tables.streaming import Batch
from lifecycle_core.adapters.tables.writing import TableWriter

__all__ = [
    "Batch",
    "ColumnMeasure",
    "DuckTables",
    "Measurement",
    "TableWriter",
    "Tables",
    "profile_table",
]
