# A fresh machine needs Python 3.11 or newer, make and git. Node.js and ffmpeg come as Python wheels into .venv.

PYTHON ?= python3
PORT   ?= 8000
HOST   ?= 127.0.0.1
BIN    := .venv/bin
# npm's scripts look for `node` on the PATH: the one in .venv goes first.
NPM    := PATH="$(CURDIR)/$(BIN):$$PATH" npm --prefix frontend --silent
IMAGE  ?= sonotag

.DEFAULT_GOAL := help
.PHONY: help setup run test check format generate bench lighthouse image lock clean chaos fuzz contract clients

help:  ## what there is
	@sed -nE 's/^([a-z]+):.*## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

setup:  ## a virtual environment in .venv and the built page; does nothing where both are current
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "setup: Python 3.11 or newer is needed; name one with PYTHON=python3.x" >&2; exit 1; }
	@$(PYTHON) scripts/setup.py $(SETUP_FLAGS)

run: setup  ## set up and serve http://localhost:8000 (PORT and HOST are honoured)
	@exec $(BIN)/sonotag serve --host "$(HOST)" --port "$(PORT)"

test: SETUP_FLAGS := --browser
test: setup  ## set up and run every test: the page's, the browser's, the backend's
	@$(BIN)/python scripts/test.py

check: setup  ## format, lint, types, import arrows, generated files in step
	@$(BIN)/python scripts/check.py

format: setup  ## format everything
	$(BIN)/ruff format
	$(BIN)/ruff check --fix
	$(NPM) run format

generate: setup  ## write the files that are made from others: openapi.json and the page's API types
	$(BIN)/sonotag openapi > frontend/openapi.json
	$(NPM) run types

bench: setup  ## run the benchmarks; writes build/bench.json
	@$(BIN)/python benchmarks/run.py $(BENCH)

chaos: setup  ## kill a busy server CHAOS_KILLS times (200), then stop one kindly; at most CHAOS_MINUTES (90)
	@$(BIN)/python -m tests.reliability.chaos
	@$(BIN)/python -m tests.reliability.sigterm

fuzz: setup  ## thousands of damaged media files through a server (FUZZ_FILES, FUZZ_SEED; see tests/fuzz)
	@$(BIN)/python -m tests.fuzz.media

contract: setup  ## the API held to its OpenAPI document, requests in chains (CONTRACT_CASES, CONTRACT_SEED)
	@$(BIN)/python -m tests.fuzz.contract

clients: setup  ## thousands of sockets, readers that do not read, a clock that jumps (CLIENTS_SOCKETS)
	@$(BIN)/python -m tests.fuzz.clients

lighthouse: setup  ## Lighthouse on the page, as on a phone; installs it into build/ at the first run
	@$(BIN)/python benchmarks/lighthouse.py

image:  ## build the container image with Docker or Podman
	@tool=$$(command -v docker || command -v podman) || { echo "image: neither docker nor podman is here" >&2; exit 1; }; \
	"$$tool" build -t "$(IMAGE)" .

lock: setup  ## resolve requirements/*.in into the hash-locked requirements/*.lock
	cd requirements && for name in runtime dev; do \
	  CUSTOM_COMPILE_COMMAND="make lock" ../$(BIN)/pip-compile --quiet --strip-extras --allow-unsafe --generate-hashes \
	    --no-emit-options --no-emit-index-url --no-emit-find-links --no-emit-trusted-host $(LOCK_FLAGS) \
	    --output-file "$$name.lock" "$$name.in" || exit 1; \
	done

clean:  ## remove what was built (.venv, the page, caches); a data directory is left alone
	rm -rf .venv build frontend/dist frontend/node_modules .pytest_cache .ruff_cache .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
