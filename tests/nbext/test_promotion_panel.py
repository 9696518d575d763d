"""The panel's Python side: it shows a record, believes no message, and calls one verb."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from lifecycle_core.errors import ConcurrentPromotion
from nbext.widgets.promotion import PromotionPanel
from tests.fakes import records
from tests.fakes.verbs import FakeVerbs

if TYPE_CHECKING:
    from collections.abc import Iterator

PROMOTE = {
    "act": "promote",
    "alias": "champion",
    "version": 2,
    "digest": records.DIGEST_2,
    "reason": "",
}
ROLLBACK = {
    "act": "rollback",
    "alias": "champion",
    "version": 1,
    "digest": records.DIGEST_1,
    "reason": "complaints",
}


@pytest.fixture
def core() -> FakeVerbs:
    """The verbs that the panel calls."""
    return FakeVerbs()


@pytest.fixture
def panel(core: FakeVerbs) -> Iterator[PromotionPanel]:
    """A panel of the fake's proposal."""
    made = PromotionPanel(core.proposed, core)
    yield made
    made.close()


def send(panel: PromotionPanel, content: object) -> dict[str, Any]:
    """Let a message arrive as the front end sends it, and return the state after it."""
    panel._handle_custom_msg(content, [])
    return dict(panel.state)


def test_the_state_is_the_record(panel: PromotionPanel, core: FakeVerbs) -> None:
    assert panel.state["proposal"] == core.proposed.model_dump(mode="json")
    assert panel.state["busy"] == ""
    assert panel.state["message"]["kind"] == ""
    assert core.calls == []
    assert repr(panel) == "PromotionPanel('churn', version 2)"


def test_a_confirmed_promotion_is_done_and_shown(panel: PromotionPanel, core: FakeVerbs) -> None:
    state = send(panel, PROMOTE | {"reason": "cheaper"})
    assert core.calls == [
        ("promote", {"name": "churn", "to": "champion", "version": 2, "reason": "cheaper"}),
        ("propose", {"name": "churn", "version": 2}),
    ]
    assert state["proposal"]["heads"]["champion"]["version"] == 2
    assert state["message"] == {
        "kind": "done",
        "text": "champion points at version 2: entry 1 of the ledger.",
        "hint": "",
    }


def test_a_confirmed_rollback_goes_to_the_version_shown(
    panel: PromotionPanel, core: FakeVerbs
) -> None:
    state = send(panel, ROLLBACK)
    said = {"name": "churn", "to": "1", "alias": "champion", "reason": "complaints"}
    assert core.calls[0] == ("rollback", said)
    assert state["message"]["kind"] == "done"


def test_what_is_going_on_is_shown_meanwhile(panel: PromotionPanel) -> None:
    seen: list[str] = []
    panel.observe(lambda change: seen.append(change["new"]["busy"]), "state")
    send(panel, PROMOTE)
    assert seen == ["champion is being moved to version 2 ...", ""]


@pytest.mark.parametrize(
    "content",
    [
        None,
        "promote",
        {},
        {"act": "delete"},
        PROMOTE | {"alias": "candidate"},
        PROMOTE | {"version": "2"},
        PROMOTE | {"digest": "9f8e7d6c"},
        PROMOTE | {"actor": "somebody else"},
        ROLLBACK | {"reason": ""},
    ],
)
def test_a_message_that_is_no_click_is_refused(
    panel: PromotionPanel, core: FakeVerbs, content: object
) -> None:
    state = send(panel, content)
    assert core.calls == []
    assert state["message"]["kind"] == "error"


@pytest.mark.parametrize(
    "content",
    [PROMOTE | {"digest": records.DIGEST_1}, PROMOTE | {"version": 3}, ROLLBACK | {"version": 3}],
)
def test_a_click_on_what_is_not_shown_is_refused(
    panel: PromotionPanel, core: FakeVerbs, content: dict[str, Any]
) -> None:
    state = send(panel, content)
    assert [name for name, _ in core.calls] == ["propose"]
    assert state["message"] == {
        "kind": "error",
        "text": "That is not what the panel shows now; nothing was done.",
        "hint": "Look again, then decide.",
    }


def test_an_error_shows_fact_and_hint_and_the_new_state(
    panel: PromotionPanel, core: FakeVerbs
) -> None:
    core.refuses = ConcurrentPromotion("Somebody was first.", head=None, hint="Look again.")
    core.proposed = records.proposal(blocked="champion is frozen.")
    state = send(panel, PROMOTE)
    assert state["message"] == {
        "kind": "error",
        "text": "Somebody was first.",
        "hint": "Look again.",
    }
    assert state["proposal"]["promotions"][0]["blocked"] == "champion is frozen."
    assert state["busy"] == ""


def test_a_defect_of_ours_is_named_and_raised(
    panel: PromotionPanel, core: FakeVerbs, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(core, "promote", broken)
    with pytest.raises(ZeroDivisionError):
        panel._receive(panel, PROMOTE, [])
    assert panel.state["message"]["text"] == "nbrelease has a defect: ZeroDivisionError()."
    assert panel.state["busy"] == ""


def test_refresh_looks_again(panel: PromotionPanel, core: FakeVerbs) -> None:
    core.proposed = records.proposal(records.checkpoints(owners="fail"))
    state = send(panel, {"act": "refresh"})
    assert state["proposal"]["checkpoints"]["results"][4]["result"] == "fail"
    assert core.calls == [("propose", {"name": "churn", "version": 2})]


def test_script_and_style_ship_with_the_panel(panel: PromotionPanel) -> None:
    assert "export default" in str(panel._esm)
    assert ".nbr-panel" in str(panel._css)
    assert "innerHTML" not in str(panel._esm)
