"""Tables in databases, by SQLAlchemy's addresses: read as one query, written as one transaction.

Names come from the address and the data, so they go to SQLAlchemy as names, which quotes them.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.files import replacing
from lifecycle_core.adapters.remote_tables.databases import (
    arrow_type,
    connecting,
    line_of,
    refusals,
    replacing_rows,
    require_file,
    split_name,
    table_of,
    target_of,
    upserting,
)
from lifecycle_core.adapters.remote_tables.decimals import as_number
from lifecycle_core.errors import InvalidCall, TableInvalid

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from lifecycle_core.adapters.remote_tables.addresses import TableAddress

_BATCH_ROWS = 20_000
_DIALECTS = ("sqlite", "postgresql")
# What both dialects take: PostgreSQL's protocol counts parameters with 16 bits.
_MOST_PARAMETERS = 30_000
_MOST_ROWS = 1_000


def copy(address: TableAddress, path: Path, *, key: Sequence[str], most: int | None = None) -> None:
    """Write a table or view as a parquet file, in the order of the business key, else of its own.

    Args:
        address: The database and the table.
        path: The file.
        key: Columns to order by, as far as the table has them; else the primary key orders.
        most: How many rows are wanted; None for all.

    Raises:
        InvalidCall: The address does not name a database that can be reached with what is here.
        TableInvalid: There is no such table, or a value is not of its column's type.
        TargetUnwritable: The operating system refuses.
    """
    import pyarrow as pa
    import sqlalchemy as sa
    from pyarrow import parquet

    require_file(address)
    with connecting(address) as engine, replacing(path) as temporary:
        try:
            table = table_of(engine, address)
            order = [table.c[name] for name in key if name in table.c] or list(table.primary_key)
            schema = pa.schema([(column.name, arrow_type(column.type)) for column in table.c])
            streaming = engine.connect().execution_options(stream_results=True)
            with (
                streaming as connection,
                parquet.ParquetWriter(temporary, schema, compression="lz4") as writer,
            ):
                found = connection.execute(sa.select(table).order_by(*order).limit(most))
                for rows in found.partitions(_BATCH_ROWS):
                    writer.write_table(_as_arrow(rows, schema, address))
        except sa.exc.SQLAlchemyError as error:
            raise TableInvalid(
                f"{address.shown} cannot be read: {line_of(error)}",
                hint="Check the address and the name of the table.",
            ) from error


def require_target(address: TableAddress, key: Sequence[str]) -> None:
    """Look whether scores can be written to a table, before there are any.

    Args:
        address: The database and the table, which need not exist.
        key: Columns that say which row a score belongs to.

    Raises:
        InvalidCall: The database knows no upsert, or the table no unique key of these columns.
        TargetUnwritable: The database does not answer.
    """
    import sqlalchemy as sa

    with connecting(address) as engine, refusals(address):
        if engine.dialect.name not in _DIALECTS:
            raise InvalidCall(
                f"Scores cannot be written to {engine.dialect.name}, only to "
                f"{' and '.join(_DIALECTS)}.",
                hint="Write a parquet file, and load that.",
            )
        schema, name = split_name(address.table)
        if not sa.inspect(engine).has_table(name, schema=schema):
            return
        table = table_of(engine, address)
        unique = [
            {column.name for column in constraint.columns}
            for constraint in table.constraints
            if isinstance(constraint, sa.PrimaryKeyConstraint | sa.UniqueConstraint)
        ]
        unique += [{each.name for each in index.columns} for index in table.indexes if index.unique]
        if set(key) not in unique:
            raise InvalidCall(
                f"The table {address.table} has no primary key or unique index of exactly "
                f"{', '.join(key)}, by which rows are found again.",
                hint="Make one, or name a table that does not exist; it is made.",
            )


def upsert(address: TableAddress, file: Path, *, key: Sequence[str]) -> None:
    """Write the rows of a parquet file in one transaction; a row with the key is replaced.

    Args:
        address: The database and the table, which is made if it is not there.
        file: Of several rows with one key, the last one counts.
        key: Columns that say which row is which.

    Raises:
        InvalidCall: The table lacks a column.
        TargetUnwritable: The database refuses; the table is as it was.
    """
    from pyarrow import parquet

    with (
        connecting(address) as engine,
        parquet.ParquetFile(file) as opened,
        refusals(address),
        engine.begin() as connection,
    ):
        if engine.dialect.name == "sqlite":  # else its driver begins behind the CREATE TABLE
            connection.exec_driver_sql("BEGIN")
        fields = opened.schema_arrow
        table = target_of(connection, address, fields, key)
        at_once = max(1, min(_MOST_ROWS, _MOST_PARAMETERS // len(fields)))
        for batch in opened.iter_batches(batch_size=at_once):
            rows = {tuple(row[each] for each in key): row for row in batch.to_pylist()}
            if engine.dialect.name == "sqlite":
                rows = {at: _without_decimals(row) for at, row in rows.items()}
            _upsert(connection, table, list(rows.values()), key)


def _without_decimals(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row for SQLite, whose driver knows whole numbers and floats only."""
    return {
        name: as_number(value) if isinstance(value, Decimal) else value
        for name, value in row.items()
    }


def _upsert(connection: Any, table: Any, rows: list[dict[str, Any]], key: Sequence[str]) -> None:  # noqa: ANN401 - SQLAlchemy's, loaded late
    lite = connection.dialect.name == "sqlite"
    statement = upserting(table, connection.dialect.name)
    # SQLite is told row by row, at no cost; over a network many rows go together.
    statement = statement if lite else statement.values(rows)
    statement = replacing_rows(statement, list(rows[0]), key)
    connection.execute(statement, rows if lite else None)


def _as_arrow(rows: Sequence[Any], schema: Any, address: TableAddress) -> Any:  # noqa: ANN401 - pyarrow's
    import pyarrow as pa

    arrays = []
    for field, values in zip(schema, zip(*rows, strict=True), strict=True):
        # SQLite keeps whatever it is given; other drivers give Decimal, UUID and the like.
        as_type = {pa.string(): str, pa.float64(): float}.get(field.type)
        try:
            plain = values
            if as_type:
                plain = tuple(None if each is None else as_type(each) for each in values)
            arrays.append(pa.array(plain, type=field.type))
        except (pa.ArrowException, TypeError, ValueError) as error:
            raise TableInvalid(
                f"Column {field.name!r} of {address.table} holds a value that is not of the "
                f"column's type: {line_of(error)}",
                hint="Mend the value, or the column's type.",
            ) from error
    return pa.table(arrays, schema=schema)
