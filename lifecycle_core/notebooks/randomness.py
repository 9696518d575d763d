"""What is known of libraries that draw at random: who draws, who seeds, who takes a seed."""

from __future__ import annotations

import ast
import re

GLOBAL_DRAWS = {
    "numpy": re.compile(
        r"numpy\.random\.(?:rand|randn|randint|random|random_sample|ranf|sample|choice|shuffle"
        r"|permutation|bytes|normal|uniform|binomial|poisson|beta|gamma|exponential|standard_\w+"
        r"|multivariate_normal|multinomial|dirichlet|lognormal|laplace|logistic|geometric|gumbel"
        r"|chisquare|f|hypergeometric|logseries|negative_binomial|pareto|power|rayleigh"
        r"|triangular|vonmises|wald|weibull|zipf|random_integers)"
    ),
    "random": re.compile(
        r"random\.(?:random|randint|randrange|choice|choices|shuffle|sample|uniform|gauss"
        r"|normalvariate|betavariate|expovariate|gammavariate|lognormvariate|paretovariate"
        r"|triangular|vonmisesvariate|weibullvariate|getrandbits|randbytes|binomialvariate)"
    ),
    "torch": re.compile(
        r"torch\.(?:rand|randn|randint|randperm|rand_like|randn_like|randint_like|normal"
        r"|bernoulli|multinomial|poisson)|torch\.nn\.init\.\w+_"
        r"|torch\.utils\.data\.random_split"
    ),
    "dask": re.compile(
        r"dask\.array\.random\.(?:random|randint|random_sample|random_integers|choice|permutation"
        r"|normal|uniform|binomial|poisson|beta|gamma|exponential|standard_\w+|lognormal|laplace"
        r"|logistic|geometric|gumbel|chisquare|multinomial|pareto|triangular|weibull)"
    ),
    "tensorflow": re.compile(r"tensorflow\.random\.(?:normal|uniform|shuffle|truncated_normal)"),
}
"""By library, the functions that draw from its global generator."""

SEEDS = {
    "numpy.random.seed": ("numpy",),
    "random.seed": ("random",),
    "torch.manual_seed": ("torch",),
    "torch.random.manual_seed": ("torch",),
    "tensorflow.random.set_seed": ("tensorflow",),
    "tensorflow.set_random_seed": ("tensorflow",),
    "tensorflow.keras.utils.set_random_seed": ("tensorflow", "numpy", "random"),
    "keras.utils.set_random_seed": ("tensorflow", "numpy", "random", "torch"),
    "keras.src.utils.set_random_seed": ("tensorflow", "numpy", "random"),
    "numpy.random.set_state": ("numpy",),
    "random.setstate": ("random",),
    "torch.set_rng_state": ("torch",),
    "polars.set_random_seed": ("polars",),
    "dask.array.random.seed": ("dask",),
}
"""By function, the libraries whose global generator it sets."""
SEEDS_ALL = re.compile(
    r"(?:\w+\.)*(?:seed_everything|set_all_seeds?|set_seeds?|fix_seeds?|seed_all"
    r"|set_random_seeds?|set_global_seed|setup_seed|init_seed|reset_seeds?|random_seed)"
)
ALL = (*GLOBAL_DRAWS, "polars")

SEED_NOTHING = frozenset({
    "IPython", "PIL", "altair", "bokeh", "catboost", "cv2", "dask", "duckdb", "geopandas",
    "h5py", "imblearn", "ipywidgets", "joblib", "lightgbm", "matplotlib", "mlflow", "modin",
    "networkx", "numpy", "openpyxl", "pandas", "plotly", "polars", "psutil", "pyarrow",
    "requests", "scipy", "seaborn", "shap", "skimage", "sklearn", "sqlalchemy", "statsmodels",
    "sympy", "tensorflow", "torch", "torchvision", "tqdm", "umap", "xarray", "xgboost", "yaml",
})  # fmt: skip
"""Libraries that, but for the functions of `SEEDS`, leave every global generator's seed alone."""

GENERATORS = {
    "numpy.random.default_rng": 0,
    "numpy.random.RandomState": 0,
    "numpy.random.SeedSequence": 0,
    "numpy.random.PCG64": 0,
    "numpy.random.PCG64DXSM": 0,
    "numpy.random.MT19937": 0,
    "numpy.random.Philox": 0,
    "numpy.random.SFC64": 0,
    "random.Random": 0,
    "dask.array.random.default_rng": 0,
    "dask.array.random.RandomState": 0,
}
"""Generators of one's own, with the position of the seed; without one the system seeds them."""

NEVER_SEEDED = frozenset({
    "secrets.choice", "secrets.randbelow", "secrets.randbits", "secrets.token_bytes",
    "secrets.token_hex", "secrets.token_urlsafe", "secrets.SystemRandom", "uuid.uuid1",
    "uuid.uuid4",
    "uuid.uuid7", "os.urandom", "random.SystemRandom", "os.getrandom",
})  # fmt: skip
"""What draws from the system and cannot be seeded."""

_ALWAYS = """
ensemble: AdaBoostClassifier AdaBoostRegressor BaggingClassifier BaggingRegressor
  ExtraTreesClassifier ExtraTreesRegressor IsolationForest RandomForestClassifier
  RandomForestRegressor RandomTreesEmbedding GradientBoostingClassifier GradientBoostingRegressor
tree: DecisionTreeClassifier DecisionTreeRegressor ExtraTreeClassifier ExtraTreeRegressor
model_selection: train_test_split ShuffleSplit StratifiedShuffleSplit GroupShuffleSplit
  RepeatedKFold RepeatedStratifiedKFold RandomizedSearchCV HalvingRandomSearchCV ParameterSampler
  permutation_test_score
cluster: KMeans MiniBatchKMeans BisectingKMeans SpectralClustering SpectralBiclustering
  SpectralCoclustering k_means kmeans_plusplus spectral_clustering
manifold: TSNE MDS SpectralEmbedding smacof
neural_network: MLPClassifier MLPRegressor BernoulliRBM
linear_model: SGDClassifier SGDRegressor SGDOneClassSVM Perceptron PassiveAggressiveClassifier
  PassiveAggressiveRegressor RANSACRegressor TheilSenRegressor
decomposition: FastICA LatentDirichletAllocation MiniBatchNMF DictionaryLearning TruncatedSVD
  MiniBatchDictionaryLearning MiniBatchSparsePCA SparsePCA fastica dict_learning
  dict_learning_online
mixture: GaussianMixture BayesianGaussianMixture
random_projection: GaussianRandomProjection SparseRandomProjection
kernel_approximation: Nystroem RBFSampler SkewedChi2Sampler PolynomialCountSketch
feature_selection: mutual_info_classif mutual_info_regression
inspection: permutation_importance
covariance: EllipticEnvelope MinCovDet fast_mcd
utils: shuffle resample
utils.random: sample_without_replacement
datasets: make_blobs make_biclusters make_checkerboard make_circles make_classification
  make_friedman1 make_friedman2 make_friedman3 make_gaussian_quantiles make_hastie_10_2
  make_low_rank_matrix make_moons make_multilabel_classification make_regression make_s_curve
  make_sparse_coded_signal make_sparse_spd_matrix make_sparse_uncorrelated make_spd_matrix
  make_swiss_roll
feature_extraction.image: extract_patches_2d
preprocessing: QuantileTransformer KBinsDiscretizer TargetEncoder
neighbors: NeighborhoodComponentsAnalysis
multiclass: OutputCodeClassifier
"""
_DETERMINISTIC = frozenset({"QuantileTransformer", "KBinsDiscretizer",
    "NeighborhoodComponentsAnalysis", "mutual_info_classif", "mutual_info_regression",
    "SpectralEmbedding", "DecisionTreeClassifier", "DecisionTreeRegressor"})  # fmt: skip
"""Take a seed and, with their other defaults, give the same result without one, up to ties; or draw
only above a size that most notebooks stay below. Not flagged."""

OTHERS = {
    "imblearn.over_sampling": "SMOTE RandomOverSampler ADASYN BorderlineSMOTE SVMSMOTE SMOTENC",
    "imblearn.under_sampling": "RandomUnderSampler ClusterCentroids",
    "imblearn.combine": "SMOTEENN SMOTETomek",
    "imblearn.ensemble": "BalancedRandomForestClassifier EasyEnsembleClassifier",
    "umap": "UMAP",
}


def _table() -> dict[str, str]:
    table: dict[str, str] = {}
    module = ""
    for word in _ALWAYS.split():
        if word.endswith(":"):
            module = f"sklearn.{word[:-1]}"
        else:
            table[word] = module
    for module, names in OTHERS.items():
        table |= dict.fromkeys(names.split(), module)
    return table


ESTIMATORS = _table()
"""By name of the class or function that draws unless it is given a `random_state`: its module."""

CONDITIONAL: dict[str, tuple[str, set[object]]] = {
    "KFold": ("shuffle", {True}),
    "StratifiedKFold": ("shuffle", {True}),
    "StratifiedGroupKFold": ("shuffle", {True}),
    "GroupKFold": ("shuffle", {True}),
    "LogisticRegression": ("solver", {"saga", "sag", "liblinear"}),
    "LogisticRegressionCV": ("solver", {"saga", "sag", "liblinear"}),
    "Ridge": ("solver", {"saga", "sag"}),
    "RidgeClassifier": ("solver", {"saga", "sag"}),
    "PCA": ("svd_solver", {"randomized", "arpack"}),
    "NMF": ("init", {"random", "nndsvdar"}),
    "Lasso": ("selection", {"random"}),
    "ElasticNet": ("selection", {"random"}),
    "DummyClassifier": ("strategy", {"stratified", "uniform"}),
    "SVC": ("probability", {True}),
    "NuSVC": ("probability", {True}),
    "HistGradientBoostingClassifier": ("early_stopping", {True}),
    "HistGradientBoostingRegressor": ("early_stopping", {True}),
    "IterativeImputer": ("sample_posterior", {True}),
}
"""What draws only with such a value of such an argument."""


def draws(name: str, node: ast.Call) -> bool:
    """Tell whether a scikit-learn class or function, called so, needs a `random_state`.

    Args:
        name: Full name, such as `sklearn.cluster.KMeans`.
        node: The call.

    Example:
        >>> draws("sklearn.model_selection.KFold", ast.parse("KFold(5)").body[0].value)
        False
        >>> draws("sklearn.cluster.KMeans", ast.parse("KMeans(3)").body[0].value)
        True
    """
    module, _, short = name.rpartition(".")
    top = module.partition(".")[0]
    if top not in {"sklearn", "imblearn", "umap"}:
        return False
    words = {one.arg: one.value for one in node.keywords}
    if short in CONDITIONAL:
        argument, values = CONDITIONAL[short]
        given = words.get(argument)
        return isinstance(given, ast.Constant) and given.value in values
    if short in {"GradientBoostingClassifier", "GradientBoostingRegressor"}:
        # With all rows and all columns the trees agree up to ties between columns.
        return bool(words.keys() & {"subsample", "max_features", "n_iter_no_change"})
    still = short in _DETERMINISTIC or (
        short == "train_test_split" and _is(words.get("shuffle"), value=False)
    )
    return short in ESTIMATORS and not still


def _is(node: ast.expr | None, *, value: object) -> bool:
    return isinstance(node, ast.Constant) and node.value == value
