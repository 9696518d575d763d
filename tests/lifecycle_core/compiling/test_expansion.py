"""Variables in shell lines: what IPython itself gives is what the expression gives."""

from __future__ import annotations

from typing import Any

import pytest
from IPython.utils.text import DollarFormatter

from lifecycle_core.compiling.expansion import expanded

VARIABLES: dict[str, Any] = {"name": "world", "rows": 3, "sizes": {"a": 1.25}}


def by_ipython(text: str) -> str:
    try:
        return str(DollarFormatter().vformat(text, args=[], kwargs=dict(VARIABLES)))
    except Exception:  # noqa: BLE001 - as IPython does: then the shell gets the line as it stands
        return text


@pytest.mark.parametrize(
    "text",
    [
        "echo hello",
        "echo {name} $name",
        "head -{rows * 2} {name!r}",
        "echo {sizes['a']:.1f}",
        "echo $HOME",
        "echo $HOME {name}",
        "awk '{print $1}' {name}",
        "echo '$name' $name",
        "echo $$name",
        "echo {{name}}",
        "echo {",
        "echo {nobody}",
        "echo {len(name)}",
        "echo {name[1:3]} {list(name)[:2]}",
        "",
    ],
)
def test_it_is_what_ipython_makes_of_it(text: str) -> None:
    source = expanded(text, VARIABLES)
    assert source is not None
    assert eval(source, dict(VARIABLES)) == by_ipython(text)  # noqa: S307 - our own


def test_an_attribute_behind_a_dollar_is_known_to_the_value_alone() -> None:
    assert by_ipython("cat $name.csv") == "cat $name.csv"
    assert expanded("cat $name.csv", VARIABLES) is None
    assert expanded("cat $other.csv", VARIABLES) == "'cat $other.csv'"
