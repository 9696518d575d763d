"""`%review`, `%reviews`, `%acknowledge`, `%outcomes`: what the logs say, and what became of it."""

# mypy: allow-untyped-decorators, allow-subclassing-any
# IPython publishes no types that mypy --strict accepts.

from __future__ import annotations

from argparse import BooleanOptionalAction
from typing import TYPE_CHECKING, Any

from IPython.core.magic import Magics, line_magic, magics_class
from IPython.core.magic_arguments import argument, magic_arguments

from lifecycle_core.errors import InvalidCall
from nbext.magics.headless import left_for_later
from nbext.magics.parsing import parsed
from nbext.presence import inside_clean_run

if TYPE_CHECKING:
    from argparse import Namespace

    from lifecycle_core.schema.prediction import OutcomesTold
    from lifecycle_core.schema.review import Review
    from lifecycle_core.schema.review_history import ReviewHistory, ReviewRun


@magics_class
class ReviewMagics(Magics):
    """The magics that look at the logs, and at reviews that are kept."""

    @magic_arguments()
    @argument("names", nargs="*", help="Name of the release; with --due any number, none for all.")
    @argument("--window", help="2026-W10, 2026-03, ...; default: the last complete one.")
    @argument("--as-of", metavar="TIME", help="Look back from this moment, in UTC; default: now.")
    @argument("--kept", action="store_true", help="Show the review as it was kept.")
    @argument("--keep", action=BooleanOptionalAction, help="Whether it becomes part of history.")
    @argument("--notify", action="store_true", help="Tell of alerts that nobody was told of.")
    @argument("--due", action="store_true", help="Make all reviews that are due, and tell.")
    @line_magic
    def review(self, line: str) -> Review | ReviewRun | None:
        """Review a window of a release: health, drift, quality, adoption, money, response rules.

        Example::

            %review churn
            %review churn --window 2026-W10 --kept
            %review --due
        """
        from lifecycle_core import verbs

        say = parsed(self.review, line)
        if inside_clean_run() and left_for_later(self.shell, "review", line):
            return None
        if say.due:
            return verbs.review_due(*_alone(say).names, as_of=say.as_of)
        if say.kept:
            return verbs.kept_review(**_asked(say))
        return verbs.review(**_asked(say), keep=say.keep, notify=say.notify)

    @magic_arguments()
    @argument("name", help="Name of the release.")
    @argument("--as-of", metavar="TIME", help="By when reviews are due, in UTC; default: now.")
    @line_magic
    def reviews(self, line: str) -> ReviewHistory | None:
        """List the reviews of a release that are kept, due or missed, and open alerts.

        Example::

            %reviews churn
        """
        from lifecycle_core import verbs

        say = parsed(self.reviews, line)
        if inside_clean_run() and left_for_later(self.shell, "reviews", line):
            return None
        return verbs.reviews(say.name, as_of=say.as_of)

    @magic_arguments()
    @argument("name", help="Name of the release.")
    @argument("rule", help="The rule, or a part of it that no other has.")
    @argument("--by", metavar="WHO", help="Who; default: you.")
    @argument("--note", default="", help="Why, or what is done about it.")
    @argument("--window", help="Of this window only.")
    @argument("--silence-until", metavar="DATE", help="Tell nobody of the rule before this day.")
    @line_magic
    def acknowledge(self, line: str) -> ReviewHistory | None:
        """Take the alerts of a response rule on; it is kept with who and when.

        Example::

            %acknowledge churn adoption_rate --note "training on Monday"
        """
        from lifecycle_core import verbs

        say = parsed(self.acknowledge, line)
        if inside_clean_run() and left_for_later(self.shell, "acknowledge", line):
            return None
        return verbs.acknowledge(**vars(say))

    @magic_arguments()
    @argument("name", help="Name of the release.")
    @argument(
        "--in",
        dest="source",
        metavar="TABLE",
        required=True,
        help="The table: a path or an address, or the name of a frame in this notebook.",
    )
    @argument("--who", help="Who says so, where the table has no column `who`; default: you.")
    @line_magic
    def outcomes(self, line: str) -> OutcomesTold | None:
        """Tell what was done with predictions, what became true, and what it earned.

        Columns of the table: `prediction` (ids that scores come with) or the business key; some of
        action (accepted, overridden), label, money; and currency, label_time, who, time. Told
        again, a table is told once. If a row is wrong, nothing of the table is kept.

        Example::

            %outcomes churn --in kept.csv --who crm
        """
        from lifecycle_core import verbs

        say = parsed(self.outcomes, line)
        if inside_clean_run() and left_for_later(self.shell, "outcomes", line):
            return None
        source = self.shell.user_ns.get(say.source, say.source)
        return verbs.tell_outcomes(say.name, source=source, who=say.who)


def _alone(say: Namespace) -> Namespace:
    """Return the words of `--due`, where no word stands that it cannot stand beside."""
    if say.window or say.kept or say.keep is not None or say.notify:
        raise InvalidCall(
            "%review --due stands alone, with names and --as-of at most.",
            hint="Leave the other options out.",
        )
    return say


def _asked(say: Namespace) -> dict[str, Any]:
    """Return which window of which one release is meant."""
    if len(say.names) != 1:
        raise InvalidCall(
            f"A review is of one release, and {len(say.names)} are named.",
            hint="Write %review churn; %review --due does all that are due.",
        )
    return {"name": say.names[0], "window": say.window, "as_of": say.as_of}
