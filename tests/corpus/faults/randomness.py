"""Randomness without a seed, as it slips into notebooks."""

from __future__ import annotations

from tests.corpus.case import Case

K = ("unseeded_random",)

CASES = [
    Case(
        name="forest_seed_removed",
        base="churn",
        kinds=K,
        why="The forest has no random_state any more.",
        swap={"max_depth=5, random_state=SEED": "max_depth=5"},
        at=("model = RandomForestClassifier", "model.fit(X_train"),
    ),
    Case(
        name="split_without_seed",
        base="churn",
        kinds=K,
        why="train_test_split draws other rows each time; first seen in the scores.",
        swap={"test_size=0.25, random_state=SEED, stratify": "test_size=0.25, stratify"},
        at=("train_test_split(\n",),
    ),
    Case(
        name="sample_peek",
        base="bikes",
        kinds=K,
        why="A look at random rows of the table.",
        add={"rides.shape": "rides.sample(5)"},
        at=("rides.sample(5)",),
    ),
    Case(
        name="generator_without_seed",
        base="iris_numpy",
        kinds=K,
        why="default_rng() takes its seed from the system; shown three cells later.",
        swap={"default_rng(7)": "default_rng()"},
        at=("default_rng()",),
    ),
    Case(
        name="folds_shuffled_without_seed",
        base="wine",
        kinds=K,
        why="The folds are shuffled without a random_state.",
        swap={"shuffle=True, random_state=0)": "shuffle=True)"},
        at=("shuffle=True)",),
    ),
    Case(
        name="helper_module_draws",
        base="cancer",
        kinds=K,
        why="The local module makes a generator without a seed and ignores the one it is given.",
        files={"prep.py": "prep_unseeded.py.txt"},
        at=("prep.split(",),
    ),
    Case(
        name="stdlib_random_bootstrap",
        base="ledger",
        kinds=K,
        why="A bootstrap interval with the random module, drawn in a function.",
        add={
            "revenue = sum(": """
import random

def bootstrap(values, rounds=200):
    means = sorted(mean(random.choices(values, k=len(values))) for _ in range(rounds))
    return means[5], means[-6]

low, high = bootstrap([c.charge for c in customers])
print(f"mean charge between {low:.2f} and {high:.2f}")
"""
        },
        at=("random.choices",),
    ),
    Case(
        name="kmeans_seed_commented",
        base="digits",
        kinds=K,
        why="Somebody tried other seeds and left random_state out.",
        swap={
            "KMeans(n_clusters=10, n_init=3, random_state=1)": (
                "KMeans(n_clusters=10, n_init=1,  # random_state=1\n           )"
            )
        },
        at=("KMeans(n_clusters",),
    ),
    Case(
        name="jitter_in_plot",
        base="diabetes",
        kinds=K,
        why="Points are jittered for the plot only: the picture differs and no number does.",
        swap={
            "ax.scatter(predictions": (
                "jitter = np.random.normal(0, 2, len(residuals))\nax.scatter(jitter + predictions"
            )
        },
        at=("jitter = np.random",),
    ),
    Case(
        name="seed_from_wrong_library",
        base="churn",
        kinds=K,
        why="random.seed() is set, but numpy draws.",
        swap={"SEED = 42": "import random\nSEED = 42\nrandom.seed(SEED)"},
        add={
            "at_risk = X_test": "treated = at_risk.index[np.random.rand(len(at_risk)) < 0.5]\nlist(treated), np.random.randint(0, 1000, 4)"
        },
        at=("treated = at_risk",),
    ),
    Case(
        name="seed_after_the_draw",
        base="forecast",
        kinds=K,
        why="The seed is set one cell after the draw that it was meant for.",
        add={
            "b.info()": "# %%\nsub = b.loc[np.random.choice(len(b), 300, replace=False)]\n# %%\nnp.random.seed(1)\nsub['bikers'].mean().round(3)"
        },
        at=("np.random.choice(len(b)",),
    ),
    Case(
        name="alias_of_shuffle",
        base="segments",
        kinds=K,
        why="The generator hides behind an imported name.",
        add={
            "scaled = Standard": "from numpy.random import permutation as mix\nholdout = customers.index[mix(len(customers))[:5]]",
            "risky = profile": "print('first calls go to', list(holdout))",
        },
        at=("import permutation as mix",),
    ),
    Case(
        name="uuid_run_name",
        base="wine",
        kinds=K,
        why="A result is filed under a random identifier that is printed.",
        swap={"result = {": 'import uuid\nrun = uuid.uuid4().hex[:10]\nresult = {"run": run, '},
        at=("uuid.uuid4",),
    ),
    Case(
        name="permutation_importance",
        base="cancer",
        kinds=K,
        why="permutation_importance shuffles without a random_state.",
        add={
            "threshold = prep": """
from sklearn.inspection import permutation_importance
imp = permutation_importance(booster, test.drop(columns="benign"), test["benign"], n_repeats=3)
pd.Series(imp.importances_mean, index=test.columns[:-1]).nlargest(5)
"""
        },
        at=("permutation_importance(booster",),
    ),
]
