"""Contracts and references that are declared for what goes into steps and comes out of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lifecycle_core.running import Checked
from lifecycle_core.schema.event import ContractChecked
from tests.fakes import pipelines
from tests.fakes.bench import Bench, ran

if TYPE_CHECKING:
    from pathlib import Path

    from lifecycle_core.adapters.store import Store


@dataclass(frozen=True)
class MostRows:
    """A rule for `clean.customers`: no more than so many rows."""

    most: int

    def declared(self, step: str, name: str) -> str | None:
        return f"at most {self.most}" if (step, name) == ("clean", "customers") else None

    def check(self, step: str, name: str, value: object) -> Checked:
        good = len(value) <= self.most  # type: ignore[arg-type] # a frame
        event = ContractChecked(
            run="", pipeline="", at="", step=step, name=name, contract="rows", passed=good, checks=1
        )
        refused = "" if good else f"{len(value)} rows"  # type: ignore[arg-type] # as above
        return Checked(events=(event,), problems=("half a look",), refused=refused)


def test_what_breaks_its_contract_does_not_go_on(home: Path, store: Store) -> None:
    bench = Bench(pipelines.churn(home), store, checks=MostRows(10))
    made = bench.run()
    assert made.exit == "failed"
    assert [step.status for step in made.steps] == [
        "ran",
        "failed",
        "not_run",
        "not_run",
        "not_run",
    ]
    assert "200 rows" in made.steps[1].error
    (checked,) = [event for event in bench.events if event.kind == "contract_checked"]
    assert (checked.run, checked.pipeline, checked.passed) == (made.id, made.pipeline, False)
    assert made.hooks == ("half a look",)


def test_another_contract_makes_a_step_run_again(home: Path, store: Store) -> None:
    package = pipelines.churn(home)
    assert Bench(package, store, checks=MostRows(500)).run().exit == "ok"
    assert ran(Bench(package, store, checks=MostRows(500)).run()) == []
    later = Bench(package, store, checks=MostRows(600)).run()
    assert ran(later) == ["clean"]
    assert later.steps[1].why == ("contract of customers changed",)
