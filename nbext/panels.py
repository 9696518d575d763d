"""Records that can be acted on or looked into: a panel where a person can use it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from IPython.core.getipython import get_ipython

from lifecycle_core.errors import LifecycleError
from lifecycle_core.schema.pipeline_overview import PipelineOverview
from lifecycle_core.schema.review import Review
from nbext.presence import can_show_widgets
from nbext.views import mime_bundle as plain_bundle

if TYPE_CHECKING:
    from lifecycle_core.schema.proposal import Proposal


def mime_bundle(
    record: PipelineOverview | Proposal | Review,
) -> dict[str, Any] | tuple[dict[str, Any], dict[str, Any]]:
    """Return the panel if a person can use it; text and HTML always, for the saved notebook."""
    plain = plain_bundle(record)
    panel = _panel(record) if can_show_widgets(get_ipython()) else None
    if panel is None:
        return plain
    data, metadata = panel._repr_mimebundle_()
    return {**data, **plain}, metadata


def _panel(record: PipelineOverview | Proposal | Review) -> Any:  # noqa: ANN401 - a widget of any kind
    """Return a record's panel; None where the registry does not know what it is about."""
    from lifecycle_core import verbs

    if isinstance(record, PipelineOverview):
        from nbext.widgets.pipeline import PipelinePanel

        return PipelinePanel(record)
    if isinstance(record, Review):
        from nbext.widgets.review import ReviewPanel

        try:
            return ReviewPanel(verbs.review_dashboard(record), verbs)
        except LifecycleError:  # such as a review that came as a file from elsewhere
            return None
    from nbext.widgets.promotion import PromotionPanel

    return PromotionPanel(record, verbs)
