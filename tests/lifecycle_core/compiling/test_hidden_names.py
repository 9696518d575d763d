"""A variable that the text hides is named, with the statement that hides it."""

from __future__ import annotations

import pytest

from lifecycle_core.compiling.hidden_names import with_hidden_name
from lifecycle_core.schema.pipeline import Refusal
from tests import drafts

FAILED = Refusal(cells=(0, 1, 2), reason="the step `first` failed", hint="Tag the cell.")
MISSING = "NameError: name 'model_a' is not defined"


def said(text: str, error: str = MISSING) -> Refusal:
    return with_hidden_name(FAILED, error, drafts.read(text))


@pytest.mark.parametrize(
    ("text", "error", "cell", "line", "call"),
    [
        ("model_a = 1\n# %%\nx = 0\ny = [eval('model_' + n) for n in 'a']", MISSING, 1, 2,
         "eval('model_' + n)"),
        ("model_a = 1\n# %%\ny = globals()['model_' + n]", "KeyError: 'model_a'", 1, 1,
         "globals()"),
        ("model_a = 1\nq = 'x > @model_a'\n# %%\nf = lambda d: d.query(q)",
         "UndefinedVariableError: local variable 'model_a' is not defined", 1, 1, "d.query(q)"),
        ("import sys\n# %%\nsetattr(sys.modules['__main__'], 'model_a', 4)\n# %%\nmodel_a + 1",
         MISSING, 1, 1, "setattr(sys.modules['__main__'], 'model_a', 4)"),
    ],
)  # fmt: skip
def test_the_statement_that_hides_a_variable_is_named(
    text: str, error: str, cell: int, line: int, call: str
) -> None:
    refusal = said(text, error)
    assert (refusal.cells, refusal.line, refusal.names) == ((cell,), line, ("model_a",))
    assert refusal.reason.startswith(f"`{call}` ")
    assert refusal.hint not in {"", FAILED.hint}


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("model_a = 1\n# %%\ny = eval('1 + 1')", MISSING),
        ("x = 1\n# %%\ny = eval('model_' + n)", MISSING),
        ("model_a = 1\n# %%\ny = eval('model_' + n)", "ValueError: no"),
        ("model_a = 1\n# %%\n0\n# %%\n0\n# %%\ny = eval('model_' + n)", MISSING),
    ],
)
def test_what_cannot_be_told_is_said_as_before(text: str, error: str) -> None:
    assert said(text, error) == FAILED
