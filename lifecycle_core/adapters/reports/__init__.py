"""Reports that other programs or a browser read: JUnit XML, GitHub's annotations, one page.

Each is made of one record of checked notebooks, and is text; who asked for it writes it.
"""

from lifecycle_core.adapters.reports.github import step_summary, workflow_commands
from lifecycle_core.adapters.reports.junit import junit_xml
from lifecycle_core.adapters.reports.page import page
from lifecycle_core.adapters.reports.record_page import record_page
from lifecycle_core.adapters.reports.review_page import review_page

__all__ = ["junit_xml", "page", "record_page", "review_page", "step_summary", "workflow_commands"]
