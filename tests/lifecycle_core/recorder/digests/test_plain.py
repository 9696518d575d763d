"""Laws of the digests of plain data."""

from __future__ import annotations

import copy
import pickle
import sqlite3
import subprocess
import sys
import warnings
from collections import Counter, OrderedDict, defaultdict, deque, namedtuple
from contextlib import closing
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum, IntEnum
from fractions import Fraction
from pathlib import PurePosixPath
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from IPython.utils.text import SList

from lifecycle_core.recorder.digests import digest
from lifecycle_core.recorder.digests.walk import Limits

Point = namedtuple("Point", "x y")  # noqa: PYI024  # the untyped form is what is met
leaves = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.complex_numbers() | st.text()
    | st.binary() | st.decimals() | st.fractions() | st.datetimes() | st.dates() | st.timedeltas()
    | st.uuids()
)  # fmt: skip
data = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner)
        | st.tuples(inner, inner)
        | st.dictionaries(st.text() | st.integers(), inner)
        | st.frozensets(st.text() | st.integers())
    ),
    max_leaves=12,
)


class Colour(Enum):
    RED = 1
    BLUE = 2


class Level(IntEnum):
    LOW = 1


def text(value: Any) -> str:  # noqa: ANN401  # anything has a digest
    made = digest(value)
    assert made.text is not None, made
    return made.text


@given(data)
def test_a_copy_has_the_same_digest(value: object) -> None:
    assert text(copy.deepcopy(value)) == text(value)
    assert text(pickle.loads(pickle.dumps(value))) == text(value)  # noqa: S301  # our own


@given(data, data)
def test_different_values_have_different_digests(one: object, other: object) -> None:
    # repr tells 1 from True and 0.0 from -0.0; the sets in `data` may print in any order.
    if digest(one) == digest(other):
        assert repr(one) == repr(other) or one == other


@given(st.lists(data, min_size=1), st.data())
def test_a_changed_leaf_changes_the_digest(values: list[object], draw: st.DataObject) -> None:
    place = draw.draw(st.integers(0, len(values) - 1))
    changed = [*values[:place], (values[place],), *values[place + 1 :]]
    assert text(changed) != text(values)


@given(st.lists(st.text() | st.integers() | st.tuples(st.integers()), unique=True))
def test_the_order_of_a_set_does_not_count(elements: list[Any]) -> None:
    backwards = elements[::-1]
    assert text(set(elements)) == text(set(backwards))
    assert text({(each,) for each in elements}) == text({(each,) for each in backwards})


DISTINCT: list[Any] = [
    0, 0.0, -0.0, False, None, "", b"", bytearray(), [], (), {}, set(), frozenset(), 0j, ...,
    NotImplemented, "0",
    b"0", 1, True, 1.0, [1], (1,), [[1]], [(1,)], [1, []], [1, ()], {1: 2}, {2: 1}, {1: []},
    {1}, frozenset({1}), deque([1]), deque([1], 5), Point(1, 2), (1, 2), range(1, 2), slice(1, 2),
    OrderedDict({1: 2}), Counter({1: 2}), defaultdict(int, {1: 2}), defaultdict(list, {1: 2}),
    {"a": 1, "b": 2}, {"b": 2, "a": 1}, Colour.RED, Colour.BLUE, Level.LOW, Decimal(1),
    Decimal("1.0"), Fraction(1), date(2020, 1, 1), datetime(2020, 1, 1), time(0), timedelta(1),  # noqa: DTZ001  # what is met
    datetime(2020, 1, 1, tzinfo=UTC), PurePosixPath("a"), "a", 10**400, float("nan"), float("inf"),
    memoryview(b"0"), int, str, len, object, print, [1, 2], [[1], [2]], [[1, 2]], ["ab"],
    ["a", "b"], ["a", ["b"]],
]  # fmt: skip


def test_values_that_differ_in_kind_alone_differ() -> None:
    found = [text(each) for each in DISTINCT]
    assert len(set(found)) == len(DISTINCT)


def test_a_nan_is_one_value() -> None:
    assert text(float("nan")) == text(-float("nan"))
    assert text([1.0, float("nan")]) == text([1.0, -float("nan")])
    assert text((complex(0, float("nan")),)) == text((complex(0, -float("nan")),))


def test_ranges_are_equal_as_their_numbers_are() -> None:
    assert text(range(0, 10, 3)) == text(range(0, 12, 3))
    assert text(range(0)) == text(range(5, 5, 2))


def test_sharing_does_not_count_without_a_cycle() -> None:
    inner = [[1]]
    assert text([inner, inner]) == text([[[1]], [[1]]])


def test_what_is_shared_many_times_is_walked_once() -> None:
    value: list[Any] = [[]]
    for _ in range(200):
        value = [value, value]
    assert text(value)


def test_cycles_end_and_copies_of_them_are_equal() -> None:
    value: dict[str, Any] = {"a": [1, [2]]}
    value["self"] = [value, value["a"]]
    other: dict[str, Any] = {"a": [1, [3]]}
    other["self"] = [other, other["a"]]
    assert text(copy.deepcopy(value)) == text(value) != text(other)


def test_plain_parts_may_be_shared_or_not_in_a_value_with_a_cycle() -> None:
    pair = (1, 2)
    one: list[Any] = [pair, pair, [7]]
    one.append(one)
    two: list[Any] = [(1, 2), tuple([1, 2]), [7]]  # noqa: C409  # another object
    two.append(two)
    assert text(one) == text(two)


SEEDED = """
import enum
from lifecycle_core.recorder.digests import digest
class Colour(enum.Enum):
    RED = 1
def allowed(x, names={"u", "v", "w"}):
    return x in {"a", "b", "c"} or x in names
value = [{"a", "b", ("c", frozenset("xyz"))}, {"k": {1.5, None, "s"}}, allowed, Colour, Colour.RED]
loop = [value]
loop.append(loop)
print(digest(value).text, digest(loop).text)
"""


def test_digests_do_not_depend_on_the_hash_seed() -> None:
    printed = {
        subprocess.run(
            [sys.executable, "-c", SEEDED],
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    (line,) = printed
    assert "None" not in line


ALONE = """
import sys
from lifecycle_core.recorder.digests import digest
from lifecycle_core.recorder.namespace import Tracker
space = {"a": [1, {2}]}
tracker = Tracker(space)
tracker.before("a")
print(digest(space).text, list(tracker.after("a").variables))
assert not {"numpy", "pandas", "pyarrow", "pydantic", "sklearn"} & set(sys.modules)
"""


def test_the_recorder_loads_no_library() -> None:
    ran = subprocess.run(
        [sys.executable, "-S", "-c", ALONE], capture_output=True, text=True, check=True
    )
    assert ran.stdout.startswith(f"{text({'a': [1, {2}]})} ['a']")


def test_digests_stay_what_they_are() -> None:
    # Records keep digests: a change here makes old records look different.
    assert text([1, "a", None, 2.5]) == "sha256:702d609992de2fa31fe1ed9f3dca0173"
    assert text({"a": [1, {2}]}) == "sha256:5c5374c73e191128b1182b56f7ccda3c"


def test_a_value_over_the_budget_says_so() -> None:
    assert digest([[1]] * 100, Limits(parts=50)).note == "more parts than the budget"
    assert digest([b"x" * 10_000], Limits(size=100)).note == "larger than the budget"
    assert digest(list(range(10_000)), Limits(size=100)).note == "larger than the budget"


@pytest.mark.parametrize(
    ("value", "note"),
    [
        (iter([1]), "an iterator is consumed by reading"),
        ((x for x in "a"), "a generator is consumed by reading"),
        ({"a": [zip([1], [2], strict=True)]}, "an iterator is consumed by reading"),
        (sys.stdout, "an open file"),
        (subprocess.Popen.__new__(subprocess.Popen), "a running program"),
    ],
)
def test_what_has_no_digest_says_why(value: object, note: str) -> None:
    made = digest(value)
    assert (made.text, made.note) == (None, note)


def test_a_connection_has_no_digest() -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        assert digest(connection).note == "a connection"


def test_the_lines_of_a_command_are_a_list() -> None:
    lines = SList(["a.csv", "b.csv"])
    assert digest({"found": [lines]}) == digest({"found": [[*lines]]})
    assert digest(lines).text == digest(["a.csv", "b.csv"]).text != digest(["a.csv"]).text


def test_of_a_caught_warning_counts_what_it_says_and_not_where() -> None:
    def caught(text: str, line: int) -> warnings.WarningMessage:
        return warnings.WarningMessage(UserWarning(text), UserWarning, f"{line}.py", line)

    assert digest(caught("old", 1)) == digest(caught("old", 2))
    assert digest(caught("old", 1)).text != digest(caught("new", 1)).text
    assert digest([caught("old", 1)]).note == "apart from where its code stands"
