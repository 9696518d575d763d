from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from lifecycle_core.stats.association import association, groups_of

N = 400


def columns() -> dict[str, np.ndarray[Any, Any]]:
    generator = np.random.default_rng(0)
    amount = generator.gamma(2, 20, N)
    plan = generator.choice(["a", "b", "c"], N)
    return {
        "amount": amount,
        "noise": generator.normal(size=N),
        "log of amount": np.log(amount),
        "plan": plan,
        "price": np.where(plan == "a", 10.0, np.where(plan == "b", 20.0, 30.0)),
        "city": generator.choice(list("uvwxyz"), N),
        "constant": np.ones(N),
    }


def test_what_goes_together_is_one_group() -> None:
    assert groups_of(columns(), least=0.9) == (
        ("amount", "log of amount"), ("noise",), ("plan", "price"), ("city",), ("constant",),
    )  # fmt: skip


def test_a_chain_joins_its_ends() -> None:
    x = np.arange(100.0)
    wave = np.where(x % 10 < 5, x, x + 12)
    far = np.where(x % 10 < 5, x + 12, x)
    assert association(wave, far) < association(x, wave)
    least = (association(wave, far) + association(x, wave)) / 2
    assert groups_of({"wave": wave, "far": far, "x": x}, least=least) == (("wave", "far", "x"),)


@pytest.mark.parametrize("one", ["amount", "plan"])
@pytest.mark.parametrize("other", ["noise", "city", "constant"])
def test_chance_is_no_association(one: str, other: str) -> None:
    found = columns()
    assert association(found[one], found[other]) < 0.15
    assert association(found[one], found[other]) == association(found[other], found[one])


def test_rows_without_a_value_do_not_count() -> None:
    x = np.arange(50.0)
    gaps = np.where(x % 5 == 0, np.nan, -x)
    assert association(x, gaps) == pytest.approx(1.0)
    assert association(np.full(3, np.nan), x[:3]) == 0.0
