from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lifecycle_core.notebooks.locks import locked_versions, recorded_differences

VERSIONS = st.dictionaries(
    st.from_regex(r"[a-z]{1,3}(-[a-z0-9]{1,2})?", fullmatch=True),
    st.from_regex(r"[0-9]{1,2}(\.[0-9]{1,2}){0,2}", fullmatch=True),
    max_size=6,
)


def text_of(versions: dict[str, str]) -> str:
    hashed = " \\\n    --hash=sha256:" + 64 * "0"
    return "".join(f"{name}=={version}{hashed}\n" for name, version in versions.items())


@given(VERSIONS)
def test_a_text_tells_its_versions_and_does_not_differ_from_itself(
    versions: dict[str, str],
) -> None:
    assert locked_versions(text_of(versions)) == versions
    assert recorded_differences(text_of(versions), text_of(versions)) == ()


@given(VERSIONS, VERSIONS)
def test_differences_mirror_and_lead_from_one_to_the_other(
    first: dict[str, str], second: dict[str, str]
) -> None:
    differences = recorded_differences(text_of(first), text_of(second))
    back = recorded_differences(text_of(second), text_of(first))
    assert back == tuple((name, after, before) for name, before, after in differences)
    led = first | {name: after for name, _, after in differences}
    assert {name: version for name, version in led.items() if version} == second


def test_a_changed_source_is_a_difference() -> None:
    line = "# mine==1.0  installed from a folder  sha256:"
    (difference,) = recorded_differences(line + 64 * "a" + "\n", line + 64 * "b" + "\n")
    assert difference == ("mine", "1.0 (sha256:aaaaaaaa)", "1.0 (sha256:bbbbbbbb)")


def test_locks_without_such_a_digest_are_read_too() -> None:
    assert locked_versions("# mine==1.0  installed from a folder\n# a note\n") == {"mine": "1.0"}
