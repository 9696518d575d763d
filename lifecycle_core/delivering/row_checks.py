"""Check the rows of a request against a contract whose rules were compiled once.

    columns as they came --a reader each--> columns as agreed, and a refusal for each bad field

A request that is all good is read column by column. Only where something is wrong is each row
looked at for itself, to say all that is wrong with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from lifecycle_core.delivering.readers import Wrong, naming, reader_of, shown, timestamp, wanted
from lifecycle_core.schema.serving import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from lifecycle_core.delivering.readers import Reader
    from lifecycle_core.schema.contract import Contract, Rule

    Columns = Mapping[str, Sequence[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What a check found.

    Attributes:
        columns: By name in the contract's order, every row; None where a value is missing or bad.
        refusals: One for each bad field, by row.
        bad: Positions of the rows that have one.
    """

    columns: dict[str, list[Any]]
    refusals: tuple[Refusal, ...] = ()
    bad: frozenset[int] = frozenset()


class RowChecks:
    """The rules of one contract, ready for rows."""

    def __init__(self, contract: Contract, *, beside: Sequence[str] = ()) -> None:
        """Compile the rules.

        Args:
            contract: Whose rules.
            beside: Columns that a row may have besides, such as its key.
        """
        self._readers = tuple((each.name, reader_of(each)) for each in contract.features)
        self._wanted = {feature.name: wanted(feature) for feature in contract.features}
        column, hours = contract.freshness_column, contract.freshness_hours
        self._fresh = (column, timedelta(hours=hours)) if column and hours else None
        self._names = tuple(name for name in beside if name not in self._wanted)
        self._beside = frozenset(beside) | ({column} if column else set())

    def check(self, columns: Columns, rows: int, *, now: float) -> Checked:
        """Return the rows as agreed types, and what is wrong with them.

        Args:
            columns: By name, `rows` values each, as the request has them; an absent column
                counts as missing values.
            rows: How many.
            now: Seconds since 1970 that freshness is judged at.
        """
        missing = [None] * rows
        read: dict[str, list[Any]] = {}
        refusals: list[Refusal] = []
        for name, reader in self._readers:
            values = columns.get(name, missing)
            try:
                read[name] = list(map(reader, values))
            except Wrong:
                read[name] = self._look_closely(name, values, refusals)
        for name in self._names:
            try:
                for value in columns.get(name, ()):
                    naming(value)
            except Wrong:
                self._look_closely(name, columns[name], refusals)
        if not columns.keys() <= self._wanted.keys():
            refusals.extend(self._strangers(columns))
        if self._fresh is not None:
            refusals.extend(self._stale(columns.get(self._fresh[0], missing), *self._fresh, now))
        if not refusals:
            return Checked(columns=read)
        refusals.sort(key=lambda refusal: refusal.row)
        bad = frozenset(refusal.row for refusal in refusals)
        return Checked(columns=read, refusals=tuple(refusals), bad=bad)

    def _look_closely(self, name: str, values: Sequence[Any], refusals: list[Refusal]) -> list[Any]:
        reader: Reader = dict(self._readers).get(name, naming)
        read: list[Any] = []
        for row, value in enumerate(values):
            try:
                read.append(reader(value))
            except Wrong as wrong:
                read.append(None)
                refusals.append(_refusal(row, name, wrong.rule, value, wrong.want))
        return read

    def _strangers(self, columns: Columns) -> Iterator[Refusal]:
        for name in columns:
            if name in self._wanted or name in self._beside:
                continue
            absent = [known for known in self._wanted if known not in columns]
            near = get_close_matches(name, absent, n=1)
            want = f"no such field; did you mean {near[0]!r}?" if near else "no such field"
            for row, value in enumerate(columns[name]):
                if value is not None:
                    yield _refusal(row, name, "extra_column", value, want)

    def _stale(
        self, values: Sequence[Any], name: str, oldest: timedelta, now: float
    ) -> Iterator[Refusal]:
        limit = datetime.fromtimestamp(now, tz=UTC).replace(tzinfo=None) - oldest
        hours = oldest / timedelta(hours=1)
        for row, value in enumerate(values):
            try:
                fresh = value is not None and timestamp(value) >= limit
            except Wrong:
                fresh = False
            if not fresh:
                yield _refusal(
                    row, name, "freshness", value, f"a moment of the last {hours:g} hours"
                )


def _refusal(row: int, name: str, rule: Rule, value: object, want: str) -> Refusal:
    got = "nothing" if value is None else shown(value)
    return Refusal(row=row, field=name, rule=rule, got=got, want=want)
