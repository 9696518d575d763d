from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from lifecycle_core.adapters.bundles import BundleFolders, write_bundle
from lifecycle_core.adapters.models import SkopsModels
from lifecycle_core.adapters.tables import DuckTables
from lifecycle_core.contracting import check
from lifecycle_core.delivering import score
from lifecycle_core.errors import BundleInvalid, InvalidCall, TableInvalid, UntrustedModel
from tests.fakes.scoring import Made, customers, make

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def made(tmp_path: Path) -> Made:
    return make(tmp_path)


@pytest.mark.parametrize("name", ["in.csv", "in.parquet"])
def test_scores_and_decisions_are_the_model_s_own(made: Made, name: str) -> None:
    frame = customers(5000)  # more than one batch
    frame["id"] = [f"c{index}" for index in frame.index]
    summary = made.score(made.table(frame, name), "out.parquet", "id")
    out = pd.read_parquet(made.folder / "out.parquet")
    want = made.model.predict_proba(frame.drop(columns="id"))[:, 1]  # type: ignore[attr-defined]  # an estimator, sklearn has no types
    np.testing.assert_allclose(out["score"], want, rtol=1e-12)
    assert out["decision"].tolist() == (want >= 0.4).tolist()
    assert list(out) == [
        "row", "id", "score", "decision", "unscored", "release", "version", "next_step", "due",
        "run",
    ]  # fmt: skip
    assert out["row"].tolist() == list(range(5000))
    assert out["id"].tolist() == frame["id"].tolist()
    assert set(out["release"]) == {"churn"}
    assert set(out["version"]) == {3}
    assert out["unscored"].isna().all()
    assert (summary.rows, summary.unscored, summary.acted_on) == (5000, 0, (want >= 0.4).sum())


def test_a_regression_gives_the_shifted_prediction(tmp_path: Path) -> None:
    made = make(tmp_path, "regression")
    summary = made.score(made.table(customers(10)), "out.csv")
    out = pd.read_csv(tmp_path / "out.csv")
    np.testing.assert_allclose(out["decision"], out["score"] + 5.5)
    np.testing.assert_allclose(out["score"], customers(10)["tenure"] * 2.0, atol=1e-6)
    assert summary.acted_on is None


def test_a_model_of_categoricals_gets_categoricals(tmp_path: Path) -> None:
    made = make(tmp_path, categorical=True)
    made.score(made.table(customers(100).iloc[::-1]))  # CSV knows no categoricals
    frame = customers(100).iloc[::-1].astype({"plan": "category"})
    want = made.model.predict_proba(frame)[:, 1]  # type: ignore[attr-defined]  # an estimator, sklearn has no types
    np.testing.assert_allclose(pd.read_parquet(tmp_path / "out.parquet")["score"], want)


def test_a_row_that_breaks_a_rule_gets_the_reason_and_no_score(made: Made) -> None:
    frame = customers(4).astype({"tenure": "float"})
    frame.loc[1, "tenure"] = np.nan
    frame.loc[2, "plan"] = "gold"
    frame.loc[3, "charges"] = 1e9
    summary = made.score(made.table(frame))
    out = pd.read_parquet(made.folder / "out.parquet")
    assert out["unscored"].fillna("").tolist() == [
        "", "tenure has no value", "plan is none of its categories", "charges is out of its range",
    ]  # fmt: skip
    assert out["score"].isna().tolist() == [False, True, True, True]
    assert out["decision"].isna().tolist() == [False, True, True, True]
    assert (summary.rows, summary.unscored) == (1, 3)


def test_a_table_without_a_usable_row_is_still_answered(made: Made) -> None:
    summary = made.score(made.table(customers(3).assign(plan="gold")))
    assert (summary.rows, summary.unscored, summary.acted_on) == (0, 3, 0)
    assert len(pd.read_parquet(made.folder / "out.parquet")) == 3


BAD: dict[str, tuple[Callable[[pd.DataFrame], pd.DataFrame], str, str]] = {
    "lacks a column": (
        lambda rows: rows.drop(columns="tenure"),
        "Column 'tenure' is not in the table.",
        "Add a column 'tenure'; the model cannot score without it.",
    ),
    "a misspelt column": (
        lambda rows: rows.rename(columns={"tenure": "Tenure"}),
        "Column 'tenure' is not in the table. The table has 'Tenure'.",
        "Add a column 'tenure'",
    ),
    "an extra column": (
        lambda rows: rows.assign(note="x"),
        "Column 'note' is in the table, but not in the contract.",
        "carry it along to the output with --keep note.",
    ),
    "a wrong type": (
        lambda rows: rows.assign(tenure="long"),
        "told in AS_READ",
        "Mend the values of 'tenure'",
    ),
    "empty": (
        lambda rows: rows.iloc[:0],
        "The table has no rows, it must have at least one.",
        "Check how the table was made.",
    ),
}
AS_READ = {
    "in.csv": "Column 'tenure' has 200 rows that cannot be read as integer, such as 'long'.",
    "in.parquet": "Column 'tenure' is VARCHAR, it must be integer, such as 'long'.",
}


@pytest.mark.parametrize("table", ["in.csv", "in.parquet"])
@pytest.mark.parametrize("name", BAD)
def test_a_table_that_does_not_fit_is_refused(made: Made, name: str, table: str) -> None:
    spoil, said, hint = BAD[name]
    source = made.table(spoil(customers()), table)
    with pytest.raises(TableInvalid) as refused:
        made.score(source)
    assert (AS_READ[table] if name == "a wrong type" else said) in str(refused.value)
    assert str(refused.value).startswith(f"{table} does not fit the contract of churn/3: ")
    assert hint in refused.value.hint
    assert refused.value.hint.endswith("Nothing was written.")
    assert refused.value.violations
    assert refused.value.exit_code == 2
    assert sorted(path.name for path in made.folder.iterdir()) == ["bundles", "evidence", table]


def test_a_wrong_value_far_down_leaves_nothing_written(made: Made) -> None:
    frame = customers(9000).astype({"tenure": "object"})
    frame.loc[8999, "tenure"] = "long"
    with pytest.raises(TableInvalid, match="1 row that cannot be read as integer, such as 'long'"):
        made.score(made.table(frame))
    assert not (made.folder / "out.parquet").exists()


def test_every_break_is_told_at_once(made: Made) -> None:
    source = made.table(customers().drop(columns=["tenure", "plan"]).assign(a=1, b=2))
    with pytest.raises(TableInvalid, match=r"\(1 more\.\)") as refused:
        made.score(source)
    assert len(refused.value.violations) == 4


def test_a_bundle_with_one_byte_changed_is_refused(made: Made) -> None:
    release, file = made.release, made.bundle / "model" / "model.skops"
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    with pytest.raises(BundleInvalid, match=r"model/model\.skops: it has .* it must have"):
        score(
            release, made.bundle, made.table(customers()), made.folder / "out.parquet",
            bundles=BundleFolders(), models=SkopsModels(), tables=DuckTables(), judge=check,
        )  # fmt: skip
    assert not (made.folder / "out.parquet").exists()


class Bomb:
    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[object, ...]:
        return (Path.touch, (self.mark,))


def test_a_bundle_whose_model_is_a_pickle_is_refused_and_it_does_not_run(tmp_path: Path) -> None:
    made = make(tmp_path / "made")
    mark = tmp_path / "it-ran"
    files: dict[str, bytes | Path] = {
        "model/model.skops": pickle.dumps(Bomb(mark)),
        "contract/contract.json": made.contract.to_json().encode(),
        "evidence/finalization.json": made.record.to_json().encode(),
    }
    written = write_bundle("churn", files, tmp_path)
    release = made.release.model_copy(update={"bundle_digest": written.digest})
    with pytest.raises(UntrustedModel, match="is a pickle, which runs code") as refused:
        score(
            release, Path(written.path), made.table(customers()), tmp_path / "out.parquet",
            bundles=BundleFolders(), models=SkopsModels(), tables=DuckTables(), judge=check,
        )  # fmt: skip
    assert refused.value.exit_code == 2
    assert not mark.exists()
    assert not (tmp_path / "out.parquet").exists()


def test_a_bundle_of_another_release_is_refused(made: Made) -> None:
    other = made.release.model_copy(update={"name": "bikes"})
    with pytest.raises(BundleInvalid, match="The bundle is of 'churn', the release is 'bikes'"):
        score(
            other, made.bundle, made.table(customers()), made.folder / "out.parquet",
            bundles=BundleFolders(), models=SkopsModels(), tables=DuckTables(), judge=check,
        )  # fmt: skip


def test_names_and_places_of_the_output_are_guarded(made: Made) -> None:
    source = made.table(customers())
    with pytest.raises(InvalidCall, match="Column 'score' cannot be kept"):
        made.score(source, "out.parquet", "score")
    with pytest.raises(InvalidCall, match="is the table to be scored"):
        made.score(source, "in.csv")
    with pytest.raises(InvalidCall, match=r"has the suffix '\.xlsx'"):
        made.score(source, "out.xlsx")


def test_a_full_disk_is_told_and_leaves_nothing(made: Made) -> None:
    limited = (
        "import resource, sys\n"
        "from pathlib import Path\n"
        "from lifecycle_core.adapters.bundles import BundleFolders\n"
        "from lifecycle_core.adapters.models import SkopsModels\n"
        "from lifecycle_core.adapters.tables import DuckTables\n"
        "from lifecycle_core.contracting import check\n"
        "from lifecycle_core.delivering import score\n"
        "from lifecycle_core.errors import TargetUnwritable\n"
        "from lifecycle_core.schema.release import Release\n"
        "release, bundle, source, target = sys.argv[1:]\n"
        "sys.dont_write_bytecode = True  # a module cut short would be kept\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))\n"
        "try:\n"
        "    score(Release.from_json(release), Path(bundle), Path(source), Path(target),\n"
        "          bundles=BundleFolders(), models=SkopsModels(), tables=DuckTables(),\n"
        "          judge=check)\n"
        "except TargetUnwritable as error:\n"
        "    print(error, error.exit_code)\n"
    )
    source = made.table(customers(20_000))
    target = made.folder / "out.parquet"
    words = [made.release.to_json(), made.bundle, source, target]
    ran = subprocess.run(
        [sys.executable, "-c", limited, *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.stdout == f"{target} cannot be written: the file-size limit is reached. 3\n", ran
    assert sorted(path.name for path in made.folder.iterdir()) == ["bundles", "evidence", "in.csv"]
