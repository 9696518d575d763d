from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifecycle_core.errors import ReleaseFileInvalid
from lifecycle_core.notebooks.release_text import parse_release
from lifecycle_core.schema.release_file import ReleaseFile

GOOD = """\
model:
  purpose: keep customers
costs:
  false_positive: 20
  false_negative: 400
owners:
  product: {name: Ada, contact: ada@example.com}
"""


def test_a_good_text_gives_the_record() -> None:
    release = parse_release(GOOD, where="cell 3", name="churn")
    assert isinstance(release, ReleaseFile)
    assert release.model.name == "churn"
    assert release.costs.false_negative == 400
    assert release.owners.product is not None
    assert release.owners.product.contact == "ada@example.com"


@pytest.mark.parametrize(
    ("text", "fact", "hint"),
    [
        (
            "costs:\n  false_positve: 2\n",
            "cell 3, line 2: unknown key `costs.false_positve`.",
            "Did you mean `false_positive`?",
        ),
        (
            "model: {}\nownrs:\n  x: 1\n",
            "cell 3, line 2: unknown key `ownrs`.",
            "Did you mean `owners`?",
        ),
        (
            "review:\n  latency: {limit: '1 s'}\n",
            "cell 3, line 2: `review.latency.response` is missing.",
            "Add `response: ...`.",
        ),
        (
            "owners:\n  support: {name: Ada, zzzz: 1, service_level: x, escalation: y}\n",
            "cell 3, line 2: unknown key `owners.support.zzzz`.",
            "Known here: name, service_level, escalation.",
        ),
        ("costs: [1, 2\n", "cell 3, line 2: this is not YAML", "Check the indentation"),
        ("costs: {currency: 2026-02-30}\n", "cell 3: this is not YAML: day is out of", ""),
        ("- a\n- b\n", "cell 3, line 1: got a list, want sections such as `model:`.", "model"),
        (
            "costs: {}\ncosts: {}\n",
            "cell 3, line 2: the key `costs` stands here twice.",
            "Keep one of them.",
        ),
        ("a: &x 1\nb: *x\n", "cell 3 uses a YAML alias", "Write the value out"),
        (
            "model:\n  name: loyalty\n",
            "cell 3, line 2: the name is `loyalty` here and `churn` in `%%release`.",
            "Leave `name` out",
        ),
    ],
)
def test_errors_name_the_line_and_the_nearest_key(text: str, fact: str, hint: str) -> None:
    with pytest.raises(ReleaseFileInvalid) as caught:
        parse_release(text, where="cell 3", name="churn")
    assert fact in str(caught.value)
    assert hint in caught.value.hint


def test_lines_count_from_where_the_text_stands() -> None:
    with pytest.raises(ReleaseFileInvalid, match="cell 3, line 3: unknown key"):
        parse_release("costs:\n  x: 1\n", where="cell 3", name="churn", first_line=2)


def test_a_wrong_value_says_what_it_got() -> None:
    with pytest.raises(ReleaseFileInvalid, match=r"line 3: `policy\.rtol` is 2: .*less than 1"):
        parse_release("costs: {}\npolicy:\n  rtol: 2\n", where="release.yaml", name="churn")


def test_an_arm_of_an_experiment_is_no_role_of_the_service() -> None:
    text = "serving:\n  experiment:\n    salt: s\n    arms: {NAME: 10}\n"
    with pytest.raises(ReleaseFileInvalid, match=r"line 4: .*the champion has the units that no"):
        parse_release(text.replace("NAME", "champion"), where="release.yaml", name="churn")
    with pytest.raises(ReleaseFileInvalid, match=r"line 4: .*'shadow'"):
        parse_release(text.replace("NAME", "shadow"), where="release.yaml", name="churn")


def test_a_file_without_a_name_says_so() -> None:
    with pytest.raises(ReleaseFileInvalid, match=r"`model\.name` is missing"):
        parse_release("costs: {}\n", where="release.yaml")


def test_an_enormous_text_is_refused() -> None:
    with pytest.raises(ReleaseFileInvalid, match="at most 200,000"):
        parse_release("a" * 200_001, where="release.yaml")


@given(st.text(max_size=200))
def test_any_text_gives_a_record_or_a_message(text: str) -> None:
    assert outcome(text) in {"churn", "cell 3"}


def outcome(text: str) -> str:
    try:
        return parse_release(text, where="cell 3", name="churn").model.name
    except ReleaseFileInvalid as error:
        return str(error)[:6]
