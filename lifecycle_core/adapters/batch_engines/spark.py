"""Score batches on Spark; the bundle goes to its executors, which verify it themselves."""

from __future__ import annotations

import re
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.batch_engines.sent_bundles import OpenWorkers, SentBundle, scores_of
from lifecycle_core.errors import InvalidCall, MissingExtra, SchedulerUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from lifecycle_core.adapters.batch_engines.sent_bundles import Answer

_HERE = {  # a Spark of this process's own, which nobody else shall reach
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.ui.enabled": "false",
}
_PYTHON_ERROR = re.compile(r"^(\w+(?:Error|Exception): .*)$", re.MULTILINE)
_JAVA_ERROR = re.compile(r"^: (\S.*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Spark:
    """Executors of Spark; nbrelease must be installed there.

    Attributes:
        master: Such as `spark://host:7077`; None for a Spark that runs in this process already, as
            in a notebook of a platform's, else one of this machine.
        jobs: Tasks at once of the latter; None for as many as there are processors.
    """

    master: str | None = None
    jobs: int | None = None

    @contextmanager
    def open(self, bundle: Path) -> Iterator[OpenWorkers]:
        """Connect, and send the bundle; see `BatchEngine.open`.

        Raises:
            MissingExtra: pyspark is not installed.
            InvalidCall: Another Spark runs in this process.
            SchedulerUnavailable: Spark does not start, or does not answer.
        """
        if find_spec("pyspark") is None:
            raise MissingExtra("pyspark is not installed.", extra="spark")
        with self._context() as context:
            sent = context.broadcast(SentBundle.of(bundle))
            width = max(1, context.defaultParallelism)
            with ThreadPoolExecutor(width) as threads:

                def ask(columns: dict[str, Any]) -> Any:  # noqa: ANN401 - Spark's result
                    with _refusals(context.master):
                        asked = context.parallelize([columns], 1).map(partial(_scores, sent))
                        return asked.collect()[0]

                try:
                    yield OpenWorkers(ask, width, threads)
                finally:
                    sent.destroy()

    @contextmanager
    def _context(self) -> Iterator[Any]:
        from pyspark.sql import SparkSession

        with _refusals(self.master):
            running = SparkSession.getActiveSession()
            if running is None:
                session = self._session(SparkSession.builder)
        if running is None:
            try:
                yield session.sparkContext
            finally:
                session.stop()
            return
        context = running.sparkContext
        if self.master not in {None, context.master}:
            raise InvalidCall(
                f"Spark runs in this process already, at {context.master}.",
                hint="Leave --scheduler out to use it, or stop it.",
            )
        yield context

    def _session(self, builder: Any) -> Any:  # noqa: ANN401 - Spark's builder and session
        master = self.master or f"local[{self.jobs or '*'}]"
        local = master.startswith("local")
        builder = builder.appName("nbrelease score").master(master)
        settings = {"spark.ui.showConsoleProgress": "false", **(_HERE if local else {})}
        for name, value in settings.items():
            builder = builder.config(name, value)
        session = builder.getOrCreate()
        session.sparkContext.setLogLevel("ERROR")
        if local:  # else Spark takes whatever python3 is on the path
            session.sparkContext.pythonExec = sys.executable
        return session


def _scores(
    sent: Any,  # noqa: ANN401 - Spark's broadcast variable
    columns: Mapping[str, Any],
) -> Answer:
    """Return the scores of rows, on an executor; see `scores_of`."""
    return scores_of(sent.value, columns)


def said_of(trace: str) -> str:
    r"""Return the line of what Spark prints that says what happened.

    Example:
        >>> said_of("An error occurred\n: java.net.ConnectException: refused\n\tat x.Y(Z)")
        'java.net.ConnectException: refused'
    """
    if in_python := _PYTHON_ERROR.findall(trace):
        return str(in_python[-1])
    if in_java := _JAVA_ERROR.search(trace):
        return in_java[1]
    return trace.strip().partition("\n")[0]


@contextmanager
def _refusals(master: str | None) -> Iterator[None]:
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    try:
        yield
    except (Py4JError, PySparkException, OSError) as error:
        raise SchedulerUnavailable(
            f"Spark{f' at {master}' if master else ''} cannot score: {said_of(str(error)):.300}",
            address=master or "",
            hint="It needs Java 17 here, and nbrelease in the Python of its executors "
            "(PYSPARK_PYTHON).",
        ) from error
