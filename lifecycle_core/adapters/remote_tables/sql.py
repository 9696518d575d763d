"""Tables in databases, by SQLAlchemy's addresses: read as one query, written as one transaction.

Names come from the address and the data, so they go to SQLAlchemy as names, which quotes them.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.files import replacing
from lifecycle_core.errors import InvalidCall, TableInvalid, TargetUnwritable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from lifecycle_core.adapters.remote_tables.addresses import TableAddress

_BATCH_ROWS = 20_000
_DIALECTS = ("sqlite", "postgresql")
# What both dialects take: PostgreSQL's protocol counts parameters with 16 bits.
_MOST_PARAMETERS = 30_000
_MOST_ROWS = 1_000


def copy(address: TableAddress, path: Path, *, key: Sequence[str]) -> None:
    """Write a table or view as a parquet file, in the order of the business key, else of its own.

    Args:
        address: The database and the table.
        path: The file.
        key: Columns to order by, as far as the table has them; else the primary key orders.

    Raises:
        InvalidCall: The address does not name a database that can be reached with what is here.
        TableInvalid: There is no such table, or a value is not of its column's type.
        TargetUnwritable: The operating system refuses.
    """
    import pyarrow as pa
    import sqlalchemy as sa
    from pyarrow import parquet

    with _engine(address) as engine, replacing(path) as temporary:
        try:
            table = _table(engine, address)
            order = [table.c[name] for name in key if name in table.c] or list(table.primary_key)
            schema = pa.schema([(column.name, _arrow_type(column.type)) for column in table.c])
            streaming = engine.connect().execution_options(stream_results=True)
            with (
                streaming as connection,
                parquet.ParquetWriter(temporary, schema, compression="lz4") as writer,
            ):
                found = connection.execute(sa.select(table).order_by(*order))
                for rows in found.partitions(_BATCH_ROWS):
                    writer.write_table(_as_arrow(rows, schema, address))
        except sa.exc.SQLAlchemyError as error:
            raise TableInvalid(
                f"{address.shown} cannot be read: {_line(error)}",
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

    with _engine(address) as engine, _refusals(address):
        if engine.dialect.name not in _DIALECTS:
            raise InvalidCall(
                f"Scores cannot be written to {engine.dialect.name}, only to "
                f"{' and '.join(_DIALECTS)}.",
                hint="Write a parquet file, and load that.",
            )
        schema, name = _split(address.table)
        if not sa.inspect(engine).has_table(name, schema=schema):
            return
        table = _table(engine, address)
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
    import sqlalchemy as sa
    from pyarrow import parquet

    with (
        _engine(address) as engine,
        parquet.ParquetFile(file) as opened,
        _refusals(address),
        engine.begin() as connection,
    ):
        fields = opened.schema_arrow
        schema, name = _split(address.table)
        if sa.inspect(connection).has_table(name, schema=schema):
            table = _table(connection, address)
            absent = [each for each in fields.names if each not in table.c]
            if absent:
                raise InvalidCall(
                    f"The table {address.table} has no column {absent[0]!r}.",
                    hint="Add it, or name a table that does not exist; it is made.",
                )
        else:
            columns = [
                sa.Column(field.name, _sql_type(field.type), primary_key=field.name in key)
                for field in fields
            ]
            table = sa.Table(name, sa.MetaData(), *columns, schema=schema)
            table.create(connection)
        at_once = max(1, min(_MOST_ROWS, _MOST_PARAMETERS // len(fields)))
        for batch in opened.iter_batches(batch_size=at_once):
            rows = {tuple(row[each] for each in key): row for row in batch.to_pylist()}
            _upsert(connection, table, list(rows.values()), key)


def _upsert(connection: Any, table: Any, rows: list[dict[str, Any]], key: Sequence[str]) -> None:  # noqa: ANN401 - SQLAlchemy's, loaded late
    from sqlalchemy.dialects import postgresql, sqlite

    lite = connection.dialect.name == "sqlite"
    statement = (sqlite if lite else postgresql).insert(table)
    # SQLite is told row by row, at no cost; over a network many rows go together.
    statement = statement if lite else statement.values(rows)
    others = {name: statement.excluded[name] for name in rows[0] if name not in key}
    statement = statement.on_conflict_do_update(index_elements=list(key), set_=others)
    connection.execute(statement, rows if lite else None)


def _table(connection: Any, address: TableAddress) -> Any:  # noqa: ANN401 - SQLAlchemy's, loaded late
    import sqlalchemy as sa

    schema, name = _split(address.table)
    return sa.Table(name, sa.MetaData(), schema=schema, autoload_with=connection)


def _split(table: str) -> tuple[str | None, str]:
    schema, _, name = table.rpartition(".")
    return schema or None, name


def _arrow_type(kind: Any) -> Any:  # noqa: ANN401 - SQLAlchemy's type to Arrow's
    import pyarrow as pa
    import sqlalchemy as sa

    for sql, arrow in (
        (sa.Boolean, pa.bool_()),
        (sa.Integer, pa.int64()),
        (sa.Numeric, pa.float64()),
        (sa.Float, pa.float64()),
        (sa.DateTime, pa.timestamp("us")),
        (sa.Date, pa.date32()),
    ):
        if isinstance(kind, sql):
            return arrow
    return pa.string()


def _sql_type(kind: Any) -> Any:  # noqa: ANN401 - the other way
    import pyarrow as pa
    import sqlalchemy as sa

    if pa.types.is_boolean(kind):
        return sa.Boolean()
    if pa.types.is_integer(kind):
        return sa.BigInteger()
    if pa.types.is_floating(kind):
        return sa.Double()
    if pa.types.is_timestamp(kind):
        return sa.DateTime(timezone=kind.tz is not None)
    return sa.Date() if pa.types.is_date(kind) else sa.Text()


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
                f"column's type: {_line(error)}",
                hint="Mend the value, or the column's type.",
            ) from error
    return pa.table(arrays, schema=schema)


@contextmanager
def _engine(address: TableAddress) -> Iterator[Any]:
    import sqlalchemy as sa

    try:
        engine = sa.create_engine(address.location, poolclass=sa.NullPool)
    except (sa.exc.ArgumentError, ModuleNotFoundError) as error:
        raise InvalidCall(
            f"There is nothing here that speaks with {address.location.partition(':')[0]}: "
            f"{_line(error)}",
            hint="For PostgreSQL: pip install 'nbrelease[postgresql]', and write "
            "postgresql+pg8000://HOST/DATABASE::TABLE.",
        ) from error
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def _refusals(address: TableAddress) -> Iterator[None]:
    import sqlalchemy as sa

    try:
        yield
    except sa.exc.SQLAlchemyError as error:
        raise TargetUnwritable(
            f"{address.shown} cannot be written: {_line(error)}",
            path=address.shown,
            hint="The table is as it was. Run the same command again once it answers.",
        ) from error


def _line(error: Exception) -> str:
    """Return what the driver says; SQLAlchemy's own text would hold the rows."""
    return f"{' '.join(str(getattr(error, 'orig', None) or error).split()):.300}"
