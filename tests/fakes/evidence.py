"""Evidence that passes all six checkpoints, to be spoilt one piece at a time."""

from __future__ import annotations

from lifecycle_core.schema.checkpoint import Evidence, Rehearsal
from lifecycle_core.schema.contract import Contract, ContractReport, Feature
from lifecycle_core.schema.finalization import (
    CandidateResult,
    DecisionRule,
    Finalization,
    Interval,
)
from lifecycle_core.schema.release_file import (
    Duty,
    Metric,
    ModelSection,
    Owner,
    OwnersSection,
    PolicySection,
    ReleaseFile,
    Response,
    ReviewSection,
    ValueSection,
    WorkflowSection,
)
from lifecycle_core.schema.reproduction import (
    CellResult,
    EnvironmentFacts,
    InputFile,
    Reproduction,
    Run,
)

_DIGEST = "sha256:" + "ab" * 32
_RULE = DecisionRule(kind="threshold", value=0.3)


def evidence(name: str = "churn", policy: PolicySection | None = None) -> Evidence:
    """Return evidence that passes everything."""
    return Evidence(
        release_file=release_file(name, policy),
        reproduction=reproduction(),
        finalization=finalization(name),
        contract=contract(name),
        contract_report=ContractReport(
            contract=name, contract_digest=_DIGEST, rows=7043, checks=12, agreed=True
        ),
        rehearsal=Rehearsal(
            rows=1000,
            seconds=0.5,
            rows_per_run=7043,
            projected_seconds=3.5,
            mismatches=0,
            fallback_rows=10,
            fallback_ok=True,
        ),
    )


def release_file(name: str = "churn", policy: PolicySection | None = None) -> ReleaseFile:
    owner = Owner(name="Ann", contact="ann@example.com")
    duty = Duty(name="Bob", service_level="4 working hours", escalation="Ann")
    response = Response(limit="0.2", response="retrain")
    return ReleaseFile(
        model=ModelSection(name=name),
        workflow=WorkflowSection(
            destination="the CRM",
            next_step="call the customer",
            recipient="the retention team",
            schedule="Mondays at 06:00",
            rows_per_run=7043,
            deadline_seconds=600,
            when_late="use last week's list",
            when_missing="do not call",
        ),
        value=ValueSection(
            operating_metric=Metric(name="actions_per_run", at_most=300),
            financial_metric=Metric(name="cost_per_run", at_most=120_000),
        ),
        owners=OwnersSection(
            product=owner,
            data=owner,
            engineering=owner,
            operations=owner,
            release=duty,
            support=duty,
            escalation=duty,
            retirement=duty,
        ),
        review=ReviewSection(
            schedule="the first Monday of a month",
            business_cycle="monthly billing",
            latency=response,
            errors=response,
            drift=response,
            resources=response,
            adoption=response,
            override=response,
            cost=response,
            revenue=response,
        ),
        policy=policy or PolicySection(),
    )


def reproduction() -> Reproduction:
    return Reproduction(
        notebook="churn.ipynb",
        source_digest=_DIGEST,
        verdict="cosmetic",
        reproducible=True,
        rtol=1e-6,
        cells=(
            CellResult(index=1, label="import pandas as pd", status="identical"),
            CellResult(index=3, label="model.fit(X, y)", status="cosmetic"),
        ),
        inputs=(InputFile(path="data/churn.csv", digest=_DIGEST, cells=(1,)),),
        environment=EnvironmentFacts(python="3.11.9", lock=_DIGEST, platform="linux-x86_64"),
        runs=(Run(seconds=3.0, hash_seed=0, threads=2, exit="ok"),),
    )


def finalization(name: str = "churn") -> Finalization:
    chosen = CandidateResult(
        name="boosted",
        estimator="sklearn.ensemble.HistGradientBoostingClassifier",
        metrics={"roc_auc": 0.84},
        rule=_RULE,
        expected_cost=15.6,
        cost_interval=Interval(low=15.0, high=16.2),
        cost_per_run=109_870.8,
        actions_per_run=290.0,
        savings=0.41,
        fit_seconds=0.2,
        predict_ms_per_row=0.01,
    )
    return Finalization(
        release=name,
        task="classification",
        target="churn",
        features=("tenure", "plan"),
        rows=7043,
        rows_per_run=7043,
        currency="USD",
        folds=5,
        seed=0,
        candidates=(chosen,),
        chosen="boosted",
        rule=_RULE,
        holdout={"roc_auc": 0.83},
        reason=("It is the cheapest.",),
    )


def contract(name: str = "churn") -> Contract:
    return Contract(
        name=name,
        status="active",
        features=(_feature("tenure", "months"), _feature("plan", "none")),
    )


def _feature(name: str, unit: str) -> Feature:
    return Feature(
        name=name,
        type="integer" if unit == "months" else "string",
        required=True,
        meaning="what it says",
        unit=unit,
        refresh="nightly",
        owner="Ann",
    )
