# Everything that is done to this repository has its name here. `make` alone lists the names.

MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

# Behind a school's or a company's TLS proxy, uv trusts what the machine trusts.
export UV_SYSTEM_CERTS := 1
# The machine's own Python must do; nothing but packages is ever downloaded.
export UV_PYTHON_DOWNLOADS := never
# Packages are compiled once, here: where Python may not write its caches, each start would compile them anew (0.2 s).
export UV_COMPILE_BYTECODE := 1
# Another virtual environment may be active where make was called: this repository uses its own.
export UV_PROJECT_ENVIRONMENT := .venv
unexport VIRTUAL_ENV
unexport PYTHONHOME

PYTHON := .venv/bin/python
READY := .venv/.ready
READY_TO_BENCH := .venv/.ready-to-bench

# The uv on the PATH if it serves (new enough for pyproject.toml, and it knows a Python); otherwise our own.
OWN_UV := .tools/uv/bin/uv
UV := $(shell uv python find >/dev/null 2>&1 && echo uv || echo $(OWN_UV))

REFERENCE := -m tests.spec.reference
BENCH := -m tests.benches
# One more than there are processors: some tests wait for servers, workers and browsers.
TESTING_AT_ONCE := $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1)
DISTRICT := demo-district

define HOW_TO_READ

That was `homeroom check` on a district that does not exist, with mistakes put into its files on purpose.
  The screen above    one line per kind of mistake: how many records it costs, one example, and what to do about it.
  $(DISTRICT)/sync-reports/    one CSV per kind of record that was refused: what the district downloads and mends.
  $(DISTRICT)/findings.csv     everything that was noticed, also what was only noted, with file and line.
Now check a roster of your own. Nothing leaves this machine:
  .venv/bin/homeroom check PATH        a zip, a folder, or the CSV files themselves
endef
export HOW_TO_READ

.PHONY: help
help: ## list these commands
	@awk -F ':.*## ' '/^[a-z][a-z-]*:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

.PHONY: demo
demo: $(READY) ## serve a made-up publisher with three districts, until Ctrl-C
	@.venv/bin/homeroom demo

.PHONY: demo-check
demo-check: $(READY) ## check the files of a made-up district with mistakes in them, without a server
	@rm -rf $(DISTRICT)
	@$(PYTHON) -m homeroom.demo.district $(DISTRICT)
	@.venv/bin/homeroom check $(DISTRICT)/roster --onboarded $(DISTRICT)/onboarded.txt \
		--out $(DISTRICT)/sync-reports --findings $(DISTRICT)/findings.csv \
		|| test $$? -eq 1 # refused records are what it is about
	@test -f $(DISTRICT)/findings.csv
	@echo "$$HOW_TO_READ"

.PHONY: serve
serve: $(READY) ## run the server, with a database of its own, until Ctrl-C
	@.venv/bin/homeroom serve

.PHONY: test
test: $(READY) ## run all tests, on all processors (make test ARGS="tests/spec -k grade" runs some of them)
	@$(PYTHON) -m pytest $(or $(ARGS),-n $(TESTING_AT_ONCE) --dist loadfile --no-loadscope-reorder)

.PHONY: check
check: $(READY) ## check format, lint, types and layers: what CI runs
	@.venv/bin/ruff format --check .
	@.venv/bin/ruff check .
	@$(PYTHON) -m mypy
	@.venv/bin/lint-imports --no-logo
	@.venv/bin/djlint --lint --quiet src/homeroom

.PHONY: fix
fix: $(READY) ## put format and imports right, as far as the tools can
	@.venv/bin/ruff check --fix --exit-zero --quiet .
	@.venv/bin/ruff format .
	@.venv/bin/ruff check .

.PHONY: bench
bench: $(READY_TO_BENCH) ## measure speed and memory beside other tools
	@$(PYTHON) $(BENCH) $(ARGS)

.PHONY: chaos
chaos: $(READY) ## kill a real server 200 times and see whether anything is lost (a quarter of an hour)
	@$(PYTHON) -m tests.chaos $(ARGS)

.PHONY: docs
docs: $(READY) ## write docs/reference/ anew from the rules and their tests
	@$(PYTHON) $(REFERENCE)

$(READY): pyproject.toml $(filter $(OWN_UV),$(UV))
	@echo "Setting up .venv, once: this fetches about 100 MB of packages."
	@$(UV) sync --quiet
	@touch $@

$(READY_TO_BENCH): $(READY)
	@echo "Adding the tools we measure ourselves against to .venv, once."
	@$(UV) sync --quiet --group bench
	@touch $@

# uv is an ordinary package: Python's own pip brings it, with whatever settings pip has on this machine.
PYTHONS := python3.14 python3.13 python3.12 python3.11 python3
$(OWN_UV):
	@for python in $(PYTHONS); do \
	  $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 || continue; \
	  new_enough=$$python; \
	  $$python -c 'import ensurepip, venv' >/dev/null 2>&1 || continue; \
	  $$python -m venv --clear .tools/uv && .tools/uv/bin/pip install --quiet --disable-pip-version-check uv; \
	  exit; \
	done; \
	if [ -n "$$new_enough" ]; then \
	  echo "$$new_enough has no venv module. On Debian and Ubuntu: apt-get install python3-venv. Then make again." >&2; \
	else \
	  echo "Homeroom needs Python 3.11 or newer, and none of these is here: $(PYTHONS). Install one, then make again." >&2; \
	fi; \
	exit 1
