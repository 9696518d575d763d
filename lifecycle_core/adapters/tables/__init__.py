"""Tables in files and in memory: read and counted by DuckDB, written as parquet.

file --profile--> TableProfile      file + Contract --measure--> Measurement
frame + Contract --measure_frame--> Measurement
file + Contract --stream--> batches --model--> scores --TableWriter--> file
"""

from lifecycle_core.adapters.tables.frames import Column, FrameColumns, measure_frame
from lifecycle_core.adapters.tables.measurement import ColumnMeasure, Measurement
from lifecycle_core.adapters.tables.profiling import profile_table
from lifecycle_core.adapters.tables.relations import DuckTables, Tables
from lifecycle_core.adapters.tables.source import require_distinct
from lifecycle_core.adapters.tables.streaming import Batch, JudgedAt, pandas_column
from lifecycle_core.adapters.tables.writing import TableWriter

__all__ = [
    "Batch",
    "Column",
    "ColumnMeasure",
    "DuckTables",
    "FrameColumns",
    "JudgedAt",
    "Measurement",
    "TableWriter",
    "Tables",
    "measure_frame",
    "pandas_column",
    "profile_table",
    "require_distinct",
]
