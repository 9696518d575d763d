"""Scores from and to tables that are no file: real SQLite, Delta, PostgreSQL and HTTP."""

from __future__ import annotations

import json
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import sqlalchemy as sa
from deltalake import DeltaTable, write_deltalake
from pyarrow import parquet

from lifecycle_core.adapters.remote_tables import address_of
from lifecycle_core.adapters.remote_tables.delta import publish
from lifecycle_core.adapters.remote_tables.http import ROWS, post
from lifecycle_core.adapters.remote_tables.sql import upsert
from lifecycle_core.adapters.sinks import Surroundings
from lifecycle_core.errors import InvalidCall, SinkFailed, TableInvalid, TargetUnwritable
from lifecycle_core.schema.release_file import WorkflowSection
from tests.fakes.postgres import programs, serving
from tests.fakes.receiving import receiving
from tests.fakes.scoring import Made, customers, make

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.fakes.receiving import Receiver

DECLARED = WorkflowSection(next_step="Call", key=("id",))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make(tmp_path_factory.mktemp("made"), workflow=DECLARED, fast=True)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as kept:
        yield kept


def keyed(rows: int = 100) -> pd.DataFrame:
    return customers(rows).assign(id=[f"c{index:05}" for index in range(rows)])


def scores_in_file(made: Made, frame: pd.DataFrame) -> pd.DataFrame:
    made.deliver(made.table(frame, "plain.parquet"), "plain_out.parquet")
    return pd.read_parquet(made.folder / "plain_out.parquet")


def database(made: Made, frame: pd.DataFrame, name: str) -> str:
    path = made.folder / name
    path.unlink(missing_ok=True)
    with sqlite3.connect(path) as connection:
        frame.to_sql("customers", connection, index=False)
    connection.close()
    return f"sqlite:///{path}"


def test_a_table_in_sqlite_is_scored_in_the_order_of_its_key(made: Made) -> None:
    url = database(made, keyed().iloc[::-1], "in.db")
    made.deliver(f"{url}::customers")
    pd.testing.assert_frame_equal(
        pd.read_parquet(made.folder / "out.parquet"), scores_in_file(made, keyed())
    )


def test_rows_in_sqlite_are_replaced_by_the_business_key(made: Made) -> None:
    url = database(made, keyed(), "out.db")
    for rows in (keyed(60), keyed(100).iloc[40:]):
        made.deliver(made.table(rows), f"{url}::shop_scores")
    with sqlite3.connect(made.folder / "out.db") as connection:
        found = pd.read_sql("SELECT * FROM shop_scores ORDER BY id", connection)
    connection.close()
    wanted = scores_in_file(made, keyed())
    assert found["id"].tolist() == wanted["id"].tolist()
    assert found["score"].tolist() == pytest.approx(wanted["score"].tolist(), rel=1e-12)
    assert found["row"].tolist()[40:] == list(range(60))


def test_a_table_that_cannot_take_scores_is_refused_before_there_are_any(made: Made) -> None:
    url = database(made, keyed(), "keyless.db")
    with pytest.raises(InvalidCall, match="no primary key or unique index of exactly id"):
        made.deliver(made.table(keyed()), f"{url}::customers")
    with pytest.raises(TableInvalid, match="nowhere: there is no such table"):
        made.deliver(f"{url}::nowhere")
    with pytest.raises(TargetUnwritable, match="unable to open database file"):
        made.deliver(made.table(keyed()), "sqlite:////nowhere/x.db::scores")
    with pytest.raises(InvalidCall, match="There is nothing here that speaks with"):
        made.deliver("klingon://host/db::customers")
    with pytest.raises(TableInvalid, match=r"There is no file .*none\.db"):
        made.deliver(f"sqlite:///{made.folder / 'none.db'}::customers")
    assert not (made.folder / "none.db").exists()  # SQLite makes what it connects to


def test_a_database_that_refuses_a_row_is_as_it_was(made: Made) -> None:
    url = database(made, keyed(), "strict.db")
    with sqlite3.connect(made.folder / "strict.db") as connection:
        connection.execute(
            'CREATE TABLE kept (id TEXT PRIMARY KEY, "row" INT CHECK ("row" < 90), score REAL, '
            "decision INT, unscored TEXT, release TEXT, version INT, next_step TEXT, due TEXT, "
            "run TEXT)"
        )
    connection.close()
    with pytest.raises(TargetUnwritable, match="CHECK constraint failed") as refused:
        made.deliver(made.table(keyed()), f"{url}::kept")
    assert "is refused again, until what it says is mended" in refused.value.hint
    assert "c00001" not in str(refused.value)  # the driver's words, never the rows
    with sqlite3.connect(made.folder / "strict.db") as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (0,)
    connection.close()


def test_a_database_that_is_busy_is_asked_again_later(made: Made) -> None:
    url = database(made, keyed(), "busy.db")
    made.deliver(made.table(keyed(3)), f"{url}::scores")
    other = sqlite3.connect(made.folder / "busy.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(TargetUnwritable, match="database is locked") as refused:
        made.deliver(made.table(keyed(3)), f"{url}?timeout=0::scores")
    assert "Run the same command again once it answers" in refused.value.hint
    other.close()


def test_a_number_that_sqlite_cannot_hold_is_told(made: Made) -> None:
    wide = keyed(3).assign(wide=np.array([1, 2, 2**64 - 1], dtype=np.uint64))
    target = f"sqlite:///{made.folder / 'wide.db'}::scores"
    with pytest.raises(TargetUnwritable, match="too large to convert to SQLite"):
        made.deliver(made.table(wide, "wide.parquet"), target, keep=("wide",))


def test_a_value_of_another_type_in_sqlite_is_told(made: Made) -> None:
    url = database(made, keyed(3), "typed.db")
    with sqlite3.connect(made.folder / "typed.db") as connection:
        connection.execute("UPDATE customers SET tenure = 'long' WHERE id = 'c00001'")
    connection.close()
    with pytest.raises(TableInvalid, match="'tenure' of customers holds a value that is not"):
        made.deliver(f"{url}::customers")


def test_delta_tables_are_read_and_replaced_in_one_version(made: Made) -> None:
    source, target = made.folder / "delta_in", made.folder / "delta_out"
    write_deltalake(source, pa.Table.from_pandas(keyed().iloc[:50], preserve_index=False))
    write_deltalake(
        source, pa.Table.from_pandas(keyed().iloc[50:], preserve_index=False), mode="append"
    )
    for _ in range(2):
        summary = made.deliver(source, f"delta:{target}")
    table = DeltaTable(target)
    assert table.version() == 1
    found = pa.table(table.to_pyarrow_table()).to_pandas().sort_values("id", ignore_index=True)
    wanted = scores_in_file(made, keyed())
    assert found["id"].tolist() == wanted["id"].tolist()
    assert found["next_step"].dropna().unique().tolist() == ["Call"]
    assert summary.output == str(target)
    with pytest.raises(TableInvalid, match="cannot be read as a Delta table"):
        made.deliver(f"delta:{made.folder / 'none'}")


def test_what_a_delta_table_refuses_is_told_without_its_rows(made: Made) -> None:
    target = made.folder / "delta_rules"
    made.deliver(made.table(keyed(3)), f"delta:{target}")
    DeltaTable(target).alter.add_constraint({"small": '"row" < 50'})
    with pytest.raises(TargetUnwritable, match="50 rows failed validation check") as refused:
        made.deliver(made.table(keyed()), f"delta:{target}")
    assert "c00051" not in str(refused.value)
    assert "until what it says is mended" in refused.value.hint
    clock = pa.table({**pa.Table.from_pandas(keyed(3)).to_pydict(), "at": [time(3, 4)] * 3})
    with pytest.raises(TargetUnwritable, match="Invalid data type for Delta Lake") as refused:
        made.deliver(clock, f"delta:{made.folder / 'delta_times'}", keep=("at",))
    assert "unknown" not in str(refused.value)  # nor its stack


def test_two_that_replace_a_delta_table_leave_that_of_one(made: Made) -> None:
    file, target = made.folder / "both.parquet", made.folder / "delta_both"
    parquet.write_table(pa.table({"row": range(1000)}), file)
    write_deltalake(target, pa.table({"row": [-1]}))
    together = threading.Barrier(4)

    def write() -> str:
        together.wait()
        try:
            publish(address_of(f"delta:{target}"), file)
        except TargetUnwritable as refused:
            return refused.hint
        return ""

    with ThreadPoolExecutor(4) as threads:
        hints = [each.result() for each in [threads.submit(write) for _ in range(4)]]
    assert all("Another process wrote it at the same moment" in hint for hint in hints if hint)
    assert "" in hints
    assert DeltaTable(target).to_pyarrow_table().num_rows == 1000


def test_a_delta_table_without_one_of_its_files_cannot_be_read(made: Made) -> None:
    source = made.folder / "delta_torn"
    write_deltalake(source, pa.Table.from_pandas(keyed(), preserve_index=False))
    next(source.glob("*.parquet")).unlink()
    with pytest.raises(TableInvalid, match="delta_torn cannot be read as a Delta table"):
        made.deliver(source)
    with pytest.raises(InvalidCall, match="is the table to be scored"):
        made.deliver(source, f"delta:file://{source}")


@pytest.mark.parametrize("library", ["pandas", "pyarrow", "polars", "lazy"])
def test_frames_of_any_library_are_scored(made: Made, library: str) -> None:
    frame: Any = keyed()
    if library != "pandas":
        frame = pa.Table.from_pandas(frame, preserve_index=False)
    if library in {"polars", "lazy"}:
        frame = pl.from_arrow(frame)
    if library == "lazy":
        frame = frame.lazy()
    made.deliver(frame)
    found = pd.read_parquet(made.folder / "out.parquet")
    pd.testing.assert_frame_equal(found, scores_in_file(made, keyed()))


def test_what_is_no_frame_is_refused(made: Made) -> None:
    with pytest.raises(TableInvalid, match="The frame cannot be read as a table"):
        made.deliver([1, 2])
    with pytest.raises(TableInvalid, match="The frame has no columns"):
        made.deliver(pd.DataFrame())


def rows_of(receiver: Receiver) -> list[dict[str, Any]]:
    bodies = [json.loads(request.body) for request in receiver.requests]
    return [row for body in bodies for row in body["rows"]]


def test_scores_are_posted_in_batches_that_are_retried_under_their_key(
    made: Made, receiver: Receiver
) -> None:
    receiver.answers = [(503, {"retry-after": "0"})]
    summary = made.deliver(
        made.table(keyed(1100)),
        f"{receiver.url}/in",
        environ={"NBRELEASE_SCORES_TOKEN": "t0ken", "NBRELEASE_SCORES_SECRET": "s"},
    )
    keys = [request.headers["idempotency-key"] for request in receiver.requests]
    assert len(keys) == 4
    assert keys[0] == keys[1]
    assert len(set(keys)) == 3
    del receiver.requests[0]
    wanted = scores_in_file(made, keyed(1100))
    rows = rows_of(receiver)
    assert [row["id"] for row in rows] == wanted["id"].tolist()
    assert [row["score"] for row in rows] == wanted["score"].tolist()
    assert receiver.requests[0].headers["authorization"] == "Bearer t0ken"
    assert "webhook-signature" in receiver.requests[0].headers
    assert summary.refused == 0
    assert len(pd.read_parquet(made.folder / "dead.parquet")) == 0


BAD = frozenset({3, 700, 701})


def refusing(body: bytes) -> int:
    """Answer as a receiver does that takes a batch only if it takes every row."""
    return 422 if {row["row"] for row in json.loads(body)["rows"]} & BAD else 200


def test_bad_rows_stand_alone_among_the_dead_letters(made: Made, receiver: Receiver) -> None:
    taken: list[int] = []

    def judge(body: bytes) -> int:
        status = refusing(body)
        taken.extend(row["row"] for row in json.loads(body)["rows"] if status == 200)
        return status

    receiver.judge = judge
    summary = made.deliver(made.table(keyed(1100)), receiver.url)
    dead = pd.read_parquet(made.folder / "dead.parquet")
    assert set(dead["row"]) == BAD
    assert summary.refused == len(dead) == len(BAD)
    assert dead["refused"].str.contains("answered 422").all()
    assert sorted(taken) == sorted(set(range(1100)) - BAD)
    keys = [request.headers["idempotency-key"] for request in receiver.requests]
    assert len(set(keys)) == len(keys)


def test_a_batch_that_is_known_already_is_not_sent_in_parts(made: Made, receiver: Receiver) -> None:
    receiver.judge = lambda body: 409 if json.loads(body)["first"] == ROWS else 200
    dead = made.folder / "known.parquet"
    assert posted(made, receiver, dead) == ROWS
    assert pd.read_parquet(dead)["row"].tolist() == list(range(ROWS, 2 * ROWS))
    assert len(receiver.requests) == 2 + 5  # each try of it


def test_a_batch_that_is_still_under_way_is_asked_for_again(made: Made, receiver: Receiver) -> None:
    receiver.answers = [(200, {}), (409, {}), (409, {})]
    assert posted(made, receiver, made.folder / "under_way.parquet") == 0
    keys = [request.headers["idempotency-key"] for request in receiver.requests]
    assert len(set(keys[1:4])) == 1
    assert len(set(keys)) == 3


def test_a_pause_that_cannot_be_read_is_our_own(made: Made, receiver: Receiver) -> None:
    receiver.answers = [(503, {"retry-after": "1.5"})]
    assert posted(made, receiver, made.folder / "paused.parquet") == 0


def posted(made: Made, receiver: Receiver, dead: Path) -> int:
    """Post 1,100 rows without pauses, and return how many were refused."""
    file = dead.with_suffix(".rows.parquet")
    parquet.write_table(pa.table({"row": range(1100)}), file)
    return post(
        address_of(receiver.url, out=True), file, run="r", delivery="r",
        progress=dead.with_suffix(".settled"), dead_letters=dead, backoff=0,
        around=Surroundings(project=made.folder, home=made.folder, registry="", environ={}),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("value", "sent"),
    [
        (Decimal("1.50"), 1.5),
        (Decimal(12345678901234567890), 12345678901234567890),
        (b"a\xff", "Yf8="),
        (time(3, 4), "03:04:00"),
        (timedelta(minutes=1), 60.0),
        ([date(2026, 1, 31)], ["2026-01-31"]),
        ({"at": datetime(2026, 1, 31, tzinfo=UTC), "x": float("nan")},
         {"at": "2026-01-31T00:00:00+00:00", "x": None}),
    ],
)  # fmt: skip
def test_kept_columns_of_any_type_are_posted(
    made: Made, receiver: Receiver, value: object, sent: object
) -> None:
    file = made.folder / "kinds.parquet"
    parquet.write_table(pa.table({"kept": [value]}), file)
    post(
        address_of(receiver.url, out=True), file, run="r", delivery="r", dead_letters=None,
        progress=made.folder / f"kinds {sent}",
        around=Surroundings(project=made.folder, home=made.folder, registry="", environ={}),
    )  # fmt: skip
    assert rows_of(receiver) == [{"kept": sent}]


def test_decimals_and_times_are_kept_in_sqlite(made: Made) -> None:
    rows = keyed(2)
    table = pa.Table.from_pandas(rows, preserve_index=False)
    table = table.append_column("paid", pa.array([Decimal("1.50"), Decimal("2.00")]))
    table = table.append_column("at", pa.array([time(3, 4)] * 2))
    made.deliver(table, f"sqlite:///{made.folder / 'kinds.db'}::scores", keep=("paid", "at"))
    with sqlite3.connect(made.folder / "kinds.db") as connection:
        found = connection.execute("SELECT paid, at FROM scores ORDER BY id").fetchall()
    connection.close()
    assert found == [(1.5, "03:04:00.000000"), (2, "03:04:00.000000")]


def test_one_id_for_other_rows_is_another_delivery(made: Made, receiver: Receiver) -> None:
    source = made.table(keyed(600))
    receiver.answers = [(200, {}), (403, {})]
    with pytest.raises(SinkFailed, match="answered 403") as failed:
        made.deliver(source, receiver.url)
    assert failed.value.hint.startswith("Check NBRELEASE_SCORES_TOKEN")
    made.table(keyed(600).assign(tenure=5))
    made.deliver(source, receiver.url)
    bodies: dict[str, bytes] = {}
    for request in receiver.requests:
        key = request.headers["idempotency-key"]
        assert bodies.setdefault(key, request.body) == request.body
    keys = set(bodies)
    source.write_bytes(source.read_bytes())  # the same rows, as a scheduler's second try makes them
    made.deliver(source, receiver.url)
    assert {request.headers["idempotency-key"] for request in receiver.requests} == keys


def test_dead_letters_have_a_file_of_their_own(made: Made, receiver: Receiver) -> None:
    source = made.table(keyed(3))
    for letters, said in (("rejects.parquet", "the table of the rejects"), ("x.txt", "suffix")):
        with pytest.raises(InvalidCall, match=said):
            made.deliver(source, receiver.url, letters=letters)
    with pytest.raises(InvalidCall, match="'refused' cannot be kept"):
        made.deliver(
            made.table(keyed(3).assign(refused="no"), "r.parquet"), receiver.url, keep=("refused",)
        )
    assert receiver.requests == []


def test_what_a_receiver_says_cannot_write_on_the_terminal(made: Made, receiver: Receiver) -> None:
    receiver.reason = "\x1b[31mred"
    receiver.answers = [(403, {})]
    with pytest.raises(SinkFailed, match=r"answered 403 \[31mred") as failed:
        made.deliver(made.table(keyed(3)), receiver.url)
    assert "\x1b" not in str(failed.value)


def test_a_run_whose_receiver_went_away_goes_on_behind_what_was_settled(
    made: Made, receiver: Receiver
) -> None:
    source = made.table(keyed(1600))
    # the second batch and its second half are refused; then the receiver does not know us
    receiver.answers = [(200, {}), (422, {}), (200, {}), (422, {}), (403, {})]
    with pytest.raises(SinkFailed, match="answered 403") as failed:
        made.deliver(source, receiver.url)
    assert "it goes on where it stopped" in failed.value.hint
    del receiver.requests[:]
    summary = made.deliver(source, receiver.url)
    firsts = [json.loads(request.body)["first"] for request in receiver.requests]
    assert firsts == [750, 875, 1000, 1500]
    assert (summary.refused, summary.resumed) == (0, 1600)
    assert len(pd.read_parquet(made.folder / "dead.parquet")) == 0


def test_a_receiver_that_takes_no_row_ends_the_run_and_all_are_tried_again(
    made: Made, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lifecycle_core.adapters.remote_tables.http.ROWS", 20)
    receiver.judge = lambda _body: 400
    source = made.table(keyed(30))
    with pytest.raises(SinkFailed, match="refused each of the first 20 rows") as failed:
        made.deliver(source, receiver.url)
    assert "tries all of them again" in failed.value.hint
    receiver.judge = None
    assert made.deliver(source, receiver.url).refused == 0


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("s3://bucket/x", "The s3:// address names no table"),
        ("http://example.com/x", "plain http leaves this machine unencrypted; write https.$"),
        ("sqlite:///x.db::", "no table behind ::"),
        ("postgresql+pg8000://me:s3cret@ho:st/db::t", "address names no table"),
        ("delta:", "no folder or URL behind delta:"),
    ],
)
def test_addresses_that_are_none_are_refused(address: str, said: str) -> None:
    with pytest.raises(InvalidCall, match=said):
        address_of(address, out=True)


def test_passwords_are_not_shown() -> None:
    assert "s3cret" not in address_of("postgresql://me:s3cret@host/db::t").shown
    assert "s3cret" not in address_of("https://host/s3cret", out=True).shown
    assert address_of("postgresql://host/db?password=s3cret::t").shown == "postgresql://host/db::t"
    for delta in ("s3://KEY:s3cret@bucket/t", "abfss://c@host/t?sig=s3cret"):
        address = address_of(f"delta:{delta}")
        assert "s3cret" not in address.shown + address.name
        assert address.name == "t"
    with pytest.raises(InvalidCall) as refused:
        address_of("postgresql://me:s3cret@host/db")
    assert "s3cret" not in str(refused.value)


def test_an_upsert_finds_the_last_of_rows_with_one_key(made: Made) -> None:
    url = f"sqlite:///{made.folder / 'twice.db'}"
    twice = pd.concat([keyed(3), keyed(3)], ignore_index=True)
    made.deliver(made.table(twice), f"{url}::scores")
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        found = connection.execute(sa.text('SELECT id, "row" FROM scores ORDER BY id')).all()
    engine.dispose()
    assert [tuple(row) for row in found] == [("c00000", 3), ("c00001", 4), ("c00002", 5)]


@pytest.mark.parametrize("kind", ["csv", "parquet"])
@pytest.mark.parametrize("lacking", [None, float("nan")])
def test_rows_without_their_key_are_refused_before_there_are_scores(
    made: Made, kind: str, lacking: float | None
) -> None:
    frame = keyed(20).assign(id=np.arange(20.0) if lacking else keyed(20)["id"])
    frame.loc[[2, 5, 7], "id"] = lacking
    url = f"sqlite:///{made.folder / 'lacking.db'}"
    with pytest.raises(TableInvalid, match=r"'id' of .* has no value in 3 rows") as refused:
        made.deliver(made.table(frame, f"lacking.{kind}"), f"{url}::scores")
    assert "Nothing was written" in refused.value.hint
    assert refused.value.exit_code == 2
    assert not (made.folder / "lacking.db").exists()
    made.deliver(made.table(frame, f"lacking.{kind}"))  # a file takes them
    assert pd.read_parquet(made.folder / "out.parquet")["score"].notna().all()


def leaves_no_table(made: Made, url: str) -> None:
    """Let a database refuse the second of two batches into a table that is made for them."""
    file = made.folder / "halved.parquet"
    parts = [pa.table({"id": [each], "row": [at]}) for at, each in enumerate(("a", None))]
    schema = pa.schema([("id", pa.string()), ("row", pa.int64())])
    with parquet.ParquetWriter(file, schema) as writer:
        for part in parts:
            writer.write_table(part.cast(schema))
    address = address_of(f"{url}::scores", out=True)
    with pytest.raises(TargetUnwritable, match=r"(?i)not.null"):
        upsert(address, file, key=("id",))
    engine = sa.create_engine(url)
    assert "scores" not in sa.inspect(engine).get_table_names()
    engine.dispose()


def test_a_table_that_was_made_for_rows_that_are_refused_is_not_left_in_sqlite(
    made: Made,
) -> None:
    leaves_no_table(made, f"sqlite:///{made.folder / 'halved.db'}")


def refuses_without_rows(made: Made, engine: sa.Engine, url: str) -> None:
    """Let PostgreSQL refuse a row: its own words, which repeat the row in their details."""
    with engine.begin() as connection:
        connection.execute(
            sa.text(
                'CREATE TABLE kept (id TEXT PRIMARY KEY, "row" INT CHECK ("row" < 90), score REAL, '
                "decision BOOL, unscored TEXT, release TEXT, version INT, next_step TEXT, "
                "due TIMESTAMPTZ, run TEXT)"
            )
        )
    with pytest.raises(TargetUnwritable) as refused:
        made.deliver(made.table(keyed()), f"{url}::kept")
    assert str(refused.value).endswith(
        'new row for relation "kept" violates check constraint "kept_row_check"'
    )
    assert "is refused again, until what it says is mended" in refused.value.hint


@pytest.mark.skipif(not programs(), reason="no PostgreSQL here (Debian: postgresql)")
def test_postgresql_is_read_and_written_by_the_business_key(made: Made) -> None:
    bins = programs()
    assert bins
    with serving(bins) as url:
        leaves_no_table(made, url)
        engine = sa.create_engine(url)
        refuses_without_rows(made, engine, url)
        with pytest.raises(InvalidCall, match="names no user"):
            made.deliver(f"{url.replace('me@', '')}::customers")
        keyed().to_sql("customers", engine, index=False)
        for rows in (keyed(60), keyed(100).iloc[40:]):
            made.deliver(made.table(rows), f"{url}::public.shop_scores")
        with engine.connect() as connection:
            found = pd.read_sql(sa.text("SELECT * FROM shop_scores ORDER BY id"), connection)
        made.deliver(f"{url}::customers")
        made.deliver(f"{url}::customers", f"{url}::shop_scores")
        with pytest.raises(InvalidCall, match="no primary key or unique index of exactly id"):
            made.deliver(made.table(keyed()), f"{url}::customers")
        with engine.begin() as connection:
            connection.execute(sa.text("ALTER TABLE shop_scores DROP COLUMN due"))
        with pytest.raises(InvalidCall, match="has no column 'due'"):
            made.deliver(made.table(keyed()), f"{url}::shop_scores")
        engine.dispose()
    wanted = scores_in_file(made, keyed())
    assert found["id"].tolist() == wanted["id"].tolist()
    assert found["score"].tolist() == pytest.approx(wanted["score"].tolist(), rel=1e-12)
    pd.testing.assert_frame_equal(pd.read_parquet(made.folder / "out.parquet"), wanted)
