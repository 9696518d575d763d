"""What is done with tables: score them, draw a contract from one, check one against a contract."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.progress import Progress, Silent
from lifecycle_core.errors import InvalidCall
from lifecycle_core.settings import bundles_of, ledger_of, load_settings
from lifecycle_core.verbs.assigning import arms_for
from lifecycle_core.verbs.downloading import downloaded
from lifecycle_core.verbs.run_log import log_for, log_run

if TYPE_CHECKING:
    from lifecycle_core.adapters.batch_engines import Engine
    from lifecycle_core.schema.contract import Contract, ContractReport
    from lifecycle_core.schema.release import ScoreSummary

_SILENT = Silent()


def score(
    spec: str,
    *,
    source: Any,  # noqa: ANN401 - a path, an address, or a frame of any library
    target: Path | str,
    keep: tuple[str, ...] = (),
    rejects: Path | str | None = None,
    dead_letters: Path | str | None = None,
    run: str | None = None,
    jobs: int | None = None,
    engine: Engine = "local",
    scheduler: str | None = None,
    in_database: bool = False,
    log: bool | None = None,
    time: str | None = None,
    progress: Progress = _SILENT,
) -> ScoreSummary:
    """Score a table with a release: score, decision, next step and release version of each row.

    Killed at any moment and called again, it goes on, and the output has each row once.

    Args:
        spec: `churn`, `churn@challenger` or `churn/3`. While an experiment runs, the champion's
            rows are shared out among its arms, and the output has a column `arm`.
        source: A CSV or parquet file, `delta:FOLDER_OR_URL`, a database's address with `::TABLE`
            behind it, or a frame of any library that narwhals reads.
        target: A parquet or CSV file, `delta:...`, a table in SQLite or PostgreSQL, in which rows
            are replaced by the business key, or the `https` address of a receiver.
        keep: Columns to carry along unchanged, beside the business key of the release file.
        rejects: The parquet or CSV file of the rows without a score. If None it lies beside the
            output, or in this folder: `scores.rejects.parquet`, `churn.rejects.parquet`.
        dead_letters: The file of the rows that a receiver refuses; `churn.dead_letters.parquet`
            in this folder if None.
        run: Id of the run; made of what is scored, by what and where to, if None.
        jobs: Processes that score; None scores in threads of this one.
        engine: `dask` scores on a Dask cluster, `spark` on Spark.
        scheduler: Its address; a small one of this machine's own if None.
        in_database: The database computes the scores, with the model as SQL (extra `in-database`);
            `source` and `target` are tables of it. Refused where that does not score as the model
            does.
        log: The rows go into the prediction log before the scores are delivered, each once, and
            the output has their ids in the column `prediction`; for the champion as `workflow.log`
            of the release file says if None. Rows without a score are answered by the declared
            fallback, as the service does it.
        time: Column with the moment at which each row was decided, with its zone; the start of the
            run if None. The log has it, and the row's values must have been fresh then.
        progress: Is told how far it is.

    Raises:
        InvalidCall: An address is none, the target cannot take scores, another process does the
            same, the model does not become SQL that scores as it does, or rows cannot be logged.
        TableInvalid: The table cannot be read, or does not fit the contract; nothing was written.
        TargetUnwritable: The operating system or the database refuses.
        SinkFailed: The receiver does not answer; called again, it goes on where it stopped.
        LogUnavailable: The tables of the log cannot be written; likewise.
        MissingExtra: What is asked for needs libraries that are not installed.
    """
    from datetime import UTC, datetime

    from lifecycle_core.adapters.batch_engines import engine_of
    from lifecycle_core.adapters.metering import Meter
    from lifecycle_core.adapters.models import SkopsModels
    from lifecycle_core.adapters.remote_tables import Systems, address_of
    from lifecycle_core.adapters.score_runs import ScoreRuns
    from lifecycle_core.adapters.sinks.base import surroundings
    from lifecycle_core.adapters.tables import DuckTables
    from lifecycle_core.contracting import check
    from lifecycle_core.delivering import Means, Order, deliver, deliver_in_database

    meter = Meter()
    settings = load_settings()
    tables = DuckTables()
    places = engine_of(engine, jobs=jobs, scheduler=scheduler)
    given = address_of(source) if isinstance(source, str | Path) else source
    wanted = address_of(target, out=True)
    if isinstance(source, str | Path) and given.kind == "file":
        tables.outline(
            given.path
        )  # a table that cannot be read is told before the registry is asked
    release = ledger_of(settings).resolve(spec)
    beside = Path(f"{release.name}.parquet")
    if wanted.kind == "file":
        beside = wanted.path
    activity = f"Scoring with {release.name}/{release.version}"
    progress.begin(activity)
    around = surroundings(project=settings.project, home=settings.home, registry=settings.registry)
    with ExitStack() as stack:
        bundle = stack.enter_context(downloaded(settings, release))
        arms = arms_for(settings, spec, release, bundle, stack)
        if arms and in_database:
            raise InvalidCall(
                "An experiment runs, and a database cannot share rows out among releases.",
                hint=f"Leave --in-database out, or name {release.name}/{release.version}.",
            )
        logged = log_for(settings, spec, release, bundle, log=log, time=time)
        if logged and in_database:
            raise InvalidCall(
                "Rows that are scored within a database do not leave it, and the log is elsewhere.",
                hint="Leave --in-database out, or do not log: --no-log.",
            )
        summary = (deliver_in_database if in_database else deliver)(
            Order(
                source=given,
                target=wanted,
                rejects=Path(rejects or beside.with_suffix(f".rejects{beside.suffix}")),
                dead_letters=Path(dead_letters or beside.with_suffix(".dead_letters.parquet")),
                keep=tuple(keep),
                run=run,
                arms=arms,
                log=logged,
                time=time,
            ),
            release,
            bundle,
            Means(
                bundles=bundles_of(settings),
                models=SkopsModels(),
                tables=tables,
                remote=Systems(around),
                judge=check,
                runs=ScoreRuns(settings.score_runs),
                engine=places,
            ),
            now=datetime.now(UTC),
        )
    if logged:
        log_run(settings, summary, meter, elsewhere=engine != "local")
    progress.end(activity, f"{summary.rows:,} rows")
    return summary


def score_frame(
    spec: str,
    frame: Any,  # noqa: ANN401 - of any library
    *,
    keep: tuple[str, ...] = (),
    jobs: int | None = None,
    log: bool = False,
    time: str | None = None,
) -> Any:  # noqa: ANN401 - of the same library
    """Score a frame in memory and return the scores as a frame of the same library.

    Args:
        spec: As in `score`.
        frame: Of pandas, polars, pyarrow, or any other library that narwhals reads; one that is
            lazy is answered by a pyarrow table.
        keep: As in `score`.
        jobs: As in `score`.
        log: The rows go into the prediction log. Each call is a run of its own: rows that are
            scored twice are there twice. Frames are scored to try things, so they do not if not
            said, whatever the release file says.
        time: As in `score`.

    Returns:
        A row for each row, in its order, with the columns that `score` writes.

    Raises:
        TableInvalid: The frame does not fit the contract.
    """
    import tempfile

    from lifecycle_core.adapters.remote_tables import frame_like

    with tempfile.TemporaryDirectory(prefix="nbrelease-scores-") as folder:
        target = Path(folder) / "scores.parquet"
        score(spec, source=frame, target=target, keep=keep, jobs=jobs, log=log, time=time)
        return frame_like(frame, target)


def infer_contract(table: Path | str, out: Path | str) -> Contract:
    """Draw a contract from a table and write it; what people know is left to be filled in.

    Raises:
        InvalidCall: The file exists: what somebody filled in is never overwritten.
    """
    from lifecycle_core.adapters.files import write_new
    from lifecycle_core.adapters.tables import DuckTables
    from lifecycle_core.contracting import infer, to_odcs

    target = Path(out)
    contract = infer(DuckTables().profile(Path(table)), name=target.name.partition(".")[0])
    write_new(target, to_odcs(contract))
    return contract


def check_contract(contract: Path | str, table: Path | str) -> ContractReport:
    """Check a table against a contract."""
    from datetime import UTC, datetime

    from lifecycle_core.adapters.files import digest_bytes, read_text
    from lifecycle_core.adapters.tables import DuckTables
    from lifecycle_core.contracting import check, from_odcs

    text = read_text(Path(contract))
    agreed = from_odcs(text, str(contract))
    return check(
        agreed,
        DuckTables().measure(Path(table), agreed),
        digest=digest_bytes(text.encode()),
        agreed=True,
        now=datetime.now(UTC),
    )
