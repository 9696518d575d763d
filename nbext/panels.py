"""Records that can be acted on or looked into: a panel where a person can use it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from IPython.core.getipython import get_ipython

from lifecycle_core.schema.pipeline_overview import PipelineOverview
from nbext.presence import can_show_widgets
from nbext.views import mime_bundle as plain_bundle

if TYPE_CHECKING:
    from lifecycle_core.schema.proposal import Proposal


def mime_bundle(
    record: PipelineOverview | Proposal,
) -> dict[str, Any] | tuple[dict[str, Any], dict[str, Any]]:
    """Return the panel if a person can use it; text and HTML always, for the saved notebook."""
    plain = plain_bundle(record)
    if not can_show_widgets(get_ipython()):
        return plain
    if isinstance(record, PipelineOverview):
        from nbext.widgets.pipeline import PipelinePanel

        return {**PipelinePanel(record).view(), **plain}
    from lifecycle_core import verbs
    from nbext.widgets.promotion import PromotionPanel

    data, metadata = PromotionPanel(record, verbs)._repr_mimebundle_()
    return {**data, **plain}, metadata
