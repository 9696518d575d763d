from __future__ import annotations

from lifecycle_core.notebooks.variants import Variant, cut_after, in_order, whole, with_sources
from tests.fakes.notebooks import code, markdown, notebook

SOURCE = notebook(markdown("# Title"), code("a"), code("b"), code("c"))


def sources(variant: Variant) -> list[str]:
    return [cell["source"] for cell in variant.notebook.content["cells"]]


def test_cells_are_cut_off_behind_one() -> None:
    variant = cut_after(SOURCE, 2)
    assert sources(variant) == ["# Title", "a", "b"]
    assert variant.origin == (0, 1, 2)
    assert whole(SOURCE).up_to(2).origin == variant.origin


def test_cells_come_in_another_order_and_more_than_once() -> None:
    variant = in_order(SOURCE, [3, 1, 1, 2])
    assert sources(variant) == ["c", "a", "a", "b"]
    assert (variant.position(1), variant.position(3), variant.position(0)) == (2, 0, None)
    assert sources(variant.up_to(1)) == ["c", "a", "a"]


def test_code_is_put_back() -> None:
    variant = with_sources(SOURCE, {2: ["x", "y"], 4: ["z"]}, {3: "C"})
    assert sources(variant) == ["# Title", "a", "x", "y", "b", "C", "z"]
    assert variant.origin == (0, 1, None, None, 2, 3, None)
    assert variant.notebook.digest != SOURCE.digest
    assert SOURCE.content["cells"][3]["source"] == "c"
