"""Scores computed where the table lies: the model as a query that a database runs.

model --orbital--> query;  table + contract + query --ScoreStatement--> rows --Database--> table
"""

from lifecycle_core.adapters.in_database.converting import query_of
from lifecycle_core.adapters.in_database.database import Database, Written, open_database, sent_type
from lifecycle_core.adapters.in_database.statements import ScoreStatement

__all__ = ["Database", "ScoreStatement", "Written", "open_database", "query_of", "sent_type"]
