"""What crosses the borders between steps: nothing that is needed is missing."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lifecycle_core.compiling.borders import Border, borders
from lifecycle_core.compiling.grouping import Group
from lifecycle_core.compiling.program import Program
from tests import drafts

CELLS = st.lists(
    st.sampled_from(
        [
            "a = [1]",
            "b = [2]",
            "a = [*a, 3] if 'a' in globals() else [0]",
            "b = [len(str(n)), seed]",
            "for a in [[1], [2]]: b = a",
            "if seed > 3: c = [4]",
            "n += 1",
            "rows.append(1)",
            "def f():\n    return [n, *rows]",
            "c = f() if 'f' in globals() else [9]",
            "a, b = [5], [6]",
            "seed = 4",
        ]
    ),
    min_size=1,
    max_size=7,
)
HEAD = "# %% tags=parameters\nseed = 7\n# %%\nn = 0\nrows = [0]\na = [0]\nb = [0]\n# %%\n"


def found(text: str, *groups: tuple[int, ...]) -> tuple[Border, ...]:
    program = Program(drafts.read(text), drafts.recorded(text), 99)
    return borders(program, [Group(cells=cells) for cells in groups])


@given(CELLS)
def test_every_name_that_a_step_needs_is_given_or_a_parameter(cells: list[str]) -> None:
    text = HEAD + "\n# %%\n".join(cells)
    program = Program(drafts.read(text), drafts.recorded(text), 99)
    steps = borders(program, [Group(cells=(cell,)) for cell in program.code])
    given: dict[str, int] = {}
    for number, step in enumerate(steps):
        for name, by in step.inputs.items():
            assert by < number
            assert name in steps[by].outputs
            assert given[name] == by  # the last version
        assert {*step.parameters} <= {"seed"}
        cell = (*program.code,)[number]
        needed = {name for p in program.code[cell] for name in program.reaches[p.number].uses}
        bound = program.bound(cell)
        assert needed <= {*step.inputs, *step.parameters} | bound
        for name in program.alive:
            if name in bound:
                given[name] = number
        given.update(dict.fromkeys(step.outputs, number))
    kept = {name for step in steps for name in step.outputs}
    outside = program.roles.outside.keys() | program.parameters.keys()
    assert {*program.alive} <= kept | outside


def test_a_version_is_taken_from_the_step_that_made_it() -> None:
    text = "x = [1]\n# %%\nx = [*x, 2]\n# %%\ny = [*x]"
    first, second, third = found(text, (0,), (1,), (2,))
    assert (first.outputs, second.inputs, second.outputs) == (("x",), {"x": 0}, ("x",))
    assert (third.inputs, third.outputs) == ({"x": 1}, ("y",))


def test_what_is_changed_in_place_is_taken_and_given() -> None:
    first, second = found("x = [1]\n# %%\nx.append(2)", (0,), (1,))
    assert (second.inputs, second.outputs) == ({"x": 0}, ("x",))
    assert first.outputs == ("x",)


def test_what_may_not_come_about_is_handed_on() -> None:
    text = "x = [1]\nn = [0]\n# %%\nif n[0]:\n    x = [2]"
    _, second = found(text, (0,), (1,))
    assert second.inputs == {"n": 0, "x": 0}
    assert second.outputs == ("x",)


def test_what_is_deleted_is_given_by_nobody() -> None:
    first, second, third = found("x = [1]\n# %%\ny = [*x]\ndel x\n# %%\nz = [*y]", (0,), (1,), (2,))
    assert (first.outputs, second.outputs, third.outputs) == (("x",), ("y",), ("z",))
    assert second.inputs == {"x": 0}


def test_a_parameter_is_one_until_it_is_bound() -> None:
    text = "# %% tags=parameters\nn = 1\n# %%\nx = [n]\n# %%\nn = [n]\n# %%\ny = [*n]"
    one, two, three = found(text, (1,), (2,), (3,))
    assert one.parameters == two.parameters == ("n",)
    assert (three.parameters, three.inputs) == ((), {"n": 1})


def test_functions_that_read_variables_come_along() -> None:
    text = "k = [1]\ndef f():\n    return k\n# %%\ny = f()"
    _, second = found(text, (0,), (1,))
    assert (second.local, second.inputs) == (("f",), {"k": 0})


def test_what_no_step_can_give_is_kept_inside() -> None:
    text = "x = [1]\ny = [2]"
    program = Program(drafts.read(text), drafts.recorded(text), 99)
    (only,) = borders(program, [Group(cells=(0,))], frozenset({"x"}))
    assert only.outputs == ("y",)


def test_a_name_that_ends_with_its_section_does_not_cross_a_border() -> None:
    caught = "try:\n    {0} = [1]\nexcept ValueError as error:\n    print(error)"
    branch = "\nif not {0}:\n    spare = [0]\n    print(spare)"
    one, three = ((caught + branch).format(name) for name in "xz")
    text = f"{one}\n# %%\ny = [2]\n# %%\n{three}"
    first, _, last = found(text, (0,), (1,), (2,))
    assert (first.outputs, last.inputs, last.outputs) == (("x",), {}, ("z",))
    # What was there is handed on as it was, and what is used is taken in any case.
    first, _, last = found(f"error = [0]\n# %%\ny = [2]\n# %%\n{three}", (0,), (1,), (2,))
    assert last.inputs == {"error": 0}
    used = "y = [2]\nif not y:\n    spare = [0]\n# %%\nif not y:\n    print(spare)"
    assert set(found(used, (0,), (1,))[1].inputs) == {"y", "spare"}
