# `make` lists the targets. Each is one command you can also run by hand with .venv/bin/python.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
SHELL := bash
MAKEFLAGS += --no-print-directory
STACK ?= local
PY := .venv/bin/python
UV := $(or $(shell command -v uv),.local/uv/bin/uv)

##@ The estate on this machine
.PHONY: up preview refresh down env status
up: environment package ## Provision the whole estate on the embedded AWS account; safe to repeat
	@$(PY) -m local up
preview: environment package ## Show what `make up` would change, checked by the policy pack
	@$(PY) -m local preview
refresh: environment ## Show how the account differs from what was last provisioned
	@$(PY) -m local refresh
down: environment ## Destroy the estate, stop the account, leave nothing running
	@$(PY) -m local down
env: ## Print the settings that point any AWS tool at the account: eval "$$(make -s env)"
	@$(PY) -m local env
status: environment ## Show what is running and where it listens
	@$(PY) -m local status

##@ Checks
.PHONY: test unit lint types e2e
test: lint types unit e2e ## Everything: style, types, unit tests, the real CLI on the embedded account
unit: environment package ## The unit tests, in seconds
	@$(PY) -m pytest -q -n 2 -m "not e2e and not account and not browser" tests
e2e: environment package ## The tests that need the account, the real CLI or a browser
	@$(PY) -m pytest -q -m "e2e or account or browser" tests
lint: environment ## Style of the code and of the workflows
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@scripts/lint-workflows.sh
types: environment ## Strict types
	@.venv/bin/basedpyright

##@ Housekeeping
.PHONY: environment package lock hooks clean help
environment: ## Fill .venv from the lock
	@scripts/environment.sh
package: environment ## Build the functions' zips, the same bytes from the same sources
	@$(PY) -m functions.packaging
lock: environment ## Make requirements.lock anew from pyproject.toml
	@$(UV) pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11 \
		pyproject.toml --all-extras --output-file requirements.lock
hooks: environment ## Run the same checks before every commit
	@.venv/bin/pre-commit install
clean: down ## Destroy the estate and forget everything kept in this checkout
	@rm -rf .local/pulumi .local/logs build
help: ## This list
	@awk -F ':.*## ' '/^##@/ {printf "\n%s\n", substr($$0, 5)} /^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
