"""What is known beforehand about names, methods and magics; tables and nothing else."""

from __future__ import annotations

import builtins

BUILTINS = frozenset(dir(builtins)) | {
    "__name__", "__doc__", "__builtins__", "__spec__", "__loader__", "__package__",
    "__annotations__", "__builtin__", "get_ipython", "display", "exit", "quit", "In", "Out", "_",
    "__", "___", "_i", "_ii", "_iii", "_ih", "_oh", "_dh", "_exit_code",
    "WindowsError", "__IPYTHON__", "__session__",
}  # fmt: skip
"""Names that are there in a fresh kernel. `exit`, `quit`, `display`, `In`, `Out` are IPython's."""

PURE_BUILTINS = frozenset({
    "abs", "all", "any", "ascii", "bin", "bool", "bytes", "callable", "chr", "complex", "dict",
    "dir", "display", "divmod", "enumerate", "filter", "float", "format", "frozenset",
    "getattr", "hasattr", "hash", "help", "hex", "id", "int", "isinstance", "issubclass",
    "iter", "len", "list", "map", "max", "min", "oct", "ord", "pow", "print", "range", "repr",
    "reversed", "round", "set", "slice", "sorted", "str", "sum", "tuple", "type", "vars", "zip",
})  # fmt: skip

PURE_METHODS = frozenset({
    "abs", "agg", "aggregate", "all", "any", "apply", "argmax", "argmin", "argsort", "assign",
    "astype", "capitalize", "clip", "columns", "conf_int", "copy", "corr", "count", "cov",
    "crosstab", "cumsum", "decision_function", "decode", "describe", "diff", "difference",
    "dot", "drop", "drop_duplicates", "dropna", "dt", "encode", "endswith", "explode", "fillna",
    "find", "flatten", "format", "get", "get_feature_names_out", "get_params", "groupby",
    "head", "hist", "idxmax", "idxmin", "index", "info", "intersection", "isalpha", "isdigit",
    "isin", "isna", "isnull", "isnumeric", "issubset", "item", "items", "join", "keys", "lower",
    "lstrip", "mad", "map", "max", "mean", "median", "melt", "memory_usage", "merge", "min",
    "mode", "nlargest", "nonzero", "notna", "notnull", "nsmallest", "nunique", "pivot",
    "pivot_table", "plot", "predict", "predict_proba", "quantile", "query", "ravel", "rename",
    "replace", "resample", "reset_index", "reshape", "rolling", "round", "rstrip", "sample",
    "score", "select_dtypes", "sem", "set_index", "shape", "shift", "size", "skew",
    "sort_index", "sort_values", "split", "squeeze", "stack", "startswith", "std", "str",
    "strip", "sum", "summary", "tail", "title", "to_csv", "to_dict", "to_frame", "to_html",
    "to_json", "to_list", "to_markdown", "to_numpy", "to_parquet", "to_records", "to_string",
    "tolist", "transform", "union", "unique", "unstack", "upper", "value_counts", "values",
    "var",
})  # fmt: skip
"""Methods of tables, arrays, text, containers and estimators that change nothing, unless they are
told `inplace=True`."""

MUTATING_METHODS = frozenset({
    "add", "add_edge", "add_edges_from", "add_node", "add_nodes_from", "append", "appendleft",
    "backward", "clear", "compile", "discard", "eval", "extend", "extendleft", "fit",
    "fit_predict", "fit_transform", "insert", "load_state_dict", "partial_fit", "pop",
    "popitem", "popleft", "put", "remove", "reverse", "seed", "set_index_inplace", "set_params",
    "setdefault", "setflags", "sort", "step", "train", "update", "write", "writelines",
    "zero_grad",
})  # fmt: skip

RANDOM_ROOTS = ("random", "numpy.random", "torch", "tensorflow", "keras", "sklearn", "scipy",
    "xgboost", "lightgbm", "catboost", "imblearn", "statsmodels", "umap", "jax", "skimage",
    "optuna", "hyperopt", "surprise", "secrets", "uuid", "faker")  # fmt: skip
"""Modules whose functions may draw from, or seed, a global generator."""

SETTING_CALLS = frozenset({
    "basicConfig", "chdir", "config", "disable", "enable_eager_execution", "filterwarnings",
    "import_module", "init_notebook_mode", "load_dotenv", "manual_seed", "option_context",
    "putenv", "rc", "register_matplotlib_converters", "reload", "reset_option", "seed", "set",
    "setLevel", "set_config", "set_context", "set_default_dtype", "set_float_precision",
    "set_loglevel", "set_matplotlib_formats", "set_num_threads", "set_option", "set_palette",
    "set_printoptions", "set_seed", "set_style", "set_theme", "set_verbosity",
    "set_verbosity_error", "setattr", "seterr", "setrecursionlimit", "simplefilter", "use",
})  # fmt: skip
"""Functions of modules that set something for all that comes after."""

WRITERS = ("to_", "save", "dump", "write", "savetxt", "savez", "open", "mkdir", "makedirs", "copy",
    "move", "remove", "unlink", "rename", "rmtree", "urlretrieve", "extract", "touch", "replace",
    "download", "export", "connect", "execute", "commit", "symlink", "log_")  # fmt: skip
READERS = ("read", "load", "open", "genfromtxt", "fromfile", "listdir", "glob", "iglob", "scandir",
    "iterdir", "exists", "isfile", "walk", "imread", "connect", "execute", "scan_", "stat",
    "Image", "from_file", "parse", "rglob", "sql", "query", "getsize", "getmtime")  # fmt: skip

DEFINING_MAGICS = frozenset({"pylab", "run", "store", "macro", "load", "loadpy", "recall", "rerun",
    "edit", "reset", "reset_selective", "px", "autopx", "pxresult", "R", "rpull", "octave",
    "loadext", "reload_ext", "run_notebook", "bookmark", "xdel"})  # fmt: skip
"""Line magics after which nothing certain can be said about the names that exist."""

HARMLESS_EXTENSIONS = frozenset({
    "Cython", "autoreload", "autotime", "autotime2", "bigquery", "blackcellmagic",
    "cudf.pandas", "cuml.accel", "cython", "dotenv", "duckdb_magic", "filprofiler",
    "google.cloud.bigquery", "google.colab.data_table", "heat", "ipytest", "ipython_unittest",
    "jupysql_magic", "jupyter_ai", "jupyter_ai_magics", "jupyter_black", "lab.black",
    "lab_black", "line_profiler", "magic_duckdb", "memory_profiler", "nb_black", "nb_mypy",
    "nbext", "nbextension", "pycodestyle_magic", "pyinstrument", "rich", "scalene",
    "skip_kernel_extension", "snakeviz", "sparksql_magic", "sql", "tensorboard",
    "tensorboard.notebook", "vega", "vega3", "vega_datasets", "version_information",
    "watermark", "wurlitzer",
})  # fmt: skip

SHELLS = frozenset({"!", "bash", "script", "sh", "sx", "system"})
"""Magics that hand their text to a shell."""

FOREIGN_MAGICS = frozenset({
    "!", "HTML", "SVG", "ai", "bash", "cache_off", "cmd", "contract", "css", "file", "html",
    "javascript", "js", "latex", "markdown", "perl", "release", "reproduce", "ruby", "script",
    "sh", "skip", "svg", "sx", "system", "writefile",
})  # fmt: skip
"""Cell magics whose body is no Python of the notebook and that bind no name we do not see."""
