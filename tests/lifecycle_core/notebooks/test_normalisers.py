from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifecycle_core.notebooks import normalisers
from lifecycle_core.notebooks.normalisers.base import Normaliser, Outputs, display, stream
from lifecycle_core.notebooks.normalisers.overwritten import visible
from lifecycle_core.notebooks.normalisers.table import NORMALISERS

each = pytest.mark.parametrize("normaliser", NORMALISERS, ids=lambda item: item.name)
texts = st.text(alphabet=st.sampled_from("ab1.\n\r\b\x1b[m0x;T_-<>"), max_size=40)
some_outputs = st.lists(
    st.builds(stream, texts, st.sampled_from(["stdout", "stderr"]))
    | st.builds(display, st.sampled_from(["text/plain", "text/html", "image/png"]), texts),
    max_size=4,
).map(tuple)


@each
def test_a_cosmetic_difference_is_forgotten(normaliser: Normaliser) -> None:
    one, other = normaliser.equal
    assert one != other
    assert normaliser.normalise(one) == normaliser.normalise(other)


@each
def test_a_real_difference_stays(normaliser: Normaliser) -> None:
    one, other = normaliser.different
    assert normaliser.normalise(one) != normaliser.normalise(other)


@each
@given(outputs=some_outputs)
def test_twice_is_once(normaliser: Normaliser, outputs: Outputs) -> None:
    for given_outputs in (outputs, *normaliser.equal, *normaliser.different):
        once = normaliser.normalise(given_outputs)
        assert normaliser.normalise(once) == once


def test_names_are_unique_and_every_file_is_in_the_table() -> None:
    names = [item.name for item in NORMALISERS]
    assert len(set(names)) == len(names)
    folder = Path(str(normalisers.__file__)).parent
    files = {file.stem for file in folder.glob("*.py")} - {"__init__", "base", "table"}
    assert files == set(names)


@given(text=st.text(alphabet="abc \n", max_size=30))
def test_text_without_marks_stays_as_it_is(text: str) -> None:
    assert visible(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [("10%\r100%\n", "100%\n"), ("abc\rx", "xbc"), ("a\r\nb", "a\nb"), ("ab\b\b\bc", "cb")],
)
def test_what_was_overwritten_is_gone(text: str, shown: str) -> None:
    assert visible(text) == shown
