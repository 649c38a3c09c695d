# Each target is one of the small programs in tools/. Everything they install lies in .venv and node_modules.
.DEFAULT_GOAL := help
.PHONY: versions help run cluster install hooks build check audit sbom test bench chaos types format image clean

help: ## Say what can be made
	@awk -F ' ## ' '/^[a-z-]+:.* ## / { split($$1, name, ":"); printf "make %-8s %s\n", name[1], $$2 }' Makefile

run: ## Install, build, and start the demo: a shop with the chat, and the inbox
	@tools/install
	@tools/build-ui
	@.venv/bin/parley demo

cluster: ## Start two nodes, a worker, PostgreSQL, Redis and a proxy; CLUSTER="--nodes 3 --no-model"
	@tools/cluster $(CLUSTER)

install: ## Make .venv with everything that running, checking and testing need
	@tools/install test

hooks: ## Let git check commit messages in this clone (CONTRIBUTING.md)
	@git config core.hooksPath tools/hooks

build: ## Build the two front ends, if their sources have changed
	@tools/install
	@tools/build-ui

check: ## Lint, types, floors, generated files, front ends, lock files, the image's steps
	@tools/check

audit: ## Ask the package indexes for known flaws in what Parley depends on; says so when there is no network
	@tools/audit

sbom: ## List every package of the installation and the front ends as CycloneDX, in dist/
	@tools/sbom

test: ## All tests: Python on SQLite and PostgreSQL, browsers, front ends
	@tools/test

versions: ## Install with Python 3.12 and 3.13 too, and run a part of the suite with each
	@tools/versions

bench: ## The benches, a JSON line a figure; BENCH="--short chat" runs one quickly
	@tools/bench $(BENCH)

chaos: ## Break everything while people talk; CHAOS="--seconds 600 --seed 7 --nodes 3" (or --database sqlite) sets how
	@tools/install test
	@.venv/bin/python -m bench.chaos $(CHAOS)

types: ## Write the contract's TypeScript and its page from the Structs
	@tools/types

format: ## Let ruff and biome put code into shape
	@tools/format

image: ## Walk through the Dockerfile without Docker, and ask what it made whether it is ready
	@tools/image

clean: ## Remove what was built and measured; keeps .venv, node_modules and data
	@rm -rf widget/dist agent_ui/dist dist artefacts .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -not -path './.venv/*' -not -path './node_modules/*' -prune -exec rm -rf {} +
