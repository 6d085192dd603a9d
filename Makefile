# Everything a person does with this project. `make app` and `make test` set up all they need; nothing is done twice.

# Where PyTorch comes from: any arguments of `pip install`, for a CPU build or a mirror of your own, e.g.
#   make app TORCH="torch --index-url ADDRESS"
TORCH ?= torch==2.13.0

# The first Python that is new enough, or the one you name: make app PYTHON=python3.12
ifndef PYTHON
PYTHON := $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$name" && break; done)
endif

BIN := .venv/bin

# Settings of the chat UI; without them, the project's own settings count.
ifdef HOST
export ASSISTANT_HOST := $(HOST)
endif
ifdef PORT
export ASSISTANT_PORT := $(PORT)
endif
export Q

.DEFAULT_GOAL := help
.PHONY: help app ask evaluate evaluate-gate test test-long check index models setup venv screenshots clean

help: ## say what there is
	@echo "make app            the chat UI on http://127.0.0.1:7860 (HOST=, PORT=)"
	@echo "make ask Q=\"…\"      one question, answered in the terminal"
	@echo "make evaluate       answer the question sets and score the answers (ARGS= for its options)"
	@echo "make evaluate-gate  fail when accuracy fell against eval/baseline.json (8 minutes)"
	@echo "make test           the tests (ARGS= for pytest); make test-long: those that take minutes"
	@echo "make check          ruff and mypy"
	@echo "make index          bring the index up to date with the reports"
	@echo "make setup          environment, models and index, without starting anything"
	@echo "make screenshots    the pictures of the README"
	@echo "make clean          delete the environment and what the tools left; models, index and your data stay"
	@echo
	@echo "A first run downloads the LLM (1.1 GB), PyTorch and other packages, and compiles llama-cpp-python (5 minutes)."
	@echo "PyTorch from a source of your own: TORCH=\"torch --index-url ADDRESS\". Another Python: PYTHON=python3.12."

app: index ## the chat UI
	@$(BIN)/python app.py

ask: setup ## one question
	@test -n "$$Q" || { echo 'make ask needs a question: make ask Q="晋商银行2024年末不良贷款率是多少？"' >&2; exit 2; }
	@$(BIN)/assistant ask "$$Q"

evaluate: setup ## score the answers to the question sets
	@$(BIN)/assistant evaluate $(ARGS)

evaluate-gate: setup ## hold the answers against the committed baseline
	@$(BIN)/assistant evaluate gate $(ARGS)

test: setup ## the tests
	@$(BIN)/python -m pytest -m "not long" $(ARGS)

test-long: setup ## the tests that take minutes
	@$(BIN)/python -m pytest -m long $(ARGS)

check: venv ## style and types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy assistant index eval app.py

screenshots: setup ## the pictures of the README
	@$(BIN)/python tests/ui/screenshots.py

index: models ## the index
	@$(BIN)/assistant index build >&2

models: venv ## the models
	@$(BIN)/assistant models pull >&2

setup: index ## all of it
	@$(BIN)/assistant models warm >&2

venv: ## the environment
	@test -n "$(PYTHON)" || { echo "set-up: Python 3.11 or newer is needed: on Debian or Ubuntu run" \
		"'sudo apt install python3 python3-venv', or name one: make PYTHON=/path/to/python3.12" >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { echo "set-up: $(PYTHON) is" \
		"not here or older than 3.11: name another one: make PYTHON=/path/to/python3.12" >&2; exit 1; }
	@"$(PYTHON)" -I assistant/bootstrap.py --torch "$(TORCH)"

clean: ## delete what can be made again, but for models and index
	rm -rf .venv build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
