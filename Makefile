# Each target is one command and sets up what it needs.
#   make run               serve on http://127.0.0.1:8000 (PORT, CG_DATA, DATABASE_URL change where)
#   make test              run all tests (ARGS="-k dates" runs some)
#   make lint format       check, or put right, how the code is written
#   make bench             measure speed (ARGS="--size 10k")
#   make requirements      compile requirements*.txt after a change in pyproject.toml

.PHONY: run test lint format bench requirements environment development

# The first Python that is new enough; `make PYTHON=/path/to/python3.12 …` takes another.
NEW_ENOUGH = import sys; sys.exit(sys.version_info < (3, 11))
ifndef PYTHON
PYTHON := $(shell for python in python3 python3.13 python3.12 python3.11 python; do \
	"$$python" -c '$(NEW_ENOUGH)' 2>/dev/null && echo "$$python" && break; done)
endif
VENV = .venv/bin/python

run: environment
	@exec $(VENV) -m launcher.run

test: development
	@exec $(VENV) -m pytest -n 2 $(ARGS)

lint: development
	$(VENV) -m ruff check .
	$(VENV) -m ruff format --check .
	$(VENV) -m mypy
	.venv/bin/lint-imports
	$(VENV) -m djlint templates --lint --quiet
	$(VENV) -m launcher.requirements --check

format: development
	$(VENV) -m ruff check --fix-only .
	$(VENV) -m ruff format .

bench: development
	@exec $(VENV) -m bench $(ARGS)

requirements: development
	$(VENV) -m launcher.requirements

environment: python
	@"$(PYTHON)" -m launcher.environment requirements.txt

development: python
	@"$(PYTHON)" -m launcher.environment requirements-dev.txt

.PHONY: python
python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed and was not found. \
	Install it, or name it: make PYTHON=/path/to/python3.12 run" >&2; exit 1; }
