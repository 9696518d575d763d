"""Every record type in HTML and text, compared with files that people have looked at."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from lifecycle_core.adapters.rendering import to_html, to_text
from lifecycle_core.adapters.rendering.table import VIEWS, view_of
from lifecycle_core.monitoring import with_changes
from lifecycle_core.schema.base import Record
from lifecycle_core.schema.prediction import LogUpkeep
from lifecycle_core.schema.review_series import ReviewSeries
from tests.fakes import (
    compilations,
    experiments,
    kept_reviews,
    pipeline_runs,
    predictions,
    records,
    replayed,
    reproductions,
    retrained,
    review_dashboard,
    review_series,
    windows,
)
from tests.golden_files import agrees_with_golden

GOLDEN = Path(__file__).parents[3] / "golden" / "records"
CASES: dict[str, Record] = {
    "backtest": retrained.backtest(),
    "bundle": records.bundle(),
    "cell_result": records.reproduction(good=False).cells[2],
    "champion_comparison": retrained.champion(),
    "champion_comparison-gone": retrained.champion(comparable=False),
    "compilation": compilations.compiled(),
    "compilation-refused": compilations.refused(),
    "compilation-tolerance": compilations.compiled_within(),
    "contract": records.contract(),
    "checkpoints": records.checkpoints(value="fail", owners="missing", review="waived"),
    "contract_report": records.contract_report(),
    "entry": records.history().entries[0],
    "entry-rejected": records.history().entries[2],
    "experiment_design": experiments.designed(),
    "experiment_design-numbers": experiments.designed_from_numbers(),
    "experiment_status": experiments.status(changes=("rule.level: 0.95 was frozen, 0.9 stands",)),
    "experiment_status-refused": experiments.refused(),
    "experiments": experiments.listed(),
    "export": records.export(),
    "finalization": records.finalization(),
    "history": records.history(),
    "lint_report": records.lint_report(),
    "log_upkeep": predictions.upkeep(),
    "log_upkeep-drain": LogUpkeep(address="s3://bucket/log", action="drain"),
    "outcomes_told": predictions.told(),
    "outcomes_told-again": predictions.told().model_copy(update={"added": 0, "known": 7043}),
    "packaged": records.packaged(),
    "pipeline_overview": pipeline_runs.overview(),
    "pipeline_overview-failed": pipeline_runs.overview(failed=True),
    "pipeline_run": pipeline_runs.run(),
    "pipeline_run-failed": pipeline_runs.run(good=False),
    "pipeline_runs": pipeline_runs.several(),
    "pipeline_state": pipeline_runs.state(),
    "proposal": records.proposal(records.checkpoints(owners="fail"), "`owners` is failed."),
    "readout": experiments.read_out(),
    "readout-weeks-differ": experiments.weekly(2.5, -1.5, 2.0, -1.0),
    "readout-mismatch": experiments.read_out(lost=0.3),
    "readout-empty": experiments.read_out(units=0),
    "reasons_check": predictions.reasons_check(),
    "reasons_check-different": predictions.reasons_check(different=7),
    "release": records.release(2, "candidate"),
    "release_file": records.release_file(),
    "releases": records.releases(),
    "reproduction": records.reproduction(),
    "reproduction-different": records.reproduction(good=False),
    "reproduction-session": records.compared_with_session(),
    "reproduction-explained": reproductions.explained(),
    "reproduction-killed": reproductions.killed(),
    "reproduction-unrecorded": reproductions.unrecorded(),
    "reproduction-unshown": reproductions.unshown(),
    "reproductions": reproductions.several(),
    "retrained": retrained.retrained(),
    "retrained-promoted": retrained.promoted(),
    "retraining_decision": replayed.that_pays(),
    "retraining_decision-unknown": replayed.without_labels(),
    "review": windows.reviewed(*[windows.counts()] * 5),
    "review-fired": windows.review_that_fired(),
    "review-empty": windows.reviewed(),
    "review-again": with_changes(windows.reviewed(*[windows.counts()] * 5), windows.reviewed()),
    "review_dashboard": review_dashboard.dashboard(),
    "review_dashboard-not-kept": review_dashboard.dashboard("2026-W08", kept=False),
    "review_history": kept_reviews.history(),
    "review_run": kept_reviews.run(),
    "review_series": review_series.series(),
    "review_series-empty": ReviewSeries(release="churn"),
    "score_summary": records.score_summary(),
    "score_summary-unscored": records.score_summary().model_copy(update={"unscored": 11}),
    "score_summary-logged": records.score_summary().model_copy(update={"logged": 7043}),
    "score_summary-refused": records.score_summary().model_copy(
        update={
            "unscored": 11,
            "rejects": "churn.rejects.parquet",
            "refused": 500,
            "dead_letters": "churn.dead_letters.parquet",
        }
    ),
    "service": records.service(),
    "status": records.status(),
    "status-retrained": records.retrained_status(),
}
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
STYLE = re.compile(r"<style>.*?</style>\n?", re.DOTALL)


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("form", ["html", "txt"])
def test_a_record_shows_as_it_did(name: str, form: str) -> None:
    record = CASES[name]
    shown = STYLE.sub("", to_html(record)) if form == "html" else to_text(record)
    assert agrees_with_golden(shown, f"records/{name}.{form}")


def test_every_view_has_a_case_and_every_template_a_view() -> None:
    templates = Path(__file__).parents[4] / "templates" / "records"
    stems = {path.name.removesuffix(".html.j2") for path in templates.glob("[!_]*.html.j2")}
    assert stems == set(VIEWS.values()) == {name.partition("-")[0] for name in CASES}


def test_no_golden_file_is_left_over() -> None:
    assert {path.stem for path in GOLDEN.iterdir()} == set(CASES)


@pytest.mark.parametrize("name", CASES)
def test_hostile_text_stays_text(name: str) -> None:
    hostile = _with_every_text(CASES[name])
    tags = _Tags()
    tags.feed(to_html(hostile))
    assert "script" not in tags.seen
    assert "img" not in tags.seen
    assert not any(attribute.startswith("on") for attribute in tags.attributes)
    assert "alert(1)" in to_text(hostile, width=4000)


@pytest.mark.parametrize("name", CASES)
def test_no_text_of_a_record_acts_on_a_terminal(name: str) -> None:
    acting = _with_every_text(CASES[name], "\x1b[31mred\u202e\x00")
    shown = to_text(acting, width=4000)
    assert "␛[31mred⟨U+202E⟩␀" in shown
    assert not set(shown) & {"\x1b", "\u202e", "\x00"}


@pytest.mark.parametrize(
    "name",
    ["review", "review_history", "review_run", "readout", "retrained", "outcomes_told", "entry"],
)
def test_no_name_of_a_table_or_a_person_passes_for_a_line_of_ours(name: str) -> None:
    shown = to_text(_with_every_text(CASES[name], "a\n✕ forged\r✕ forged"), width=40_000)
    assert "a␊✕ forged␍✕ forged" in shown
    assert not [line for line in shown.splitlines() if line.lstrip().startswith("✕ forged")]


@pytest.mark.parametrize("name", CASES)
def test_html_is_balanced_and_loads_nothing(name: str) -> None:
    tags = _Tags()
    tags.feed(to_html(CASES[name]))
    assert tags.open == []
    assert not tags.attributes & {"href", "xlink:href"}
    assert all(source.startswith("data:image/png;base64,iVBORw0KGgo") for source in tags.sources)
    assert "url(" not in to_html(CASES[name])


@pytest.mark.parametrize("name", CASES)
def test_tables_have_captions_and_scopes(name: str) -> None:
    html = to_html(CASES[name])
    assert html.count("<table") == html.count("<caption>")
    assert html.count("<th ") == html.count("scope=")
    assert "<th>" not in html


def test_a_cell_that_was_skipped_says_why() -> None:
    run = records.reproduction()
    why = "%releases does not act in a clean run"
    skipped = run.cells[0].model_copy(update={"status": "skipped", "detail": why})
    shown = run.model_copy(update={"cells": (*run.cells, skipped)})
    assert why in to_text(shown)
    assert why in to_html(shown)
    packaged = records.packaged().model_copy(update={"reproduction": shown})
    assert f" {len(run.cells)} code cells" in to_html(packaged)


def test_times_of_a_run_are_not_shown() -> None:
    quick = records.finalization()
    slow = quick.model_copy(
        update={
            "candidates": tuple(
                found.model_copy(update={"fit_seconds": 99.9, "predict_ms_per_row": 88.8})
                for found in quick.candidates
            )
        }
    )
    assert to_html(slow) == to_html(quick)
    assert to_text(slow) == to_text(quick)


def test_color_is_added_to_words_not_instead_of_them() -> None:
    plain, colored = (to_text(CASES["checkpoints"], color=color) for color in (False, True))
    assert "\x1b[" not in plain
    assert re.sub(r"\x1b\[[0-9;]*m", "", colored).split() == plain.split()


@pytest.mark.parametrize("width", [40, 60, 100])
def test_text_keeps_to_its_width(width: int) -> None:
    lines = to_text(CASES["release_file"], width=width).splitlines()
    assert max(map(len, lines)) <= width


@pytest.mark.parametrize("width", [40, 100])
def test_a_command_that_asks_a_service_is_whole_however_wide_the_terminal(width: int) -> None:
    """It was cut at the width of the terminal, so that nobody could paste it."""
    row = ", ".join(f'"column_{number}": 36' for number in range(20))
    long = "curl -s http://127.0.0.1:8080/score -d '{" + row + "}'"
    asked = records.service().model_copy(update={"curl": long})
    assert long in to_text(asked, width=width).splitlines()


def test_a_review_says_how_far_what_was_expected_was_off() -> None:
    review = windows.review_that_fired()
    off = [
        each.model_copy(update={"difference": by})
        for each, by in zip(review.reconciled, (-0.0424, 0.031, -7.198), strict=True)
    ]
    shown = review.model_copy(update={"reconciled": tuple(off)})
    for said in ("-4.2 points", "+3.1 points", "-7.2 EUR"):
        assert said in to_text(shown)
        assert said in to_html(shown)


def test_no_state_of_drift_is_cut_beside_what_it_was_compared_with() -> None:
    warm, cold = (windows.counts(4_000, acted=share) for share in (0.6, 0.1))
    found = windows.reviewed(*[cold] * 4, warm, reference=cold, same_phase=warm)
    shown = to_text(found)
    assert "against the same phase" in " ".join(shown.split())
    assert "…" not in shown


def test_an_unknown_record_is_a_defect_of_ours() -> None:
    class Stranger(Record):
        pass

    with pytest.raises(TypeError, match="No view for Stranger"):
        to_html(Stranger())


def test_a_finalization_without_curve_draws_nothing() -> None:
    bare = records.finalization().model_copy(update={"curve": ()})
    assert "<svg" not in to_html(bare)


def test_every_view_is_complete() -> None:
    for record in CASES.values():
        _, view = view_of(record)
        assert callable(view.values)
        assert callable(view.text)


def _with_every_text(record: Record, text: str = HOSTILE) -> Record:
    """Return the record with hostile text wherever it holds free text."""
    fixed = {
        "result", "id", "status", "kind", "verdict", "exit", "action", "task", "rule",
        "shown_by", "factors", "against", "standing", "scored_on",
    }  # fmt: skip

    def spoil(value: Any, name: str = "") -> Any:  # noqa: ANN401 - walks values of any type
        if isinstance(value, Record):
            fields = {key: spoil(getattr(value, key), key) for key in value.model_fields_set}
            return value.model_copy(update=fields)
        if isinstance(value, tuple):
            return tuple(spoil(item, name) for item in value)
        if isinstance(value, dict):
            return {key: spoil(item, name) for key, item in value.items()}
        return value + text if isinstance(value, str) and name not in fixed else value

    spoilt: Record = spoil(record)
    if hasattr(spoilt, "candidates"):
        return spoilt.model_copy(update={"chosen": spoilt.candidates[1].name})
    if hasattr(spoilt, "packaged"):
        return spoilt.model_copy(update={"packaged": _choosing(spoilt.packaged)})
    return _choosing(spoilt) if hasattr(spoilt, "finalization") else spoilt


def _choosing(spoilt: Any) -> Any:  # noqa: ANN401 - a record with a Finalization
    final = spoilt.finalization
    chosen = final.model_copy(update={"chosen": final.candidates[1].name})
    return spoilt.model_copy(update={"finalization": chosen})


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()
        self.attributes: set[str] = set()
        self.sources: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.sources += [value or "" for name, value in attrs if name == "src"]
        if tag not in {"br", "col", "img", "rect", "line", "polyline", "circle"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        self.attributes |= {name for name, _ in attrs}
