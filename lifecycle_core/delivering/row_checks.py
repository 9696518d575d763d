"""Check the rows of a request against a contract whose rules were compiled once.

    columns as they came --a reader each--> columns as agreed, and a refusal for each bad field

A request that is all good is read column by column, and a column of many rows at once. Only where
something is wrong is each row looked at for itself, to say all that is wrong with it. Of very many
bad fields the first are told one by one, and the rest counted.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from lifecycle_core.delivering.readers import Wrong, naming, reader_of, shown, timestamp, wanted
from lifecycle_core.delivering.whole_columns import whole_of
from lifecycle_core.schema.serving import Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lifecycle_core.delivering.readers import Reader
    from lifecycle_core.schema.contract import Contract, Rule

    Columns = Mapping[str, Sequence[Any]]

MOST_REFUSALS = 100
"""Refusals of a request that are told one by one."""
_AT_ONCE = 32
"""Rows from which columns are read at once: before, that is no faster."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What a check found.

    Attributes:
        columns: By name in the contract's order, every row; None where a value is missing or bad.
        refusals: One for each bad field, by row; the first of them, where there are very many.
        bad: Positions of the rows that have one.
        broken: How many there are, by field and rule; under no name if the contract has none such,
            since a client chooses it.
        kept: By name and row: bad values of the agreed type that break a range or are no known
            category. Only the log may have them: nothing is to be decided by them.
    """

    columns: dict[str, list[Any]]
    refusals: tuple[Refusal, ...] = ()
    bad: frozenset[int] = frozenset()
    broken: Mapping[tuple[str, Rule], int] = field(default_factory=dict)
    kept: Mapping[str, Mapping[int, Any]] = field(default_factory=dict)

    def logged(self, name: str, row: int) -> object:
        """Return what the log is to have of a column in a row, before the contract's policy."""
        value = self.columns[name][row]
        if value is None and row in self.bad:
            return self.kept.get(name, {}).get(row)
        return value


class RowChecks:
    """The rules of one contract, ready for rows."""

    def __init__(self, contract: Contract, *, beside: Sequence[str] = ()) -> None:
        """Compile the rules.

        Args:
            contract: Whose rules.
            beside: Columns that a row may have besides, such as its key.
        """
        self._readers = tuple((each.name, reader_of(each)) for each in contract.features)
        self._whole = tuple((each.name, whole_of(each)) for each in contract.features)
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
        found = _Found()
        readers = self._readers
        if rows >= _AT_ONCE:
            whole = {name: take(columns.get(name, missing)) for name, take in self._whole}
            read = {name: values for name, values in whole.items() if values is not None}
            readers = tuple(each for each in readers if each[0] not in read)
        for name, reader in readers:
            values = columns.get(name, missing)
            try:
                read[name] = list(map(reader, values))
            except Wrong as wrong:
                read[name] = (
                    found.lacking(rows, name, wrong)
                    if values is missing
                    else self._look_closely(name, values, found)
                )
        if len(readers) < len(self._readers):
            read = {name: read[name] for name, _ in self._readers}
        for name in self._names:
            try:
                for value in columns.get(name, ()):
                    naming(value)
            except Wrong:
                self._look_closely(name, columns[name], found)
        if not columns.keys() <= self._wanted.keys():
            self._look_for_strangers(columns, found)
        if self._fresh is not None:
            self._look_for_stale(columns.get(self._fresh[0], missing), *self._fresh, now, found)
        return found.checked(read)

    def _look_closely(self, name: str, values: Sequence[Any], found: _Found) -> list[Any]:
        reader: Reader = dict(self._readers).get(name, naming)
        read: list[Any] = []
        for row, value in enumerate(values):
            try:
                read.append(reader(value))
            except Wrong as wrong:
                read.append(None)
                found.add(row, name, wrong.rule, value, wrong.want)
                if wrong.value is not None:
                    found.keep(row, name, wrong.value)
        return read

    def _look_for_strangers(self, columns: Columns, found: _Found) -> None:
        for name in columns:
            if name in self._wanted or name in self._beside:
                continue
            near = []
            if found.tells(name, "extra_column"):  # a search, which a client could ask for often
                absent = [known for known in self._wanted if known not in columns]
                near = get_close_matches(name, absent, n=1)
            want = f"no such field; did you mean {near[0]!r}?" if near else "no such field"
            for row, value in enumerate(columns[name]):
                if value is not None:
                    found.add(row, name, "extra_column", value, want)

    def _look_for_stale(
        self, values: Sequence[Any], name: str, oldest: timedelta, now: float, found: _Found
    ) -> None:
        limit = datetime.fromtimestamp(now, tz=UTC).replace(tzinfo=None) - oldest
        hours = oldest / timedelta(hours=1)
        want = f"a moment of the last {hours:g} hours"
        for row, value in enumerate(values):
            try:
                fresh = value is not None and timestamp(value) >= limit
            except Wrong:
                fresh = False
            if not fresh:
                found.add(row, name, "freshness", value, want)


class _Found:
    """What is wrong with rows, as it is found: column by column, in each by row."""

    __slots__ = ("_bad", "_broken", "_kept", "_refusals")

    def __init__(self) -> None:
        self._refusals: list[Refusal] = []
        self._bad: set[int] = set()
        self._broken: dict[tuple[str, Rule], int] = {}
        self._kept: dict[str, dict[int, Any]] = {}

    def tells(self, name: str, rule: Rule) -> bool:
        """Whether the next such field is told by itself.

        The first of all are among the first of each: no more of one need be told.
        """
        return self._broken.get(_known(name, rule), 0) < MOST_REFUSALS

    def add(self, row: int, name: str, rule: Rule, value: object, want: str) -> None:
        """Note a bad field."""
        if self.tells(name, rule):
            got = "nothing" if value is None else shown(value)
            self._refusals.append(Refusal(row=row, field=name, rule=rule, got=got, want=want))
        key = _known(name, rule)
        self._broken[key] = self._broken.get(key, 0) + 1
        self._bad.add(row)

    def keep(self, row: int, name: str, value: object) -> None:
        """Note a bad value that the log is to have."""
        self._kept.setdefault(name, {})[row] = value

    def lacking(self, rows: int, name: str, wrong: Wrong) -> list[None]:
        """Note a field that every row lacks, and return its values."""
        told = min(rows, MOST_REFUSALS)
        for row in range(told):
            self.add(row, name, wrong.rule, None, wrong.want)
        if rows > told:
            self._broken[name, wrong.rule] += rows - told
            self._bad.update(range(told, rows))
        return [None] * rows

    def checked(self, read: dict[str, list[Any]]) -> Checked:
        """Return it beside what was read."""
        if not self._bad:
            return Checked(columns=read)
        first = sorted(self._refusals, key=lambda refusal: refusal.row)[:MOST_REFUSALS]
        return Checked(
            columns=read, refusals=tuple(first), bad=frozenset(self._bad), broken=self._broken,
            kept=self._kept,
        )  # fmt: skip


def _known(name: str, rule: Rule) -> tuple[str, Rule]:
    return ("" if rule == "extra_column" else name, rule)
