# A thin face over scripts/dev.py: `make run` and `python3 scripts/dev.py run` are the same thing.
PYTHON ?= python3
DEV = $(PYTHON) scripts/dev.py

.DEFAULT_GOAL := help
.PHONY: help setup run test check fix bench lock

help:  ## this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16
	@echo "  Settings: PORT=8001 make run; DATABASE_URL=postgresql://… make run; make test ARGS='-k ledger'"

setup:  ## install and build what the other commands need
	@$(DEV) setup

run:  ## the whole system on this machine, with the demo province; Ctrl-C ends it
	@$(DEV) run

test:  ## all tests, on SQLite and PostgreSQL; ARGS go to pytest
	@$(DEV) test $(ARGS)

check:  ## style, types, directions of import, migrations, translations, security settings
	@$(DEV) check

fix:  ## mend what the style checkers can mend
	@$(DEV) fix

bench:  ## our figures beside a peer's and the floor; ARGS choose
	@$(DEV) bench $(ARGS)

lock:  ## write the locks anew from requirements/*.in
	@$(DEV) lock
