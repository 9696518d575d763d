"""The verbs of the core, remembered instead of done: put in place of `lifecycle_core.verbs`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.live_notebook import Located
from lifecycle_core.adapters.rendering import to_html, to_text
from lifecycle_core.errors import InvalidCall, LifecycleError, ReleaseNotFound
from lifecycle_core.schema.proposal import Promotion, Return
from lifecycle_core.schema.release import Action, Entry, Head, LedgerEvent
from lifecycle_core.verbs.attending import said
from lifecycle_core.verbs.pipelines import overview_after
from lifecycle_core.verbs.showing import difference, lost_source
from tests.fakes import (
    compilations,
    experiments,
    kept_reviews,
    pipeline_runs,
    predictions,
    records,
    replayed,
    windows,
)
from tests.fakes.background import FakeBackground

if TYPE_CHECKING:
    from lifecycle_core.schema.experiment import Experiments, ExperimentStatus
    from lifecycle_core.schema.experiment_design import ExperimentDesign
    from lifecycle_core.schema.finalization import Finalization
    from lifecycle_core.schema.packaged import Packaged
    from lifecycle_core.schema.pipeline_overview import PipelineOverview
    from lifecycle_core.schema.pipeline_run import PipelineRun
    from lifecycle_core.schema.prediction import OutcomesTold
    from lifecycle_core.schema.proposal import Proposal
    from lifecycle_core.schema.readout import Readout
    from lifecycle_core.schema.release import Releases, Status
    from lifecycle_core.schema.release_file import ReleaseFile
    from lifecycle_core.schema.retraining_decision import RetrainingDecision
    from lifecycle_core.schema.review import Review
    from lifecycle_core.schema.review_history import ReviewHistory, ReviewRun
    from lifecycle_core.schema.serving import Service


class FakeService:
    """Starts and stops nothing, and notes that."""

    def __init__(self, verbs: FakeVerbs) -> None:
        self._verbs = verbs

    def start(self) -> Service:
        """Answer with a service."""
        self._verbs.calls.append(("start", {}))
        return records.service()

    def stop(self) -> None:
        """Note it."""
        self._verbs.calls.append(("stop", {}))


class FakeVerbs:
    """Answers with made-up records and keeps every call.

    Attributes:
        calls: Name and arguments of each call, in order.
        refuses: Raised by the next verb that would change something.
        proposed: What `propose` answers; promotions and rollbacks move its heads.
        located: Where this notebook is found; None if nowhere.
        traces: What it was looked for with.
        background: The reproduction that was begun last.
    """

    difference = staticmethod(difference)
    lost_source = staticmethod(lost_source)
    overview_after = staticmethod(overview_after)
    said = staticmethod(said)
    to_html = staticmethod(to_html)
    to_text = staticmethod(to_text)

    def __init__(self, proposed: Proposal | None = None) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.refuses: LifecycleError | None = None
        self.proposed = proposed or records.proposal()
        self.located: Located | None = None
        self.traces: dict[str, Any] = {}
        self.background = FakeBackground()

    def parse_release(
        self, text: str, *, name: str | None, where: str, first_line: int = 1
    ) -> ReleaseFile:
        """Answer with a release file of that name."""
        self._note("parse_release", text=text, name=name, where=where, first_line=first_line)
        made = records.release_file()
        return made.model_copy(update={"model": made.model.model_copy(update={"name": name})})

    def finalize(self, *positional: Any, **named: Any) -> Finalization:  # noqa: ANN401 - whatever the magic passes
        """Hand the first candidate to the store, as the core does with the fitted one."""
        self._note("finalize", positional=positional, **named)
        made = records.finalization()
        keep = named["keep"]
        return made if keep is None else keep.keep(made, next(iter(positional[0].values())), None)

    def find_notebook(self, journal: dict[str, Any], **traces: Any) -> Located:  # noqa: ANN401 - see Traces
        """Answer with the path that was given, or with `located`."""
        self.traces = {**traces, "journal": journal}
        if traces["given"]:
            return Located(Path(traces["given"]), "named by you")
        if self.located is None:
            raise InvalidCall("It is not known which file this notebook is.", hint="Name it.")
        return self.located

    def reproduce_meanwhile(
        self, notebook: Path, *, rtol: float | None, journal: dict[str, Any]
    ) -> FakeBackground:
        """Answer with a reproduction that the test moves on."""
        self._note("reproduce_meanwhile", notebook=notebook, rtol=rtol, journal=journal)
        self.background = FakeBackground()
        return self.background

    def pipeline_of(self, notebook: Path, name: str | None = None) -> Path | None:
        """Answer with the package of `churn.ipynb`; other notebooks have none."""
        self._note("pipeline_of", notebook=notebook, name=name)
        return Path("pipelines/churn") if notebook.name == "churn.ipynb" else None

    def pipeline_overview(self, folder: Path, *, parameters: dict[str, Any]) -> PipelineOverview:
        """Answer with three steps."""
        self._note("pipeline_overview", folder=folder, parameters=parameters)
        return pipeline_runs.overview()

    def run_meanwhile(
        self, folder: str, *, parameters: dict[str, Any], scheduler: str
    ) -> FakeBackground:
        """Answer with a run that the test moves on."""
        self._note("run_meanwhile", folder=folder, parameters=parameters, scheduler=scheduler)
        self.background = FakeBackground(pipeline_runs.run())
        return self.background

    def run_each_meanwhile(self, folder: str, **words: Any) -> FakeBackground:  # noqa: ANN401 - as the core takes them
        """Answer with several runs that the test moves on."""
        self._note("run_each_meanwhile", folder=folder, **words)
        self.background = FakeBackground(pipeline_runs.several())
        return self.background

    def compile_meanwhile(
        self, notebook: Path, *, name: str | None, out: Path | None, rtol: float | None
    ) -> FakeBackground:
        """Answer with a compilation that the test moves on."""
        self._note("compile_meanwhile", notebook=notebook, name=name, out=out, rtol=rtol)
        self.background = FakeBackground(compilations.compiled())
        return self.background

    def pipeline_results(
        self,
        made: PipelineRun,
        names: tuple[str, ...],
        *,
        package: Path,
    ) -> dict[str, Any]:
        """Answer with a value for each name."""
        self._note("pipeline_results", run=made.id, names=names, package=package)
        return {name: f"value of {name}" for name in names or ("customers", "model")}

    def package(self, notebook: Path, *, progress: Any) -> Packaged:  # noqa: ANN401 - duck-typed
        """Report one activity."""
        self._note("package", notebook=notebook)
        progress.begin("Packaging")
        return records.packaged()

    def propose(self, name: str, *, version: int | None = None) -> Proposal:
        """Answer with the proposal as it stands."""
        self._note("propose", name=name, version=version)
        if name != "churn":
            raise ReleaseNotFound(f"There is no {name}.", name=name, hint="Known: churn.")
        return self.proposed

    def serve_meanwhile(
        self, spec: str, *, port: int = 0, deadline_ms: float | None = None
    ) -> FakeService:
        """Answer with a service that is made up."""
        self._note("serve_meanwhile", spec=spec, port=port, deadline_ms=deadline_ms)
        return FakeService(self)

    def promote(self, name: str, *, to: str, version: int | None = None, reason: str = "") -> Entry:
        """Move a head of the proposal."""
        self._note("promote", name=name, to=to, version=version, reason=reason)
        return self._moved("promote", to, version or 2, reason)

    def rollback(self, name: str, *, to: str, alias: str, reason: str) -> Entry:
        """Move a head of the proposal back."""
        self._note("rollback", name=name, to=to, alias=alias, reason=reason)
        return self._moved("rollback", alias, 1 if to == "previous" else int(to), reason)

    def status(self, name: str) -> Status:
        """Answer with two versions."""
        self._note("status", name=name)
        return records.status()

    def review(self, name: str, **words: Any) -> Review:  # noqa: ANN401 - as the core takes them
        """Answer with a healthy review."""
        self._note("review", name=name, **words)
        return windows.reviewed(*[windows.counts()] * 5)

    def kept_review(self, name: str, *, window: str | None, as_of: str | None) -> Review:
        """Answer with a review that fired."""
        self._note("kept_review", name=name, window=window, as_of=as_of)
        return windows.review_that_fired()

    def review_due(self, *names: str, as_of: str | None) -> ReviewRun:
        """Answer with a run that read two windows."""
        self._note("review_due", names=names, as_of=as_of)
        return kept_reviews.run()

    def reviews(self, name: str, *, as_of: str | None) -> ReviewHistory:
        """Answer with a history in which an alert is open."""
        self._note("reviews", name=name, as_of=as_of)
        return kept_reviews.history()

    def acknowledge(self, name: str, rule: str, **words: Any) -> ReviewHistory:  # noqa: ANN401 - as the core takes them
        """Answer with the history."""
        self._note("acknowledge", name=name, rule=rule, **words)
        return kept_reviews.history()

    def tell_outcomes(self, release: str, **words: Any) -> OutcomesTold:  # noqa: ANN401 - as the core takes them
        """Answer with what was told."""
        self._note("tell_outcomes", release=release, **words)
        return predictions.told()

    def decide_retraining(
        self, name: str, *, as_of: str | None, progress: object
    ) -> RetrainingDecision:
        """Answer that it pays."""
        del progress
        self._note("decide_retraining", name=name, as_of=as_of)
        return replayed.that_pays()

    def design_experiment(self, release: str, name: str, **words: Any) -> ExperimentDesign:  # noqa: ANN401 - as the core takes them
        """Answer with three weeks."""
        self._note("design_experiment", release=release, name=name, **words)
        return experiments.designed()

    def start_experiment(self, plan: str) -> ExperimentStatus:
        """Answer with one that runs."""
        self._note("start_experiment", plan=plan)
        return experiments.status()

    def read_experiment(
        self, release: str, *, name: str | None = None, as_of: str | None = None
    ) -> Readout:
        """Answer with something to ship."""
        self._note("read_experiment", release=release, name=name, as_of=as_of)
        return experiments.read_out()

    def stop_experiment(self, release: str, *, reason: str) -> ExperimentStatus:
        """Answer with one that runs all the same."""
        self._note("stop_experiment", release=release, reason=reason)
        return experiments.status()

    def show_experiment(self, release: str, *, name: str | None = None) -> ExperimentStatus:
        """Answer with one that runs."""
        self._note("show_experiment", release=release, name=name)
        return experiments.status()

    def experiments(self, release: str) -> Experiments:
        """Answer with two."""
        self._note("experiments", release=release)
        return experiments.listed()

    def releases(self) -> Releases:
        """Answer with one name."""
        self._note("releases")
        return records.releases()

    def _note(self, verb: str, **arguments: Any) -> None:  # noqa: ANN401 - whatever was passed
        self.calls.append((verb, arguments))

    def _moved(self, action: Action, alias: str, version: int, reason: str) -> Entry:
        if self.refuses is not None:
            raise self.refuses
        digest = records.DIGEST_1 if version == 1 else records.DIGEST_2
        before, seq = self.proposed.heads.get(alias), len(self.calls)
        head = Head(alias=alias, seq=seq, version=version, bundle_digest=digest, hash="h")
        back = Return(alias=alias, from_version=version, blocked=f"{alias} has nothing before.")
        if action == "promote" and before is not None:
            back = Return(
                alias=alias,
                from_version=version,
                to_version=before.version,
                bundle_digest=before.bundle_digest,
            )
        here = version == self.proposed.release.version
        move = Promotion(alias=alias, blocked=f"{alias} points at it already." if here else "")
        self.proposed = self.proposed.model_copy(
            update={
                "heads": {**self.proposed.heads, alias: head},
                "promotions": tuple(
                    move if found.alias == alias else found for found in self.proposed.promotions
                ),
                "returns": tuple(
                    back if found.alias == alias else found for found in self.proposed.returns
                ),
            }
        )
        event = LedgerEvent(
            seq=seq,
            event_id=f"event-{seq}",
            action=action,
            release="churn",
            alias=alias,
            expected_seq=0,
            target_version=version,
            bundle_digest=digest,
            actor="ada",
            actor_proof="os-user",
            reason=reason,
            at="2026-11-23T18:04:05+00:00",
        )
        return Entry(event=event, valid=True)
