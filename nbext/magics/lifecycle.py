"""`%%release` states what people decide; `%finalize` chooses the model and the decision rule."""

# mypy: allow-untyped-decorators, allow-subclassing-any
# IPython publishes no types that mypy --strict accepts.

from __future__ import annotations

from typing import TYPE_CHECKING

from IPython.core.magic import Magics, cell_magic, line_magic, magics_class
from IPython.core.magic_arguments import argument, magic_arguments

from lifecycle_core.errors import InvalidCall
from nbext.magics.parsing import named, parsed

if TYPE_CHECKING:
    from typing import Any

    from lifecycle_core.schema.finalization import Finalization
    from lifecycle_core.schema.release_file import ReleaseFile


@magics_class
class LifecycleMagics(Magics):
    """The magics of a notebook's own cells; they remember the release between them."""

    _stated: ReleaseFile | None = None

    @magic_arguments()
    @argument("name", help="Name of the release, such as churn.")
    @cell_magic
    def release(self, line: str, cell: str) -> ReleaseFile:
        """State what people decide about this release, in the YAML of a release file.

        Example::

            %%release churn
            model: {purpose: Whom to call, positive_class: "Yes"}
            costs: {false_positive: 20, false_negative: 400}

        `{variables}` are not replaced in the cell, for braces are YAML; in the name they are.
        """
        from lifecycle_core import verbs

        say = parsed(self.release, line)
        self._stated = verbs.parse_release(
            cell, name=say.name, where="%%release cell", first_line=2
        )
        return self._stated

    @magic_arguments()
    @argument("candidates", help="A dictionary of names and scikit-learn estimators.")
    @argument("X", help="The features to train on: a data frame.")
    @argument("y", help="What is to be predicted, for the same rows.")
    @argument("--holdout", nargs=2, metavar=("X_TEST", "Y_TEST"), help="Rows kept out of it all.")
    @argument("--folds", type=int, default=5, help="Folds of the cross-validation; default 5.")
    @argument("--seed", type=int, default=0, help="Seed of folds and intervals; default 0.")
    @argument("--model", metavar="NAME", help="Variable that takes the fitted final model.")
    @line_magic
    def finalize(self, line: str) -> Finalization:
        """Choose one candidate and one decision rule by what they cost, and record why.

        Example::

            candidates = {"logistic": LogisticRegression(), "forest": RandomForestClassifier()}
            %finalize candidates X_train y_train --holdout X_test y_test

        The words are names of variables. A cell with %%release NAME must have run before.
        """
        from lifecycle_core import verbs

        say, names = parsed(self.finalize, line), self.shell.user_ns
        trained = [named(names, name) for name in (say.candidates, say.X, say.y)]
        kept_out = tuple(named(names, name) for name in say.holdout or ())
        options: dict[str, Any] = {"folds": say.folds, "seed": say.seed}
        options |= {"holdout": kept_out or None, "release": self._release_file()}
        keep = _Variable(names, say.model) if say.model else None
        return verbs.finalize(*trained, keep=keep, **options)

    def _release_file(self) -> ReleaseFile:
        if self._stated is None:
            raise InvalidCall(
                "%finalize needs to know the release, and no %%release cell has run.",
                hint="Run a cell that starts with %%release NAME; type %%release? for an example.",
            )
        return self._stated


class _Variable:
    """Evidence store that hands the fitted model to a variable of the user's."""

    def __init__(self, names: dict[str, Any], name: str) -> None:
        self._names, self._name = names, name

    def keep(
        self,
        record: Finalization,
        model: Any,  # noqa: ANN401 - as EvidenceStore
        frame: Any,  # noqa: ANN401, ARG002 - as EvidenceStore
        held_out: Any = None,  # noqa: ANN401, ARG002 - as EvidenceStore
    ) -> Finalization:
        """Set the variable; the record stays as it is."""
        self._names[self._name] = model
        return record
