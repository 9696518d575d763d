"""Which values are written at once, because nothing in them needs a walk."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lifecycle_core.recorder.digests.leaves import is_flat

PLAIN = (None, True, 1, 1.5, 1j, "a", b"a", ...)
OTHERS: tuple[object, ...] = ([], (), {}, int, object())
values = st.lists(st.sampled_from((*PLAIN, *PLAIN, *PLAIN, *OTHERS)), max_size=12)


@given(values, st.integers(1, 60))
def test_flat_is_what_holds_plain_values_only(few: list[object], times: int) -> None:
    wanted = all(any(type(each) is type(plain) for plain in PLAIN) for each in few)
    assert is_flat(few * times) == wanted
    assert is_flat([*PLAIN * times, *few]) == wanted
    assert is_flat(["a"] * 1_000 + few) == wanted
