"""What looks different at every run and means nothing."""

from __future__ import annotations

from tests.corpus.case import Case

TIME = r"\d+(?:\.\d+)?(?:e-\d+)?"

CASES = [
    Case(
        name="took_seconds",
        base="churn",
        why="Training time in seconds.",
        swap={
            "model.fit(X_train, y_train)": "import time\nt0 = time.time()\nmodel.fit(X_train, y_train)\nprint(f'Training took {time.time() - t0:.3f} seconds')"
        },
        noise=(rf"took {TIME} seconds",),
    ),
    Case(
        name="perf_counter_ms",
        base="iris_numpy",
        why="Milliseconds by perf_counter.",
        add={
            "accuracy =": "from time import perf_counter\nt = perf_counter(); np.linalg.svd(Z); dt = perf_counter() - t\nprint('svd: %.2f ms' % (dt * 1e3))"
        },
        noise=(rf"svd: {TIME} ms",),
    ),
    Case(
        name="elapsed_timedelta",
        base="bikes",
        why="A difference of two datetimes is printed.",
        swap={
            "import altair as alt": "import altair as alt\nfrom datetime import datetime\nbegin = datetime.now()"
        },
        add={"pivot = rides": "print('Elapsed:', datetime.now() - begin)"},
        noise=(r"\d:\d\d:\d\d\.\d+",),
    ),
    Case(
        name="wall_time_magic",
        base="ledger",
        why="%time of a line.",
        add={"revenue = sum(": "%time n = sum(1 for c in customers if c.left)\nn"},
        noise=(r"CPU times.*", r"Wall time.*"),
    ),
    Case(
        name="timeit_magic",
        base="iris_numpy",
        why="%timeit of an expression.",
        add={"accuracy =": "%timeit -n 20 -r 3 Z @ Z.T"},
        noise=(r".*per loop.*",),
    ),
    Case(
        name="cell_timeit",
        base="wine",
        why="%%timeit of a cell.",
        add={"cv = cross": "# %%\n%%timeit -n 5 -r 2\nX.describe()"},
        noise=(r".*per loop.*",),
    ),
    Case(
        name="bare_elapsed_value",
        base="ledger",
        why="The last line of a cell is the time it took, rounded.",
        add={
            "revenue = sum(": "import time\nstart = time.perf_counter()\ntotal = sum(c.charge ** 2 for c in customers)\nprint('runtime (s):', round(time.perf_counter() - start, 6))"
        },
        noise=(rf"runtime \(s\): {TIME}",),
    ),
    Case(
        name="rows_per_second",
        base="forecast",
        why="A speed is printed.",
        add={
            "pred = tree": "import time\nt = time.time(); tree.predict(te[cols]); s = time.time() - t\nprint(f'{len(te) / s:,.0f} rows/s')"
        },
        noise=(r"[\d,]+ rows/s",),
    ),
    Case(
        name="log_lines_on_stderr",
        base="segments",
        why="Log lines with the time of day, on the error stream.",
        swap={
            "logging.basicConfig(level=logging.INFO)": "logging.basicConfig(level=logging.INFO, format='%(asctime)s %(levelname)s %(message)s')"
        },
    ),
    Case(
        name="log_lines_on_stdout",
        base="segments",
        why="Log lines with the time of day, on the output.",
        swap={
            "logging.basicConfig(level=logging.INFO)": "import sys\nlogging.basicConfig(level=logging.INFO, stream=sys.stdout, format='%(asctime)s %(levelname)s %(message)s')"
        },
        noise=(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}",),
    ),
    Case(
        name="progress_by_hand",
        base="iris_numpy",
        why="A bar written over itself with a carriage return.",
        add={
            "C = Z.T": "import sys, time\nfor i in range(20):\n    sys.stdout.write('\\r[' + '#' * i + '.' * (19 - i) + f'] {i + 1}/20')\n    sys.stdout.flush()\n    time.sleep(0.01)\nprint()"
        },
    ),
    Case(
        name="tqdm_bar",
        base="ledger",
        why="A tqdm bar on the error stream.",
        add={"customers[0]": "from tqdm import tqdm\nfor c in tqdm(range(50)):\n    pass"},
    ),
    Case(
        name="tqdm_notebook_widget",
        base="bikes",
        why="A tqdm widget.",
        add={
            "working = rides": "from tqdm.notebook import tqdm\nacc = 0\nfor h in tqdm(range(24)):\n    acc += h\nacc"
        },
    ),
    Case(
        name="progress_with_rate",
        base="ledger",
        why="A hand-made bar whose last line shows its rate.",
        add={
            "customers[0]": "import time\nt = time.time()\nfor i in range(1, 6):\n    time.sleep(0.01)\n    print(f'\\r{i}/5 [{time.time() - t:.2f}s, {i / (time.time() - t):.1f}it/s]', end='')"
        },
        noise=(r"\[[\d.]+s, [\d.]+it/s\]",),
    ),
    Case(
        name="object_addresses",
        base="wine",
        why="Objects shown by their address.",
        add={"cv = cross": "print(rep)\nrep, [object()]"},
    ),
    Case(
        name="function_and_method_reprs",
        base="forecast",
        why="Functions, methods and generators shown.",
        add={"b.info()": "def half(x):\n    return x / 2\n\nprint(half, b.head)\n(x for x in [1])"},
    ),
    Case(
        name="warning_with_path",
        base="bikes",
        why="A warning names the temporary file of the cell.",
        add={
            "working = rides": "import warnings\nwarnings.warn('temperatures are normalised', UserWarning)"
        },
    ),
    Case(
        name="module_warning_with_path",
        base="cancer",
        why="A local module warns, with its full path.",
        files={
            "checks.py": "import warnings\n\n\ndef check(frame):\n    warnings.warn('no units given')\n    return len(frame)\n"
        },
        add={"train, test = prep": "import checks\nchecks.check(train)"},
    ),
    Case(
        name="ansi_colours",
        base="ledger",
        why="Coloured text.",
        add={"revenue = sum(": "print('\\x1b[32mok\\x1b[0m', '\\033[1mbold\\033[0m')"},
    ),
    Case(
        name="backspaces",
        base="ledger",
        why="A spinner with backspaces.",
        add={
            "revenue = sum(": "import sys, time\nfor ch in '|/-\\\\' * 2:\n    sys.stdout.write(ch + '\\b'); sys.stdout.flush(); time.sleep(0.01)\nprint('done')"
        },
        noise=(r"[|/\\\-\x08]*done",),
    ),
    Case(
        name="streams_in_chunks",
        base="iris_numpy",
        why="Printing with pauses comes in chunks, between errors and results.",
        add={
            "C = Z.T": "import sys, time\nfor i in range(5):\n    print('step', i, flush=True)\n    print('note', i, file=sys.stderr, flush=True)\n    time.sleep(0.15)"
        },
    ),
    Case(
        name="cleared_output",
        base="ledger",
        why="clear_output in a loop leaves the last value.",
        add={
            "revenue = sum(": "from IPython.display import clear_output\nfor i in range(4):\n    clear_output(wait=True)\n    print('epoch', i)"
        },
    ),
    Case(
        name="display_updated",
        base="bikes",
        why="A display is updated in place.",
        add={
            "working = rides": "from IPython.display import display, HTML\nhandle = display(HTML('<b>0</b>'), display_id=True)\nfor i in range(3):\n    handle.update(HTML(f'<b>{i}</b>'))"
        },
    ),
    Case(
        name="cwd_printed",
        base="forecast",
        why="The working directory and the user's temporary folder are printed.",
        add={
            "b.info()": "import os, tempfile\nprint('working in', os.getcwd())\ntempfile.gettempdir() != os.getcwd()"
        },
        noise=(r"working in \S+",),
    ),
    Case(
        name="process_id",
        base="ledger",
        why="The process id is printed.",
        add={"customers[0]": "import os\nprint('pid:', os.getpid())"},
        noise=(r"pid: \d+",),
    ),
    Case(
        name="temporary_file_name",
        base="wine",
        why="A temporary file is made, its name printed, and removed.",
        add={
            "cv = cross": "import tempfile, os\nf = tempfile.NamedTemporaryFile(suffix='.json', delete=False)\nf.write(b'{}'); f.close()\nprint('wrote', f.name)\nos.unlink(f.name)"
        },
        noise=(r"wrote /\S+",),
    ),
]
