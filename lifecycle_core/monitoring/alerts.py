"""Which alerts still have to be told, or told again, and which ones somebody means."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from lifecycle_core.errors import InvalidCall

if TYPE_CHECKING:
    from lifecycle_core.schema.release_file import OwnersSection
    from lifecycle_core.schema.review import Firing
    from lifecycle_core.schema.review_history import AlertStanding, ReviewHistory


def untold(history: ReviewHistory, channel: str) -> tuple[AlertStanding, ...]:
    """Return the open alerts that a channel has not taken yet, of the oldest window first.

    Args:
        history: As replayed.
        channel: Its name.
    """
    return tuple(
        each for each in history.alerts if each.state == "open" and channel not in each.told
    )


def overdue(history: ReviewHistory, channel: str) -> tuple[AlertStanding, ...]:
    """Return the open alerts whose deadline has passed, and of which a channel took no reminder.

    Args:
        history: As replayed; its moment decides.
        channel: Its name.
    """
    now = datetime.fromisoformat(history.as_of)
    return tuple(
        each
        for each in history.alerts
        if each.state == "open"
        and datetime.fromisoformat(each.alert.firing.deadline) <= now
        and channel not in each.reminded
    )


def escalation_contact(owners: OwnersSection, firing: Firing) -> str:
    """Return how whoever comes next is reached.

    Args:
        owners: Of the release file.
        firing: It says who comes next.

    Returns:
        What the release file says under `escalation`; the contact of the owner where that is the
        name of one.

    Example:
        >>> from lifecycle_core.schema.release_file import Owner, OwnersSection
        >>> from lifecycle_core.schema.review import Firing
        >>> owners = OwnersSection(product=Owner(name="Ida", contact="ida@example.org"))
        >>> firing = Firing(
        ...     rule="when rows < 1 then notify data", action="notify", owner="data",
        ...     escalation="Ida", deadline="2026-03-12T06:00:00Z", evidence=(),
        ... )
        >>> escalation_contact(owners, firing)
        'ida@example.org'
    """
    who = (owners.product, owners.data, owners.engineering, owners.operations)
    known = {each.name: each.contact for each in who if each is not None}
    return known.get(firing.escalation, firing.escalation)


def named(history: ReviewHistory, words: str, *, window: str | None) -> tuple[AlertStanding, ...]:
    """Return the alerts of one rule that nobody has acknowledged.

    Args:
        history: As replayed.
        words: The rule as the release file has it, or any part of it that no other has.
        window: Only of this window; of all if None.

    Raises:
        InvalidCall: There is none, or several rules have these words.
    """
    wanted = " ".join(words.split())
    found = [
        each
        for each in history.alerts
        if each.state != "acknowledged" and window in {None, each.alert.window}
    ]
    rules = {each.alert.firing.rule for each in found}
    meant = sorted({wanted} & rules or {rule for rule in rules if wanted and wanted in rule})
    if len(meant) == 1:
        return tuple(each for each in found if each.alert.firing.rule == meant[0])
    where = f" in {window}" if window else ""
    if not meant:
        hint = f"Rules that wait{where}: {'; '.join(sorted(rules))}." if rules else ""
        raise InvalidCall(
            f"No alert of {history.release}{where} that nobody has acknowledged is of a rule with "
            f"{words!r}.",
            hint=hint or f"`nbrelease reviews {history.release}` lists all.",
        )
    raise InvalidCall(
        f"{len(meant)} rules of {history.release} have the words {words!r}.",
        hint=f"Name one of them: {'; '.join(meant)}.",
    )
