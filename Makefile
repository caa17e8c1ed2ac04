# Two commands to begin with: make run, make test. `make help` lists the rest.
.PHONY: help run test lint check bench lock install css verifier

help:  ## this list
	@grep -hE '^[a-z]+:.*##' Makefile | sed 's/:.*##/\t/'

run:  ## install, start everything with the demo city (PORT=8123 make run)
	@python3 dev.py run

test:  ## run all tests on servers of their own (make test ARGS="tests/selection -q")
	@python3 dev.py test $(ARGS)

bench:  ## measure (make bench ARGS="list ranking")
	@python3 dev.py bench $(ARGS)

install:  ## make .venv from the lock
	@python3 dev.py install

lint: install  ## every linter
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/djlint --quiet --lint templates
	.venv/bin/lint-imports
	.venv/bin/codespell
	@! grep -nE '://|--index|--find-links' requirements/*.txt
	SECRET_KEY=only-for-the-check-0123456789abcdefghijklmnopqrstuvwxyz FIELD_KEY=x NIK_INDEX_KEY=x DATABASE_URL=postgresql:///portal \
	  PROFILE=production SITE_URL=https://portal.example .venv/bin/python manage.py check --deploy --fail-level WARNING
	SECRET_KEY=x FIELD_KEY=x NIK_INDEX_KEY=x DATABASE_URL=postgresql:///portal .venv/bin/python -W ignore manage.py makemigrations --check --dry-run

check: lint test  ## what has to pass before a change lands

lock:  ## pin requirements again (needs uv)
	uv pip compile --no-config --generate-hashes --universal --python-version 3.11 -q -o requirements/base.txt requirements/base.in
	uv pip compile --no-config --generate-hashes --universal --python-version 3.11 -q -o requirements/dev.txt requirements/dev.in

css:  ## compile the style sheets (needs node)
	cd assets && npm ci --no-audit --no-fund && npm run build

verifier:  ## build dist/verifier.pyz, the verifier as one file
	@python3 -m lib.verifier_app
