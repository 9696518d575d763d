"""Experiments with a real ledger, from the command line, and what a service makes of them."""

from __future__ import annotations

import doctest
import re
import shlex
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from typer.testing import CliRunner

from lifecycle_core import verbs
from lifecycle_core.cli.commands import app
from lifecycle_core.delivering.routing import arm_of
from lifecycle_core.errors import InvalidCall, ReleaseFileInvalid
from lifecycle_core.settings import load_settings
from lifecycle_core.verbs.serving import roles
from tests.fakes.experiments import START, logged, plan, project
from tests.fakes.scoring import customers

if TYPE_CHECKING:
    from collections.abc import Iterator

PLAN = "churn.autumn.experiment.yaml"
PAGE = Path(__file__).parents[2] / "docs" / "experiments.md"
LENIENT = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with a champion and a challenger."""
    return project(tmp_path_factory.mktemp("project"))


@pytest.fixture(scope="module")
def here(home: Path) -> Iterator[Path]:
    """The same, as the current folder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(home)
        patch.setenv("NBRELEASE_HOME", str(home / ".nbrelease"))
        yield home


def test_an_experiment_from_its_design_to_its_end(here: Path) -> None:
    """Designed from numbers, started, served, changed behind its back, read, stopped."""
    command, shown = re.findall(r"```console\n\$ (.*?)\n(.*?)```", PAGE.read_text(), re.DOTALL)[0]
    words = [*shlex.split(command)[1:], "--html", "design.html"]
    ended = CliRunner().invoke(app, words)
    assert ended.exit_code == 0, ended.stderr
    assert doctest.OutputChecker().check_output(shown, ended.stdout, LENIENT), ended.stdout
    assert "<svg" in (here / "design.html").read_text()
    started = verbs.start_experiment(PLAN, actor="ann")
    assert (started.state, started.by) == ("running", "ann")
    assert {alias: each.version for alias, each in started.frozen.treatments.items()} == {
        "challenger": 2
    }

    found = roles(load_settings(), "churn", frozenset())
    assert found.experiment is not None
    assert found.experiment.arms == {"challenger": 50}
    assert {arm: release.version for arm, release in found.arms.items()} == {"challenger": 2}
    assert roles(load_settings(), "churn@challenger", frozenset()).experiment is None

    scored = scored_in_arms(here)
    assert set(scored["arm"]) == {"champion", "challenger"}
    wanted = [arm_of(key, found.experiment) for key in scored["customer"]]
    assert scored["arm"].tolist() == wanted
    versions = [1 if arm == "champion" else 2 for arm in wanted]
    assert scored["version"].tolist() == versions
    assert scored["decision"].tolist() == [
        score >= {1: 0.4, 2: 0.6}[version]
        for score, version in zip(scored["score"], versions, strict=True)
    ]

    file = here / PLAN
    file.write_text(file.read_text().replace("level: 0.95", "level: 0.8"))
    shown = verbs.show_experiment("churn")
    assert shown.changes == ("rule.level: 0.95 was frozen, 0.8 stands there now",)
    soon = verbs.read_experiment("churn", as_of=datetime.now(UTC) + timedelta(days=1))
    assert (soon.decision, soon.changes) == ("keep_running", shown.changes)
    file.write_text("no plan")
    assert verbs.show_experiment("churn").changes == (f"{PLAN} can no longer be read as a plan",)
    with pytest.raises(InvalidCall, match="before the experiment autumn"):
        verbs.read_experiment("churn", as_of="2020-01-01")

    stopped = verbs.stop_experiment("churn", reason="seen enough")
    assert (stopped.state, stopped.reason) == ("stopped", "seen enough")
    assert roles(load_settings(), "churn", frozenset()).experiment is None
    assert [each.state for each in verbs.experiments("churn").experiments] == ["stopped"]
    assert verbs.read_experiment("churn").stopped == stopped.stopped


def scored_in_arms(here: Path) -> pd.DataFrame:
    """Score a table while the experiment runs; a version by itself is in none."""
    frame = customers(60).assign(customer=[f"c{at}" for at in range(60)])
    frame.to_parquet(here / "in.parquet")
    verbs.score("churn", source=here / "in.parquet", target=here / "out.parquet")
    verbs.score("churn/2", source=here / "in.parquet", target=here / "alone.parquet")
    assert "arm" not in pd.read_parquet(here / "alone.parquet")
    with pytest.raises(InvalidCall, match="no column 'customer' to assign rows by"):
        verbs.score("churn", source=customers(5), target=here / "none.parquet")
    with pytest.raises(InvalidCall, match="cannot share rows out"):
        verbs.score("churn", source=f"sqlite:///{here}/a.db::t", in_database=True,
                    target=f"sqlite:///{here}/a.db::s")  # fmt: skip
    return pd.read_parquet(here / "out.parquet")


@pytest.mark.usefixtures("here")
def test_history_designs_an_experiment(tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        address = logged(tmp_path, plan(), units=150, weeks=0, before=3, currency="USD")
        patch.setenv("NBRELEASE_LOG", str(address))
        made = verbs.design_experiment(
            "churn", "winter", metric="money", effect="20%", secondary=["accepted/answered"],
            segments=["plan"], history_days=7, as_of=START, out=tmp_path / "winter.yaml",
        )  # fmt: skip
    assert (made.of_history, made.rows[0].units) == (21, 150)
    assert made.rows[0].gain > 0.3
    assert (tmp_path / "winter.yaml").read_text().count("name: winter") == 1


@pytest.mark.usefixtures("here")
def test_amounts_in_another_currency_are_told(tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NBRELEASE_LOG", str(logged(tmp_path, plan(), units=40, weeks=0, before=1)))
        with pytest.raises(InvalidCall, match="`money` is 0 for every unit") as caught:
            verbs.design_experiment("churn", "x", metric="money", effect="5%", as_of=START,
                                    out=tmp_path / "x.yaml")  # fmt: skip
    assert "40 amounts are in another currency than USD" in caught.value.hint


@pytest.mark.usefixtures("here")
def test_what_cannot_be_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    def refused(fact: str, **words: object) -> None:
        wishes: dict[str, object] = {"metric": "money", "effect": "5%", **words}
        with pytest.raises(InvalidCall, match=fact):
            verbs.design_experiment("churn", "x", out=tmp_path / "x.yaml", **wishes)  # type: ignore[arg-type] # of any kind
        assert not (tmp_path / "x.yaml").exists()

    refused("nothing called 'moneys'", metric="moneys")
    refused("says nothing of 'shop'", unit="shop")
    refused("says nothing of the segment 'colour'", segments=["colour"])
    refused("--as-of is 'soon'", as_of="soon")
    refused("has 0 units of churn")
    (tmp_path / "plan.yaml").write_text("name: [")
    with pytest.raises(ReleaseFileInvalid):
        verbs.start_experiment(tmp_path / "plan.yaml")
    with pytest.raises(InvalidCall, match=r"nowhere\.yaml"):
        verbs.start_experiment("nowhere.yaml")
