"""Read a table of outcomes: one row says what became of one prediction; all of it is checked.

Whatever is wrong with a row is said with its position, and then nothing of the table is kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from lifecycle_core.adapters.files import writing
from lifecycle_core.adapters.prediction_log.labels import MEANT, NUMBER, Labels
from lifecycle_core.adapters.tables.moments import moments_of
from lifecycle_core.adapters.tables.source import open_source, quoted, reading
from lifecycle_core.errors import InvalidCall, TableInvalid
from lifecycle_core.schema.row_names import as_name, joined_name

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    import pyarrow as pa

    from lifecycle_core.adapters.tables.source import Source

_SAYS = ("action", "label", "money")
_KNOWN = ("prediction", *_SAYS, "currency", "label_time", "time", "who")
_BATCH_ROWS = 65_536
_WANTED = {
    "action": "accepted or overridden",
    "label": NUMBER,
    "money": "a number",
    "currency": "three capital letters, such as EUR",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What is known of a table of outcomes beside its rows.

    Attributes:
        release: Name of the release that they are of.
        key: Columns of its business key.
        positive: The class whose label is 1; None where labels are numbers.
        classes: All of them.
        currency: Of amounts without one.
        who: Says so where the table has no column `who`.
        now: When it is said where the table has no column `time`, with zone.
    """

    release: str
    key: tuple[str, ...] = ()
    positive: str | None = None
    classes: tuple[str, ...] = ()
    currency: str = "USD"
    who: str
    now: datetime


By = Literal["prediction", "key"]


class Read(NamedTuple):
    """What was read.

    Attributes:
        rows: Of the table.
        empty: Those that say nothing yet.
        by: `prediction` if rows name ids, `key` if they name the business key.
    """

    rows: int
    empty: int
    by: By


def read_outcomes(path: Path, told: Told, into: Path) -> Read:
    """Check a table of outcomes, and write its rows as a parquet file in one form.

    Args:
        path: A CSV or parquet file.
        told: What is known beside it.
        into: The parquet file; rows that say nothing are left out.

    Raises:
        TableInvalid: A column or a value is missing or wrong.
        TargetUnwritable: The operating system refuses.
    """
    import pyarrow.compute as pc
    from pyarrow.parquet import ParquetWriter

    with open_source(path) as source:
        by = _named_by(source.names, told, path.name)
        start, empty = 0, 0
        with (
            writing(into),
            reading(path),
            ParquetWriter(into, _schema(), compression="zstd") as writer,
        ):
            asked = source.select(_expressions(source, told, by))
            for part in asked.to_arrow_reader(_BATCH_ROWS):
                _require_right(part, start, path.name, told.classes)
                rows = _rows(part, told, by, start)
                says = rows.filter(pc.invert(rows.column("nothing"))).drop_columns("nothing")
                writer.write_batch(says)
                start += part.num_rows
                empty += part.num_rows - says.num_rows
    return Read(start, empty, by)


def _named_by(names: Sequence[str], told: Told, table: str) -> By:
    """Return what rows name their predictions by, once the columns are those of such a table."""
    known = {*_KNOWN, *told.key}
    for name in names:
        near = get_close_matches(name, [each for each in known if each not in names], n=1)
        if name not in known and near:
            raise InvalidCall(
                f"{table} has a column {name!r}; did you mean {near[0]!r}?",
                hint="Rename it, or leave it out.",
            )
    if not set(names) & set(_SAYS):
        raise InvalidCall(
            f"{table} says nothing: it has none of the columns {', '.join(_SAYS)}.",
            hint="Add what was done (action), what became true (label), or what it earned (money).",
        )
    if "prediction" in names:
        return "prediction"
    if told.key and set(told.key) <= set(names):
        return "key"
    keys = f", or the business key ({', '.join(told.key)})" if told.key else ""
    raise InvalidCall(
        f"{table} does not say which predictions it is about.",
        hint=f"Add the column `prediction` of the scores{keys}.",
    )


def _expressions(source: Source, told: Told, by: str) -> list[str]:
    def text(name: str) -> str:
        if name not in source.names:
            return "NULL::VARCHAR"
        return f"nullif(trim({source.column(name)}::VARCHAR), '')"

    label, money = text("label"), text("money")
    amount = f"TRY_CAST({money} AS DOUBLE)"
    number = f"coalesce(TRY_CAST({label} AS DOUBLE), TRY_CAST({label} AS BOOLEAN)::INT::DOUBLE)"
    if told.positive is not None and told.classes:
        number = _class_number(label, told.positive, told.classes)
    named = ("prediction",) if by == "prediction" else told.key
    return [
        *(f"{source.column(name)} AS k{at}" for at, name in enumerate(named)),
        f"{text('action')} AS action",
        f"{label} AS label_text",
        f"CASE WHEN NOT isnan({number}) THEN {number} END AS label",
        f"{money} AS money_text",
        f"CASE WHEN NOT isnan({amount}) THEN {amount} END AS money",
        f"{text('currency')} AS currency",
        f"{text('who')} AS who",
        *(
            f"{source.column(name)} AS {name}"
            for name in ("time", "label_time")
            if name in source.names
        ),
    ]


def _class_number(label: str, positive: str, classes: Sequence[str]) -> str:
    """Return SQL of 1 for the positive class, 0 for another, NULL for what is none.

    A table may write a class otherwise than the model: pandas makes 2.0 of a 2 where a label is
    missing, and true of a True. What only says yes or no (true, false, 1, 0) counts where it cannot
    be mistaken for the name of a class.
    """
    others = [each for each in classes if each != positive]
    said, wanted = _as_written(label), _as_written(quoted(positive))
    alike = ", ".join(_as_written(quoted(each)) for each in others) or "NULL"
    whens = [
        f"{label} = {quoted(positive)} THEN 1.0",
        *(f"{label} = {quoted(each)} THEN 0.0" for each in others),
        f"{said} = {wanted} AND {said} NOT IN ({alike}) THEN 1.0",
        f"{said} IN ({alike}) AND {said} <> {wanted} THEN 0.0",
    ]
    meant = {each: MEANT.get(each.lower()) for each in classes}
    agree = all(meant[each] == (each == positive) for each in classes)
    if agree or None in meant.values():
        whens += [f"lower({label}) = 'true' THEN 1.0", f"lower({label}) = 'false' THEN 0.0"]
    if agree or set(meant.values()) == {None}:
        whens.append(f"TRY_CAST({label} AS DOUBLE) IN (0, 1) THEN TRY_CAST({label} AS DOUBLE)")
    return f"CASE {' '.join(f'WHEN {each}' for each in whens)} END"


def _as_written(text: str) -> str:
    """Return SQL of a text that is the same for 2 and 2.0, and for True and true."""
    return (
        f"CASE WHEN lower({text}) IN ('true', 'false') THEN lower({text}) "
        f"ELSE coalesce(TRY_CAST({text} AS DOUBLE)::VARCHAR, {text}) END"
    )


def _require_right(part: pa.RecordBatch, start: int, table: str, classes: Sequence[str]) -> None:
    """Look whether every value says what its column is for.

    Raises:
        TableInvalid: One does not.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    def not_nan(column: str) -> Any:  # noqa: ANN401 - a pyarrow array
        return pc.not_equal(pc.utf8_lower(part.column(column)), "nan")

    def given(column: str) -> Any:  # noqa: ANN401 - as above
        return pc.is_valid(part.column(column))

    def unread(column: str) -> Any:  # noqa: ANN401 - as above
        said = pc.and_(given(f"{column}_text"), pc.fill_null(not_nan(f"{column}_text"), False))  # noqa: FBT003 - the value
        finite = pc.fill_null(pc.is_finite(part.column(column)), False)  # noqa: FBT003 - as above
        return pc.and_(said, pc.invert(finite))

    known = pa.array(["accepted", "overridden"])
    wrong = {
        "action": pc.and_(
            given("action"), pc.invert(pc.is_in(part.column("action"), value_set=known))
        ),
        "label": unread("label"),
        "money": unread("money"),
        "currency": pc.invert(
            pc.fill_null(pc.match_substring_regex(part.column("currency"), "^[A-Z]{3}$"), True)  # noqa: FBT003 - as above
        ),
    }
    for name, found in wrong.items():
        if (at := found.index(True).as_py()) >= 0:
            texts = part.column(f"{name}_text" if name in {"label", "money"} else name)
            wanted = _WANTED[name]
            if name == "label":
                wanted = Labels(classes=tuple(classes)).wanted
            raise TableInvalid(
                f"Row {start + at:,} of {table} has the {name} {texts[at].as_py()!r}.",
                hint=f"It has to be {wanted}. Nothing was kept.",
            )


def _rows(part: pa.RecordBatch, told: Told, by: str, start: int) -> pa.RecordBatch:
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    count = part.num_rows
    many = 1 if by == "prediction" else len(told.key)
    names = _names([part.column(f"k{at}").to_pylist() for at in range(many)], by, start)
    kind = pa.timestamp("us", tz="UTC")
    timed = "time" in part.schema.names
    time = (
        moments_of(part.column("time"), "time", start)
        if timed
        else pa.repeat(pa.scalar(told.now, kind), count)
    )
    label_time = (
        moments_of(part.column("label_time"), "label_time", start, missing=True)
        if "label_time" in part.schema.names
        else pa.nulls(count, kind)
    )
    money = part.column("money")
    currency = pc.if_else(
        pc.is_valid(money), pc.fill_null(part.column("currency"), told.currency), None
    )
    nothing = pc.and_(
        pc.and_(pc.is_null(part.column("action")), pc.is_null(part.column("label"))),
        pc.is_null(money),
    )
    return pa.RecordBatch.from_arrays(
        [
            pa.array(np.arange(start, start + count)),
            pa.array(names, pa.string()),
            time,
            pa.repeat(timed, count),
            pc.fill_null(part.column("who"), told.who),
            part.column("action"),
            part.column("label"),
            label_time,
            money,
            currency.cast(pa.string()),
            nothing,
        ],
        schema=_schema().append(pa.field("nothing", pa.bool_())),
    )


def _names(columns: list[list[Any]], by: str, start: int) -> list[str]:
    """Return what each row names its prediction by, as the log has it."""
    names: list[str] = []
    for row, values in enumerate(zip(*columns, strict=True)):
        # Frames have NaN where there is nothing.
        name = joined_name([as_name(None if value != value else value) for value in values])  # noqa: PLR0124 - NaN
        if name is None:
            what = "id of a prediction" if by == "prediction" else "business key"
            raise TableInvalid(
                f"Row {start + row:,} has no {what}.",
                hint="Fill it in, or leave the row out. Nothing was kept.",
            )
        names.append(name)
    return names


def _schema() -> pa.Schema:
    import pyarrow as pa

    moment = pa.timestamp("us", tz="UTC")
    return pa.schema(
        [
            ("row", pa.int64()), ("name", pa.string()), ("time", moment), ("timed", pa.bool_()),
            ("who", pa.string()), ("action", pa.string()), ("label", pa.float64()),
            ("label_time", moment), ("money", pa.float64()), ("currency", pa.string()),
        ]
    )  # fmt: skip
