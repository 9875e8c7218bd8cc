# Two commands on a fresh machine do everything: `make run` and `make test`. `make` or `make help` lists the rest.

PYTHON  ?= python3
WORKERS ?= $(shell getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
BIN     := .venv/bin
PAGES   := templates

export PYTHONDONTWRITEBYTECODE := 1
.DEFAULT_GOAL := help
.PHONY: help setup run test soak check check-python check-pages check-scripts fix bench demo strings migration pictures lock

help: ## List what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## Make .venv from the lock file and compile the translations
	@$(PYTHON) tools/setup.py

run: setup ## Set up, fill an empty database with the demonstration, serve on port 5000 (PHONE=1: TLS on the local network; DEMO=0: empty)
	@$(BIN)/python -m app.serve $(if $(filter-out 0,$(PHONE)),--phone) $(if $(filter 0,$(DEMO)),--no-demonstration)

test: setup ## Set up and run all tests, on SQLite and PostgreSQL and in a browser
	@$(BIN)/python -m tools.browser
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS)

soak: setup ## Run the long tests: storms, thousands of examples
	@$(BIN)/python -m tools.browser
	@$(BIN)/python -m pytest -p tests.support.soak -m soak $(ARGS)

check: check-python check-pages check-scripts ## Look at everything without running it: style, types, floors, pages, scripts, translations

check-python: setup
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet . || { echo "Run \`make fix\`."; exit 1; }
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/python -m tools.strings check

check-pages: setup
	@$(BIN)/djlint --quiet --check $(PAGES) || { echo "Run \`make fix\`."; exit 1; }
	@$(BIN)/djlint --quiet --lint $(PAGES)

check-scripts: setup
	@$(BIN)/python -m tools.scripts check

fix: setup ## Put style right where a tool can
	@$(BIN)/ruff check --fix --quiet . || true
	@$(BIN)/ruff format --quiet .
	@$(BIN)/djlint --quiet --reformat $(PAGES) || true
	@$(BIN)/python -m tools.scripts fix

bench: setup ## Measure import, quarter, vouchers and hand-over against the floor of this machine
	@$(BIN)/python -m benchmarks $(ARGS)

demo: setup ## Load the demonstration into the database of DATABASE_URL
	@$(BIN)/flask --app wsgi db upgrade
	@$(BIN)/flask --app wsgi demo load

strings: setup ## Take over the sentences of code and pages into the catalogues
	@$(BIN)/python -m tools.strings extract --prune

migration: setup ## Write a migration from the models: make migration M="Add …"
	@test -n "$(M)" || { echo 'Say what it does: make migration M="Add the day of harvest to lots"'; exit 1; }
	@$(BIN)/flask --app wsgi db revision -m "$(M)"

pictures: setup ## Take the pictures of README and docs from the running application
	@$(BIN)/python -m tools.browser
	@$(BIN)/python -m tools.pictures

lock: setup ## Write the lock files anew (ARGS=--upgrade takes the newest versions)
	@$(BIN)/python -m tools.lock $(ARGS)
