"""Notebooks that do not come to their end: they ask, die, leave or hang."""

from __future__ import annotations

from tests.corpus.case import Author, Case

ASKS = ("interactive_input",)
DIES = ("kernel_died",)
LEAVES = ("early_exit",)
HANGS = ("timeout",)
PATIENCE = 15.0


def typed(answer: str) -> Author:
    """Return an author who types an answer whenever the notebook asks."""
    return Author(
        startup=f"""
def _typed(prompt="", *rest, **more):
    print(prompt, {answer!r})
    return {answer!r}
_kernel = get_ipython().kernel
_kernel.raw_input = _typed
_kernel.getpass = lambda prompt="", stream=None: {answer!r}
import getpass
getpass.getpass = _kernel.getpass
"""
    )


CASES = [
    Case(
        name="asks_for_number",
        base="ledger",
        kinds=ASKS,
        why="The notebook asks how many rows to show.",
        author=typed("3"),
        add={"customers[0]": "n = int(input('How many? '))\ncustomers[:n]"},
        at=("int(input(",),
    ),
    Case(
        name="asks_for_password",
        base="wine",
        kinds=ASKS,
        why="A password is asked for before the database is opened.",
        author=typed("secret"),
        swap={
            "import sqlite3, json": "from getpass import getpass\nimport sqlite3, json\npassword = getpass('database password: ')"
        },
        at=("password = getpass",),
    ),
    Case(
        name="asks_in_function",
        base="bikes",
        kinds=ASKS,
        why="A helper asks whether to go on.",
        author=typed("y"),
        add={
            "rides.shape": "def confirm(question):\n    return input(question + ' [y/n] ').lower().startswith('y')",
            "working = rides": "if confirm('Drop outliers?'):\n    rides = rides[rides['bikers'] < 500]\nlen(rides)",
        },
        at=("confirm('Drop", "input(question"),
    ),
    Case(
        name="asks_with_default",
        base="iris_numpy",
        kinds=ASKS,
        why="An empty answer would take the default, but nobody is there to give it.",
        author=typed(""),
        add={"std = raw": "k = input('clusters [3]: ') or '3'\nk = int(k)\nk"},
        at=("k = input(",),
    ),
    Case(
        name="asks_in_loop",
        base="forecast",
        kinds=ASKS,
        why="A loop asks until the answer is good.",
        author=typed("4"),
        add={
            "b.info()": "depth = 0\nwhile not 1 <= depth <= 9:\n    depth = int(input('tree depth '))\ndepth"
        },
        at=("int(input('tree",),
    ),
    Case(
        name="killed_by_signal",
        base="ledger",
        kinds=DIES,
        why="The process kills itself, as an out-of-memory killer does.",
        then_add={"by_contract = ": "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)"},
        at=("os.kill",),
    ),
    Case(
        name="abort_in_library",
        base="bikes",
        kinds=DIES,
        why="A library aborts.",
        then_add={"working = rides": "import os\nif len(working) > 10:\n    os.abort()"},
        at=("os.abort",),
    ),
    Case(
        name="segfault_through_ctypes",
        base="iris_numpy",
        kinds=DIES,
        why="A wrong pointer.",
        then_add={"C = Z.T": "import ctypes\nbuffer = ctypes.string_at(1)\nlen(buffer)"},
        at=("ctypes.string_at",),
    ),
    Case(
        name="terminated",
        base="wine",
        kinds=DIES,
        why="SIGTERM from a scheduler's hook, in a helper function in the last cell.",
        then_add={
            "cv = cross": "import os, signal, time\ndef release_memory():\n    os.kill(os.getpid(), 9)\n    time.sleep(5)\nrelease_memory()"
        },
        at=("def release_memory",),
    ),
    Case(
        name="crash_in_thread",
        base="forecast",
        kinds=DIES,
        why="A background thread brings the interpreter down while a cell waits.",
        then_add={
            "naive = te": "import faulthandler, threading, time\nt = threading.Thread(target=lambda: (time.sleep(0.3), faulthandler._sigsegv()))\nt.start(); t.join()"
        },
        at=("faulthandler._sigsegv",),
    ),
    Case(
        name="sys_exit_in_middle",
        base="ledger",
        kinds=LEAVES,
        why="sys.exit(0) was put in to stop early.",
        then_add={"by_contract = ": "import sys\nsys.exit(0)"},
        at=("sys.exit(0)",),
    ),
    Case(
        name="os_exit",
        base="iris_numpy",
        kinds=LEAVES,
        also=("kernel_died",),
        why="os._exit ends the process without a word.",
        then_add={"C = Z.T": "import os\nos._exit(0)"},
        at=("os._exit(0)",),
    ),
    Case(
        name="exit_if_enough",
        base="bikes",
        kinds=LEAVES,
        why="A condition that now holds leaves the notebook.",
        then_swap={
            "working = rides.query": "import sys\nif len(rides) > 800:\n    sys.exit()\nworking = rides.query"
        },
        at=("sys.exit()",),
    ),
    Case(
        name="raise_system_exit",
        base="wine",
        kinds=LEAVES,
        why="A guard raises SystemExit.",
        then_add={"cv = cross": "if cv.min() > 0.9:\n    raise SystemExit('good enough')"},
        at=("raise SystemExit",),
    ),
    Case(
        name="quit_at_end_of_part",
        base="segments",
        kinds=LEAVES,
        why="quit() between two parts.",
        then_add={"segment, centres": "quit()"},
        at=("quit()",),
    ),
    Case(
        name="exit_word",
        base="forecast",
        kinds=LEAVES,
        why="exit, as typed in a console.",
        then_add={"naive = te": "exit"},
        at=("exit",),
    ),
    Case(
        name="module_exits",
        base="cancer",
        kinds=LEAVES,
        why="A local module ends the program when its work is done.",
        then_files={
            "finish.py": "import sys\n\n\ndef finish(model):\n    sys.exit(f'{type(model).__name__} done')\n"
        },
        then_add={"booster.fit": "import finish\nfinish.finish(booster)"},
        at=("finish.finish",),
    ),
    Case(
        name="endless_loop",
        base="ledger",
        kinds=HANGS,
        timeout=PATIENCE,
        why="A loop whose condition never comes true.",
        then_add={"revenue = sum(": "step = 0\nwhile step != 10.5:\n    step += 1"},
        at=("while step",),
    ),
    Case(
        name="sleeps_for_hours",
        base="iris_numpy",
        kinds=HANGS,
        timeout=PATIENCE,
        why="It waits for the nightly job.",
        then_add={"C = Z.T": "import time\ntime.sleep(3 * 3600)"},
        at=("time.sleep",),
    ),
    Case(
        name="waits_for_file",
        base="bikes",
        kinds=HANGS,
        timeout=PATIENCE + 5,
        why="It polls for a file that another job would write.",
        files={"ready.flag": ""},
        add={
            "working = rides": "import os, time\n\ndef wait_for(path):\n    while not os.path.exists(path):\n        time.sleep(0.5)\n\nwait_for('ready.flag')\nprint('ready')"
        },
        then_files={"ready.flag": None},
        also=("missing_data",),
        at=("wait_for('ready",),
    ),
    Case(
        name="deadlock",
        base="ledger",
        kinds=HANGS,
        timeout=PATIENCE,
        why="A lock is taken twice.",
        then_add={
            "by_contract = ": "import threading\nlock = threading.Lock()\n\ndef total():\n    with lock:\n        return sum(c.charge for c in customers)\n\nwith lock:\n    print(total())"
        },
        at=("print(total())",),
    ),
]
