"""One table file, opened for DuckDB so that nothing in it can name, run or fetch anything.

Within SQL its columns are called `c0`, `c1`, ... in the file's order. Names from the file never
reach SQL, and names that differ only in case stay apart. DuckDB may read this one file and no
other, installs no extension, and treats no part of the path as a pattern.
"""

from __future__ import annotations

import csv
import io
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from lifecycle_core.errors import TableInvalid

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    import duckdb

    from lifecycle_core.schema.contract import Feature

Format = Literal["csv", "parquet"]
FORMATS: dict[str, Format] = {".csv": "csv", ".parquet": "parquet", ".pq": "parquet"}
_HEADER_BYTES = 1 << 20
_DELIMITERS = ",;\t|"
# What pandas reads as no value, since the model was most likely trained on what pandas read.
NO_VALUES = (
    "", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN",
    "<NA>", "N/A", "NA", "NULL", "NaN", "None", "n/a", "nan", "null",
)  # fmt: skip
_NEVER = "\ufffe"  # Unicode's own no character: DuckDB wants to be told some text


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """An open table.

    Attributes:
        relation: What DuckDB reads, with columns `c0`, `c1`, ...
        names: The file's column names, in the same order.
        physical: DuckDB's names of their types; all `VARCHAR` for CSV.
        categorical: Names of the columns that were pandas categoricals.
        text: The file is CSV: every value is text that is yet to be read.
    """

    path: Path
    relation: duckdb.DuckDBPyRelation
    names: tuple[str, ...]
    physical: tuple[str, ...]
    categorical: frozenset[str]
    text: bool

    def column(self, name: str) -> str:
        """Return the column's name within SQL."""
        return f"c{self.names.index(name)}"

    def has(self, feature: Feature) -> bool:
        """Whether the table has the column of a contract's feature."""
        return feature.name in self.names

    def physical_of(self, name: str) -> str:
        """Return DuckDB's name of a column's type."""
        return self.physical[self.names.index(name)]

    def where(self, expression: str, condition: str) -> Any:  # noqa: ANN401 - a DuckDB relation
        """Return the relation of one SQL expression over the rows that meet a condition."""
        return self.relation.query("source", f"SELECT {expression} FROM source WHERE {condition}")  # noqa: S608 - as select

    def select(self, expressions: Collection[str]) -> Any:  # noqa: ANN401 - a DuckDB relation
        """Return the relation of these SQL expressions over the table."""
        return self.relation.query("source", f"SELECT {', '.join(expressions)} FROM source")  # noqa: S608 - built from c0, c1, ... and quoted literals

    def one(self, expressions: Collection[str]) -> tuple[Any, ...]:
        """Return the single row of an aggregate.

        Raises:
            TableInvalid: The file breaks off or is damaged further down.
        """
        with reading(self.path):
            rows = self.select(expressions).fetchall()
        return tuple(rows[0])


@contextmanager
def open_source(path: Path, *, agreed: Collection[Feature] = ()) -> Iterator[Source]:
    """Open a CSV (UTF-8, with a header) or parquet file; its suffix says which.

    Args:
        path: The file.
        agreed: Features of contracts: a category such as `None` or an empty text is a value in a
            CSV file's column of that name, and no value in every other.

    Raises:
        TableInvalid: There is no such file, or it is no such table.
    """
    kind = FORMATS.get(path.suffix.lower())
    if kind is None:
        raise TableInvalid(
            f"{path.name} has the suffix {path.suffix or 'none'!r}, it must be one of "
            f"{', '.join(FORMATS)}.",
            hint="Convert the table to CSV or parquet.",
        )
    if not path.is_file():
        raise TableInvalid(f"There is no file {path}.", hint="Check the path.")
    with tempfile.TemporaryDirectory(prefix="nbrelease-table-") as folder, reading(path):
        plain = Path(folder) / f"table.{kind}"  # a name without *, [ or ?: DuckDB would expand them
        plain.symlink_to(path.resolve())
        connection = connect(plain)
        try:
            if kind == "csv":
                yield _open_csv(connection, plain, path, agreed)
            else:
                yield _open_parquet(connection, plain, path)
        finally:
            connection.close()


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Turn DuckDB's refusal to read the file into `TableInvalid`."""
    import duckdb

    try:
        yield
    except duckdb.Error as error:
        lines = [line.strip() for line in str(error).splitlines() if line.strip()]
        raise TableInvalid(
            f"{path.name} cannot be read: {' '.join(lines[:2])}",
            hint="Open it where it was made, and save it again as UTF-8 CSV or parquet.",
        ) from error


def connect(path: Path | None) -> duckdb.DuckDBPyConnection:
    """Return a connection that may read one file, or none, and can fetch nothing."""
    import duckdb

    reachable = [] if path is None else [str(path), str(path.resolve())]
    folder = tempfile.gettempdir() if path is None else str(path.parent)
    connection = duckdb.connect(":memory:")
    for setting, value in (
        ("autoinstall_known_extensions", "false"),
        ("autoload_known_extensions", "false"),
        ("allow_community_extensions", "false"),
        ("temp_directory", quoted(folder)),
        ("allowed_paths", f"[{', '.join(map(quoted, reachable))}]"),
        ("enable_external_access", "false"),
        # Parquet's statistics leave NaN out, and DuckDB 2.0 concludes that isnan() is never true.
        ("disabled_optimizers", "'statistics_propagation'"),
        ("TimeZone", "'UTC'"),  # a moment reads the same on every machine
        ("enable_external_file_cache", "false"),  # it would keep the whole file in memory
        ("lock_configuration", "true"),
    ):
        connection.execute(f"SET {setting} = {value}")
    return connection


def _open_csv(
    connection: duckdb.DuckDBPyConnection, plain: Path, path: Path, agreed: Collection[Feature]
) -> Source:
    names, delimiter = _header(path)
    values = {name: _said(name, agreed) for name in names}
    unlike = frozenset[str]().union(*values.values())
    relation = connection.read_csv(
        str(plain),
        header=True,
        sep=delimiter,
        quotechar='"',
        escapechar='"',
        auto_detect=False,
        columns={f"c{index}": "VARCHAR" for index in range(len(names))},
        na_values=[text for text in NO_VALUES if text not in unlike] or [_NEVER],
    )
    if unlike:
        columns = [_nulled(f"c{at}", unlike - values[name]) for at, name in enumerate(names)]
        by_column = relation.query("source", f"SELECT {', '.join(columns)} FROM source")  # noqa: S608 - c0, c1, ... and texts of NO_VALUES
        assert by_column is not None  # noqa: S101 - None is for statements without a result
        relation = by_column
    return Source(
        path=path,
        relation=relation,
        names=names,
        physical=("VARCHAR",) * len(names),
        categorical=frozenset(),
        text=True,
    )


def _said(name: str, agreed: Collection[Feature]) -> frozenset[str]:
    """Return the texts that look like no value and are one in the column of this name."""
    said = (
        feature.categories
        for feature in agreed
        if feature.name == name and feature.type == "string"
    )
    return frozenset(NO_VALUES).intersection(chain.from_iterable(said))


def _nulled(column: str, texts: Collection[str]) -> str:
    """Return the expression that reads texts as no value, where DuckDB was not to in the file."""
    if not texts:
        return column
    listed = ", ".join(map(quoted, sorted(texts)))
    return f"CASE WHEN {column} NOT IN ({listed}) THEN {column} END AS {column}"


def _open_parquet(connection: duckdb.DuckDBPyConnection, plain: Path, path: Path) -> Source:
    import pyarrow as pa
    import pyarrow.parquet

    try:
        schema = pyarrow.parquet.read_schema(plain)
    except (pa.ArrowException, OSError) as error:
        raise TableInvalid(
            f"{path.name} is no parquet file: {error}", hint="Write the table again."
        ) from error
    names = tuple(name for name in schema.names if not _is_index(name))
    require_distinct(names, path.name)
    given = connection.read_parquet(str(plain))
    positions = {name: position for position, name in enumerate(schema.names)}
    aliases = ", ".join(f"p{position}" for position in range(len(schema.names)))
    kept = ", ".join(f"p{positions[name]} AS c{index}" for index, name in enumerate(names))
    relation = given.query("given", f"SELECT {kept} FROM given AS given({aliases})")  # noqa: S608 - p0 AS c0, ... only
    assert relation is not None  # noqa: S101 - None is for statements without a result
    return Source(
        path=path,
        relation=relation,
        names=names,
        physical=tuple(str(kind) for kind in relation.types),
        categorical=frozenset(
            name for name in names if pa.types.is_dictionary(schema.field(name).type)
        ),
        text=False,
    )


def _header(path: Path) -> tuple[tuple[str, ...], str]:
    with path.open("rb") as file:
        head = file.read(_HEADER_BYTES)
    try:
        text = head.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if error.start < len(head) - 4:  # else only the last character is cut
            raise TableInvalid(
                f"{path.name} is not UTF-8 text: byte {error.start} is {head[error.start]:#04x}.",
                hint="Save it as UTF-8 CSV or as parquet.",
            ) from error
        text = head[: error.start].decode("utf-8-sig")
    first = text.splitlines()[0] if text.strip() else ""
    if not first:
        raise TableInvalid(
            f"{path.name} is empty, it must begin with a line of column names.",
            hint="Check how the table was written.",
        )
    delimiter = max(_DELIMITERS, key=first.count)
    try:
        names = tuple(next(csv.reader(io.StringIO(text), delimiter=delimiter)))
    except csv.Error as error:
        raise TableInvalid(
            f"{path.name} cannot be read: its first line is none of CSV ({error}).",
            hint="Save it as UTF-8 CSV with ordinary ends of lines, or as parquet.",
        ) from error
    require_distinct(names, path.name)
    return names, delimiter


def require_distinct(names: tuple[str, ...], where: str) -> None:
    """Look whether every column has its own name.

    Raises:
        TableInvalid: Two have the same.
    """
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise TableInvalid(
            f"{where} has more than one column named {twice[0]!r}.",
            hint="Give every column its own name.",
        )


def _is_index(name: str) -> bool:
    return name.startswith("__index_level_") and name.endswith("__")


def quoted(text: str) -> str:
    """Return the text as an SQL literal.

    Example:
        >>> print(quoted("O'Hara"))
        'O''Hara'
    """
    return "'" + text.replace("'", "''") + "'"
