"""`%promote`, `%rollback` and `%releases`: what is done with registered releases."""

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


@magics_class
class RegistryMagics(Magics):
    """The magics that look at the registry, or write to the ledger."""

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
