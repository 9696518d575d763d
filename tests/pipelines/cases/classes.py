"""Classes across cells: state of classes, inheritance, records."""

from __future__ import annotations

from tests.pipelines.case import Case, Mutation

CASES = [
    Case(
        name="class_across_cells",
        construct="classes",
        why="A class, objects of it changed by methods in later cells, a method added afterwards.",
        cells="""
# %%
class Account:
    def __init__(self, owner, balance=0):
        self.owner = owner
        self.balance = balance

    def deposit(self, amount):
        self.balance += amount
        return self
# %%
account = Account("Ada", 10)
# %%
account.deposit(5).deposit(7)
# %%
def describe(self):
    return f"{self.owner}: {self.balance}"

Account.describe = describe
# %%
text = account.describe()
other = Account("Bob")
""",
        exports=("account", "text", "other"),
    ),
    Case(
        name="class_attribute_state",
        construct="classes",
        why="A class attribute counts objects, and a list of the class is shared by all.",
        cells="""
# %%
class Node:
    count = 0
    registry = []

    def __init__(self, value):
        Node.count += 1
        self.id = Node.count
        self.value = value
        self.registry.append(value)
# %%
a = Node("x")
# %%
b = Node("y")
# %%
seen = list(Node.registry)
ids = (a.id, b.id, Node.count)
# %%
c = Node("z")
last = c.id
""",
        exports=("a", "b", "c", "seen", "ids", "last"),
    ),
    Case(
        name="dataclasses",
        construct="dataclasses",
        why="Dataclasses with defaults from constants, factories, order and a frozen one as key.",
        cells="""
# %%
from dataclasses import dataclass, field, replace, asdict

CURRENCY = "EUR"
# %%
@dataclass(frozen=True, order=True)
class Money:
    amount: float
    currency: str = CURRENCY


@dataclass
class Basket:
    owner: str
    items: list[Money] = field(default_factory=list)

    @property
    def total(self):
        return sum(m.amount for m in self.items)
# %%
basket = Basket("Ada", [Money(3.5), Money(1.0)])
# %%
basket.items.append(Money(2.5))
cheapest = min(basket.items)
prices = {Money(1.0): "cheap"}
# %%
dearer = replace(cheapest, amount=cheapest.amount * 2)
record = asdict(basket)
total = basket.total
found = prices[cheapest]
""",
        exports=("basket", "cheapest", "dearer", "record", "total", "prices", "found"),
    ),
    Case(
        name="enums_and_namedtuples",
        construct="enums, namedtuples",
        why="Enum members as values and keys, named tuples of two styles.",
        cells="""
# %%
from collections import namedtuple
from enum import Enum, IntFlag, auto
from typing import NamedTuple
# %%
class Level(Enum):
    LOW = 1
    HIGH = 2


class Right(IntFlag):
    READ = auto()
    WRITE = auto()


Point = namedtuple("Point", "x y")


class Reading(NamedTuple):
    level: Level
    value: float = 0.0
# %%
readings = [Reading(Level.LOW, 1.5), Reading(Level.HIGH)]
rights = Right.READ | Right.WRITE
# %%
by_level = {reading.level: reading.value for reading in readings}
p = Point(1, 2)
moved = p._replace(x=10)
# %%
high = [r for r in readings if r.level is Level.HIGH]
""",
        exports=("readings", "rights", "by_level", "p", "moved", "high"),
    ),
    Case(
        name="inheritance_over_cells",
        construct="inheritance",
        why="Base in one cell, subclass in another, an abstract method, super(), and a redefinition.",
        cells="""
# %%
from abc import ABC, abstractmethod

class Shape(ABC):
    names = {}

    def __init_subclass__(cls, **kw):
        super().__init_subclass__(**kw)
        Shape.names[cls.__name__] = len(Shape.names)

    @abstractmethod
    def area(self): ...

    def __repr__(self):
        return f"{type(self).__name__}({self.area():.1f})"
# %%
class Square(Shape):
    def __init__(self, side):
        self.side = side
    def area(self):
        return self.side ** 2
# %%
class Slab(Square):
    def __init__(self, side, height):
        super().__init__(side)
        self.height = height
    def area(self):
        return super().area() * self.height
# %%
shapes = [Square(2), Slab(2, 3)]
areas = [s.area() for s in shapes]
shown = repr(shapes)
known = dict(Shape.names)
""",
        exports=("shapes", "areas", "shown", "known"),
    ),
    Case(
        name="class_redefined",
        construct="redefinition",
        why="A class is defined again; an object of the old one lives on.",
        cells="""
# %%
class Model:
    def predict(self):
        return "v1"

old = Model()
# %%
first = old.predict()
# %%
class Model:
    def predict(self):
        return "v2"
# %%
new = Model()
answers = [first, old.predict(), new.predict(), isinstance(old, Model)]
""",
        expect="either",
        exports=("first", "answers"),
    ),
    Case(
        name="own_estimator",
        construct="classes",
        why="A transformer of the notebook's own sits in a scikit-learn pipeline.",
        cells="""
# %%
import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import Pipeline
# %%
class Clipper(BaseEstimator, TransformerMixin):
    def __init__(self, share=0.05):
        self.share = share

    def fit(self, X, y=None):
        self.low_ = X.quantile(self.share)
        self.high_ = X.quantile(1 - self.share)
        return self

    def transform(self, X):
        return X.clip(self.low_, self.high_, axis=1)
# %%
rng = np.random.default_rng(0)
X = pd.DataFrame(rng.normal(size=(80, 3)), columns=list("abc"))
y = X["a"] * 2 - X["b"]
# %%
pipe = Pipeline([("clip", Clipper(0.1)), ("fit", LinearRegression())])
pipe.fit(X, y)
# %%
r2 = pipe.score(X, y)
coefs = pipe.named_steps["fit"].coef_
""",
        exports=("X", "y", "pipe", "r2", "coefs"),
        mutation=Mutation("Clipper(0.1)", "Clipper(0.2)", "hyper-parameter"),
    ),
    Case(
        name="object_with_shared_part",
        construct="aliasing",
        why="Two objects hold the same list; one of them changes it.",
        cells="""
# %%
class Team:
    def __init__(self, members):
        self.members = members

people = ["ada", "bob"]
red = Team(people)
blue = Team(people)
# %%
red.members.append("cyd")
# %%
size = len(blue.members)
# %%
people.remove("ada")
left = (list(red.members), list(blue.members), size)
""",
        exports=("people", "red", "blue", "size", "left"),
    ),
    Case(
        name="property_and_dunder",
        construct="classes",
        why="Operators, item assignment and context of an own class change its state.",
        cells="""
# %%
class Bag:
    def __init__(self):
        self.things = {}
        self.opened = 0
    def __setitem__(self, key, value):
        self.things[key] = value
    def __getitem__(self, key):
        return self.things.get(key, 0)
    def __iadd__(self, key):
        self.things[key] = self[key] + 1
        return self
    def __enter__(self):
        self.opened += 1
        return self
    def __exit__(self, *_):
        return None
    def __call__(self, key):
        self.things.pop(key, None)
# %%
bag = Bag()
bag["a"] = 2
# %%
bag += "a"
bag += "b"
# %%
with bag as same:
    same["c"] = 9
# %%
bag("b")
contents = dict(bag.things)
opened = bag.opened
""",
        exports=("bag", "same", "contents", "opened"),
    ),
]
