from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from lifecycle_core.notebooks.facts import Facts, Site
from lifecycle_core.reproducing.case import case_of
from lifecycle_core.reproducing.failures import failure
from tests.fakes.engine import run
from tests.fakes.notebooks import code, notebook
from tests.fakes.runs import left

if TYPE_CHECKING:
    from lifecycle_core.notebooks.execution import Execution
    from lifecycle_core.schema.reproduction import Cause

NOTHING = Facts()


def said(
    message: str, *, counts: tuple[int | None, ...] = (1, 2, 3), facts: Facts = NOTHING
) -> Cause | None:
    stored = notebook(
        code("frame = 1", count=counts[0]),
        code("frame + total", count=counts[1]),
        code("late = 2", count=counts[2]),
    )
    ended = run("error", stopped_at=1, message=message)
    execution: Execution = left(stored, {}, ended=ended, facts=facts)
    return failure(case_of(stored, (execution,), rtol=1e-6), execution)


@pytest.mark.parametrize(
    ("message", "kind", "names"),
    [
        ("ModuleNotFoundError: No module named 'helpers'", "missing_module", ("helpers",)),
        (
            "ImportError: cannot import name 'load_boston' from 'sklearn.datasets'",
            "environment_drift",
            ("sklearn.datasets.load_boston",),
        ),
        (
            "FileNotFoundError: [Errno 2] No such file or directory: 'data/x.csv'",
            "missing_data",
            ("data/x.csv",),
        ),
        (
            'IOException: IO Error: No files found that match the pattern "data/x.parquet"',
            "missing_data",
            ("data/x.parquet",),
        ),
        ("FileNotFoundError: data/x.npy not found.", "missing_data", ("data/x.npy",)),
        ("OperationalError: unable to open database file", "missing_data", ()),
        (
            "FileNotFoundError: [Errno 2] No such file or directory: 'C:\\\\data\\\\x.csv'",
            "absolute_path",
            ("C:\\\\data\\\\x.csv",),
        ),
        (
            "AttributeError: 'DataFrame' object has no attribute 'append'",
            "environment_drift",
            (),
        ),
        (
            "TypeError: OneHotEncoder.__init__() got an unexpected keyword argument 'sparse'",
            "environment_drift",
            (),
        ),
        ("NameError: name 'total' is not defined", "undefined_name", ("total",)),
    ],
)
def test_an_error_speaks_for_itself(message: str, kind: str, names: tuple[str, ...]) -> None:
    cause = said(message)
    assert cause is not None
    assert (cause.kind, cause.cell, cause.names) == (kind, 1, names)


@pytest.mark.parametrize("message", ["ValueError: no rows", "KeyError: 'amount'"])
def test_an_error_that_says_nothing_is_left_to_others(message: str) -> None:
    assert said(message) is None


def test_a_module_of_a_platform_is_not_to_be_installed() -> None:
    cause = said("ModuleNotFoundError: No module named 'google.colab'")
    assert cause is not None
    assert cause.kind == "missing_module"
    assert cause.hint.startswith("It is there on Google Colab only")


def test_a_gap_in_the_counts_turns_an_undefined_name_into_a_deleted_cell() -> None:
    cause = said("NameError: name 'total' is not defined", counts=(1, 3, 4))
    assert cause is not None
    assert (cause.kind, cause.names) == ("deleted_cell", ("total",))
    never = said("NameError: name 'total' is not defined", counts=(2, None, 3))
    assert never is not None
    assert never.kind == "undefined_name"


def test_a_name_nearly_defined_is_offered() -> None:
    cause = said("NameError: name 'frmae' is not defined")
    assert cause is not None
    assert "did you mean frame?" in cause.hint


def test_a_refused_path_is_named_with_its_line() -> None:
    site = Site(cell=1, line=4, what="open", path="/home/me/x.csv")
    cause = said("FileNotFoundError: [Errno 2] gone", facts=Facts(refused=(site,)))
    assert cause is not None
    assert (cause.kind, cause.line, cause.names) == ("absolute_path", 4, ("/home/me/x.csv",))


def test_a_network_error_counts_only_where_the_network_was_asked() -> None:
    message = "URLError: <urlopen error [Errno 111] Connection refused>"
    assert said(message) is None
    site = Site(cell=1, line=2, what="connect example.org:443")
    cause = said(message, facts=Facts(network=(site,)))
    assert cause is not None
    assert (cause.kind, cause.line) == ("network", 2)


def test_an_error_in_a_function_of_another_cell_says_so() -> None:
    stored = notebook(code("def f():\n    return total", count=1), code("f()", count=2))
    message = "NameError: name 'total' is not defined"
    execution = left(stored, {}, ended=run("error", stopped_at=1, message=message))
    traceback = ["Cell In[2], line 1\n----> 1 f()\n", "Cell In[1], line 2, in f()\n      2 return"]
    failed = replace(
        execution.cells[1], outputs=({"output_type": "error", "traceback": traceback},)
    )
    execution = replace(execution, cells={**execution.cells, 1: failed})
    cause = failure(case_of(stored, (execution,), rtol=1e-6), execution)
    assert cause
    assert (cause.cell, cause.line) == (1, 1)
    assert "came up in a function of cell 0, line 2" in cause.evidence


def stopped(source: str, message: str, *, modules: frozenset[str] = frozenset()) -> Cause | None:
    stored = notebook(code(source, count=1), code("use()", count=2))
    ended = run("error", stopped_at=1, message=message)
    execution = replace(left(stored, {}, ended=ended), modules=modules)
    return failure(case_of(stored, (execution,), rtol=1e-6), execution)


def test_a_module_that_an_installed_package_no_longer_holds_is_drift() -> None:
    message = "ModuleNotFoundError: No module named 'sklearn.cross_validation'"
    cause = stopped("import sklearn", message, modules=frozenset({"sklearn", "sklearn.base"}))
    assert cause is not None
    assert (cause.kind, cause.names) == ("environment_drift", ("sklearn.cross_validation",))
    assert "sklearn is installed" in cause.evidence
    missing = stopped("import sklearn", message)
    assert missing is not None
    assert (missing.kind, missing.names) == ("missing_module", ("sklearn",))


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (
            "def train(a): ...",
            "TypeError: train() takes 1 positional argument but 2 were given",
        ),
        ("class Model: ...", "AttributeError: 'Model' object has no attribute 'train'"),
        ("class Model: ...", "AttributeError: type object 'Model' has no attribute 'train'"),
        ("class Model: ...", "TypeError: Model.fit() missing 1 required positional argument: 'y'"),
        ("m = None", "AttributeError: 'NoneType' object has no attribute 'group'"),
    ],
)
def test_an_error_in_code_of_the_notebook_is_no_drift(source: str, message: str) -> None:
    assert stopped(source, message) is None


def test_a_name_that_the_projects_own_module_lacks_is_no_drift() -> None:
    stored = notebook(code("from utils import clean", count=1))
    copy = "/copy/project"
    message = f"ImportError: cannot import name 'clean' from 'utils' ({copy}/utils.py)"
    ended = run("error", stopped_at=0, message=message)
    execution = replace(left(stored, {}, ended=ended), roots=((copy, "/home/ann"),))
    assert failure(case_of(stored, (execution,), rtol=1e-6), execution) is None


def test_a_table_that_nothing_defines_is_a_name() -> None:
    message = (
        "CatalogException: Catalog Error: Table with name sales does not exist!\n"
        'Did you mean "pg_tables"?'
    )
    cause = stopped("import duckdb", message)
    assert cause is not None
    assert (cause.kind, cause.names) == ("undefined_name", ("sales",))
