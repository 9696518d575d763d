# Two commands for everybody: `make run` and `make test`. Both make what they need in .venv/.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv
INSTALL := $(UV) pip install --quiet --python $(BIN)/python --constraint constraints.txt \
	--build-constraint constraints.txt --editable
# Thousands of processes import the same modules: they compile them once, even where it is forbidden.
export PYTHONDONTWRITEBYTECODE :=
SYSTEM := $(shell [ "$$(id -u)" = 0 ] || echo sudo -n)

.PHONY: run test coverage check browser lock bench corpus exports clouds peers kills faults log-kills long review-speed score-kills simulations spark screenshot examples year clean

run: $(VENV)/.run ## take the example from notebook to registered release
	$(BIN)/nbrelease run example_notebooks/telco_churn.ipynb
	@echo
	@echo "To answer single requests: $(BIN)/nbrelease serve churn    (it prints a curl line that asks it)"

# Three at a time on two cores: a third of their time, tests wait for kernels, browsers and disks.
test: check browser ## everything that CI runs
	$(BIN)/python -m pytest -n 3 --dist loadfile --durations=40 --durations-min=3

coverage: check browser ## the same tests, with the lines that they do not reach; a tenth slower
	$(BIN)/python -m pytest -n 3 --dist loadfile --cov --cov-report=term:skip-covered

check: $(VENV)/.test ## format, lint, types, layers: seconds, no tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

$(VENV)/.uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "nbrelease wants Python >= 3.11; $(PYTHON) is older. Try: make PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@sed -n '/^uv==/,/[^\\]$$/p' constraints.txt > $(VENV)/uv.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes \
		--requirement $(VENV)/uv.txt
	@touch $@

$(VENV)/.run: $(VENV)/.uv pyproject.toml constraints.txt
	$(INSTALL) '.[lab,examples,serve]'
	@touch $@

$(VENV)/.test: $(VENV)/.run
	$(INSTALL) '.[in-database,lab,examples,monitoring,postgresql,serve,server,sign]' --group test
	@touch $@

browser: ## what the browser tests need; without the right to install, those tests say so
	@command -v chromium >/dev/null || \
		{ $(SYSTEM) apt-get update -qq && $(SYSTEM) apt-get install -y -qq chromium >/dev/null; } || \
		echo "chromium could not be installed; the browser tests need it (Debian: apt-get install chromium)"

lock: $(VENV)/.uv ## refresh constraints.txt: names, versions and hashes, no addresses
	$(UV) pip compile --quiet pyproject.toml --all-extras --group test --universal --upgrade \
		--python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
		--no-annotate --no-header --output-file constraints.txt
	cp constraints.txt tests/clouds/constraints.txt
	$(UV) pip compile --quiet pyproject.toml --group clouds --universal \
		--python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
		--no-annotate --no-header --output-file tests/clouds/constraints.txt

bench: $(VENV)/.test .venv-vetiver/.made ## print the figures of benchmarks/, measured in one run
	missed=; for script in start_up whole_run score scoring_one_row serving reproduce recorder digests \
		lint pipeline_run prediction_log; do \
		$(BIN)/python benchmarks/$$script.py || missed="$$missed $$script"; done; \
	test -z "$$missed" || { echo "missed or failed:$$missed"; exit 1; }

peers: $(VENV)/.test .venv-peers/.made ## what a step costs here, in Kedro and in Ploomber: minutes
	$(BIN)/python benchmarks/peers.py

review-speed: $(VENV)/.test .venv-evidently/.made ## a review beside Evidently, 1M against 1M rows; then 100M rows: minutes
	$(BIN)/python benchmarks/review.py
	$(BIN)/python benchmarks/review.py --large 100_000_000

# Evidently works with an older pandas only, so nothing is as in our own environment.
.venv-evidently/.made: $(VENV)/.uv
	$(UV) venv --quiet --clear --python $(BIN)/python .venv-evidently
	$(UV) pip install --quiet --python .venv-evidently/bin/python evidently==0.7.23 'pandas<3' pyarrow
	@touch $@

simulations: $(VENV)/.test ## how often the statistics are right, by 2,000 simulated runs each: half an hour
	$(BIN)/python benchmarks/simulations.py

corpus: $(VENV)/.test ## judge the corpus of faulty notebooks, beside nbval: about an hour
	$(BIN)/python benchmarks/corpus.py

exports: $(VENV)/.test .venv-airflow/.made .venv-kubeflow/.made ## let the engines read and run exports
	$(BIN)/python -m tests.engines

# Engines have pins of their own; what values are made of has the versions of our own environment.
.venv-%/.made: $(VENV)/.uv constraints.txt
	$(UV) venv --quiet --clear --python $(BIN)/python .venv-$*
	@sed -nE 's/^(($(SAME_$*)numpy|pandas|pyarrow|scikit-learn|scipy)==[^\\]*).*/\1/p' constraints.txt > .venv-$*/same.txt
	$(UV) pip install --quiet --python .venv-$*/bin/python --constraint .venv-$*/same.txt \
		$(ENGINES_$*) pandas pyarrow scikit-learn
	@touch $@

ENGINES_airflow := apache-airflow==3.3.2
ENGINES_peers := kedro==1.7.0 kedro-datasets==9.6.0 ploomber==0.23.3
ENGINES_vetiver := vetiver==0.2.6
SAME_vetiver := fastapi|uvicorn|
ENGINES_kubeflow := kfp==2.17.3 hera[yaml]==7.1.0

clouds: .venv-clouds/.made ## run pipelines on servers that stand for S3, Google and Azure: minutes
	.venv-clouds/bin/python -m pytest -q --override-ini addopts=--import-mode=importlib \
		--timeout 900 tests/clouds

# botocore holds packages back that nothing else does, so this environment has a lock of its own.
.venv-clouds/.made: $(VENV)/.uv tests/clouds/constraints.txt tests/clouds/package-lock.json
	$(UV) venv --quiet --clear --python $(BIN)/python .venv-clouds
	$(UV) pip install --quiet --python .venv-clouds/bin/python --build-constraint constraints.txt \
		--constraint tests/clouds/constraints.txt --editable . --group clouds
	cp tests/clouds/package.json tests/clouds/package-lock.json .venv-clouds
	npm ci --prefix .venv-clouds --no-audit --no-fund --loglevel=error
	@touch $@

kills: $(VENV)/.test ## 100 runs of a pipeline killed at random moments, 8 at once: minutes
	NBRELEASE_KILLS=100 NBRELEASE_AT_ONCE=8 $(BIN)/python -m pytest -q --timeout 3600 \
		tests/lifecycle_core/running/test_killed.py -k "any_moment or at_once"
	NBRELEASE_KILLS=40 $(BIN)/python -m pytest -q --timeout 3600 tests/lifecycle_core/test_killed.py

long: $(VENV)/.test browser ## retrain by every way, attest and serve, check a locked environment, the panel of reviews, Notebook 7: minutes
	$(BIN)/python -m pytest -q --timeout 900 -m long tests

log-kills: $(VENV)/.test ## kill processes that log predictions at 50 random moments: minutes
	NBRELEASE_KILLS=50 $(BIN)/python -m pytest -q --timeout 3600 \
		tests/lifecycle_core/adapters/prediction_log/test_killed.py

score-kills: $(VENV)/.test ## kill scoring runs at 50 random moments, for each kind of output: minutes
	NBRELEASE_KILLS=50 $(BIN)/python -m pytest -q --timeout 3600 \
		tests/lifecycle_core/delivering/test_killed.py

spark: $(VENV)/.spark ## score and review on a real Spark of this machine (needs Java 17): half a minute
	$(BIN)/python -m pytest -q tests/lifecycle_core/adapters/batch_engines/test_spark.py
	$(BIN)/python -m pytest -q tests/lifecycle_core/adapters/test_table_counting.py

# Half a gigabyte that no other test needs.
$(VENV)/.spark: $(VENV)/.test
	$(INSTALL) '.[spark]'
	@touch $@

faults: $(VENV)/.test ## break a service under load: kills, sleeping models, bad bodies: minutes
	NBRELEASE_FAULTS=50 $(BIN)/python -m pytest -q --timeout 3600 \
		tests/lifecycle_core/adapters/serving

screenshot: $(VENV)/.test browser ## take docs/promote.png anew in a real JupyterLab
	$(BIN)/python docs/take_screenshot.py

examples: $(VENV)/.test ## run the example notebooks and store their outputs
	$(BIN)/python docs/execute_examples.py

year: $(VENV)/.test ## replay the flights of 2013, month by month: minutes; writes docs/year_of_flights.*
	$(BIN)/python -m docs.year_of_flights

clean: ## forget the environment and the embedded registry
	rm -rf $(VENV) .venv-airflow .venv-kubeflow .venv-clouds .venv-evidently .venv-peers .venv-vetiver .nbrelease
