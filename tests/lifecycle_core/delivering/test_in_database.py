"""Rows scored within real databases, beside what is scored here."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
import sqlalchemy as sa
from sklearn.ensemble import RandomForestClassifier
from sklearn.pipeline import make_pipeline

from lifecycle_core.adapters.in_database.converting import query_of
from lifecycle_core.delivering import deliver_in_database
from lifecycle_core.errors import BundleInvalid, InvalidCall, TableInvalid
from lifecycle_core.schema.contract import Contract, Feature
from lifecycle_core.schema.release_file import WorkflowSection
from tests.fakes.postgres import programs, serving
from tests.fakes.scoring import Made, customers, make

if TYPE_CHECKING:
    from pathlib import Path

    from lifecycle_core.schema.release import ScoreSummary

DECLARED = WorkflowSection(
    next_step="Call: 100% today", when_missing="Ask sales", deadline_seconds=3600, key=("id",)
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make(tmp_path_factory.mktemp("made"), workflow=DECLARED)


def keyed(rows: int = 300) -> pd.DataFrame:
    frame = customers(rows).astype({"tenure": "float"})
    frame["id"] = [f"c{index:05}" for index in frame.index]
    frame.loc[3, "tenure"] = np.nan
    frame.loc[4, "plan"] = "it's gold"
    frame.loc[5, "charges"] = 1e9
    return frame.iloc[::-1]


def database(folder: Path, frame: pd.DataFrame, name: str = "shop.db") -> str:
    (folder / name).unlink(missing_ok=True)
    with closing(sqlite3.connect(folder / name)) as connection:
        frame.to_sql("customers", connection, index=False)
    return f"sqlite:///{folder / name}"


def within(made: Made, url: str, *, run: str = "r1", keep: tuple[str, ...] = ()) -> ScoreSummary:
    return made.deliver(
        f"{url}::customers", f"{url}::scores", activity=deliver_in_database, run=run, keep=keep
    )


def read(url: str, query: str = "SELECT * FROM scores ORDER BY id") -> pd.DataFrame:
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        found = pd.read_sql(sa.text(query), connection)
    engine.dispose()
    return found


def same(made: Made, url: str) -> None:
    """Score both ways from and to a database, and compare all that is written."""
    here = made.deliver(f"{url}::customers", f"{url}::wanted", keep=("charges",))
    rejects = pd.read_parquet(made.folder / "rejects.parquet")
    there = within(made, url, keep=("charges",))
    found, wanted = read(url), read(url, "SELECT * FROM wanted ORDER BY id")
    pd.testing.assert_frame_equal(found, wanted, check_exact=False, rtol=1e-6)
    pd.testing.assert_frame_equal(pd.read_parquet(made.folder / "rejects.parquet"), rejects)
    alike = {"rows", "unscored", "acted_on", "bundle_digest", "run"}
    assert there.model_dump(include=alike) == here.model_dump(include=alike)


def test_a_database_writes_what_is_written_from_here(made: Made) -> None:
    url = database(made.folder, keyed())
    same(made, url)
    found = read(url)
    assert found["unscored"].dropna().tolist() == [
        "tenure has no value", "plan is none of its categories", "charges is out of its range",
    ]  # fmt: skip
    assert set(found["next_step"].dropna()) == {"Call: 100% today", "Ask sales"}


def test_a_bundle_of_another_release_is_refused(made: Made) -> None:
    other = replace(made, asked="bikes")
    url = database(made.folder, keyed(20))
    with pytest.raises(BundleInvalid, match="The bundle is of 'churn', the release is 'bikes'"):
        within(other, url)


def test_rows_are_replaced_by_the_business_key(made: Made) -> None:
    url = database(made.folder, keyed(50))
    within(made, url)
    with closing(sqlite3.connect(made.folder / "shop.db")) as connection, connection:
        connection.execute("DELETE FROM customers WHERE id < 'c00040'")
        connection.execute("INSERT INTO customers SELECT * FROM customers WHERE id = 'c00049'")
    assert within(made, url, run="r2").rows == 11
    found = read(url)
    assert found["id"].tolist() == [f"c{at:05}" for at in range(50)]
    assert found["run"].tolist() == ["r1"] * 40 + ["r2"] * 10
    assert found["row"].tolist()[-1] == 10  # of rows with one key, the last one counts


def test_a_prediction_is_shifted_in_the_database_too(tmp_path: Path) -> None:
    made = make(tmp_path, "regression", workflow=DECLARED)
    same(made, database(tmp_path, keyed()))


@pytest.mark.filterwarnings("ignore:overflow encountered:RuntimeWarning")
def test_a_score_that_is_no_number_decides_nothing_there_either(tmp_path: Path) -> None:
    made = make(tmp_path, "regression", workflow=DECLARED, free=True)
    frame = keyed()
    frame.loc[7, "tenure"] = 1.7e308  # times two, that is more than a number can be
    url = database(tmp_path, frame)
    same(made, url)
    (lost,) = read(url, "SELECT * FROM scores WHERE id = 'c00007'").to_dict("records")
    assert (lost["unscored"], lost["next_step"]) == ("the score is no number", "Ask sales")
    assert pd.isna(lost["score"])
    assert pd.isna(lost["decision"])


def test_a_model_that_does_not_become_sql_is_refused(tmp_path: Path) -> None:
    made = make(tmp_path, categorical=True, workflow=DECLARED)
    url = database(tmp_path, keyed(50))
    with pytest.raises(InvalidCall, match=r"HistGradientBoosting.* does not become SQL") as refused:
        within(made, url)
    assert "without --in-database" in refused.value.hint
    assert "scores" not in sa.inspect(sa.create_engine(url)).get_table_names()


def test_trees_that_ask_whether_a_value_is_missing_are_refused_at_once() -> None:
    frame = pd.DataFrame({"tenure": np.arange(200.0), "calls": np.arange(200.0) % 7})
    frame.loc[::3, "tenure"] = np.nan
    missing = frame["tenure"].isna()
    model = make_pipeline(RandomForestClassifier(3, random_state=0)).fit(frame, missing)
    contract = Contract(
        name="c",
        features=tuple(Feature(name=n, type="number", required=False) for n in ("tenure", "calls")),
    )
    with pytest.raises(InvalidCall, match="a tree asks whether a value is missing"):
        query_of(model, contract, table="t", passed=(), column=1, dialect="sqlite")


def test_a_query_that_scores_otherwise_is_refused(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    import orbital

    url = database(made.folder, keyed(50))
    export = orbital.export_sql

    def odd(*words: object, **named: object) -> str:
        return str(export(*words, **named)).replace("'plus'", "'plu'")

    monkeypatch.setattr(orbital, "export_sql", odd)
    with pytest.raises(InvalidCall, match="would not score as it does: the score differs by"):
        within(made, url)
    monkeypatch.setattr(orbital, "export_sql", lambda *_words, **_named: "SELECT nothing")
    with pytest.raises(InvalidCall, match="the query has no score"):
        within(made, url)


def test_a_table_that_is_not_there_is_named(made: Made, tmp_path: Path) -> None:
    url = database(tmp_path, keyed(3))
    with pytest.raises(TableInvalid, match=r"shop.db::nobody: there is no such table"):
        made.deliver(f"{url}::nobody", f"{url}::scores", activity=deliver_in_database)


def test_a_table_that_does_not_fit_is_refused(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    url = database(made.folder, keyed())
    with closing(sqlite3.connect(made.folder / "shop.db")) as connection, connection:
        connection.execute("UPDATE customers SET tenure = 'long' WHERE id = 'c00299'")
    with pytest.raises(TableInvalid, match="'tenure' of customers holds a value that is not"):
        within(made, url)
    with monkeypatch.context() as patch:  # beyond the rows that are compared
        patch.setattr("lifecycle_core.delivering.in_database._SAMPLE_ROWS", 100)
        with pytest.raises(TableInvalid, match="not of the agreed type: 1 of them"):
            within(made, url)
    url = database(made.folder, keyed(30).drop(columns="plan"))
    with pytest.raises(TableInvalid, match="'plan'"):
        within(made, url)
    url = database(made.folder, keyed().iloc[:0])
    with pytest.raises(TableInvalid, match="no rows"):
        within(made, url)


@pytest.mark.parametrize(
    ("source", "target", "said"),
    [
        ("sqlite:///a.db::x", "sqlite:///b.db::y", "two tables of one database"),
        ("customers.csv", "sqlite:///a.db::x", "two tables of one database"),
        ("sqlite:///a.db::x", "sqlite:///a.db::x", "is the table to be scored"),
        ("mysql://host/db::x", "mysql://host/db::y", "nothing here that speaks with mysql"),
    ],
)
def test_what_is_not_two_tables_of_one_database_is_refused(
    made: Made, source: str, target: str, said: str
) -> None:
    with pytest.raises(InvalidCall, match=said):
        made.deliver(source, target, activity=deliver_in_database)


@pytest.mark.skipif(not programs(), reason="no PostgreSQL here (Debian: postgresql)")
def test_postgresql_writes_what_is_written_from_here(made: Made) -> None:
    bins = programs()
    assert bins
    with serving(bins) as url:
        engine = sa.create_engine(url)
        keyed().to_sql("customers", engine, index=False)
        engine.dispose()
        same(made, url)
