"""What is done with tables: score them, draw a contract from one, check one against a contract."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from lifecycle_core.adapters.progress import Progress, Silent
from lifecycle_core.settings import ledger_of, load_settings
from lifecycle_core.verbs.downloading import downloaded

if TYPE_CHECKING:
    from lifecycle_core.schema.contract import Contract, ContractReport
    from lifecycle_core.schema.release import ScoreSummary

_SILENT = Silent()


def score(
    spec: str,
    *,
    source: Path | str,
    target: Path | str,
    keep: tuple[str, ...] = (),
    progress: Progress = _SILENT,
) -> ScoreSummary:
    """Score a table with a release: score, decision and release version for each row."""
    from lifecycle_core.adapters.bundles import BundleFolders
    from lifecycle_core.adapters.models import SkopsModels
    from lifecycle_core.adapters.tables import DuckTables
    from lifecycle_core.contracting import check
    from lifecycle_core.delivering import score as deliver

    settings = load_settings()
    tables = DuckTables()
    tables.outline(Path(source))  # a table that cannot be read is told before the registry is asked
    release = ledger_of(settings).resolve(spec)
    activity = f"Scoring with {release.name}/{release.version}"
    progress.begin(activity)
    with downloaded(settings, release) as bundle:
        summary = deliver(
            release,
            bundle,
            Path(source),
            Path(target),
            keep=keep,
            bundles=BundleFolders(),
            models=SkopsModels(),
            tables=tables,
            judge=check,
        )
    progress.end(activity, f"{summary.rows:,} rows")
    return summary


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
