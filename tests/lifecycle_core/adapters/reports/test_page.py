"""The report for people: complete, readable by everybody, and harmless."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from lifecycle_core.adapters.reports import page
from lifecycle_core.schema.reproductions import Reproductions
from tests.fakes import reproductions
from tests.golden_files import agrees_with_golden

STYLE = re.compile(r"<style>.*?</style>\n?", re.DOTALL)
ALLOWED = {
    "html", "head", "meta", "title", "style", "body", "main", "header", "section", "article",
    "div", "p", "h1", "h2", "h3", "span", "i", "br", "code", "dl", "dt", "dd", "ul", "li", "table",
    "caption", "thead", "tbody", "tr", "th", "td", "del", "ins", "details", "summary", "figure",
    "figcaption", "img", "a",
}  # fmt: skip
CASES = {
    "one": reproductions.one(reproductions.explained()),
    "several": reproductions.several(),
    "hostile": reproductions.hostile(),
    "none": Reproductions(notebooks=()),
}

FINDINGS = {
    "churn.ipynb": reproductions.findings(),
    "nb/churn.ipynb": reproductions.findings(),
    "nb/broken.ipynb": reproductions.findings(),
    reproductions.HOSTILE: reproductions.hostile_findings(),
}
FINDS = reproductions.findings()


def shown(name: str) -> str:
    return page(CASES[name], FINDINGS)


def test_the_page_shows_as_it_did() -> None:
    html = STYLE.sub("", shown("one"))
    assert agrees_with_golden(html, "reports/reproduction.html")


def test_several_notebooks_show_as_they_did() -> None:
    html = STYLE.sub("", shown("several"))
    assert agrees_with_golden(html, "reports/reproductions.html")


@pytest.mark.parametrize("name", CASES)
def test_the_page_holds_nothing_that_acts_or_loads(name: str) -> None:
    tags = read(shown(name))
    assert tags.seen <= ALLOWED
    assert not any(attribute.startswith("on") for attribute, _ in tags.attributes)
    addresses = [value for attribute, value in tags.attributes if attribute in {"src", "href"}]
    places = {f"#{value}" for attribute, value in tags.attributes if attribute == "id"}
    assert all(a in places or a.startswith("data:image/png;base64,iVBORw0KGgo") for a in addresses)
    assert "url(" not in shown(name)
    assert tags.policy == (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
        "form-action 'none'"
    )


@pytest.mark.parametrize("name", CASES)
def test_the_page_is_well_built(name: str) -> None:
    html = shown(name)
    tags = read(html)
    assert tags.open == []
    assert html.startswith("<!doctype html>\n")
    assert '<html lang="en">' in html
    assert html.count("<table") == html.count("<caption>")
    assert html.count("<th ") == html.count("scope=")
    assert html.count("<img ") == html.count(" alt=")
    assert tags.headings[:1] == [1]
    assert all(after - before <= 1 for before, after in zip(tags.headings, tags.headings[1:]))  # noqa: B905 - pairs
    identifiers = [value for attribute, value in tags.attributes if attribute == "id"]
    assert len(identifiers) == len(set(identifiers))


def test_hidden_characters_are_shown() -> None:
    html = shown("hostile")
    assert not re.search("[\x00\x1b\u202e\u2066]", html)
    assert {"␀", "␛", "⟨U+202E⟩"} <= set(re.findall(r"␀|␛|⟨U\+202E⟩", html))


def test_what_is_no_png_is_not_shown_as_a_picture() -> None:
    html = shown("hostile")
    assert "<img " not in html
    assert "data:text/html" not in html


def test_what_could_not_be_recorded_is_said() -> None:
    html = page(reproductions.one(reproductions.unrecorded()))
    assert html.count("cell 2 read files more often than is kept of one cell") == 1
    assert "is recorded" not in page(CASES["one"])


def test_what_no_output_shows_is_said_once_below_the_verdict() -> None:
    html = page(reproductions.one(reproductions.unshown()))
    assert html.count("cell 4: variable model, file out/model.json.") == 1
    assert html.index("The same but") < html.index("No output shows") < html.index("<h2>")
    assert "No output shows" not in page(CASES["one"])


def test_findings_lead_to_the_cells_that_the_page_shows() -> None:
    html = shown("one")
    assert "<h2>Findings</h2>" in html
    assert "<summary>1 error, 1 warning, 1 note</summary>" in html
    assert "<code>RandomForestClassifier</code> draws at random" in html
    assert re.findall(r'href="#cell-(\d+)"', html) == ["4", "9"]  # cell 0 is text
    assert {f'id="cell-{index}"' for index in (4, 9)} <= set(re.findall(r'id="[^"]+"', html))
    assert 'href="#notebook-2-cell-4"' in shown("several")


def test_without_findings_nothing_is_said_of_them() -> None:
    assert "Findings" not in page(CASES["one"])
    assert "Findings" not in page(CASES["one"], {"churn.ipynb": (), "other.ipynb": FINDS})


@pytest.mark.parametrize(("count", "opened"), [(10, " open"), (11, "")])
def test_a_long_list_of_findings_is_closed(count: int, opened: str) -> None:
    html = page(CASES["one"], {"churn.ipynb": FINDS[1:2] * count})
    assert f"<details{opened}><summary>{count} warnings</summary>" in html


def test_very_many_findings_leave_a_page_that_opens() -> None:
    html = page(CASES["one"], {"churn.ipynb": FINDS * 1_000})
    assert len(html) < 500_000
    assert "<summary>1,000 errors, 1,000 warnings, 1,000 notes</summary>" in html
    assert "and 2,700 more; " in html


def test_a_picture_without_its_pair_says_so() -> None:
    made = reproductions.explained()
    cells = tuple(cell.model_copy(update={"fresh_png": None}) for cell in made.cells)
    html = page(reproductions.one(made.model_copy(update={"cells": cells})))
    assert html.count("<img ") == 1
    assert "(no picture that can be shown)" in html


def test_very_many_cells_leave_a_page_that_opens() -> None:
    made = reproductions.explained()
    many = tuple(
        cell.model_copy(update={"index": turn * 10 + cell.index})
        for turn in range(2_000)
        for cell in made.cells
    )
    html = page(reproductions.one(made.model_copy(update={"cells": many})))
    assert len(html) < 1_000_000
    assert "5980 more cells did not reproduce" in html


def read(html: str) -> Tags:
    tags = Tags()
    tags.feed(html)
    return tags


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()
        self.attributes: list[tuple[str, str]] = []
        self.open: list[str] = []
        self.headings: list[int] = []
        self.policy = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        named = {name: value or "" for name, value in attrs}
        self.attributes += named.items()
        if named.get("http-equiv") == "Content-Security-Policy":
            self.policy = named["content"]
        if re.fullmatch(r"h\d", tag):
            self.headings.append(int(tag[1]))
        if tag not in {"br", "img", "meta"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
