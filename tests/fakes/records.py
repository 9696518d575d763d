"""Records of a made-up release, one of each type, the same on every machine and day."""

from __future__ import annotations

from lifecycle_core.schema.bundle import Bundle, FileDigest, Manifest
from lifecycle_core.schema.checkpoint import CheckpointResult, Checkpoints, Outcome
from lifecycle_core.schema.contract import Contract, ContractReport, Feature, Violation
from lifecycle_core.schema.export import Export
from lifecycle_core.schema.finalization import (
    CandidateResult,
    Comparison,
    CurvePoint,
    DecisionRule,
    Finalization,
    Interval,
)
from lifecycle_core.schema.finding import Finding, LintedNotebook, LintReport
from lifecycle_core.schema.packaged import Packaged
from lifecycle_core.schema.proposal import Promotion, Proposal, Return
from lifecycle_core.schema.release import (
    Action,
    Entry,
    Head,
    History,
    LedgerEvent,
    Release,
    Releases,
    ScoreSummary,
    Status,
)
from lifecycle_core.schema.release_file import (
    CHECKPOINT_IDS,
    CostsSection,
    Duty,
    LimitsSection,
    ModelSection,
    Owner,
    OwnersSection,
    ReleaseFile,
    WorkflowSection,
)
from lifecycle_core.schema.reproduction import (
    Cause,
    CellResult,
    EnvironmentFacts,
    InputFile,
    Reproduction,
    Run,
)
from lifecycle_core.schema.serving import Service
from lifecycle_core.schema.session import ComparedVariable, LostSource, SessionComparison

DIGEST_1 = "sha256:" + "1a2b3c4d" * 8
DIGEST_2 = "sha256:" + "9f8e7d6c" * 8
_AT = "2026-11-23T18:04:05+00:00"
_TITLES = (
    "The output fits daily work",
    "Success is tied to operating and financial metrics",
    "The release can be rebuilt without hidden steps",
    "Upstream data rules are agreed and tested",
    "Named owners cover the full lifecycle",
    "Technical health and business effect are reviewed together",
)


def release(version: int = 2, *aliases: str) -> Release:
    """Return a version of churn; version 1 and 2 have digests of their own."""
    return Release(
        name="churn",
        version=version,
        bundle_digest=DIGEST_1 if version == 1 else DIGEST_2,
        created=_AT,
        verdict="identical",
        aliases=aliases,
    )


def checkpoints(**results: Outcome) -> Checkpoints:
    """Return the six, passed but for those that are named."""
    return Checkpoints(
        release="churn",
        bundle_digest=DIGEST_2,
        results=tuple(
            CheckpointResult(
                id=id_,
                title=title,
                result=(result := results.get(id_, "pass")),
                why=f"The evidence for {id_} was looked at.",
                evidence=(f"evidence/{id_}.json",),
                next="" if result in {"pass", "waived"} else f"Fill in `{id_}` in the release.",
            )
            for id_, title in zip(CHECKPOINT_IDS, _TITLES, strict=True)
        ),
    )


def event(seq: int = 3, action: Action = "promote", alias: str = "champion") -> LedgerEvent:
    """Return one line of the ledger."""
    version = 1 if action == "rollback" or seq == 1 else 2
    return LedgerEvent(
        seq=seq,
        event_id=f"event-{seq}",
        action=action,
        release="churn",
        alias=alias,
        expected_seq=seq - 1,
        target_version=version,
        bundle_digest=DIGEST_1 if version == 1 else DIGEST_2,
        actor="ada",
        actor_proof="os-user",
        reason="cheaper by a third" if action == "promote" else "complaints",
        at=_AT,
    )


def head(alias: str, version: int) -> Head:
    """Return where an alias points."""
    digest = DIGEST_1 if version == 1 else DIGEST_2
    return Head(alias=alias, seq=version, version=version, bundle_digest=digest, hash="h")


def history() -> History:
    """Return a ledger of two promotions, the loser of a race, and a rollback."""
    return History(
        release="churn",
        entries=(
            Entry(event=event(1), valid=True),
            Entry(event=event(2), valid=True),
            Entry(event=event(3), valid=False, note="somebody else moved champion first"),
            Entry(event=event(4, "rollback"), valid=True),
        ),
        heads={"champion": head("champion", 1)},
    )


def status() -> Status:
    """Return two versions."""
    return Status(
        name="churn",
        releases=(release(1, "champion"), release(2, "candidate", "challenger")),
        heads={"champion": head("champion", 1), "challenger": head("challenger", 2)},
    )


def retrained_status() -> Status:
    """Return two versions, of which the second was retrained from the first."""
    known = status()
    second = known.releases[1].model_copy(update={"retrained_from": 1, "standing": "better"})
    return known.model_copy(update={"releases": (known.releases[0], second)})


def proposal(checks: Checkpoints | None = None, blocked: str = "") -> Proposal:
    """Return version 2, proposed while version 1 is champion."""
    return Proposal(
        release=release(2, "candidate"),
        checkpoints=checks or checkpoints(),
        heads={
            "candidate": head("candidate", 2),
            "challenger": head("challenger", 1),
            "champion": head("champion", 1),
        },
        promotions=(
            Promotion(alias="challenger", blocked=blocked),
            Promotion(alias="champion", blocked=blocked),
        ),
        returns=(
            Return(alias="challenger", from_version=1, blocked="challenger never moved."),
            Return(alias="champion", from_version=2, to_version=1, bundle_digest=DIGEST_1),
        ),
    )


def _candidate(name: str, cost: float, threshold: float, auc: float) -> CandidateResult:
    return CandidateResult(
        name=name,
        estimator="sklearn.linear_model.LogisticRegression",
        metrics={"roc_auc": auc, "average_precision": auc - 0.2},
        rule=DecisionRule(kind="threshold", value=threshold),
        expected_cost=cost,
        cost_interval=Interval(low=cost * 0.95, high=cost * 1.06),
        cost_per_run=cost * 1000,
        actions_per_run=281.4,
        savings=0.41,
        fit_seconds=0.123,
        predict_ms_per_row=0.004,
        broken_limits=("1,204 actions a run, at most 300 can be done",) if cost > 50 else (),
    )


def finalization() -> Finalization:
    """Return a choice among three candidates."""
    return Finalization(
        release="churn",
        task="classification",
        target="churn",
        positive_class="Yes",
        classes=("No", "Yes"),
        features=("tenure", "monthly_charges"),
        rows=5634,
        rows_per_run=1000,
        currency="USD",
        folds=5,
        seed=0,
        candidates=(
            _candidate("forest", 45.5, 0.31, 0.832),
            _candidate("logistic", 41.25, 0.287, 0.845),
            _candidate("dummy", 106.4, 0.0, 0.5),
        ),
        chosen="logistic",
        rule=DecisionRule(kind="threshold", value=0.287),
        comparisons=(
            Comparison(candidate="forest", difference=4250, interval=Interval(low=900, high=7600)),
        ),
        holdout={"roc_auc": 0.8471, "cost_per_run": 40950.0},
        reason=(
            "`logistic` costs 41,250 USD a run, the least of 3 candidates.",
            "It acts on 281 customers a run, within the 300 that can be contacted.",
        ),
        curve=tuple(
            CurvePoint(
                value=i / 20,
                cost_per_run=40000 + 120000 * (i / 20 - 0.3) ** 2,
                actions_per_run=1000 - 40 * i,
                within_limits=i > 4,
            )
            for i in range(21)
        ),
    )


def compared_with_session() -> Reproduction:
    """Return a run of four cells beside a session that holds more than the notebook gives."""
    compared = SessionComparison(
        variables=(
            ComparedVariable(name="frame", status="differs", type="pandas.DataFrame", lost=4),
            ComparedVariable(name="threshold", status="only_live", type="float", lost=4),
            ComparedVariable(name="model", status="unknown", type="a.Model", note="no digest"),
            ComparedVariable(name="score", status="only_clean", type="float"),
            ComparedVariable(name="pd", status="same", type="module"),
        ),
        sources=(
            LostSource(
                kind="deleted",
                source="threshold = 0.3",
                count=4,
                after=1,
                before=2,
                at=2,
                defined=("frame", "threshold"),
            ),
            LostSource(kind="edited", source="frame.mean() < 1", count=6, cell=2, at=2, ok=False),
        ),
        unsaved=True,
        note="Cell 2 ran after the file was saved, so it holds older outputs.",
    )
    return reproduction(good=False).model_copy(update={"session": compared})


def reproduction(*, good: bool = True) -> Reproduction:
    """Return a clean run of two cells; if not good, two more: one differs and one never ran."""
    bad = (
        CellResult(
            index=3,
            label="frame.sample(3)",
            status="different",
            detail="line 2: got 17, stored 42",
            stored="row\n42",
            fresh="row\n17",
        ),
        CellResult(index=5, label="model.fit(X, y)", status="not_run"),
    )
    cells = (
        CellResult(index=1, label="import pandas as pd", status="identical", seconds=1.5),
        CellResult(
            index=2,
            label="frame.mean()",
            status="tolerance",
            normalisers=("memory_addresses",),
            max_rel_error=3e-9,
        ),
    )
    cause = Cause(
        kind="unseeded_random",
        cell=3,
        line=1,
        names=("frame",),
        evidence="`sample` is called without a seed.",
        hint="Pass `random_state=0`.",
        shown_by="static",
        confidence=0.9,
    )
    return Reproduction(
        notebook="churn.ipynb",
        source_digest=DIGEST_1,
        verdict="tolerance" if good else "different",
        reproducible=good,
        rtol=1e-6,
        cells=cells if good else cells + bad,
        causes=() if good else (cause,),
        inputs=(InputFile(path="data/churn.csv", digest=DIGEST_2, cells=(1,)),),
        environment=EnvironmentFacts(python="3.11.9", lock=DIGEST_1, platform="linux"),
        runs=(Run(seconds=4.2, hash_seed=0, threads=1, exit="ok"),),
    )


def release_file() -> ReleaseFile:
    """Return a release file with some sections stated."""
    return ReleaseFile(
        model=ModelSection(name="churn", purpose="Whom to call.", positive_class="Yes"),
        workflow=WorkflowSection(destination="CRM", key=("customer_id",)),
        costs=CostsSection(false_positive=20, false_negative=400),
        limits=LimitsSection(actions_per_run=300),
        owners=OwnersSection(
            product=Owner(name="Ada", contact="ada@example.com"),
            support=Duty(name="Help desk", service_level="4 hours", escalation="Grace"),
        ),
    )


def packaged() -> Packaged:
    """Return what the main job gives back."""
    return Packaged(
        release=release(2, "candidate"),
        reproduction=reproduction(),
        finalization=finalization(),
        checkpoints=checkpoints(owners="missing"),
        bundle_path=".nbrelease/bundles/churn",
        card_path=".nbrelease/bundles/churn/card/card.html",
        next="nbrelease promote churn --to challenger",
    )


def bundle() -> Bundle:
    """Return an intact bundle of two files."""
    files = {
        "release.json": FileDigest(sha256="ab" * 32, bytes=1200),
        "model/model.skops": FileDigest(sha256="cd" * 32, bytes=345678),
    }
    manifest = Manifest(name="churn", nbrelease="0.1.0", files=files)
    return Bundle(name="churn", path="bundles/churn", digest=DIGEST_2, manifest=manifest)


def releases() -> Releases:
    """Return a registry with one name."""
    return Releases(registry="sqlite:///registry.db", names=(status(),))


def export() -> Export:
    """Return an export to notebooks."""
    return Export(
        pipeline="churn",
        target="papermill",
        steps=2,
        folder="exports/churn/papermill",
        files=("run.py", "1_load_data.ipynb", "2_train.ipynb"),
        next="python run.py --run-folder DIR -p seed VALUE",
    )


def service() -> Service:
    """Return a service that answers."""
    return Service(
        address="http://127.0.0.1:8080",
        release="churn",
        version=2,
        alias="champion",
        deadline_ms=100,
        curl="curl -s http://127.0.0.1:8080/score -H 'content-type: application/json' "
        """-d '{"tenure": 36}'""",
        process=4242,
        log=".nbrelease/log",
    )


def score_summary() -> ScoreSummary:
    """Return a scoring run."""
    return ScoreSummary(
        release="churn",
        version=2,
        bundle_digest=DIGEST_2,
        rows=7043,
        acted_on=1969,
        seconds=0.4,
        output="scores.parquet",
    )


def contract() -> Contract:
    """Return a contract that people have begun to fill in."""
    return Contract(
        name="churn",
        features=(
            Feature(name="tenure", type="integer", required=True, minimum=0, maximum=72),
            Feature(
                name="plan",
                type="string",
                required=False,
                categories=("One year", "Two year"),
                meaning="How long the customer is bound",
                unit="none",
                refresh="daily",
                owner="Ada",
            ),
        ),
        freshness_column="as_of",
        freshness_hours=24,
    )


def contract_report() -> ContractReport:
    """Return a table that breaks a rule."""
    return ContractReport(
        contract="churn",
        contract_digest=DIGEST_1,
        rows=100,
        checks=12,
        violations=(
            Violation(
                rule="range",
                column="tenure",
                rows=2,
                examples=("-1", "900"),
                message="`tenure` is -1 to 900, want 0 to 72.",
            ),
        ),
        unfilled=("tenure.unit",),
    )


def lint_report() -> LintReport:
    """Return one notebook with findings, one that was mended, one that cannot be read."""
    return LintReport(
        notebooks=(
            LintedNotebook(
                path="churn.ipynb",
                findings=(
                    Finding(
                        code="NB102",
                        rule="used-before-definition",
                        kind="out_of_order",
                        severity="error",
                        cell=3,
                        line=2,
                        column=1,
                        names=("X_train",),
                        message="`X_train` is used before it is defined: only cell 5, further "
                        "down, defines it",
                        hint="Move the definition of `X_train` from cell 5 above this cell.",
                    ),
                    Finding(
                        code="NB302",
                        rule="unseeded-estimator",
                        kind="unseeded_random",
                        severity="warning",
                        cell=5,
                        line=1,
                        column=8,
                        names=("train_test_split",),
                        message="`train_test_split` draws at random and has no `random_state`",
                        hint="Add `random_state=0`.",
                        fixable=True,
                    ),
                    Finding(
                        code="NB105",
                        rule="skipped-counts",
                        severity="info",
                        cell=7,
                        message="execution counts are missing before [9]: 2 in the notebook",
                        hint="Run all cells from a clean start and save.",
                    ),
                ),
            ),
            LintedNotebook(path="mended.ipynb", fixed=2),
            LintedNotebook(path="broken.ipynb", error="broken.ipynb is not a notebook."),
        )
    )
