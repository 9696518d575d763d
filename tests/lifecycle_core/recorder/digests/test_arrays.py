"""Digests of numpy arrays, scipy matrices and generators."""

from __future__ import annotations

import copy
import pickle
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import scipy.sparse as sp

from lifecycle_core.recorder.digests import digest
from lifecycle_core.recorder.digests.walk import Limits

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

KINDS = [
    "?",
    "i1",
    "<u2",
    ">i4",
    "<f2",
    "f4",
    "f8",
    "g",
    "c8",
    "c16",
    "M8[ns]",
    "m8[s]",
    "U3",
    "S2",
]


def made(kind: str, shape: tuple[int, ...]) -> Any:  # noqa: ANN401  # an array of any type
    numbers = np.random.default_rng(0).integers(0, 2 if kind == "?" else 100, shape)
    return numbers.astype("f8").astype(kind) if kind[-1] in "gf248" else numbers.astype(kind)


@pytest.mark.parametrize("kind", KINDS)
def test_layout_does_not_count(text: Callable[[Any], str], kind: str) -> None:
    array = made(kind, (40, 30, 3))
    expected = text(array)
    assert text(np.asfortranarray(array)) == expected
    assert text(array.transpose(2, 0, 1).copy().transpose(1, 2, 0)) == expected
    assert text(np.repeat(array, 2, axis=1)[:, ::2]) == expected
    assert text(array[::-1].copy()[::-1]) == expected
    if array.dtype.isnative:  # a pickle makes others native
        assert text(pickle.loads(pickle.dumps(array))) == expected  # noqa: S301  # our own
    assert text(copy.deepcopy(array)) == expected
    changed = array.copy()
    changed[7, 7, 1] = not changed[7, 7, 1] if kind == "?" else 120
    assert text(changed) != expected


def test_a_masked_array_of_objects_survives_a_pickle(text: Callable[[Any], str]) -> None:
    searched = np.ma.masked_array(["linear", "rbf"], mask=[False, True], dtype=object)
    again = pickle.loads(pickle.dumps(searched))  # noqa: S301  # our own
    assert text(again) == text(searched)
    again.fill_value = "other"
    assert text(again) != text(searched)


def test_large_strided_views_equal_their_copies(text: Callable[[Any], str]) -> None:
    large = np.arange(3_000_000.0).reshape(1000, 3000)
    for view in (large[::3, ::7], large.T, large[:, 5], large[::-1, ::-1], large[3:5].T):
        assert text(view) == text(view.copy())


def test_types_and_shapes_count(text: Callable[[Any], str]) -> None:
    values = [
        np.zeros(4), np.zeros((2, 2)), np.zeros((4, 1)), np.zeros(4, "f4"), np.zeros(4, ">f8"),
        np.zeros(4, "i8"), np.zeros((0, 4)), np.zeros((4, 0)), -np.zeros(4), np.array(0.0),
        np.float64(0), np.zeros(4, "M8[s]"), np.zeros(4, "M8[ns]"), np.zeros(4, [("a", "f8")]),
        np.zeros(4, [("b", "f8")]), np.zeros(4, object), np.zeros((2, 2)).view(np.matrix),
        [0.0] * 4,
        np.zeros(4, "S0"), np.zeros(4, "U1"), np.dtype("f8"), np.dtype("f4"), np.ma.zeros(4),
    ]  # fmt: skip
    assert len({text(value) for value in values}) == len(values)


def test_a_nan_of_any_payload_is_one_value(text: Callable[[Any], str]) -> None:
    bits = np.array([0x7FF8000000000000, 0xFFF8000000000000, 0x7FF8000000000001], "u8")
    one, two, three = (text(np.array([1.0, each])) for each in bits.view("f8"))
    assert one == two == three
    assert text(np.array([0.0])) != text(np.array([-0.0]))
    assert text(np.array([complex(0, bits.view("f8")[1])])) == text(np.array([complex(0, np.nan)]))


def test_padding_does_not_count(text: Callable[[Any], str]) -> None:
    kind = np.dtype([("a", "i1"), ("b", "f8")], align=True)
    raw = np.zeros(3 * kind.itemsize, "u1")
    dirty = np.full(3 * kind.itemsize, 7, "u1")
    one, two = raw.view(kind), dirty.view(kind)
    two["a"], two["b"] = 0, 0.0
    assert text(one) == text(two)
    long = np.full(32, 255, "u1").view(np.longdouble)
    long[:] = 1.5
    assert text(long) == text(np.array([1.5, 1.5], np.longdouble))


def test_objects_in_arrays_are_read_one_by_one(text: Callable[[Any], str]) -> None:
    first = np.array([{1, 2}, "a", None], dtype=object)
    second = np.array([{2, 1}, "a", None], dtype=object)
    third = np.array([{2, 1}, "b", None], dtype=object)
    assert text(first) == text(second) != text(third)
    many = np.array(["x", 1.5, None] * 200_000, dtype=object)
    assert digest(many, Limits(parts=100)) == digest(many[::-1].copy()[::-1])
    assert text(many) != text(np.array(["x", 1.5, "y"] * 200_000, dtype=object))
    loop = np.empty(1, object)
    loop[0] = loop
    assert text(loop)


def test_what_a_mask_hides_does_not_count(text: Callable[[Any], str]) -> None:
    mask = [False, True]
    assert text(np.ma.array([1, 2], mask=mask)) == text(np.ma.array([1, 3], mask=mask))
    assert text(np.ma.array([1, 2], mask=mask)) != text(np.ma.array([1, 2], mask=[False, False]))


def test_a_mapped_file_is_read_in_pieces(text: Callable[[Any], str], tmp_path: Path) -> None:
    mapped = np.memmap(tmp_path / "a", "f8", "w+", shape=(100_000,))
    mapped[:] = 1.0
    again = np.memmap(tmp_path / "a", "f8", "r", shape=(100_000,))
    assert text(mapped) == text(again) != text(np.asarray(again[:-1]))


def test_generators_count_by_their_state(text: Callable[[Any], str]) -> None:
    for make in (np.random.default_rng, np.random.RandomState):
        one, two = make(1), make(1)
        before = text(one)
        assert before == text(two)
        one.random(3)
        assert text(one) != before
        two.random(3)
        assert text(one) == text(two)


def test_functions_of_numpy_go_by_name(text: Callable[[Any], str]) -> None:
    assert len({text(each) for each in (np.add, np.exp, np.mean, np.sum, np.linalg.norm)}) == 5


def test_an_array_over_the_budget_is_not_begun() -> None:
    made = digest(np.zeros(1_000), Limits(size=100))
    assert (made.text, made.note) == (None, "larger than the budget")


@pytest.mark.parametrize("kind", ["csr", "csc", "coo", "lil", "dok", "bsr", "dia"])
def test_sparse_matrices_count_by_their_entries(text: Callable[[Any], str], kind: str) -> None:
    dense = np.zeros((5, 4))
    dense[[0, 1, 4, 4], [3, 1, 0, 2]] = [1.0, 2.0, 3.0, 4.0]
    matrix = sp.csr_matrix(dense).asformat(kind)
    assert text(matrix) == text(matrix.copy())
    dense[4, 2] = 5.0
    assert text(matrix) != text(sp.csr_matrix(dense).asformat(kind))


def test_unsorted_and_repeated_entries_are_put_in_order(text: Callable[[Any], str]) -> None:
    tidy = sp.csr_matrix((np.array([3.0, 4.0]), np.array([0, 2]), np.array([0, 2])), shape=(1, 3))
    untidy = sp.csr_matrix(
        (np.array([4.0, 1.0, 2.0]), np.array([2, 0, 0]), np.array([0, 3])), shape=(1, 3)
    )
    assert text(untidy) == text(tidy)
    assert list(untidy.indices) == [2, 0, 0]
    triples = sp.coo_array((np.array([1.0, 2.0, 4.0]), ([0, 0, 0], [0, 0, 2])), shape=(1, 3))
    assert text(triples) == text(sp.coo_array(np.array([[3.0, 0.0, 4.0]])))
