"""What docs/reviews.md shows is what there is."""

from __future__ import annotations

import re
import shlex
import textwrap
import tomllib
from pathlib import Path

import yaml
from typer.testing import CliRunner

from lifecycle_core.adapters.notifying import configured_channels
from lifecycle_core.adapters.sinks.base import surroundings
from lifecycle_core.cli.commands import app
from lifecycle_core.monitoring import require_review
from lifecycle_core.monitoring.windows import calendar_of
from lifecycle_core.schema.release_file import ReviewSection
from lifecycle_core.schema.review import Firing
from lifecycle_core.schema.review_history import Alert, Notification

PAGE = (Path(__file__).parents[1] / "docs" / "reviews.md").read_text()


def test_its_settings_are_channels(tmp_path: Path) -> None:
    (block,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    around = surroundings(project=tmp_path, home=tmp_path, registry="http://r")
    tables = tomllib.loads(block)["notify"]
    channels = configured_channels(tables, file="nbrelease.toml", around=around)
    assert [each.name for each in channels] == ["team", "mail", "pager"]


def test_its_calls_have_options_that_there_are() -> None:
    calls = [
        shlex.split(line, comments=True)
        for line in re.findall(r"^    nbrelease (.+)$", PAGE, re.MULTILINE)
    ]
    assert len(calls) > 4
    for verb, *words in calls:
        shown = CliRunner().invoke(app, [verb, "--help"]).output
        assert [word for word in words if word.startswith("--") and word not in shown] == []


def test_the_body_that_it_shows_is_a_notification() -> None:
    body = re.search(r"The body is `(\{.*?\})`", PAGE, re.DOTALL)
    assert body is not None
    named = set(re.findall(r'"(\w+)"', body[1])) - {"nbrelease"}
    fields = {"schema", *Notification.model_fields, *Alert.model_fields, *Firing.model_fields}
    assert named == fields - {"schema_"}


def test_its_rules_and_its_calendar_are_what_a_release_file_takes() -> None:
    blocks = re.findall(r"(?:^    (?:review|rules):\n)(?:^    .*\n)+", PAGE, re.MULTILINE)
    said = [yaml.safe_load(textwrap.dedent(block)) for block in blocks]
    assert [next(iter(each)) for each in said] == ["rules", "rules", "rules", "review"]
    *rules, review = said
    for each in rules:
        section = ReviewSection.model_validate(review["review"] | each)
        require_review(section)
    assert calendar_of(section).window("FY2023").after.isoformat() == "2024-02-04"
