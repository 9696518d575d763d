"""Tables in files: CSV and parquet, read and counted by DuckDB, written as parquet.

file --profile--> TableProfile      file + Contract --measure--> Measurement
file + Contract --stream--> batches --ScoreWriter--> parquet
"""

from lifecycle_core.adapters.tables.measurement import ColumnMeasure, Measurement
from lifecycle_core.adapters.tables.profiling import profile_table

__all__ = ["ColumnMeasure", "Measurement", "profile_table"]
