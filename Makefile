# Every target does its own set-up: Python >= 3.11 and a package index are enough.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: demo test check format docs bench lock clean

demo: $(READY)
	@ONCE=$(ONCE) $(BIN)/teller demo

test: $(READY)
	$(BIN)/python -m pytest -n 2 --dist loadfile

check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(READY)
	@for kind in flow test translation engine; do $(BIN)/teller flows schema --for $$kind > docs/$$kind.schema.json; done
	@$(BIN)/teller flows reference >/dev/null
	$(BIN)/teller config --markdown > docs/settings.md

bench: $(READY)
	$(BIN)/python -m benchmarks

$(READY): requirements-dev.lock requirements-uv.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Teller needs Python 3.11 or newer; name one with: make PYTHON=python3.12")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { echo "Python has no venv module here; install it (Debian: apt-get install python3-venv)"; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.lock
	@$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements-dev.lock requirements-uv.lock 2>$(VENV)/uv.log \
		|| { echo "uv does not reach the package index (see $(VENV)/uv.log); pip, which has settings of its own, takes over"; \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-index --editable .
	@touch $(READY)

lock: $(READY)
	@for name in requirements requirements-dev requirements-uv; do \
		$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11 $$name.in -o $$name.lock; done

clean:
	rm -rf $(VENV) .teller
