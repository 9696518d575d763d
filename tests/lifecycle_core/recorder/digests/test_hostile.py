"""Values that raise, lie, never end or watch who looks at them."""

from __future__ import annotations

import builtins
import contextlib
import random
import subprocess
import sys
import threading
import warnings
import weakref
from typing import Any, NoReturn

import pytest

from lifecycle_core.recorder.digests import digest
from lifecycle_core.recorder.digests.walk import Limits

DEEP = 100_000
seen: list[str] = []


def _watch(name: str) -> Any:  # noqa: ANN401  # any method
    def method(*_: object, **__: object) -> NoReturn:
        seen.append(name)
        raise SystemExit(name)

    return method


METHODS = (
    "__eq__", "__hash__", "__repr__", "__str__", "__getattr__", "__getattribute__", "__len__",
    "__iter__", "__getitem__", "__reduce__", "__reduce_ex__", "__getstate__", "__bool__",
    "__contains__", "__dir__", "__sizeof__", "__format__", "__get__", "__call__", "__del__",
    "__instancecheck__", "__array__", "__next__", "__index__", "keys", "items", "values",
    "__getnewargs_ex__", "__getnewargs__", "__copy__", "__deepcopy__",
)  # fmt: skip
SPACE = {name: _watch(name) for name in METHODS if name != "__del__"}
SPACE["__class__"] = property(_watch("__class__"))
SPACE["__dict__property"] = property(_watch("property"))
SPACE["size"] = property(_watch("size"))


class Meta(type):
    __hash__ = _watch("meta hash")
    __eq__ = _watch("meta eq")
    __getattribute__ = _watch("meta getattribute")
    __instancecheck__ = _watch("meta instancecheck")
    __subclasscheck__ = _watch("meta subclasscheck")


@pytest.mark.parametrize(
    "base", [object, list, dict, tuple, str, int, float, bytes, set, Exception, complex, bytearray]
)
def test_no_method_of_the_users_class_is_called(base: type) -> None:
    seen.clear()
    value = type.__call__(Meta, "Hostile", (base,), {**SPACE, "__module__": "__main__"})
    made = type.__call__(value)
    object.__setattr__(made, "inside", [1])
    results = [digest(each) for each in (made, [made], {"k": made}, (made, [made]))]
    assert seen == []
    assert all(result.text is not None for result in results)
    object.__setattr__(made, "inside", [2])
    assert digest(made) != results[0]


def test_a_class_that_hides_its_dict_is_read_by_nothing_of_its_own() -> None:
    class Hidden:
        @property
        def __dict__(self) -> Any:  # type: ignore[override]  # noqa: ANN401  # hostile
            raise SystemExit

    assert digest(Hidden()).text is not None


def test_a_list_nested_deeply_is_no_recursion() -> None:
    value: Any = []
    for _ in range(DEEP):
        value = [value]
    assert digest(value).text is not None
    as_objects: Any = None
    for _ in range(DEEP // 10):
        as_objects = {"next": (as_objects,)}
    assert digest(as_objects).text is not None


def test_endless_iterators_inside_a_reduction_end() -> None:
    import itertools

    class Endless:
        __module__ = "json"  # counts as a library's, whose reduction is asked for

        def __reduce__(self) -> tuple[Any, ...]:
            return (list, (), None, itertools.count())

    assert digest(Endless(), Limits(parts=1000)).note == "more parts than the budget"


@pytest.mark.parametrize("made", [None, 1, (), (1,), (1, 2, 3, 4, 5, 6, 7)])
def test_a_reduction_that_is_nonsense_is_no_digest(made: object) -> None:
    class Nonsense:
        __module__ = "json"

        def __reduce__(self) -> Any:  # noqa: ANN401  # nonsense
            return made

    assert digest(Nonsense()).note == "its __reduce__ gives nonsense"


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit, RecursionError])
def test_a_reduction_that_raises_is_named(error: type[BaseException]) -> None:
    class Raises:
        __module__ = "json"

        def __reduce__(self) -> NoReturn:
            raise error

    made = digest(Raises())
    assert made.text is None
    assert error.__name__ in made.note


def test_builtins_may_be_gone() -> None:
    value = [{"a": {1, (2,)}}, [len], {"b": [1.5]}]
    before = digest(value)
    code = "def f(x): return x"
    space: dict[str, Any] = {}
    exec(code, space)  # noqa: S102  # a function of the notebook
    expected = digest(space["f"])
    kept = dict(vars(builtins))
    try:
        for name in ("len", "sorted", "isinstance", "open", "set", "map", "iter", "hash", "repr",
                     "any", "all", "list", "dict", "tuple", "id", "type", "getattr"):  # fmt: skip
            delattr(builtins, name)
        found, function = digest(value), digest(space["f"])
    finally:
        vars(builtins).update(kept)
    assert (found, function) == (before, expected)


def test_objects_in_a_set_that_refer_to_each_other_have_no_order() -> None:
    class Node:
        pass

    one, two = Node(), Node()
    one.peer, two.peer = two, one  # type: ignore[attr-defined]
    assert digest({one, two}).note == "a set of objects that refer to each other"
    alone = Node()
    alone.me = alone  # type: ignore[attr-defined]
    assert digest({alone}).text is not None


def test_a_value_that_changes_while_it_is_read_is_no_error() -> None:
    value = dict.fromkeys(range(20_000), ())
    stop = threading.Event()

    def churn() -> None:
        key = 20_000
        while not stop.is_set():
            value[key] = ()
            del value[key]
            key += 1

    thread = threading.Thread(target=churn)
    thread.start()
    try:
        made = [digest(value) for _ in range(5)]
    finally:
        stop.set()
        thread.join()
    assert all(each.type == "dict" for each in made)


def test_reading_draws_no_random_number_and_warns_of_nothing() -> None:
    class Warns:
        @property
        def size(self) -> int:
            warnings.warn("looked at", stacklevel=1)
            return 1

    state = random.getstate()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert digest([Warns(), random.Random(1)]).text is not None  # noqa: S311  # its state
    assert random.getstate() == state


def test_proxies_and_weak_references_are_not_followed() -> None:
    class Thing:
        pass

    thing = Thing()
    proxy = weakref.proxy(thing)
    assert digest(proxy).note == "a weak reference"
    assert digest([proxy]).note == "apart from a weak reference"
    del thing
    assert digest([proxy]).text is not None


def test_a_lock_counts_for_nothing_inside_a_value_and_has_no_digest_itself() -> None:
    class Guarded:
        def __init__(self, rows: list[int]) -> None:
            self.lock, self.rows = threading.Lock(), rows

    assert digest(threading.Lock()).note == "a lock"
    assert digest(Guarded([1])) == digest(Guarded([1])) != digest(Guarded([2]))
    assert digest(Guarded([1])).note == "apart from a lock"


def test_a_huge_integer_is_read_whatever_the_limit_on_digits() -> None:
    assert digest(10**100_000).text != digest(10**100_000 + 1).text


def test_running_things_are_refused() -> None:
    async def work() -> None:
        """Do nothing."""

    with contextlib.closing(work()) as coroutine:
        assert digest(coroutine).note == "a coroutine runs once"
    assert digest(sys._getframe()).note == "a running frame"
    assert digest(threading.current_thread()).note == "a thread"
    assert digest(subprocess).type == "module"
