"""`%experiment` designs, starts, reads and stops the experiments of a release."""

# mypy: allow-untyped-decorators, allow-subclassing-any
# IPython publishes no types that mypy --strict accepts.

from __future__ import annotations

from typing import TYPE_CHECKING

from IPython.core.magic import Magics, line_magic, magics_class
from IPython.core.magic_arguments import argument, magic_arguments

from lifecycle_core.errors import InvalidCall
from nbext.magics.headless import left_for_later
from nbext.magics.parsing import parsed
from nbext.presence import inside_clean_run

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable

    from lifecycle_core.schema.experiment import Experiments, ExperimentStatus
    from lifecycle_core.schema.experiment_design import ExperimentDesign
    from lifecycle_core.schema.readout import Readout

    Shown = ExperimentDesign | ExperimentStatus | Experiments | Readout

_WORDS = ("design", "start", "read", "stop", "show", "list")


@magics_class
class ExperimentMagics(Magics):
    """The magic of experiments."""

    @magic_arguments()
    @argument("word", choices=_WORDS, help="What to do.")
    @argument("what", help="Name of the release; the plan's file to start.")
    @argument("name", nargs="?", help="Name of the experiment.")
    @argument("--metric", help="The metric that decides: money, accepted/answered, share label.")
    @argument("--effect", help="The effect to plan for: 5%% of the control's value.")
    @argument("--arm", action="append", metavar="ALIAS=PERCENT", help="Default: challenger=50.")
    @argument("--secondary", action="append", help="Another metric.")
    @argument("--guardrail", action="append", help="'latency_ms/timed down 10%%'.")
    @argument("--segment", action="append", help="A feature to look at the effect by.")
    @argument("--unit", help="Column that names who is assigned; default: the business key.")
    @argument("--holdout", type=float, default=0.0, help="Percent of the units that stay out.")
    @argument("--looks", default="always", help="always, or a number of looks.")
    @argument("--as-of", metavar="TIME", help="Look back from this moment, in UTC.")
    @argument("--reason", default="", help="Why it is stopped, for the ledger.")
    @line_magic
    def experiment(self, line: str) -> Shown | None:
        """Design, start, read and stop the experiments of a release.

        Example::

            %experiment design churn autumn --metric money --effect 5%
            %experiment start churn.autumn.experiment.yaml
            %experiment read churn
            %experiment stop churn --reason shipped
        """
        say = parsed(self.experiment, line)
        if inside_clean_run() and left_for_later(self.shell, "experiment", line):
            return None
        return _done(say)


def _done(say: Namespace) -> Shown:
    from lifecycle_core import verbs

    calls: dict[str, Callable[[], Shown]] = {
        "design": lambda: _designed(say),
        "start": lambda: verbs.start_experiment(say.what),
        "read": lambda: verbs.read_experiment(say.what, name=say.name, as_of=say.as_of),
        "stop": lambda: verbs.stop_experiment(say.what, reason=say.reason),
        "show": lambda: verbs.show_experiment(say.what, name=say.name),
        "list": lambda: verbs.experiments(say.what),
    }
    return calls[say.word]()


def _designed(say: Namespace) -> ExperimentDesign:
    from lifecycle_core import verbs
    from lifecycle_core.experimenting import looks_of

    if not (say.name and say.metric and say.effect):
        raise InvalidCall(
            "A design needs the experiment's name, --metric and --effect.",
            hint=f"Write %experiment design {say.what} autumn --metric money --effect 5%",
        )
    return verbs.design_experiment(
        say.what,
        say.name,
        metric=say.metric,
        effect=say.effect,
        arms=tuple(say.arm or ("challenger=50",)),
        secondary=tuple(say.secondary or ()),
        guardrails=tuple(say.guardrail or ()),
        segments=tuple(say.segment or ()),
        unit=say.unit,
        as_of=say.as_of,
        holdout=say.holdout,
        looks=looks_of(say.looks),
    )
