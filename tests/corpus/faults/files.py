"""Data that are not there, or not the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.corpus.case import Case

if TYPE_CHECKING:
    from pathlib import Path

MISSING = ("missing_data",)
CHANGED = ("changed_data",)


def fewer_rows(path: Path) -> None:
    """Drop the last tenth of a table, as a new export does."""
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(lines[: len(lines) * 9 // 10]), encoding="utf-8")


def one_value(path: Path) -> None:
    """Correct a single value in the middle of a table."""
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    cells = lines[40].split(",")
    cells[0] = "99" if cells[0] != "99" else "98"
    lines[40] = ",".join(cells)
    path.write_text("".join(lines), encoding="utf-8")


def other_order(path: Path) -> None:
    """Sort a table the other way round, as a new query does."""
    head, *lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text(head + "".join(reversed(lines)), encoding="utf-8")


def renamed_column(path: Path) -> None:
    """Rename a column, as the team upstream does."""
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("monthly_charges", "charges_monthly", 1), encoding="utf-8")


def wine_row(path: Path) -> None:
    """Change one measurement in the database."""
    import sqlite3

    with sqlite3.connect(path) as connection:
        connection.execute("update measurements set alcohol = alcohol + 5 where wine < 20")
    connection.close()


def parquet_units(path: Path) -> None:
    """Give one column another unit."""
    import pandas as pd

    frame = pd.read_parquet(path)
    frame["mean radius"] *= 10
    frame.to_parquet(path, index=False)


CASES = [
    Case(
        name="csv_not_shared",
        base="churn",
        kinds=MISSING,
        why="The table was never put into the project.",
        then_files={"data/telco.csv": None},
        at=('pd.read_csv("data/telco.csv")',),
    ),
    Case(
        name="data_git_ignored",
        base="segments",
        kinds=MISSING,
        why="The data folder is git-ignored, so nobody else gets it.",
        ignored=("data/",),
        at=('pd.read_csv("../data/telco.csv"',),
    ),
    Case(
        name="database_gone",
        base="wine",
        kinds=MISSING,
        why="sqlite3 makes an empty database where none is: the error is about a table.",
        then_files={"wine.db": None},
        at=('sqlite3.connect("wine.db")',),
    ),
    Case(
        name="parquet_renamed",
        base="cancer",
        kinds=MISSING,
        why="The file got a date in its name.",
        then_files={
            "inputs/cancer.parquet": None,
            "inputs/cancer-2026-10.parquet": "cancer.parquet",
        },
        at=("pd.read_parquet",),
    ),
    Case(
        name="config_missing",
        base="diabetes",
        kinds=MISSING,
        why="config.json stayed at home.",
        then_files={"config.json": None},
        at=('open("config.json")',),
    ),
    Case(
        name="arrays_missing",
        base="digits",
        kinds=MISSING,
        why="The archive of arrays is not there.",
        then_files={"digits.npz": None},
        at=('np.load("digits.npz")',),
    ),
    Case(
        name="glob_finds_nothing",
        base="ledger",
        kinds=MISSING,
        why="A glob over a folder that is gone gives an empty list and no error at once.",
        files={"parts/a.csv": "n\n4\n", "parts/b.csv": "n\n7\n", "parts/c.csv": "n\n2\n"},
        add={
            "payments = Counter": "# %%\nparts = sorted(Path('parts').glob('*.csv'))\n# %%\ncounts = [int(p.read_text().split()[1]) for p in parts]\nsum(counts)"
        },
        then_files={"parts": None},
        at=("Path('parts')", "sum(counts)"),
    ),
    Case(
        name="intermediate_from_other_notebook",
        base="bikes",
        kinds=MISSING,
        why="A file that another notebook writes is read late.",
        files={"output/weights.csv": "weather,w\nclear,1\ncloudy/misty,2\n"},
        add={
            "pivot = rides": "w = pd.read_csv('output/weights.csv', index_col=0)['w']\n(weather_effect * w).dropna().round(2)"
        },
        then_files={"output": None},
        at=("output/weights.csv",),
    ),
    Case(
        name="new_export_fewer_rows",
        base="ledger",
        kinds=CHANGED,
        why="The table was exported again with fewer rows.",
        then_files={"telco.csv": fewer_rows},
        at=('Path("telco.csv").open()',),
    ),
    Case(
        name="one_value_corrected",
        base="bikes",
        kinds=CHANGED,
        why="Values in the table were edited by hand.",
        add={"rides.shape": "rides['season'].sum(), rides['season'].mean().round(5)"},
        then_files={"bikes.csv": one_value},
        at=('pd.read_csv("bikes.csv")',),
    ),
    Case(
        name="rows_in_other_order",
        base="iris_numpy",
        kinds=CHANGED,
        why="The same rows came in another order.",
        then_files={"iris.csv": other_order},
        at=("raw = np.genfromtxt", "names = np.genfromtxt"),
    ),
    Case(
        name="column_renamed_upstream",
        base="churn",
        kinds=CHANGED,
        why="A column has another name now.",
        then_files={"data/telco.csv": renamed_column},
        at=('pd.read_csv("data/telco.csv")', "features = ["),
    ),
    Case(
        name="database_updated",
        base="wine",
        kinds=CHANGED,
        why="Measurements in the database were updated.",
        then_files={"wine.db": wine_row},
        at=('sqlite3.connect("wine.db")',),
    ),
    Case(
        name="parquet_other_unit",
        base="cancer",
        kinds=CHANGED,
        why="A column of the Parquet file got another unit.",
        then_files={"inputs/cancer.parquet": parquet_units},
        at=("pd.read_parquet",),
    ),
    Case(
        name="config_changed",
        base="diabetes",
        kinds=CHANGED,
        why="Another seed in the configuration file.",
        then_files={
            "config.json": '{"name": "progression", "table": "diabetes.csv", "seed": 6,\n "columns": ["age", "bmi", "bp", "s1", "s2", "s3", "s4", "s5", "s6"]}\n'
        },
        at=('open("config.json")',),
    ),
]
