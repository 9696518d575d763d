"""Upstream data rules are agreed, feature by feature, and the data keeps them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle_core.promoting.checkpoints.base import Checkpoint, Finding, listed

if TYPE_CHECKING:
    from lifecycle_core.schema.checkpoint import Evidence
    from lifecycle_core.schema.contract import Contract, ContractReport

_CONTRACT = "contract/contract.odcs.yaml"
_REPORT = "evidence/contract_report.json"
_BY_PEOPLE = ("meaning", "unit", "refresh", "owner")


def judge(evidence: Evidence) -> Finding:
    """Look for broken rules first, then for what people have yet to fill in, and agree to."""
    contract, report = evidence.contract, evidence.contract_report
    if contract is None or report is None:
        why = "There is no data contract yet." if contract is None else "It was not checked yet."
        return Finding("missing", why, (), "Run `nbrelease run NOTEBOOK`; it infers a draft.")
    shown = (_CONTRACT, _REPORT)
    if report.violations:
        first = report.violations[0].message.rstrip(".")
        return Finding(
            "fail",
            f"{len(report.violations)} of {report.checks} rules are broken in {report.rows:,} "
            f"rows, first: {first}.",
            shown,
            f"Mend the data, or agree on another rule in {_file(evidence)}.",
        )
    if lost := _not_logged(evidence, contract):
        return Finding(
            "fail",
            f"{lost}: no row could be priced after the release.",
            shown,
            f"Write `log: value` for it in {_file(evidence)}, or leave the amount out.",
        )
    if unready := _unready(evidence, contract, report):
        why, then = unready
        return Finding("missing", why, shown, then)
    return Finding(
        "pass",
        f"{len(contract.features)} features have type, meaning, unit, refresh and owner; "
        f"{report.checks} rules hold in {report.rows:,} rows.",
        shown,
    )


def _not_logged(evidence: Evidence, contract: Contract) -> str:
    """Return which amount goes by a feature whose value the log does not keep; empty if none."""
    kept = {feature.name for feature in contract.features if feature.log == "value"}
    for name, amount in evidence.release_file.costs.amounts.items():
        if amount.column not in kept:
            return (
                f"costs.amounts.{name} goes by {amount.column!r}, whose value the prediction log "
                "does not keep"
            )
    return ""


def _unready(
    evidence: Evidence, contract: Contract, report: ContractReport
) -> tuple[str, str] | None:
    """Return what people have yet to do, and how; None if that is nothing."""
    if empty := _unfilled(contract):
        fields = len(contract.features) * len(_BY_PEOPLE)
        why = f"{len(empty)} of {fields} fields are not filled in: {listed(empty)}."
        return why, _fill_in(evidence)
    if not contract.features:
        return "The contract names no features.", _fill_in(evidence)
    again = f"in {_file(evidence)}, then run `nbrelease run NOTEBOOK` again."
    if report.not_judged:
        return report.not_judged[0], f"Complete the rule {again}"
    if contract.status != "active":
        return (
            f"The contract's status is {contract.status}: its owners have not agreed to it yet.",
            f"Once they agree, set `status: active` {again}",
        )
    return None


def _unfilled(contract: Contract) -> list[str]:
    return [
        f"{feature.name}.{field}"
        for feature in contract.features
        for field in _BY_PEOPLE
        if not getattr(feature, field).strip()
    ]


def _file(evidence: Evidence) -> str:
    return evidence.release_file.contract.file or f"the bundle's {_CONTRACT}"


def _fill_in(evidence: Evidence) -> str:
    if file := evidence.release_file.contract.file:
        return f"Fill them in in {file}, then run `nbrelease run NOTEBOOK` again."
    return (
        f"Copy {_CONTRACT} from the bundle to the notebook's folder, fill them in, and add "
        "`file: contract.odcs.yaml` under `contract:` in the %%release cell or release.yaml."
    )


CONTRACT = Checkpoint("contract", "Upstream data rules are agreed and tested", judge)
