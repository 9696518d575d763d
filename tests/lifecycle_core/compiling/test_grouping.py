"""From cells to steps: a partition in order, whatever the notebook."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lifecycle_core.compiling.grouping import Group, fuse, marked_name, propose
from lifecycle_core.compiling.outline import read_outline
from lifecycle_core.compiling.program import Program
from lifecycle_core.notebooks.facts import Facts
from lifecycle_core.schema.pipeline import Fusion
from tests import drafts

CELLS = st.lists(
    st.sampled_from(
        [
            "# %%\nx = [1]",
            "# %%\nm.fit(x)",
            "# %%\ny = m.predict(x)",
            "# %%\ndf = pd.read_csv('a')",
            "# %%\na, b = train_test_split(x)",
            "# %%\nprint(x)",
            "# %%\nimport json",
            "# %%",
            "# %%\n%%step one\nz = [1]",
            "# %% tags=step:two\nz = [2]",
            "# %% tags=parameters\nn = 1",
            "# %% [markdown]\n## Heading",
            "# %% [markdown]\nprose",
        ]
    ),
    min_size=1,
    max_size=12,
).map(lambda cells: "\n".join([*cells, "# %%\nlast = [1]"]))
FUSIONS = st.lists(
    st.sets(st.integers(0, 12), max_size=3).map(
        lambda cells: Fusion(cells=tuple(sorted(cells)), reason=f"because of {len(cells)}")
    ),
    max_size=3,
)


def proposed(text: str) -> tuple[Program, tuple[Group, ...]]:
    program = Program(drafts.read(text), Facts(), 99)
    return program, propose(program, read_outline(drafts.notebook(text).content["cells"]))


def cells_of(groups: tuple[Group, ...]) -> list[int]:
    return [cell for group in groups for cell in group.cells]


@given(CELLS, FUSIONS)
def test_groups_hold_every_cell_with_code_once_and_in_order(
    text: str, fusions: list[Fusion]
) -> None:
    program, groups = proposed(text)
    assert cells_of(groups) == [*program.code]
    assert all(group.cells for group in groups)
    fused = fuse(groups, fusions)
    assert cells_of(fused) == [*program.code]
    for fusion in fusions:
        wanted = {*fusion.cells} & {*program.code}
        assert not wanted or any(wanted <= {*group.cells} for group in fused)
    assert fuse(fused, fusions) == fused


def test_works_are_told_apart_and_shows_join_them() -> None:
    text = """\
# %%
df = pd.read_csv("a.csv")
# %%
print(df)
# %%
x = df.drop(columns="y")
# %%
a, b = train_test_split(x)
# %%
model = Model().fit(a)
# %%
auc = roc_auc_score(b, model.predict(b))
"""
    _, groups = proposed(text)
    assert [(group.cells, group.work) for group in groups] == [
        ((0, 1), "load"),
        ((2,), "prepare"),
        ((3,), "split"),
        ((4,), "train"),
        ((5,), "evaluate"),
    ]


def test_headings_and_prose_begin_a_step() -> None:
    text = "x = [1]\n# %%\ny = [2]\n# %% [markdown]\nprose\n# %%\nz = [3]"
    text += "\n# %% [markdown]\n## H\n# %%\nw = [4]"
    assert [group.cells for group in proposed(text)[1]] == [(0, 1), (3,), (5,)]


def test_marks_win_over_everything() -> None:
    text = "%%step a\nx = [1]\n# %% [markdown]\n## H\n# %% tags=step:a\ny = [2]\n# %%\nz = [3]"
    assert [(group.cells, group.name) for group in proposed(text)[1]] == [((0, 2), "a"), ((3,), "")]
    assert marked_name(drafts.read("# %% tags=step:b\n%%step a\nx = 1")[0]) == "a"


def test_long_runs_of_cells_are_cut() -> None:
    _, groups = proposed("\n# %%\n".join(f"x{n} = [{n}]" for n in range(9)))
    assert [len(group.cells) for group in groups] == [4, 4, 1]


def test_a_fused_step_says_why_and_keeps_the_users_name() -> None:
    groups = (Group(cells=(0,)), Group(cells=(2, 3), name="mine", work="train"), Group(cells=(4,)))
    fusion = Fusion(cells=(0, 1, 2), reason="because")
    assert fuse(groups, [fusion]) == (
        Group(cells=(0, 2, 3), name="mine", work="train", fused=(fusion,)),
        Group(cells=(4,)),
    )
    assert fuse(groups, [Fusion(cells=(2, 3), reason="so")]) == groups
    assert fuse(groups, [Fusion(cells=(9,), reason="so")]) == groups
