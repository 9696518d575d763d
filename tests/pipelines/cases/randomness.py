"""Seeds at the top and draws far below, generators handed around."""

from __future__ import annotations

from tests.pipelines.case import Case, Mutation

CASES = [
    Case(
        name="numpy_seed_at_top",
        construct="global seeds",
        why="The seed stands at the top, draws follow in three cells with others between.",
        cells="""
# %%
import numpy as np
import pandas as pd

np.random.seed(42)
# %% [markdown]
## Data
# %%
df = pd.DataFrame({"x": np.random.rand(50)})
# %% [markdown]
## No draw here
# %%
mean = df["x"].mean()
# %% [markdown]
## Noise
# %%
df["noise"] = np.random.normal(size=50)
# %% [markdown]
## Sample
# %%
sample = df.sample(5)
top = sample["x"].max()
""",
        exports=("df", "mean", "sample", "top"),
    ),
    Case(
        name="seed_in_the_middle",
        construct="global seeds",
        why="The generator is seeded again in the middle, for numpy and for random.",
        cells="""
# %%
import random
import numpy as np

np.random.seed(0)
random.seed(0)
# %%
a = np.random.rand(3)
b = random.random()
# %%
np.random.seed(0)
again = np.random.rand(3)
c = random.random()
# %%
random.seed("text")
letters = random.choices("abc", k=4)
d = np.random.randint(10)
# %%
equal = bool((a == again).all())
""",
        exports=("a", "b", "again", "c", "letters", "d", "equal"),
    ),
    Case(
        name="hidden_draws",
        construct="global seeds",
        why="Draws hide in sklearn without random_state, in shuffle, and in a function.",
        cells="""
# %%
import numpy as np
from sklearn.cluster import KMeans
from sklearn.datasets import load_iris
from sklearn.model_selection import train_test_split

np.random.seed(7)
X, y = load_iris(return_X_y=True)
# %%
X_train, X_test, y_train, y_test = train_test_split(X, y)
# %%
def jitter(a):
    return a + np.random.normal(scale=0.01, size=a.shape)

noisy = jitter(X_train)
# %%
kmeans = KMeans(n_clusters=3, n_init=2).fit(noisy)
inertia = kmeans.inertia_
# %%
np.random.shuffle(y_test)
last = np.random.rand()
""",
        exports=("X_train", "y_test", "noisy", "kmeans", "inertia", "last"),
    ),
    Case(
        name="generator_passed_around",
        construct="Generator objects",
        why="One Generator is handed to functions in several cells; each draw moves it on.",
        cells="""
# %%
import numpy as np

rng = np.random.default_rng(123)

def bootstrap(values, rng, n=20):
    return np.array([rng.choice(values, len(values)).mean() for _ in range(n)])
# %%
values = rng.gamma(2.0, size=40)
# %%
means = bootstrap(values, rng)
# %%
low, high = np.quantile(means, [0.05, 0.95])
# %%
other = bootstrap(values[:10], rng, n=3)
ticket = int(rng.integers(1000))
""",
        exports=("rng", "values", "means", "low", "high", "other", "ticket"),
        mutation=Mutation("n=3)", "n=4)", "constant"),
    ),
    Case(
        name="generators_aliased",
        construct="Generator objects",
        why="Two names share a generator, a third is spawned from it.",
        cells="""
# %%
import numpy as np
import random

rng = np.random.default_rng(5)
same = rng
child = rng.spawn(1)[0]
own = random.Random(9)
# %%
a = rng.random()
# %%
b = same.random()
c = child.random()
# %%
d = own.sample(range(100), 3)
order = rng.permutation(5)
# %%
state = own.random()
""",
        exports=("rng", "same", "child", "own", "a", "b", "c", "d", "order", "state"),
    ),
    Case(
        name="state_saved_and_restored",
        construct="global seeds",
        why="The state of the global generator is put into a variable and set back later.",
        cells="""
# %%
import numpy as np

np.random.seed(3)
first = np.random.rand(2)
state = np.random.get_state()
# %%
second = np.random.rand(2)
# %%
np.random.set_state(state)
# %%
third = np.random.rand(2)
same = bool((second == third).all())
""",
        exports=("first", "second", "third", "same"),
    ),
    Case(
        name="seed_function",
        construct="global seeds",
        why="A function seeds everything and is called in two places.",
        cells="""
# %%
import os
import random
import numpy as np

SEED = 1234

def seed_everything(seed=SEED):
    random.seed(seed)
    np.random.seed(seed)
    os.environ["APP_SEED"] = str(seed)

seed_everything()
# %% [markdown]
## One
# %%
one = (random.random(), np.random.rand())
# %% [markdown]
## Two
# %%
seed_everything()
two = (random.random(), np.random.rand())
# %%
env = os.environ["APP_SEED"]
equal = one == two
""",
        exports=("one", "two", "env", "equal"),
        mutation=Mutation("SEED = 1234", "SEED = 4321", "constant"),
    ),
]
