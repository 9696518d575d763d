from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lifecycle_core.contracting import to_odcs
from lifecycle_core.errors import InvalidCall, ReleaseFileInvalid
from lifecycle_core.schema.contract import Contract, Feature
from lifecycle_core.settings import announcer_of, borders_of, load_settings, references_of
from tests.fakes.events import good_run

if TYPE_CHECKING:
    from pathlib import Path


def test_the_default_lies_in_the_project(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "notebooks").mkdir()
    settings = load_settings(start=tmp_path / "notebooks", environ={})
    assert settings.home == tmp_path / ".nbrelease"
    assert settings.registry == f"sqlite:///{tmp_path}/.nbrelease/registry.db"


def test_flags_beat_variables_and_variables_beat_files(tmp_path: Path) -> None:
    (tmp_path / "nbrelease.toml").write_text('registry = "http://file"\nhome = "kept"\n')
    variables = {"NBRELEASE_REGISTRY": "http://variable"}
    assert load_settings(start=tmp_path, environ={}).registry == "http://file"
    assert load_settings(start=tmp_path, environ={}).home == tmp_path / "kept"
    assert load_settings(start=tmp_path, environ=variables).registry == "http://variable"
    flagged = load_settings(start=tmp_path, environ=variables, registry="http://flag")
    assert flagged.registry == "http://flag"


def test_pyproject_counts_only_with_our_table(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.nbrelease]\nhome = "outer"\n')
    inner = tmp_path / "inner"
    inner.mkdir()
    (inner / "pyproject.toml").write_text('[project]\nname = "x"\n')
    assert load_settings(start=inner, environ={}).home == tmp_path / "outer"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('registri = "x"\n', "unknown key `registri`"),
        ("registry = 5\n", "`registry` is 5, want text"),
        ("registry =\n", "is not TOML"),
        ("sink = 5\n", "unknown key `sink`"),
        ("sinks = 5\n", "`sinks` is 5: input should be a valid dictionary"),
        ("hooks = 'a:b'\n", "`hooks` is 'a:b': input should be a valid tuple"),
        ("[borders]\nload.customers = 'c.yaml'\n", "'load' is no place, write it in quotes"),
        ("[borders]\n'a.b' = {contrat = 'c'}\n", "unknown key `borders.a.b.contrat`"),
        ("[borders]\n'a.b' = {contract = 'c', on_violation = 'no'}\n", "'stop' or 'warn'"),
        ("[drift]\n'a.b' = {limit = 0.3}\n", "`drift.a.b.reference` is missing"),
        ("[drift]\n'a.b' = {reference = 'r', limit = 0}\n", "`drift.a.b.limit` is 0"),
    ],
)
def test_a_wrong_file_is_named(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "nbrelease.toml").write_text(text)
    with pytest.raises(InvalidCall, match=message):
        load_settings(start=tmp_path, environ={})


MONITORED = """
hooks = ["own:hook"]
[sinks.log]
kind = "jsonl"
[borders]
"load.customers" = "customers.odcs.yaml"
"train.X" = {contract = "customers.odcs.yaml", on_violation = "warn"}
[drift]
"load.customers" = {reference = "reference.csv", limit = 0.3}
"""


@pytest.fixture
def monitored(tmp_path: Path) -> Path:
    (tmp_path / "nbrelease.toml").write_text(MONITORED)
    age = Feature(name="age", type="integer", required=True)
    contract = Contract(name="customers", features=(age,))
    (tmp_path / "customers.odcs.yaml").write_text(to_odcs(contract))
    (tmp_path / "reference.csv").write_text("age\n40\n")
    return tmp_path


def test_what_is_declared_for_steps_is_built(monitored: Path) -> None:
    settings = load_settings(start=monitored, environ={})
    borders, references = borders_of(settings), references_of(settings)
    assert borders.agreed["load", "customers"].stops
    assert not borders.agreed["train", "X"].stops
    assert borders.agreed["train", "X"].contract.name == "customers"
    path = str(monitored / "reference.csv")
    assert references.declared_for == {("load", "customers"): (path, 0.3)}


def test_events_reach_the_sinks_of_the_configuration(monitored: Path) -> None:
    announcer = announcer_of(load_settings(start=monitored, environ={}))
    announcer.tell(good_run()[0])
    (said,) = announcer.close()
    assert said.startswith("Hook own:hook did not take 1 event: it cannot be loaded")
    assert len((monitored / ".nbrelease" / "events.jsonl").read_text().splitlines()) == 1


def test_a_variable_switches_sinks_and_hooks_off_but_no_contract(monitored: Path) -> None:
    settings = load_settings(start=monitored, environ={"NBRELEASE_SINKS": "off"})
    announcer = announcer_of(settings)
    announcer.tell(good_run()[0])
    assert announcer.close() == ()
    assert not (monitored / ".nbrelease").exists()
    assert borders_of(settings).declared("load", "customers")
    with pytest.raises(InvalidCall, match="NBRELEASE_SINKS is 'of', want on or off"):
        load_settings(start=monitored, environ={"NBRELEASE_SINKS": "of"})


def test_nothing_is_configured_and_nothing_is_built(tmp_path: Path) -> None:
    settings = load_settings(start=tmp_path, environ={})
    assert settings.monitoring is None
    assert announcer_of(settings).close() == ()
    assert borders_of(settings).agreed == {}
    assert references_of(settings).declared_for == {}


def test_declared_files_must_be_there_and_right(monitored: Path) -> None:
    (monitored / "reference.csv").unlink()
    settings = load_settings(start=monitored, environ={})
    with pytest.raises(InvalidCall, match=r"the reference of `drift.load.customers` is .*no file"):
        references_of(settings)
    (monitored / "customers.odcs.yaml").write_text("kind: 5")
    with pytest.raises(ReleaseFileInvalid):
        borders_of(settings)
    (monitored / "customers.odcs.yaml").unlink()
    with pytest.raises(InvalidCall, match="cannot be read"):
        borders_of(settings)
