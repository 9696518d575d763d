"""The review panel's Python side: it shows the core's view, believes no message, calls verbs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from lifecycle_core.adapters.rendering import to_html
from lifecycle_core.errors import InvalidCall, ReleaseNotFound
from nbext import panels
from nbext.widgets.review import ReviewPanel
from tests.fakes.kept_reviews import on
from tests.fakes.review_dashboard import dashboard, kept_weeks

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from IPython.core.interactiveshell import InteractiveShell

    from lifecycle_core.errors import LifecycleError
    from lifecycle_core.schema.review import Review
    from lifecycle_core.schema.review_dashboard import ReviewDashboard
    from lifecycle_core.schema.review_history import AlertStanding, ReviewHistory


class KeptVerbs:
    """The verbs that the panel calls, over reviews that are kept in memory.

    Attributes:
        calls: Verbs that were called, with what they were called with.
        refuses: Raised by the next verb that looks something up.
    """

    to_html = staticmethod(to_html)

    def __init__(self) -> None:
        self.calls: list[tuple[Any, ...]] = []
        self.refuses: LifecycleError | None = None
        self._weeks = kept_weeks()

    def review_dashboard(self, review: Review) -> ReviewDashboard:
        """Look at a week as it stands now."""
        if self.refuses:
            raise self.refuses
        history = self._weeks.duty(on(10, 9)).history()
        return dashboard(review.window.label, history=history)

    def kept_review(self, name: str, *, window: str | None = None) -> Review:
        """Return a week."""
        self.calls.append(("kept_review", name, window))
        try:
            return dashboard(str(window)).review
        except ValueError:
            raise InvalidCall(f"No review of {name} for {window} was kept.") from None

    def acknowledge(
        self,
        name: str,
        rule: str,
        *,
        window: str | None = None,
        note: str = "",
        silence_until: str | None = None,
    ) -> ReviewHistory:
        """Take an alert on, as the core does."""
        self.calls.append(("acknowledge", name, rule, window, note, silence_until))
        until = on(17) if silence_until else None
        self._weeks.duty(on(10, 8)).acknowledge(rule, window=window, note=note, until=until)
        return self._weeks.duty(on(10, 9)).history()


@pytest.fixture
def core() -> KeptVerbs:
    """The verbs that the panel calls."""
    return KeptVerbs()


@pytest.fixture
def panel(core: KeptVerbs) -> Iterator[ReviewPanel]:
    """A panel on the last week, in which two rules fired."""
    made = ReviewPanel(core.review_dashboard(dashboard().review), core)
    yield made
    made.close()


def send(panel: ReviewPanel, content: object) -> dict[str, Any]:
    """Let a message arrive as the front end sends it, and return the state after it."""
    panel._handle_custom_msg(content, [])
    return dict(panel.state)


def first_alert(panel: ReviewPanel) -> AlertStanding:
    """Return the first alert of the window that is shown."""
    return panel._dashboard.history.windows[0].alerts[0]


def test_the_panel_shows_the_cores_view(panel: ReviewPanel, core: KeptVerbs) -> None:
    assert panel.html == to_html(core.review_dashboard(dashboard().review))
    assert panel.state["window"] == "2026-W10"
    assert panel.state["message"]["kind"] == panel.state["busy"] == ""
    assert repr(panel) == "ReviewPanel('churn', '2026-W10')"
    assert core.calls == []


def test_another_window_is_shown_as_it_was_kept(panel: ReviewPanel, core: KeptVerbs) -> None:
    state = send(panel, {"act": "window", "window": "2026-W09"})
    assert core.calls == [("kept_review", "churn", "2026-W09")]
    assert (state["window"], state["answers"]) == ("2026-W09", 1)
    assert 'data-before="2026-W08" data-after="2026-W10"' in panel.html
    assert "2 open in other windows" in panel.html


def test_an_alert_is_taken_on_with_a_reason(panel: ReviewPanel, core: KeptVerbs) -> None:
    alert = first_alert(panel).alert
    click = {"act": "acknowledge", "key": alert.key, "note": "training on <b>Monday</b>"}
    state = send(panel, click)
    said = (alert.firing.rule, "2026-W10", "training on <b>Monday</b>", None)
    assert core.calls == [("acknowledge", "churn", *said)]
    assert state["message"] == {
        "kind": "done",
        "text": f"2026-W10: {alert.firing.rule} is acknowledged, by ann.",
        "hint": "",
    }
    assert "training on &lt;b&gt;Monday&lt;/b&gt;" in panel.html
    assert f'data-alert="{alert.key}"' not in panel.html  # nothing is left to be done about it


def test_a_rule_is_silenced_until_a_day(panel: ReviewPanel, core: KeptVerbs) -> None:
    key = first_alert(panel).alert.key
    click = {"act": "acknowledge", "key": key, "note": "known", "until": "2026-03-17"}
    assert send(panel, click)["message"]["kind"] == "done"
    assert core.calls[0][-1] == "2026-03-17"


@pytest.mark.parametrize(
    "content",
    [
        None,
        "acknowledge",
        {},
        {"act": "delete"},
        {"act": "window", "window": ""},
        {"act": "window", "window": 10},
        {"act": "acknowledge", "key": "alert_" + "0" * 32, "note": ""},
        {"act": "acknowledge", "key": "drifted", "note": "x"},
        {"act": "acknowledge", "key": "alert_" + "0" * 32, "note": "x", "until": "tomorrow"},
        {"act": "acknowledge", "key": "alert_" + "0" * 32, "note": "x", "by": "somebody else"},
    ],
)
def test_a_message_that_is_no_click_is_refused(
    panel: ReviewPanel, core: KeptVerbs, content: object
) -> None:
    assert send(panel, content)["message"]["kind"] == "error"
    assert core.calls == []


def test_an_alert_that_is_not_shown_or_was_taken_on_is_refused(
    panel: ReviewPanel, core: KeptVerbs
) -> None:
    click = {"act": "acknowledge", "key": "alert_" + "0" * 32, "note": "x"}
    refused = "That is not what the panel shows now; nothing was done."
    assert send(panel, click)["message"]["text"] == refused
    assert core.calls == []
    click["key"] = first_alert(panel).alert.key
    send(panel, click)
    assert send(panel, click)["message"]["text"] == refused
    assert len(core.calls) == 1


def test_an_error_shows_fact_and_hint(panel: ReviewPanel, core: KeptVerbs) -> None:
    state = send(panel, {"act": "window", "window": "2020-W01"})
    text = "No review of churn for 2020-W01 was kept."
    assert state["message"] == {"kind": "error", "text": text, "hint": ""}
    assert (state["window"], state["busy"]) == ("2026-W10", "")
    core.refuses = ReleaseNotFound("There is no churn.", name="churn", hint="Known: none.")
    assert send(panel, {"act": "refresh"})["message"]["hint"] == "Known: none."


def test_where_the_registry_does_not_know_the_release_the_html_is_all(
    shell: InteractiveShell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert shell
    monkeypatch.setattr(panels, "can_show_widgets", lambda _: True)
    monkeypatch.setenv("NBRELEASE_HOME", str(tmp_path))
    bundle = panels.mime_bundle(dashboard().review)
    assert isinstance(bundle, dict)
    assert set(bundle) == {"text/plain", "text/html"}


def test_script_and_style_ship_with_the_panel(panel: ReviewPanel) -> None:
    assert "export default" in str(panel._esm)
    assert ".nbr-review" in str(panel._css)
