"""One database, in which rows are scored without leaving it, in one transaction."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

from lifecycle_core.adapters.in_database.converting import DIALECTS, HINT
from lifecycle_core.adapters.remote_tables.databases import (
    arrow_type,
    connecting,
    line_of,
    refusals,
    replacing_rows,
    require_file,
    sql_type,
    table_of,
    target_of,
    upserting,
)
from lifecycle_core.adapters.remote_tables.sql import copy
from lifecycle_core.adapters.tables.expressions import NO_NUMBER
from lifecycle_core.errors import InvalidCall

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from lifecycle_core.adapters.in_database.statements import ScoreStatement
    from lifecycle_core.adapters.remote_tables.addresses import TableAddress
    from lifecycle_core.schema.contract import Feature

_BATCH_ROWS = 20_000
_AT = "nbrelease_at"


def sent_type(feature: Feature) -> Any:  # noqa: ANN401 - Arrow's data type
    """Return the Arrow type in which values of a feature come from a database: dates are text."""
    import pyarrow as pa

    kinds = {"boolean": pa.bool_(), "integer": pa.int64(), "number": pa.float64()}
    return kinds.get(feature.type, pa.string())


class Written(NamedTuple):
    """What was written.

    Attributes:
        rows: All rows of the table.
        scored: Rows with a score.
        acted_on: Rows that are acted on; 0 where decisions are numbers.
        no_number: Rows without a score because it is no number.
    """

    rows: int
    scored: int
    acted_on: int
    no_number: int


class Tried(NamedTuple):
    """What the database says of rows that were brought there, a list each, in their order.

    Attributes:
        scores: None for a row without one.
        reasons: The rule that a row breaks, None where none.
    """

    scores: list[float | None]
    reasons: list[str | None]


class Rejected(NamedTuple):
    """Rows without a score; pyarrow arrays of one length.

    Attributes:
        rows: Positions in the table, from 0.
        kept: By name, what is carried along.
        values: By feature, the values.
        reasons: The rule that each breaks.
    """

    rows: Any
    kept: dict[str, Any]
    values: dict[str, Any]
    reasons: Any


@contextmanager
def open_database(address: TableAddress) -> Iterator[Database]:
    """Open a transaction that sees the table at one moment, and ends well or leaves no trace.

    Raises:
        InvalidCall: No driver of the database is installed, or it is not one that can be used.
        TableInvalid: There is no such table.
        TargetUnwritable: The database refuses.
    """
    require_file(address)
    with connecting(address) as engine, refusals(address):
        dialect = engine.dialect.name
        if dialect not in DIALECTS:
            raise InvalidCall(
                f"Rows cannot be scored within {dialect}, only within {' and '.join(DIALECTS)}.",
                hint=HINT,
            )
        options = {} if dialect == "sqlite" else {"isolation_level": "REPEATABLE READ"}
        with engine.connect().execution_options(**options) as connection, connection.begin():
            if dialect == "sqlite":  # else its driver begins with the first insert
                connection.exec_driver_sql("BEGIN")
            yield Database(address, connection, table_of(connection, address))


@dataclass(frozen=True, slots=True)
class Database:
    """A transaction in a database.

    Attributes:
        address: The table to be scored.
        connection: SQLAlchemy's.
        table: What the database says of the table.
    """

    address: TableAddress
    connection: Any
    table: Any

    @property
    def dialect(self) -> str:
        """SQLAlchemy's name of the kind of database."""
        return str(self.connection.dialect.name)

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the table's columns."""
        return tuple(self.table.c.keys())

    @property
    def primary_key(self) -> tuple[str, ...]:
        """Names of the columns of its primary key."""
        return tuple(column.name for column in self.table.primary_key)

    def first_rows(self, path: Path, *, key: tuple[str, ...], most: int) -> None:
        """Write the first rows as a parquet file; see `remote_tables.sql.copy`."""
        copy(self.address, path, key=key, most=most)

    def mistyped(self, statement: ScoreStatement) -> dict[str, int]:
        """Return for each feature how many values are not of the agreed type."""
        import sqlalchemy as sa

        counted = statement.mistyped(self.table)
        if not counted:
            return {}
        found = self.connection.execute(sa.select(*counted.values()).select_from(self.table)).one()
        return dict(zip(counted, map(int, found), strict=True))

    def missing(self, columns: tuple[str, ...]) -> dict[str, int]:
        """Return for each of these columns how many rows have no value there."""
        import sqlalchemy as sa

        if not columns:
            return {}
        lacks = [
            sa.func.coalesce(sa.func.sum(sa.case((self.table.c[name].is_(None), 1), else_=0)), 0)
            for name in columns
        ]
        found = self.connection.execute(sa.select(*lacks).select_from(self.table)).one()
        return dict(zip(columns, map(int, found), strict=True))

    def tried(self, statement: ScoreStatement, rows: Any, kept: tuple[str, ...]) -> Tried:  # noqa: ANN401 - a pyarrow table
        """Return what the statement says of rows, in a table that nobody else sees.

        Args:
            statement: What is to be asked of the real table.
            rows: The contract's columns, each of its agreed type.
            kept: Columns that will be carried along; of these rows they hold nothing.

        Raises:
            InvalidCall: The database does not run the model's query.
        """
        import sqlalchemy as sa

        trial = sa.Table(
            "nbrelease_trial",
            sa.MetaData(),
            sa.Column(_AT, sa.BigInteger()),
            *(sa.Column(field.name, sql_type(field.type)) for field in rows.schema),
            *(
                sa.Column(name, self.table.c[name].type)
                for name in kept
                if name not in rows.schema.names
            ),
            prefixes=["TEMPORARY"],
        )
        trial.create(self.connection)
        plain = [{_AT: at, **row} for at, row in enumerate(rows.to_pylist())]
        self.connection.execute(trial.insert(), plain)
        asked = statement.select(trial, kept, (_AT,)).subquery()
        try:
            found = self.connection.execute(
                sa.select(asked.c.score, asked.c.unscored).order_by(asked.c.row)
            ).all()
        except sa.exc.SQLAlchemyError as error:
            raise InvalidCall(
                f"{self.dialect} does not run the model's query: {line_of(error)}", hint=HINT
            ) from error
        trial.drop(self.connection)
        return Tried([row.score for row in found], [row.unscored for row in found])

    def write(
        self,
        statement: ScoreStatement,
        *,
        kept: tuple[str, ...],
        order: tuple[str, ...],
        target: TableAddress,
        key: tuple[str, ...],
    ) -> Written:
        """Score all rows, and write them; a row with the key is replaced.

        Args:
            statement: What is asked.
            kept: Columns to carry along.
            order: Columns by which rows are counted.
            target: A table of the same database, which is made if it is not there.
            key: Columns that say which row is which; of several rows with one key, the last counts.

        Raises:
            InvalidCall: The target lacks a column.
        """
        import sqlalchemy as sa

        fields = self._fields(statement, kept)
        scores = sa.Table(
            "nbrelease_scores",
            sa.MetaData(),
            *(sa.Column(field.name, sql_type(field.type)) for field in fields),
            prefixes=["TEMPORARY"],
        )
        scores.create(self.connection)
        chosen = statement.select(self.table, kept, order)
        self.connection.execute(scores.insert().from_select(fields.names, chosen))
        acted = sa.case((scores.c.decision.is_(True), 1), else_=0) if statement.acts else sa.null()
        lost = sa.case((scores.c.unscored == NO_NUMBER, 1))
        counted = sa.select(
            sa.func.count(), sa.func.count(scores.c.score), sa.func.sum(acted), sa.func.count(lost)
        )
        rows, scored, acted_on, no_number = self.connection.execute(
            counted.select_from(scores)
        ).one()
        last = sa.select(sa.func.max(scores.c.row)).group_by(*(scores.c[name] for name in key))
        into = upserting(target_of(self.connection, target, fields, key), self.dialect).from_select(
            fields.names, sa.select(scores).where(scores.c.row.in_(last))
        )
        self.connection.execute(replacing_rows(into, fields.names, key))
        scores.drop(self.connection)
        return Written(rows, scored, int(acted_on or 0), no_number)

    def rejected(
        self,
        statement: ScoreStatement,
        *,
        kept: tuple[str, ...],
        order: tuple[str, ...],
        computed: bool,
    ) -> Iterator[Rejected]:
        """Yield rows without a score; the first part has none, and brings the columns.

        Args:
            statement: What was asked.
            kept: Columns to carry along.
            order: Columns by which rows are counted.
            computed: Some scores are no number, and have to be computed anew to say whose.
        """
        import pyarrow as pa

        features, text = statement.contract.features, pa.string()
        types = [
            pa.int64(),
            *(arrow_type(self.table.c[name].type) for name in kept),
            *(text if sent_type(each) == text else pa.float64() for each in features),
            pa.string(),
        ]
        found = self.connection.execute(
            statement.rejected(self.table, kept, order, computed=computed)
        )
        none: list[tuple[Any, ...]] = [()] * len(types)
        for part in chain([[]], found.partitions(_BATCH_ROWS)):
            columns = list(zip(*part, strict=True)) or none
            arrays = [pa.array(each, type=kind) for each, kind in zip(columns, types, strict=True)]
            at = 1 + len(kept)
            values = {
                each.name: array.cast(sent_type(each))
                for each, array in zip(features, arrays[at:-1], strict=True)
            }
            yield Rejected(
                arrays[0], dict(zip(kept, arrays[1:at], strict=True)), values, arrays[-1]
            )

    def _fields(self, statement: ScoreStatement, kept: tuple[str, ...]) -> Any:  # noqa: ANN401 - Arrow's schema
        import pyarrow as pa

        return pa.schema(
            [
                ("row", pa.int64()),
                *((name, arrow_type(self.table.c[name].type)) for name in kept),
                ("score", pa.float64()),
                ("decision", pa.bool_() if statement.acts else pa.float64()),
                ("unscored", pa.string()),
                ("release", pa.string()),
                ("version", pa.int64()),
                ("next_step", pa.string()),
                ("due", pa.timestamp("us", tz="UTC")),
                ("run", pa.string()),
            ]
        )
