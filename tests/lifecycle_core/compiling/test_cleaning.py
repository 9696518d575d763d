"""What a program needs of a notebook's statements, and what no program can hold."""

from __future__ import annotations

import pytest

from lifecycle_core.compiling.cleaning import Cleaned, clean, read_finalize
from lifecycle_core.notebooks.facts import CellFacts, Facts, Site, Variable
from lifecycle_core.schema.pipeline import Finalize
from tests import drafts

FRAME = Variable(type="pandas.DataFrame", digest="1")
SEEN = Facts(cells={0: CellFacts(variables={"df": FRAME, "f": FRAME}), 1: CellFacts()})
HEAD = "import pandas as pd\ndf = pd.read_csv('a.csv')\ndef f(x):\n    return x\n# %%\n"


def cleaned(text: str, facts: Facts = SEEN) -> Cleaned:
    return clean(drafts.read(text), facts)


def left(source: str, facts: Facts = SEEN) -> list[str]:
    """Return what is left of a cell behind one that makes a frame and a function."""
    return [piece.text for piece in cleaned(HEAD + source, facts).cells[1].pieces]


@pytest.mark.parametrize(
    "source",
    ["df", "df.head()", "df['a'].mean()", "'text'", "len(df)", "display(df)", "pd.show(df, 1)",
     "df.a", "df.head()\nplt.show()", "?df", "%matplotlib inline", "global df",
     "from __future__ import annotations"],
)  # fmt: skip
def test_what_only_shows_is_left_out(source: str) -> None:
    assert left(source) == []


@pytest.mark.parametrize(
    "source",
    ["print(df)", "df.info()", "df.to_csv('b.csv')", "df.drop(columns='a', inplace=True)", "f(df)",
     "df.pop('a')", "log.info(df)", "[x := 1]", "df.plot().savefig('a.png')",
     "pd.to_pickle(df, 'a')", "df.sort()", "x = df"],
)  # fmt: skip
def test_what_may_do_something_is_kept(source: str) -> None:
    assert left(source) == [source]


def test_what_is_displayed_in_passing_is_printed() -> None:
    assert left("display(f(df))") == ["print(f(df))"]
    assert left("for x in df:\n    display(x)") == ["for x in df:\n    print(x)"]
    own = "def display(x):\n    return x\ndisplay(f(df))"
    assert left(own)[1] == "display(f(df))"


def test_a_cell_that_did_more_than_its_text_says_loses_no_call() -> None:
    assert left("pd.show(df, 1)", SEEN) == []
    for facts in (
        Facts(cells={**SEEN.cells, 1: CellFacts(variables={"g": FRAME})}),
        Facts(cells={**SEEN.cells, 1: CellFacts(generators={"numpy": ("0", "1")})}),
        Facts(cells=SEEN.cells, writes=(Site(cell=1, path="/a"),)),
        Facts(cells={0: SEEN.cells[0]}),
    ):
        assert left("pd.show(df, 1)", facts) == ["pd.show(df, 1)"]


def test_what_a_call_does_to_a_value_of_its_own_cell_is_not_seen() -> None:
    facts = Facts(cells={0: CellFacts(), 1: CellFacts(variables={"dice": Variable(type="a.B")})})
    source = "import random\ndice = random.Random(1)\n[dice.randint(1, 6) for _ in range(3)]"
    assert left(source, facts) == source.splitlines()


def test_what_has_no_digest_may_change_unseen() -> None:
    facts = Facts(cells={0: CellFacts(variables={"df": Variable(type="a.B")}), 1: CellFacts()})
    assert left("df.head()", facts) == ["df.head()"]


@pytest.mark.parametrize(
    ("source", "line", "word"),
    [
        ("x = 1\nexec('y = 2')", 2, "exec"),
        ("%%bash\nls", 1, "%%bash"),
        ("x = 1\n\nx = %who_ls", 3, "IPython"),
        ("x = = 1", 1, "no Python"),
        ("!cat $df.csv", 1, "IPython"),
    ],
)
def test_refusals_name_the_place(source: str, line: int, word: str) -> None:
    (refusal,) = cleaned(HEAD + source).refusals
    assert (refusal.cells, refusal.line) == ((1,), line)
    assert word in refusal.reason
    assert refusal.hint


@pytest.mark.parametrize("magic", ["html", "timeit", "markdown", "release churn"])
def test_cell_magics_without_variables_become_nothing(magic: str) -> None:
    found = cleaned(f"{HEAD}%%{magic}\nx = 1")
    assert (found.refusals, found.cells[1].pieces) == ((), ())


def test_a_star_is_written_out_as_what_is_used_of_it() -> None:
    seen = {name: Variable(type="function", digest="1") for name in ("sin", "cos", "tan")}
    facts = Facts(cells={0: CellFacts(variables=seen), 1: CellFacts()})
    found = cleaned("from math import *\n# %%\nx = [tan(1), sin(2)]", facts)
    assert found.cells[0].pieces[0].text == "from math import sin, tan"
    assert found.refusals == ()


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("models X y", Finalize(candidates="models", X="X", y="y")),
        (
            "models X y --folds 3 --holdout A b --model m --seed 4",
            Finalize(candidates="models", X="X", y="y", holdout=("A", "b"), folds=3, seed=4),
        ),
        ("models X", None),
        ("models X y --what", None),
        ("", None),
    ],
)
def test_a_finalize_line_is_read(line: str, wanted: Finalize | None) -> None:
    assert read_finalize(line) == wanted


def test_the_finalize_line_is_told_and_left_out() -> None:
    found = cleaned(f"{HEAD}%finalize df f df")
    assert found.finalize == Finalize(candidates="df", X="f", y="df")
    assert found.cells[1].pieces == ()
