"""Every error a user can act on, and no other.

    LifecycleError
    |-- InvalidCall            the call itself is wrong                     exit 2
    |-- NotebookInvalid        the notebook cannot be used       .path      exit 2
    |-- ReleaseFileInvalid     the release file is wrong         .where     exit 2
    |-- NoFinalization         no %finalize took place                      exit 2
    |-- CellFailed             a cell of the notebook raised     .cell      exit 2
    |-- TableInvalid           a table does not fit              .violations exit 2
    |-- BundleInvalid          a bundle is not what it was       .path      exit 2
    |-- UntrustedModel         a model would run foreign code    .types     exit 2
    |-- ReleaseNotFound        no such release                   .name      exit 2
    |-- MissingExtra           an optional library is missing   .extra     exit 2
    |-- CheckpointFailed       a needed checkpoint is not passed .results   exit 1
    |-- ConcurrentPromotion    somebody else moved the alias     .head      exit 1
    |-- LedgerBroken           the ledger was changed behind us .alias     exit 3
    |-- NoAnswer               what ran meanwhile gave no answer         exit 3
    |-- RunStopped             a kernel died, hung or left early .run       exit 3
    |-- TargetUnwritable       a file cannot be written          .path      exit 3
    |-- SinkFailed             a sink did not take an event     .kind      exit 3
    |-- EnvironmentUnavailable a package could not be had        .package   exit 3
    |-- RegistryUnavailable    the registry does not answer      .uri       exit 3
    |-- StoreUnavailable       a pipeline's store does not answer .address  exit 3
    |-- LogFull                a prediction log has no room left .path      exit 3
    |-- LogUnavailable         a log's tables cannot be written .address    exit 3
    `-- SchedulerUnavailable   a Dask scheduler does not answer  .address   exit 3

`str(error)` states the fact; `error.hint` says what to do next; the attribute is the data.
A defect of ours is never a `LifecycleError`: it keeps its full traceback.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lifecycle_core.schema.checkpoint import CheckpointResult
    from lifecycle_core.schema.contract import Violation
    from lifecycle_core.schema.release import Head
    from lifecycle_core.schema.reproduction import Run


class LifecycleError(Exception):
    r"""Base class: one `except` catches whatever the user can mend.

    Attributes:
        exit_code: What the command line returns: 1 the answer is no, 2 the call or a file of the
            user's is wrong, 3 the work could not be carried out.

    Example:
        >>> error = InvalidCall("--rtol is 2, it must be >= 0 and < 1.", hint="Try --rtol 1e-6.")
        >>> print(*error._render_traceback_(), sep="\n")
        InvalidCall: --rtol is 2, it must be >= 0 and < 1.
        Hint: Try --rtol 1e-6.
    """

    exit_code: int = 2

    def __init__(self, fact: str, *, hint: str = "") -> None:
        super().__init__(fact)
        self.hint = hint

    def __reduce__(self) -> tuple[object, ...]:
        """Survive pickling: the worker process sends errors home."""
        return (_rebuild, (type(self), self.args, self.__dict__))

    def _render_traceback_(self) -> list[str]:
        """Let IPython show the fact and the hint instead of our call stack."""
        fact = f"{type(self).__name__}: {self}"
        return [fact, f"Hint: {self.hint}"] if self.hint else [fact]


def _rebuild(
    kind: type[LifecycleError], args: tuple[object, ...], state: dict[str, object]
) -> LifecycleError:
    error = kind.__new__(kind)
    error.args = args
    error.__dict__.update(state)
    return error


class InvalidCall(LifecycleError):
    """An argument is wrong."""


class NotebookInvalid(LifecycleError):
    """The notebook cannot be read or run as it is."""

    def __init__(self, fact: str, *, path: str, hint: str = "") -> None:
        super().__init__(fact, hint=hint)
        self.path = path


class ReleaseFileInvalid(LifecycleError):
    """The release file is wrong; `where` is its file or cell and line."""

    def __init__(self, fact: str, *, where: str, hint: str = "") -> None:
        super().__init__(fact, hint=hint)
        self.where = where


class NoFinalization(LifecycleError):
    """The notebook has not chosen a final model."""


class CellFailed(LifecycleError):
    """A cell of the notebook raised in the clean run; `cell` is its index in the file."""

    def __init__(self, fact: str, *, cell: int, hint: str = "") -> None:
        super().__init__(fact, hint=hint)
        self.cell = cell


class TableInvalid(LifecycleError):
    """A table does not fit the contract of the model."""

    def __init__(
        self, fact: str, *, violations: tuple[Violation, ...] = (), hint: str = ""
    ) -> None:
        super().__init__(fact, hint=hint)
        self.violations = violations


class BundleInvalid(LifecycleError):
    """A bundle is incomplete or was changed."""

    def __init__(self, fact: str, *, path: str, hint: str = "") -> None:
        super().__init__(fact, hint=hint)
        self.path = path


class UntrustedModel(LifecycleError):
    """A model's file would construct types that the policy does not trust."""

    def __init__(self, fact: str, *, types: tuple[str, ...] = (), hint: str = "") -> None:
        super().__init__(fact, hint=hint)
        self.types = types


class ReleaseNotFound(LifecycleError):
    """The registry has no such release, version or alias."""

    def __init__(self, fact: str, *, name: str, hint: str = "") -> None:
        super().__init__(fact, hint=hint)
        self.name = name


class MissingExtra(LifecycleError):
    """A library that only some need is not installed; `extra` brings it.

    Example:
        >>> MissingExtra("prometheus-client is not installed.", extra="monitoring").hint
        "pip install 'nbrelease[monitoring]'"
    """

    def __init__(self, fact: str, *, extra: str, hint: str = "") -> None:
        super().__init__(fact, hint=hint or f"pip install 'nbrelease[{extra}]'")
        self.extra = extra


class CheckpointFailed(LifecycleError):
    """A checkpoint that the policy needs for this alias is not passed."""

    exit_code = 1

    def __init__(self, fact: str, *, results: tuple[CheckpointResult, ...], hint: str = "") -> None:
        super().__init__(fact, hint=hint)
        self.results = results


class ConcurrentPromotion(LifecycleError):
    """Somebody else moved the alias first; `head` is where it points now."""

    exit_code = 1

    def __init__(self, fact: str, *, head: Head | None, hint: str = "") -> None:
        super().__init__(fact, hint=hint)
        self.head = head


class LedgerBroken(LifecycleError):
    """Events of the ledger were edited or deleted, so `alias` cannot be trusted."""

    exit_code = 3

    def __init__(self, fact: str, *, alias: str, hint: str = "") -> None:
        super().__init__(fact, hint=hint)
        self.alias = alias


class RunStopped(LifecycleError):
    """The clean run could not be carried to its end."""

    exit_code = 3

    def __init__(self, fact: str, *, run: Run, hint: str = "") -> None:
        super().__init__(fact, hint=hint)
        self.run = run


class NoAnswer(LifecycleError):
    """What ran in the background was stopped, or its process died."""

    exit_code = 3


class TargetUnwritable(LifecycleError):
    """A file or folder cannot be written: read-only, or the disk is full."""

    exit_code = 3

    def __init__(self, fact: str, *, path: str, hint: str = "") -> None:
        super().__init__(fact, hint=hint)
        self.path = path


class SinkFailed(LifecycleError):
    """A sink could not take an event; it never fails a run, and is reported with it.

    Attributes:
        kind: What failures are counted by, such as `503` or `secret`; the fact may differ.
    """

    exit_code = 3

    def __init__(self, fact: str, *, kind: str, hint: str = "") -> None:
        super().__init__(fact, hint=hint)
        self.kind = kind


class EnvironmentUnavailable(LifecycleError):
    """A locked environment could not be made.

    Attributes:
        package: The package that it failed on as `name==version`, or empty.
        reason: One of `offline`, `late`, `refused` (the index wants a login), `not_on_index`,
            `hash_mismatch`, `no_wheel`, `build_failed`, `other_python`, `no_hashes`, `not_here`,
            `changed`, `unknown`.
    """

    exit_code = 3

    def __init__(self, fact: str, *, reason: str, package: str = "", hint: str = "") -> None:
        super().__init__(fact, hint=hint)
        self.package = package
        self.reason = reason


class RegistryUnavailable(LifecycleError):
    """The registry does not answer, or answers with an error of its own."""

    exit_code = 3

    def __init__(self, fact: str, *, uri: str, hint: str = "") -> None:
        super().__init__(fact, hint=hint)
        self.uri = uri


class StoreUnavailable(LifecycleError):
    """The store of a pipeline's results does not answer, or cannot be written."""

    exit_code = 3

    def __init__(self, fact: str, *, address: str, hint: str = "") -> None:
        super().__init__(fact, hint=hint)
        self.address = address


class LogFull(LifecycleError):
    """A prediction log takes no more rows; those of this call are not kept, others are.

    Attributes:
        path: The folder of the write-ahead log.
    """

    exit_code = 3

    def __init__(self, fact: str, *, path: str, hint: str = "") -> None:
        super().__init__(fact, hint=hint)
        self.path = path


class LogUnavailable(LifecycleError):
    """The tables of a prediction log do not answer, or cannot be written."""

    exit_code = 3

    def __init__(self, fact: str, *, address: str, hint: str = "") -> None:
        super().__init__(fact, hint=hint)
        self.address = address


class SchedulerUnavailable(LifecycleError):
    """A Dask scheduler or a Spark does not answer, or has nothing that works for it."""

    exit_code = 3

    def __init__(self, fact: str, *, address: str, hint: str = "") -> None:
        super().__init__(fact, hint=hint)
        self.address = address
