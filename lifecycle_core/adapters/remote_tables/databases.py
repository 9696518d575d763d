"""Connections to databases, their tables, and types on both sides of the border to Arrow."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from lifecycle_core.errors import InvalidCall, TargetUnwritable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lifecycle_core.adapters.remote_tables.addresses import TableAddress


@contextmanager
def connecting(address: TableAddress) -> Iterator[Any]:
    """Yield SQLAlchemy's engine of an address.

    Raises:
        InvalidCall: No driver of that database is installed.
    """
    import sqlalchemy as sa

    try:
        engine = sa.create_engine(address.location, poolclass=sa.NullPool)
    except (sa.exc.ArgumentError, ModuleNotFoundError) as error:
        raise InvalidCall(
            f"There is nothing here that speaks with {address.location.partition(':')[0]}: "
            f"{line_of(error)}",
            hint="For PostgreSQL: pip install 'nbrelease[postgresql]', and write "
            "postgresql+pg8000://HOST/DATABASE::TABLE.",
        ) from error
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def refusals(address: TableAddress) -> Iterator[None]:
    """Turn what SQLAlchemy raises while a table is written into one fact.

    Raises:
        TargetUnwritable: The database refuses.
    """
    import sqlalchemy as sa

    try:
        yield
    except sa.exc.SQLAlchemyError as error:
        raise TargetUnwritable(
            f"{address.shown} cannot be written: {line_of(error)}",
            path=address.shown,
            hint="The table is as it was. Run the same command again once it answers.",
        ) from error


def line_of(error: Exception) -> str:
    """Return what the driver says; SQLAlchemy's own text would hold the rows."""
    return f"{' '.join(str(getattr(error, 'orig', None) or error).split()):.300}"


def table_of(connection: Any, address: TableAddress) -> Any:  # noqa: ANN401 - SQLAlchemy's, loaded late
    """Return a table as the database describes it.

    Raises:
        sqlalchemy.exc.NoSuchTableError: There is none.
    """
    import sqlalchemy as sa

    schema, name = split_name(address.table)
    return sa.Table(name, sa.MetaData(), schema=schema, autoload_with=connection)


def split_name(table: str) -> tuple[str | None, str]:
    """Return the schema, if one is named, and the table.

    Example:
        >>> split_name("sales.customers"), split_name("customers")
        (('sales', 'customers'), (None, 'customers'))
    """
    schema, _, name = table.rpartition(".")
    return schema or None, name


def arrow_type(kind: Any) -> Any:  # noqa: ANN401 - SQLAlchemy's type to Arrow's
    """Return Arrow's type for a column; text for what has none."""
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


def sql_type(kind: Any) -> Any:  # noqa: ANN401 - the other way
    """Return SQLAlchemy's type for an Arrow column."""
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


def target_of(connection: Any, address: TableAddress, fields: Any, key: Sequence[str]) -> Any:  # noqa: ANN401 - SQLAlchemy's and Arrow's
    """Return the table that scores are written to; it is made if it is not there.

    Args:
        connection: In a transaction.
        address: The database and the table.
        fields: Arrow's schema of the scores.
        key: Columns that say which row is which.

    Raises:
        InvalidCall: The table lacks a column.
    """
    import sqlalchemy as sa

    schema, name = split_name(address.table)
    if not sa.inspect(connection).has_table(name, schema=schema):
        columns = [
            sa.Column(field.name, sql_type(field.type), primary_key=field.name in key)
            for field in fields
        ]
        table = sa.Table(name, sa.MetaData(), *columns, schema=schema)
        table.create(connection)
        return table
    table = table_of(connection, address)
    absent = [each for each in fields.names if each not in table.c]
    if absent:
        raise InvalidCall(
            f"The table {address.table} has no column {absent[0]!r}.",
            hint="Add it, or name a table that does not exist; it is made.",
        )
    return table


def upserting(table: Any, dialect: str) -> Any:  # noqa: ANN401 - as above
    """Return the beginning of an insert that can say what happens to rows that are there."""
    from sqlalchemy.dialects import postgresql, sqlite

    return (sqlite if dialect == "sqlite" else postgresql).insert(table)


def replacing_rows(statement: Any, names: Sequence[str], key: Sequence[str]) -> Any:  # noqa: ANN401 - as above
    """Return an insert of these columns that replaces rows with the same key."""
    others = {name: statement.excluded[name] for name in names if name not in key}
    return statement.on_conflict_do_update(index_elements=list(key), set_=others)
