from __future__ import annotations

import base64
import io
import json
import struct
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifecycle_core.notebooks.compare import Surroundings, compare_outputs, same_outputs
from lifecycle_core.notebooks.normalisers.base import display, stream
from lifecycle_core.notebooks.tolerance import RelativeError, largest_relative_error

Outputs = list[Any]


def test_the_same_is_identical() -> None:
    outputs = [stream("0.8\n"), display("text/plain", "x")]
    assert compare_outputs(outputs, list(outputs), rtol=0.0).status == "identical"
    assert compare_outputs([], [], rtol=0.0).status == "identical"


def test_only_needed_normalisers_are_named() -> None:
    stored = [
        stream("\x1b[1mloss\x1b[0m\n"),
        stream("0.5\n"),
        stream("/a.py:1: UserWarning: few\n  f()\n", "stderr"),
    ]
    fresh = [stream("\x1b[1mloss\x1b[0m\n0.5\n")]
    found = compare_outputs(stored, fresh, rtol=0.0)
    assert found.status == "cosmetic"
    assert found.normalisers == ("stream_chunks", "warnings_text")


def test_numbers_within_tolerance_say_how_far_apart_they_are() -> None:
    stored = [display("text/html", "<b>auc</b> 0.84000000 of 7043"), stream("0.5\n")]
    fresh = [display("text/html", "<b>auc</b> 0.84000001 of 7043"), stream("0.5\n")]
    found = compare_outputs(stored, fresh, rtol=1e-6)
    assert found.status == "tolerance"
    assert found.max_rel_error == pytest.approx(1.19e-8, rel=1e-2)
    assert found.normalisers == ()
    assert compare_outputs(stored, fresh, rtol=0.0).status == "different"


def test_a_count_is_never_within_tolerance() -> None:
    found = compare_outputs([stream("10000000 rows")], [stream("10000001 rows")], rtol=1e-6)
    assert found.status == "different"


def test_numbers_in_json_are_compared_as_numbers() -> None:
    kind = "application/vnd.plotly.v1+json"
    stored = [display(kind, {"data": [{"y": [1.0, 2.0], "name": "a"}]})]
    fresh = [display(kind, {"data": [{"name": "a", "y": [1.0, 2.0 + 1e-9]}]})]
    assert compare_outputs(stored, fresh, rtol=1e-6).status == "tolerance"
    other = [display(kind, {"data": [{"name": "b", "y": [1.0, 2.0]}]})]
    assert compare_outputs(stored, other, rtol=1e-6).status == "different"


def test_the_first_difference_is_told_in_one_line() -> None:
    found = compare_outputs(
        [stream("rows 10\nauc 0.81\n")], [stream("rows 10\nauc 0.79\n")], rtol=1e-6
    )
    assert found.detail == "stdout, line 2: stored auc 0.81, clean run auc 0.79"
    assert (found.stored, found.fresh) == ("rows 10\nauc 0.81", "rows 10\nauc 0.79")


def test_a_missing_output_is_told() -> None:
    found = compare_outputs([stream("a\n"), display("text/plain", "x")], [stream("a\n")], rtol=0.0)
    assert found.detail == "stored 2 outputs, clean run 1 output; only stored has text/plain: x"
    assert found.stored == "x"


def test_long_text_is_cut_around_the_difference() -> None:
    lines = [f"line {number}" for number in range(100_000)]
    changed = [*lines[:90_000], "other", *lines[90_001:]]
    found = compare_outputs([stream("\n".join(lines))], [stream("\n".join(changed))], rtol=0.0)
    assert found.detail == "stdout, line 90001: stored line 90000, clean run other"
    assert len(found.stored) == len(found.fresh) == 2_000
    assert "line 90000" in found.stored
    assert "other" in found.fresh


def test_deeply_nested_json_is_compared() -> None:
    deep = json.loads('{"a":' * 900 + "1.0" + "}" * 900)
    other = json.loads('{"a":' * 900 + "1.000000001" + "}" * 900)
    found = compare_outputs(
        [display("application/json", deep)], [display("application/json", other)], rtol=1e-6
    )
    assert found.status == "tolerance"


@given(value=st.floats(-1e300, 1e300), factor=st.floats(-1e-7, 1e-7))
def test_relative_error_is_symmetric_and_bounded(value: float, factor: float) -> None:
    other = value * (1 + factor)
    error = largest_relative_error(value, other)
    back = largest_relative_error(other, value)
    assert error is not None
    assert back is not None
    assert error.size == back.size
    assert 0 <= error.size <= 2


@given(text=st.text(max_size=60))
def test_text_has_no_distance_from_itself(text: str) -> None:
    assert largest_relative_error(text, text) == RelativeError()


@pytest.mark.parametrize(
    ("one", "other"),
    [("v1.2.3", "v1.2.4"), ("0.5", "0.5 s"), ("x1.5", "x1.6"), ("a 1", "b 1"), (1, 1.0), (1, True)],
)
def test_what_is_no_number_must_agree(one: object, other: object) -> None:
    assert largest_relative_error(one, other) is None


def test_columns_may_follow_the_width_of_numbers() -> None:
    error = largest_relative_error("a   0.1", "a 0.10000001")
    assert error is not None
    assert error.size == pytest.approx(1e-7, rel=1e-3)


def png(color: tuple[int, int, int], size: tuple[int, int] = (10, 10), dot: bool = False) -> str:  # noqa: FBT001, FBT002
    from PIL import Image

    image = Image.new("RGB", size, color)
    if dot:
        image.putpixel((3, 4), (255, 255, 255))
    file = io.BytesIO()
    image.save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


def test_images_that_differ_are_told_and_kept() -> None:
    stored, fresh = png((250, 0, 0)), png((250, 0, 0), dot=True)
    found = compare_outputs(
        [stream("a\n"), display("image/png", stored)],
        [display("image/png", fresh), stream("a\n")],
        rtol=1e-6,
    )
    assert found.status == "different"
    assert found.detail == (
        "image of 10x10: 1.0% of its pixels differ, by up to 255 of 255 in a channel"
    )
    assert (found.stored_png, found.fresh_png) == (stored, fresh)


def test_images_of_other_sizes_are_told() -> None:
    pair = png((0, 0, 0)), png((0, 0, 0), size=(12, 10))
    found = compare_outputs(*([display("image/png", image)] for image in pair), rtol=1e-6)
    assert found.detail == "image: stored 10x10, clean run 12x10 pixels"


def test_an_image_on_one_side_only_is_kept() -> None:
    found = compare_outputs([], [display("image/png", png((0, 0, 0)))], rtol=1e-6)
    assert found.stored_png is None
    assert found.fresh_png == png((0, 0, 0))
    assert found.detail.startswith("stored 0 outputs, clean run 1 output; only clean run has image")


def test_images_that_agree_are_not_kept() -> None:
    bundle = {"image/png": png((0, 0, 0)), "text/plain": "1"}
    other = {**bundle, "text/plain": "2"}
    found = compare_outputs(
        [{"output_type": "display_data", "data": bundle}],
        [{"output_type": "display_data", "data": other}],
        rtol=1e-6,
    )
    assert found.detail == "text/plain: stored 1, clean run 2"
    assert found.stored_png is None


def test_a_cell_of_a_table_is_told_by_row_and_column() -> None:
    def frame(auc: str) -> Outputs:
        rows = "".join(
            f"<tr><th>{name}</th><td>{value}</td></tr>"
            for name, value in [("ridge", "0.70"), ("forest", auc)]
        )
        head = "<tr><th></th><th>auc</th></tr>"
        html = f'<table class="dataframe">{head}{rows}</table>'
        return [display("text/html", html)]

    found = compare_outputs(frame("0.81"), frame("0.79"), rtol=1e-6)
    assert found.detail == 'table, row "forest", column "auc": stored 0.81, clean run 0.79'


@pytest.mark.parametrize(
    ("stored", "fresh", "status"),
    [
        ("in /home/me/churn now", "in /copy/project now", "cosmetic"),
        ("in /home/me/churn/data/x.csv", "in /copy/project/data/x.csv", "cosmetic"),
        (r"in C:\Users\me\churn", "in /copy/project", "cosmetic"),
        ("a /x/churn/a.csv b /x/churn/b.csv", "a /copy/project/a.csv b /copy/project/b.csv",
         "cosmetic"),
        ("in /home/me/churn/data/x.csv", "in /copy/project/data/y.csv", "different"),
        ("at /home/me/churn", "in /copy/project", "different"),
        ("in churn", "in /copy/project", "different"),
        ("in /srv/elsewhere/sub", "in /copy/project", "different"),
        ("in /srv/elsewhere/sub/x.csv", "in /copy/project/x.csv", "different"),
        ("in /copy/project/sub", "in /copy/project", "different"),
        ("in /home/me/outlier", "in /copy/projectier", "different"),
        ("in /home/me/churn: 3", "in /copy/project: 4", "different"),
    ],
)  # fmt: skip
def test_the_folder_of_another_author_is_known_by_where_it_stands(
    stored: str, fresh: str, status: str
) -> None:
    around = Surroundings(roots=(("/copy/project", "/srv/elsewhere"),))
    found = compare_outputs([stream(stored)], [stream(fresh)], rtol=1e-6, surroundings=around)
    assert found.status == status


CELL = st.sampled_from(["", "1", "2.5", "a", "a|b", "7.0"])


@given(
    ours=st.lists(st.lists(CELL, min_size=2, max_size=2), max_size=4),
    theirs=st.lists(st.lists(CELL, min_size=2, max_size=2), max_size=4),
)
def test_any_two_tables_compare_and_more_rows_are_counted(
    ours: list[list[str]], theirs: list[list[str]]
) -> None:
    def frame(rows: list[list[str]]) -> Outputs:
        body = "".join(
            f"<tr><th>{at}</th>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>"
            for at, row in enumerate(rows)
        )
        head = "<tr><th></th><th>x</th><th>y</th></tr>"
        return [display("text/html", f'<table class="dataframe">{head}{body}</table>')]

    found = compare_outputs(frame(ours), frame(theirs), rtol=1e-6)
    if ours != theirs and (ours[: len(theirs)] == theirs or theirs[: len(ours)] == ours):
        told = [f"{len(rows)} row{'' if len(rows) == 1 else 's'}" for rows in (ours, theirs)]
        assert found.detail == f"table: stored {told[0]}, clean run {told[1]}"


def test_a_difference_in_json_is_told_by_its_path() -> None:
    one, other = ({"marks": [{"y": [1, value]}]} for value in (2, 3))
    kind = "application/json"
    found = compare_outputs([display(kind, one)], [display(kind, other)], rtol=1e-6)
    assert found.detail == "application/json at marks[0].y[1]: stored 2, clean run 3"


def test_the_largest_relative_error_is_told_with_its_place() -> None:
    found = compare_outputs(
        [stream("a 1.5\nb 2.5\n")], [stream("a 1.5\nb 2.50000001\n")], rtol=1e-6
    )
    assert found.detail == (
        "largest relative difference 4e-09 at stdout, line 2, column 3: "
        "stored 2.5, clean run 2.50000001"
    )


def test_noise_around_zero_is_measured_by_the_array_it_stands_in() -> None:
    error = largest_relative_error([[1.0, 1e-17], [0.0, 2.0]], [[1.0, 3e-17], [0.0, 2.0]])
    assert error is not None
    assert error.size == pytest.approx(2e-17)
    alone = largest_relative_error([1e-17, 2e-17], [3e-17, 2e-17])
    assert alone is not None
    assert alone.size > 0.5


def test_packed_arrays_of_plotly_are_compared_as_numbers() -> None:
    kind = "application/vnd.plotly.v1+json"
    packed = [
        base64.b64encode(struct.pack("<2d", 1.0, value)).decode() for value in (2.0, 2.0 + 1e-9)
    ]
    one, other = (
        [display(kind, {"data": [{"y": {"dtype": "f8", "bdata": text}}]})] for text in packed
    )
    found = compare_outputs(one, other, rtol=1e-6)
    assert (found.status, found.normalisers) == ("tolerance", ("plot_json",))
    assert "data[0].y[1]" in found.detail


LINES = st.sampled_from(
    [
        "auc ",
        "rows: ",
        "<b>",
        "took ",
        "time ",
        "Elapsed: ",
        " s",
        "\n",
        "[",
        "]",
        "| ",
        "x",
        "%",
        ", ",
    ]
)


@given(
    before=st.lists(LINES, max_size=5).map("".join),
    number=st.integers(0, 9_999),
    after=st.lists(LINES, max_size=5).map("".join),
)
def test_a_changed_number_is_never_cosmetic_where_no_clock_was_read(
    before: str, number: int, after: str
) -> None:
    one, other = ([stream(f"{before}{value}{after}")] for value in (number, number + 1))
    assert compare_outputs(one, other, rtol=1e-6).status == "different"


@given(
    words=st.lists(
        st.sampled_from(["took 3.2 s", "Elapsed: 0:00:03", "time: 0.5", "x"]), max_size=3
    ),
    number=st.integers(0, 9_999),
)
def test_a_changed_result_beside_durations_is_never_cosmetic(words: list[str], number: int) -> None:
    one, other = (
        [stream(f"{', '.join([*words, f'accuracy 0.{value:04}'])}\n")]
        for value in (number, number + 1)
    )
    known = Surroundings(clock_read=True)
    assert compare_outputs(one, other, rtol=1e-6, surroundings=known).status == "different"


@given(text=st.text(max_size=40), other=st.text(max_size=40))
def test_the_ladder_is_symmetric_and_ends_at_itself(text: str, other: str) -> None:
    one, two = [stream(text)], [stream(other)]
    assert compare_outputs(one, list(one), rtol=0.0).status == "identical"
    there, back = compare_outputs(one, two, rtol=1e-6), compare_outputs(two, one, rtol=1e-6)
    assert there.status == back.status
    assert same_outputs(one, two, rtol=1e-6) == (there.status != "different")


def test_the_special_normaliser_is_named_before_the_general_one() -> None:
    one, other = (
        [stream(f"fit: 100%|##| 5/5 [00:03<00:00, {rate}it/s]\n", "stderr")]
        for rate in ("1.5", "2.5")
    )
    found = compare_outputs(one, other, rtol=0.0, surroundings=Surroundings(clock_read=True))
    assert found.normalisers == ("progress_bars",)


@pytest.mark.parametrize(("clock_read", "status"), [(True, "different"), (False, "tolerance")])
def test_another_moment_is_not_within_tolerance(*, clock_read: bool, status: str) -> None:
    before, after = (stream(f"run at {1_795_000_000.25 + wait}\n") for wait in (0, 17))
    around = Surroundings(clock_read=clock_read)
    found = compare_outputs([before], [after], rtol=1e-6, surroundings=around)
    assert found.status == status
    same = same_outputs([before], [after], rtol=1e-6, surroundings=around)
    assert same is (status != "different")


def test_a_remark_of_timeit_that_comes_only_sometimes_is_a_timing() -> None:
    line = "35 ms ± 8 ms per loop (mean ± std. dev. of 2 runs, 3 loops each)\n"
    remark = "The slowest run took 4.29 times longer than the fastest. This could mean more.\n"
    found = compare_outputs([stream(line)], [stream(remark + line)], rtol=0.0)
    assert (found.status, found.normalisers) == ("cosmetic", ("timing",))


def test_a_run_has_a_temporary_folder_of_its_own() -> None:
    run = "/tmp/nbrelease-run-a/r1/k1/tmp"
    around = Surroundings(temporary=(run,), roots=(("/tmp/nbrelease-run-a/r1/project", "/home/p"),))
    stored = [stream("in /tmp/made/out.csv and /tmp/tmpr9ndw59a\n")]
    fresh = [stream(f"in {run}/made/out.csv and {run}/tmpk0zrrotc\n")]
    found = compare_outputs(stored, fresh, rtol=0.0, surroundings=around)
    assert (found.status, found.normalisers) == ("cosmetic", ("temporary_files",))


@pytest.mark.parametrize(
    ("stored", "status"),
    [
        ("/home/ann/churn/data.csv", "cosmetic"),
        ("C:\\Users\\ann\\churn/data.csv", "cosmetic"),
        ("/home/ann/bikes/data.csv", "cosmetic"),
        ("/home/ann/churn/other.csv", "different"),
    ],
)
def test_a_project_is_known_on_another_machine(stored: str, status: str) -> None:
    around = Surroundings(roots=(("/tmp/copy/project", "/srv/ci/churn"),))
    fresh = [stream("read /tmp/copy/project/data.csv\n")]
    found = compare_outputs([stream(f"read {stored}\n")], fresh, rtol=0.0, surroundings=around)
    assert found.status == status
