"""`%promote`, `%rollback`, `%releases` and `%review`: what is done with registered releases."""

# mypy: allow-untyped-decorators, allow-subclassing-any
# IPython publishes no types that mypy --strict accepts.

from __future__ import annotations

from typing import TYPE_CHECKING

from IPython.core.magic import Magics, line_magic, magics_class
from IPython.core.magic_arguments import argument, magic_arguments

from nbext.magics.headless import left_for_later
from nbext.magics.parsing import parsed
from nbext.presence import inside_clean_run

if TYPE_CHECKING:
    from lifecycle_core.schema.proposal import Proposal
    from lifecycle_core.schema.release import Entry, Releases, Status
    from lifecycle_core.schema.review import Review


@magics_class
class RegistryMagics(Magics):
    """The magics that look at the registry or at the logs, or write to the ledger."""

    @magic_arguments()
    @argument("name", help="Name of the release.")
    @argument("--to", metavar="ALIAS", help="challenger or champion: act at once, without panel.")
    @argument("--version", type=int, help="Default: the candidate; to champion, the challenger.")
    @argument("--reason", default="", help="Why, for the ledger.")
    @line_magic
    def promote(self, line: str) -> Entry | Proposal | None:
        """Show the checkpoints of a release and promote it, by panel or at once.

        Example::

            %promote churn
            %promote churn --to challenger --reason "cheaper by a third"

        Without --to nothing is changed before a button is pressed and confirmed.
        """
        from lifecycle_core import verbs

        say = parsed(self.promote, line)
        if inside_clean_run() and left_for_later(self.shell, "promote", line):
            return None
        if say.to is None:
            return verbs.propose(say.name, version=say.version)
        return verbs.promote(say.name, to=say.to, version=say.version, reason=say.reason)

    @magic_arguments()
    @argument("name", help="Name of the release.")
    @argument("--to", default="previous", metavar="VERSION", help="Default: the one before.")
    @argument("--alias", help="challenger or champion; default: the champion if there is one.")
    @argument("--reason", required=True, help="Why, for the ledger.")
    @line_magic
    def rollback(self, line: str) -> Entry | None:
        """Point an alias back at the version before.

        Example::

            %rollback churn --reason "complaints since Monday"
        """
        from lifecycle_core import verbs

        say = parsed(self.rollback, line)
        if inside_clean_run() and left_for_later(self.shell, "rollback", line):
            return None
        return verbs.rollback(say.name, to=say.to, alias=say.alias, reason=say.reason)

    @magic_arguments()
    @argument("name", nargs="?", help="Name of one release; all of them if left out.")
    @line_magic
    def releases(self, line: str) -> Releases | Status | None:
        """Show the releases and where their aliases point.

        Example::

            %releases
            %releases churn
        """
        from lifecycle_core import verbs

        say = parsed(self.releases, line)
        if inside_clean_run() and left_for_later(self.shell, "releases", line):
            return None
        return verbs.status(say.name) if say.name else verbs.releases()

    @magic_arguments()
    @argument("name", help="Name of the release.")
    @argument("--window", help="2026-W10, 2026-03, ...; default: the last complete one.")
    @argument("--as-of", metavar="TIME", help="Look back from this moment, in UTC; default: now.")
    @line_magic
    def review(self, line: str) -> Review | None:
        """Review a window of a release: health, drift, quality, adoption, money, response rules.

        Example::

            %review churn
            %review churn --window 2026-W10
        """
        from lifecycle_core import verbs

        say = parsed(self.review, line)
        if inside_clean_run() and left_for_later(self.shell, "review", line):
            return None
        return verbs.review(say.name, window=say.window, as_of=say.as_of)
