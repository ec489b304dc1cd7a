# Everything sets itself up in .venv from a bare python3 (3.11 or newer); `make` alone lists the targets.
# uv installs what pip would take minutes for; pip only brings uv itself, by the hash that requirements.lock has for it.

PYTHON ?= python3
REPO ?= sample_repos/orderdesk
OUT ?=
export REPO OUT

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
FIGWRIGHT := $(BIN)/figwright

.DEFAULT_GOAL := help
.PHONY: help plan test test-fresh test-slow test-builds check format docs site bench eval picture lock wheel clean

help:  ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 12

plan: $(READY)  ## plan REPO=path-or-git-url (default: a sample) [OUT=folder]; says where the report is
	@set -e; if [ -n "$$OUT" ]; then set -- --out "$$OUT"; else set --; fi; \
	report=$$($(FIGWRIGHT) plan "$$@" -- "$$REPO"); \
	echo "The report: $$report"; \
	echo "Beside it: plan.md, plan.json, boundaries.toml (yours to edit)"

test: $(READY)  ## the tests, without those that take minutes
	$(BIN)/pytest -m "not slow" -n auto --dist worksteal

test-fresh: $(READY)  ## the tests with generated inputs drawn anew, not the same as in each run of the others
	FIGWRIGHT_FRESH=1 $(BIN)/pytest -m "not slow" -n auto --dist worksteal

test-slow: $(READY)  ## the tests that take minutes
	$(BIN)/pytest -m "slow and not builds" -n auto --dist worksteal

test-builds: $(READY)  ## builds, starts and tests every sample in containers (as root, with docker.io, buildah and mmdebstrap)
	$(BIN)/python tests/containers/docker_daemon.py \
		sh -c '$(BIN)/python tests/containers/base_images.py && $(BIN)/pytest -m builds tests/containers'

check: $(READY)  ## lint, formatting, types, import contracts, generated docs
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python docs/make_cli.py --check
	$(BIN)/python docs/make_recipes.py --check
	$(BIN)/python docs/make_lenses.py --check
	$(BIN)/python docs/make_sample_plan.py --check
	$(BIN)/python -m eval table --check

format: $(READY)  ## rewrite the formatting
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(READY)  ## rewrite what is generated: docs/cli.md, recipes.md, lenses.md, evaluation.md, sample-plan/, the README's figures
	$(BIN)/python docs/make_cli.py
	$(BIN)/python docs/make_recipes.py
	$(BIN)/python docs/make_lenses.py
	$(BIN)/python docs/make_sample_plan.py
	$(BIN)/python -m eval table

site: $(READY)  ## docs/ as a site, in figwright-out/site
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet --strict --config-file docs/site/mkdocs.yml

bench: $(READY)  ## cost of the graph against its limits: structure, calls, memory, index, one edit [SOURCES=folder of checkouts]
	$(BIN)/python -m eval graph_speed $(if $(SOURCES),--sources "$(SOURCES)")

eval: $(READY)  ## every evaluation task [DATASET=folder] [SOURCES=folder of checkouts]
	$(BIN)/python -m eval $(if $(DATASET),--dataset "$(DATASET)") $(if $(SOURCES),--sources "$(SOURCES)")

picture: $(READY)  ## docs/report.png from the sample's report, with chromium
	$(FIGWRIGHT) plan sample_repos/orderdesk --out figwright-out/picture --quiet
	$(BIN)/python docs/make_picture.py figwright-out/picture/plan.html docs/report.png

wheel: $(READY)  ## dist/*.whl
	$(BIN)/python -m build --wheel --no-isolation --outdir dist

lock: $(READY)  ## requirements.lock from pyproject.toml [UPGRADE=1: newest versions instead of least change]
	printf 'uv\neditables\n' | $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-emit-find-links --no-header $(if $(UPGRADE),--upgrade) --group dev --output-file requirements.lock pyproject.toml -

clean:  ## remove .venv, caches and outputs
	rm -rf $(VENV) dist figwright-out .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find agent eval tests docs -name __pycache__ -type d -prune -exec rm -rf {} +

# One file tells that .venv is what requirements.lock and pyproject.toml ask for; a second run does nothing.
$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "figwright needs Python 3.11 or newer: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 2; }
	@test -x $(BIN)/uv || $(PYTHON) -m venv $(VENV) || \
		{ rm -rf $(VENV); echo "python3 -m venv does not work: on Debian or Ubuntu, apt-get install python3-venv" >&2; exit 2; }
	@awk '/^[A-Za-z]/ { on = /^uv==/ } on' requirements.lock > $(VENV)/uv.lock
	@test -x $(BIN)/uv || \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r $(VENV)/uv.lock
	@$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@
