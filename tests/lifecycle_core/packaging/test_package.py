from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from lifecycle_core.adapters.bundled_evidence import read_evidence
from lifecycle_core.adapters.bundles import BundleFolders
from lifecycle_core.adapters.cards import bars, card_html, card_markdown
from lifecycle_core.adapters.files import digest_bytes, digest_file
from lifecycle_core.adapters.packages import pipeline_text
from lifecycle_core.adapters.rendering import to_html
from lifecycle_core.adapters.templates import template_environment
from lifecycle_core.notebooks.execution import Execution
from lifecycle_core.packaging import package
from lifecycle_core.schema.bundle import Bundle, FileDigest, Lock, ModelFacts
from lifecycle_core.schema.card import Card, EnvironmentSummary
from lifecycle_core.schema.checkpoint import Evidence, Rehearsal
from lifecycle_core.schema.contract import Contract
from lifecycle_core.schema.finalization import Finalization, Interval
from lifecycle_core.schema.release_file import ModelSection, ReleaseFile
from lifecycle_core.schema.reproduction import Reproduction, Run
from tests.fakes import compilations, notebooks, records, retrained
from tests.golden_files import agrees_with_golden

LOCK = Lock(
    python="3.11.9",
    platform="Linux",
    text="numpy==2.3.0\n",
    digest=digest_bytes(b"numpy==2.3.0\n"),
    packages=1,
    hashed=False,
    note="no hashes: the package index did not answer within 20 s",
)
FACTS = ModelFacts(
    digest="sha256:" + "cd" * 32,
    bytes=345678,
    types=("sklearn.pipeline.Pipeline",),
    versions={"sklearn": "1.9.1", "skops": "0.16.0"},
)


def evidence() -> Evidence:
    return Evidence(
        release_file=records.release_file(),
        reproduction=records.reproduction(),
        finalization=records.finalization(),
        contract=records.contract(),
        contract_report=records.contract_report(),
        rehearsal=Rehearsal(
            rows=1000,
            seconds=0.1,
            rows_per_run=7043,
            projected_seconds=0.3,
            mismatches=0,
            fallback_rows=2,
            fallback_ok=True,
        ),
    )


def retrained_evidence() -> Evidence:
    return evidence().model_copy(
        update={
            "pipeline": compilations.pipeline(),
            "lineage": retrained.lineage(),
            "champion": retrained.champion(),
        }
    )


def card(judged: Evidence | None = None) -> Card:
    return Card(
        name="churn",
        evidence=judged or evidence(),
        checkpoints=records.checkpoints(owners="missing", contract="fail", review="waived"),
        model=FACTS,
        environment=EnvironmentSummary(
            python="3.11.9", platform="Linux", lock=LOCK.digest, packages=1, hashed=True
        ),
        files={"release.json": FileDigest(sha256="ab" * 32, bytes=1200)},
    )


def made(tmp_path: Path, judged: Evidence) -> Bundle:
    model = tmp_path / "model.skops"
    model.write_bytes(b"model")
    notebook = notebooks.notebook(notebooks.code("1 + 1"))
    return package(
        judged,
        notebook=notebook,
        execution=Execution(
            cells={}, run=Run(seconds=1, hash_seed=0, threads=1, exit="ok"),
            notebook=notebook.content,
        ),
        lock=LOCK,
        facts=FACTS.model_copy(update={"digest": digest_file(model), "bytes": 5}),
        model=model,
        contract_text="version: 1.0.0\n",
        checkpoints=records.checkpoints(),
        bundles=BundleFolders(),
        into=tmp_path / "bundles",
    )  # fmt: skip


LAYOUT = [
    "card/card.html",
    "card/card.json",
    "card/card.md",
    "contract/contract.json",
    "contract/contract.odcs.yaml",
    "environment/environment.json",
    "environment/lock.txt",
    "evidence/checkpoints.json",
    "evidence/contract_report.json",
    "evidence/finalization.json",
    "evidence/rehearsal.json",
    "evidence/reproduction.json",
    "model/model.json",
    "model/model.skops",
    "notebook/executed.ipynb",
    "notebook/source.ipynb",
    "release.json",
]


def test_a_retrained_bundle_shows_where_it_comes_from(tmp_path: Path) -> None:
    model = tmp_path / "model.skops"
    model.write_bytes(b"model")
    bundle = package(
        retrained_evidence(), notebook=None, execution=None, lock=LOCK, facts=FACTS, model=model,
        contract_text="version: 1.0.0\n", checkpoints=records.checkpoints(),
        bundles=BundleFolders(), into=tmp_path / "bundles",
        compiled={"pipeline.yaml": pipeline_text(compilations.pipeline()), "load.py": "one = 1\n"},
    )  # fmt: skip
    path = Path(bundle.path)
    assert {"pipeline/load.py", "evidence/lineage.json"} <= set(bundle.manifest.files)
    assert not any(name.startswith("notebook/") for name in bundle.manifest.files)
    found = read_evidence(bundle, path, bundles=BundleFolders())
    assert found.lineage == retrained.lineage()
    assert found.champion == retrained.champion()
    assert found.pipeline == compilations.pipeline()
    markdown = (path / "card" / "card.md").read_text()
    assert "Standing: **better**. Difference: -50,000 USD per run" in markdown
    assert "| Retrained from | version 1 (champion) |" in markdown
    assert "version 1 (champion)" in (path / "card" / "card.html").read_text()


def test_a_bundle_holds_everything_and_verifies(tmp_path: Path) -> None:
    given = evidence()
    bundle = made(tmp_path, given)
    assert sorted(bundle.manifest.files) == LAYOUT
    verified = BundleFolders().verify(Path(bundle.path), digest=bundle.digest)
    assert verified == bundle
    read = BundleFolders().read
    path = Path(bundle.path)
    assert Finalization.from_json(read(path, "evidence/finalization.json")) == given.finalization
    assert Reproduction.from_json(read(path, "evidence/reproduction.json")) == given.reproduction
    assert Contract.from_json(read(path, "contract/contract.json")) == given.contract
    assert read(Path(bundle.path), "environment/lock.txt") == b"numpy==2.3.0\n"
    source = json.loads(read(Path(bundle.path), "notebook/source.ipynb"))
    assert source["cells"][0]["source"] == "1 + 1"


def test_the_card_names_every_other_file_as_it_is(tmp_path: Path) -> None:
    bundle = made(tmp_path, evidence())
    told = Card.from_json(BundleFolders().read(Path(bundle.path), "card/card.json"))
    assert told.files == {
        name: digest for name, digest in bundle.manifest.files.items() if "card/" not in name
    }


def test_the_same_evidence_gives_the_same_bundle(tmp_path: Path) -> None:
    assert made(tmp_path, evidence()) == made(tmp_path, evidence())


def test_parts_that_do_not_exist_are_left_out_and_named_as_missing(tmp_path: Path) -> None:
    bare = Evidence(release_file=ReleaseFile(model=ModelSection(name="churn")))
    bundle = made(tmp_path, bare)
    missing = {name for name in LAYOUT if name not in bundle.manifest.files}
    assert missing == {
        "contract/contract.json", "contract/contract.odcs.yaml", "evidence/contract_report.json",
        "evidence/finalization.json", "evidence/rehearsal.json", "evidence/reproduction.json",
    }  # fmt: skip
    for name in ("card/card.md", "card/card.html"):
        text = BundleFolders().read(Path(bundle.path), name).decode()
        for said in (
            "what it is for", "no finalization took place", "no data contract",
            "was not reproduced", "workflow.destination", "owners.product", "review.schedule",
        ):  # fmt: skip
            assert said in text or said.capitalize() in text, (name, said)


def test_the_cards_are_as_agreed() -> None:
    made = card()
    page = card_html(made)
    # What the records look like is shown by golden files of their own.
    style = template_environment().get_template("records/_style.html.j2").render().strip()
    parts = {"style": style}
    for record in (
        made.checkpoints,
        made.evidence.finalization,
        made.evidence.contract,
        made.evidence.contract_report,
        made.evidence.reproduction,
    ):
        assert record
        parts[type(record).__name__] = to_html(record).replace(style, "", 1)
    for name, part in parts.items():
        assert page.count(part) == 1, name
        page = page.replace(part, f"<!-- {name} -->\n")
    assert agrees_with_golden(page, "card.html")
    assert agrees_with_golden(card_markdown(card()), "card.md")


class Page(HTMLParser):
    """What a browser would fetch or run, and which elements stay open."""

    VOID = frozenset({"meta", "br", "rect", "line", "path", "circle", "polyline"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.active: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in self.VOID:
            self.open.append(tag)
        loads = {"src", "href", "srcset", "action", "data"}
        if tag in {"script", "iframe", "object", "embed", "link", "base", "form"}:
            self.active.append(tag)
        self.active += [name for name, _ in attrs if name in loads or name.startswith("on")]

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            assert self.open.pop() == tag


def test_the_page_loads_and_runs_nothing() -> None:
    page = Page()
    text = card_html(card())
    page.feed(text)
    assert (page.active, page.open) == ([], [])
    assert "default-src 'none'" in text
    assert not re.search(r"url\(|@import", text)


EVIL = "<script>alert(1)</script> | `x` \n| \"'&"


def test_what_people_write_cannot_become_markup() -> None:
    judged = evidence()
    purpose = judged.release_file.model.model_copy(update={"purpose": EVIL})
    workflow = judged.release_file.workflow.model_copy(update={"destination": EVIL})
    release = judged.release_file.model_copy(update={"model": purpose, "workflow": workflow})
    finalization = records.finalization().model_copy(update={"reason": (EVIL,)})
    evil = judged.model_copy(update={"release_file": release, "finalization": finalization})
    page = Page()
    page.feed(card_html(card(evil)))
    assert page.active == []
    markdown = card_markdown(card(evil))
    assert "<script" not in markdown
    assert "| Lands in | &lt;script&gt;alert(1)&lt;/script&gt; \\| `x` \\| \"'&amp; |" in markdown


@pytest.mark.parametrize("cost", [-50.0, 0.0, 1e9])
def test_bars_stay_within_the_picture(cost: float) -> None:
    record = records.finalization()
    first = record.candidates[0].model_copy(
        update={
            "cost_per_run": cost * 1000,
            "cost_interval": Interval(low=cost - 1, high=cost + 1),
        }
    )
    drawn = bars(record.model_copy(update={"candidates": (first, *record.candidates[1:])}))
    for row in drawn["rows"]:
        assert 150 <= row["low"] <= row["high"] <= 480
        assert row["x"] >= 150
        assert row["x"] + row["width"] <= 481
    assert 150 <= drawn["zero"] <= 480
