"""Names of steps: always ones that a module, a function and pytest can live with."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifecycle_core.compiling.naming import is_step_name, name_in, unused

WORDS = st.sampled_from(["test", "the", "2", "shared", "run", "class", "Über", "a/b", "model", "-"])


@pytest.mark.parametrize(
    "name",
    ["", "2nd", "class", "a b", "_x", "shared", "run", "test", "test_it", "ab_test", "größe"],
)
def test_what_no_step_can_be_called(name: str) -> None:
    assert not is_step_name(name)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("2. Features & the *candidates*!", "features_candidates"),
        ("Größe der Städte", "grosse_der_stadte"),
        ("Test the model", "testing_model"),
        ("A/B test", "b_test_step"),
        ("Test", "testing"),
        ("Run", "run_step"),
        ("Class", "class_step"),
        ("3", ""),
        ("模型", ""),
        ("word " * 30, "_".join(["word"] * 8)),
    ],
)
def test_names_made_of_headings(text: str, name: str) -> None:
    assert name_in(text) == name


@given(st.lists(st.one_of(WORDS, st.text(max_size=12))).map(" ".join))
def test_a_name_made_of_a_text_is_one_or_empty(text: str) -> None:
    name = name_in(text)
    assert not name or is_step_name(name)


@given(st.text(), st.sets(st.text()))
def test_an_unused_name_is_unused(name: str, taken: set[str]) -> None:
    assert unused(name, taken) not in taken
