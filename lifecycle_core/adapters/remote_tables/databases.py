"""Connections to databases, their tables, and types on both sides of the border to Arrow."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lifecycle_core.errors import InvalidCall, TableInvalid, TargetUnwritable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lifecycle_core.adapters.remote_tables.addresses import TableAddress

_AGAIN = "Run the same command again once it answers and can be written."
_NOT_AGAIN = (
    "The same command is refused again, until what it says is mended: in the table, in the rights "
    "to it, or in the rows. Or name another table."
)
# Classes of SQLSTATE: connections, conflicts, resources, states of objects, operators, system.
_PASSING = ("08", "40", "53", "55", "57", "58")


@contextmanager
def connecting(address: TableAddress) -> Iterator[Any]:
    """Yield SQLAlchemy's engine of an address.

    Raises:
        InvalidCall: No driver of that database is installed, or it needs a user.
    """
    import sqlalchemy as sa

    try:
        engine = sa.create_engine(address.location, poolclass=sa.NullPool)
    except (sa.exc.ArgumentError, ModuleNotFoundError) as error:
        raise InvalidCall(
            f"There is nothing here that speaks with {address.location.partition(':')[0]}: "
            f"{line_of(error)}",
            hint="For PostgreSQL: pip install 'nbrelease[postgresql]', and write "
            "postgresql+pg8000://USER@HOST/DATABASE::TABLE.",
        ) from error
    if engine.driver == "pg8000" and not (engine.url.username or "user" in engine.url.query):
        raise InvalidCall(  # other drivers of PostgreSQL take the user of this session
            f"{address.shown} names no user, and pg8000 needs one.",
            hint="Write postgresql+pg8000://USER@HOST/DATABASE::TABLE.",
        )
    try:
        yield engine
    finally:
        engine.dispose()


def require_file(address: TableAddress) -> None:
    """Look whether the file of an SQLite database is there: to connect to it would make it.

    Raises:
        TableInvalid: It is not.
    """
    import sqlalchemy as sa

    url = sa.make_url(address.location)
    file = url.database or ":memory:"
    if url.get_backend_name() != "sqlite" or file == ":memory:" or file.startswith("file:"):
        return
    if not Path(file).is_file():
        raise TableInvalid(f"There is no file {file}.", hint="Check the path.")


@contextmanager
def refusals(address: TableAddress) -> Iterator[None]:
    """Turn what SQLAlchemy raises while a table is written into one fact.

    Raises:
        TargetUnwritable: The database refuses.
    """
    import sqlalchemy as sa

    try:
        yield
    except (sa.exc.SQLAlchemyError, OverflowError) as error:  # sqlite3's, of a number too large
        raise TargetUnwritable(
            f"{address.shown} cannot be written: {line_of(error)}",
            path=address.shown,
            hint=f"The table is as it was. {_AGAIN if _may_pass(error) else _NOT_AGAIN}",
        ) from error


def _may_pass(error: Exception) -> bool:
    """Whether the same rows may be taken another time, though nobody changes table or rows."""
    import sqlalchemy as sa

    if state := _sqlstate(error):
        return state.startswith(_PASSING)
    # Away, locked or full; sqlite3 and drivers that could not connect know no states.
    return isinstance(error, sa.exc.OperationalError | sa.exc.InterfaceError)


def _sqlstate(error: Exception) -> str:
    driver = getattr(error, "orig", None)
    told = driver.args[0] if driver is not None and driver.args else None
    state = told.get("C") if isinstance(told, dict) else getattr(driver, "sqlstate", None)
    return str(state or "")


def line_of(error: Exception) -> str:
    """Return what the driver says; SQLAlchemy's own text would hold the rows, and so do details."""
    driver = getattr(error, "orig", None) or error
    told = driver.args[0] if driver.args else None
    text = told.get("M", "") if isinstance(told, dict) else str(driver).partition("\nDETAIL:")[0]
    return f"{' '.join(str(text).split()):.300}"


def table_of(connection: Any, address: TableAddress) -> Any:  # noqa: ANN401 - SQLAlchemy's, loaded late
    """Return a table as the database describes it.

    Raises:
        TableInvalid: There is none.
    """
    import sqlalchemy as sa

    schema, name = split_name(address.table)
    try:
        return sa.Table(name, sa.MetaData(), schema=schema, autoload_with=connection)
    except sa.exc.NoSuchTableError as error:
        raise TableInvalid(
            f"{address.shown}: there is no such table.",
            hint="See what stands behind `::` in --in.",
        ) from error


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

    if pa.types.is_decimal(kind):
        return sa.Numeric(kind.precision, kind.scale)
    if pa.types.is_timestamp(kind):
        return sa.DateTime(timezone=kind.tz is not None)
    for is_kind, sql in (
        (pa.types.is_boolean, sa.Boolean()),
        (pa.types.is_integer, sa.BigInteger()),
        (pa.types.is_floating, sa.Double()),
        (pa.types.is_time, sa.Time()),
        (pa.types.is_date, sa.Date()),
    ):
        if is_kind(kind):
            return sql
    return sa.Text()


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
