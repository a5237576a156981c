# `make` lists the targets. Each is one command you can also run by hand with .venv/bin/python.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
SHELL := bash
MAKEFLAGS += --no-print-directory
STACK ?= local
PY := .venv/bin/python
# Compiled once, not in each of the many processes below.
unexport PYTHONDONTWRITEBYTECODE
UV := $(or $(shell command -v uv),.local/uv/bin/uv)

PROVIDED = $(if $(PROVIDER),--provider $(PROVIDER))

##@ The estate on this machine
.PHONY: up preview refresh down env status audit fire tick empty-temporary-uploads
up: build/estate-local.json ## Provision the whole estate on the embedded AWS account; safe to repeat; PROVIDER=official
	@$(PY) -m local up $(PROVIDED)
preview: build/estate-local.json ## Show what `make up` would change, checked by the policy pack
	@$(PY) -m local preview $(PROVIDED)
refresh: environment ## Show how the account differs from what was last provisioned
	@$(PY) -m local refresh
down: environment ## Destroy the estate, stop the account, leave nothing running
	@$(PY) -m local down
env: ## Print the settings that point any AWS tool at the account: eval "$$(make -s env)"
	@$(PY) -m local env
audit: environment package ## Compare the embedded account with the runbook and the program; any other: python -m audit
	@eval "$$($(PY) -m local env)" && $(PY) -m audit --stack local
fire: environment ## Fire a schedule of the embedded account now: make fire SCHEDULE=author-temporary-uploads-clean
	@$(PY) -m local.clock fire $(SCHEDULE)
tick: environment ## Judge every alarm of the embedded account now
	@$(PY) -m local.clock tick
status: environment ## Show what is running and where it listens
	@$(PY) -m local status

##@ The runbook
.PHONY: timeline pictures mutate mutants checkov preview-comment
timeline: environment package ## The life of an object in each data bucket of STACK, its last day and cost; SVG=docs draws it
	@$(PY) -m scripts.storage.timeline --stack $(STACK) $(if $(SVG),--svg $(SVG))
pictures: environment ## Draw the pictures in docs/ anew
	@rm -f docs/timeline-*.svg
	@$(PY) -c 'from declared.stacks import deployed_stacks; print(*deployed_stacks())' | \
		xargs -n 1 $(PY) -m scripts.storage.timeline --svg docs --stack >/dev/null
mutate: environment package ## Change every value that a claim speaks of, and count what the rules notice
	@$(PY) -m scripts.policy.mutate
mutants: environment package ## Change the code that deletes at random, and count what the unit tests notice; ARGS="--seed 7"
	@$(PY) -m scripts.mutants $(ARGS)
checkov: environment package ## Hold every stack against a common scanner, beside our rules
	@$(PY) -m scripts.policy.checkov
preview-comment: environment ## Preview STACK and write the result as a comment for a pull request
	@$(if $(filter local,$(STACK)),$(PY) -m local run --) $(PY) -m scripts.policy.preview_comment --stack $(STACK)

empty-temporary-uploads: environment ## Show what lies in STACK's temporary uploads, ask, empty them, follow the log
	@$(PY) -m scripts.storage.empty_temporary_uploads --stack $(STACK) $(ARGS)

##@ Checks
.PHONY: test unit soak lint types e2e bench
test: lint ## Everything: style, types, a scanner, unit tests, the real CLI on the embedded account
	@$(MAKE) --jobs 2 --output-sync types checkov
	@$(MAKE) unit e2e
unit: build/estate-local.json ## The unit tests, in seconds
	@$(PY) -m pytest -q -n 2 --dist loadscope -m "not (process or account or e2e or browser or slow)" tests
e2e: build/estate-local.json browser ## The tests that start processes: stub servers, the account, the real CLI, a browser
	@$(PY) -m pytest -q -n 4 --dist loadscope -m "process or account or e2e or browser or slow" tests
soak: build/estate-local.json ## What `make test` draws samples of: every damage to the runbook, 20,000 documents
	@$(PY) -m pytest -q -n 2 --thorough --hypothesis-profile soak tests/policies/runbook/test_damage.py \
		tests/policies/runbook/test_fuzz.py
lint: environment ## Style of the code and of the workflows
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@scripts/lint-workflows.sh
bench: environment package ## Each claim of speed, beside a peer in the same run
	@$(PY) -m benchmarks.cleanup
	@$(PY) -m benchmarks.policies
	@$(PY) -m benchmarks.audit
types: environment ## Strict types
	@.venv/bin/basedpyright

##@ Housekeeping
.PHONY: environment package estate stacks browser lock hooks clean help
environment: ## Fill .venv from the lock
	@scripts/environment.sh
package: environment ## Build the functions' zips, the same bytes from the same sources
	@$(PY) -m functions.packaging
estate: environment package build/estate-$(STACK).json ## Write what STACK declares, for the audit in the account
build/estate-%.json: $(shell find __main__.py Pulumi*.yaml requirements.lock audit components declared docs estate functions \
		jobs policies runtime scripts/storage/restore.env semantics -type f -not -name '*.pyc') | environment package
	@$(PY) -m declared --stack $*
stacks: environment ## Print the stacks that stand in an account of AWS, as a JSON list
	@$(PY) -c 'import json; from declared.stacks import deployed_stacks; print(json.dumps(deployed_stacks()))'
browser: environment ## Make sure that there is a Chromium for the tests of the HTML report
	@scripts/browser.sh
lock: environment ## Make requirements.lock anew from pyproject.toml
	@$(UV) pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11 \
		pyproject.toml --all-extras --output-file requirements.lock
hooks: environment ## Run the same checks before every commit
	@.venv/bin/pre-commit install
clean: down ## Destroy the estate and forget everything kept in this checkout
	@rm -rf .local/pulumi .local/logs build
help: ## This list
	@awk -F ':.*## ' '/^##@/ {printf "\n%s\n", substr($$0, 5)} \
		/^[a-z-]+:.*## / {gsub(/\$$\$$/, "$$", $$2); printf "  make %-24s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
