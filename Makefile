# Every target sets up what it needs; nothing has to be installed by hand but python3 (3.11 or newer), git and make.
VENV ?= .venv
PYTHON ?= python3
BIN := $(VENV)/bin
# more than cores: half of a story's time is waiting
WORKERS ?= 4
PORTS ?= 8081,8082,8083
EXAMPLES ?= 300
# some images set it; then every process compiles our thousand modules anew
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup bubblewrap chromium check test demo playground pictures chaos redis-server hosts bench cases contracts fuzz lock clean

help:
	@echo "make demo        the whole path once, from /codegen to a merge request, without any account"
	@echo "make test        the test suite"
	@echo "make playground  the stand-ins, the bot and a worker, to click through in a browser"
	@echo "make check       ruff, mypy, import-linter, architecture tests"
	@echo "make pictures    the pictures of the README, taken anew"
	@echo "make bench       what is measured, as ratios"
	@echo "make cases       verification on real fixes of open-source projects, hostile and honest changes"
	@echo "make chaos       60 tasks while everything is killed, frozen and fails; at most 10 minutes"
	@echo "make hosts       two hosts and one Redis over TLS, full and read-only disks (as root)"
	@echo "make contracts   payloads against the published schemas"
	@echo "make fuzz        property tests with new draws, and more of them"

setup: $(VENV)/.ready

$(VENV)/.ready: requirements-dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || $(MAKE) --no-print-directory .python3-venv
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

# The runtime alone, without what tests and the playground need: what the Dockerfile runs.
.PHONY: install
install:
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	test ! -d jobs || echo "$(CURDIR)" > "$$($(BIN)/python -c 'import site; print(site.getsitepackages()[0])')/codegen-bot.pth"
	test ! -d jobs || { printf '#!/bin/sh\nexec "%s/python" -m jobs "$$@"\n' "$$(cd $(BIN) && pwd)" > $(BIN)/codegen && chmod +x $(BIN)/codegen; }

# $(1) the program to look for, $(2) the Debian package that has it
define debian
	@command -v $(1) >/dev/null 2>&1 || { \
	  if [ "$$(id -u)" = 0 ]; then apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(2) >/dev/null; \
	  else echo "$(2) is missing. Run: sudo apt-get install $(2)" >&2; exit 1; fi; }
endef

.PHONY: .python3-venv
.python3-venv:
	$(call debian,no-such-program,python3-venv)

bubblewrap:
	$(call debian,bwrap,bubblewrap)

chromium:
	$(call debian,chromium-headless-shell,chromium-headless-shell)

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --num-workers 2
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q tests/test_architecture.py

test: setup bubblewrap chromium
	$(BIN)/python -m pytest -q -n $(WORKERS) --dist loadscope --no-loadscope-reorder

demo: setup bubblewrap
	@$(BIN)/python -m playground.demo

playground: setup bubblewrap
	@$(BIN)/python -m playground --ports $(PORTS)

pictures: setup bubblewrap chromium
	@$(BIN)/python -m playground.pictures

chaos: setup bubblewrap
	@$(BIN)/python -u -m bench.chaos

redis-server:
	$(call debian,redis-server,redis-server)
	$(call debian,ip,iproute2)
	$(call debian,openssl,openssl)

hosts: setup redis-server
	$(BIN)/python -m pytest -q -m cases tests/cases_hosts

bench: setup bubblewrap
	@$(BIN)/python -m bench

cases: setup bubblewrap
	$(BIN)/python -m pytest -q -m cases -n $(WORKERS) --dist loadscope \
	  tests/cases_fixes tests/cli tests/engines tests/review tests/stages tests/story tests/toolchains
	$(BIN)/python -m pytest -q -m cases --force-enable-socket tests/cases_toolchains
	$(BIN)/python -m pytest -q -m cases -n $(WORKERS) --dist worksteal tests/cases_sets

contracts: setup
	$(call debian,npm,npm)
	$(BIN)/python -m playground.contracts.generate --check
	CONTRACT_EXAMPLES=60 $(BIN)/python -m pytest -q -n $(WORKERS) tests/playground/slack/test_contracts.py tests/contracts \
	  tests/playground/gitlab tests/adapters/test_gitlab*.py

# what is drawn is new each time, and more of it: not for CI, which judges a change and not its luck
fuzz: setup bubblewrap
	FUZZ=1 CONTRACT_EXAMPLES=$(EXAMPLES) $(BIN)/python -m pytest -q -m hypothesis -n $(WORKERS)

lock:
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header --group analysers -o requirements-analysers.lock

# An environment for the check `security`; codegen.toml names it: [checks] analysers = "…".
# It has the system's Python, which the sandbox can see.
.PHONY: analysers
analysers:
	@test -n "$(DIR)" || { echo "Name the folder: make analysers DIR=/var/lib/codegen/analysers" >&2; exit 2; }
	/usr/bin/python3 -m venv $(DIR)
	$(DIR)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-analysers.lock

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .playground
