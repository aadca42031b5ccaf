# make try        one chapter against the embedded server: what a violation looks like
# make run        the whole suite against the embedded server, generated sessions included
# make fuzz       generated sessions alone
# make test       the tests of the suite itself; of those that take long a sixth, another after each
#                 commit; make test SHARE=1/1 has all of them, as CI wants it; make test-all each
#                 whole run on each server, too
# make check      format, lint, types, tests
# make lint       format, lint, types; make format mends the first two
# make selfcheck  what the suite covers, and whether it finds the flaws of the kit
# make reports    what it says of six real servers, in reports/, with a page that compares them
# make man        the manual page, build/imap-conformance.1, from the same text as --help
# make bench      how fast and how large: first a table of what is wanted beside what is measured
# make clean      removes the virtual environment and what was built
#
# Each needs Python 3.11 or newer with venv, and nothing else.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt
TOOL := $(VENV)/.tool
STAMP := $(VENV)/.installed
KNOWN := reports/pymap-0.36.7/known.toml

# The tool is started hundreds of times: its modules are compiled once, whatever the machine says.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: try run fuzz test test-all check selfcheck reports lint format man bench clean

# It breaks rules, as most servers do: that is what there is to see.
try: $(TOOL)
	$(BIN)/imap-conformance run --server pymap rfc3501/7.2 || test $$? = 1

run: $(TOOL)
	$(BIN)/imap-conformance run --server pymap --known $(KNOWN)

fuzz: $(TOOL)
	$(BIN)/imap-conformance fuzz --server pymap --known $(KNOWN)

# More processes than cores, for much waits for a server. What shares a run or a server goes to one
# process: each would make its own. What takes long is first (tests/sharing.py).
PYTEST = $(BIN)/pytest -n 4 --dist loadfile --no-loadscope-reorder

SHARE = $(shell git rev-list --count HEAD 2>/dev/null || echo 1)/6
test: $(STAMP)
	$(PYTEST) -m "not whole" --share $(SHARE)

test-all: SHARE = 1/1
test-all: test
	$(PYTEST) -m whole

check: lint test

selfcheck: $(TOOL)
	$(BIN)/imap-conformance requirements | tail -n 6
	$(BIN)/imap-conformance selfcheck --jobs 6

# make reports PUBLISHED=pymap-0.36.7 measures that one anew, and writes the page over all. A server that
# the tool does not start is measured by its address (reports/README.md says how it was set up), with
# the password in IMAP_CONFORMANCE_PASSWORD: make reports PUBLISHED=imap4d-3.15 URL=imap://USER@127.0.0.1:PORT
# A run that ends because its server stays away (2) is published, too; one that was interrupted is refused.
PUBLISHED := pymap-0.36.7 dovecot-2.3.19 dovecot-2.4.1 cyrus-3.6.1 cyrus-3.10.2 courier-5.0.13
# The word behind --server is a folder's first, unless it is said here.
SERVER_dovecot-2.4.1 := dovecot24
SERVER_cyrus-3.10.2 := cyrus310
server = $(or $(SERVER_$(1)),$(firstword $(subst -, ,$(1))))
reports: $(TOOL)
	rm -rf build/reports
	for each in $(foreach folder,$(PUBLISHED),$(folder)=$(call server,$(folder))); do \
		folder=reports/$${each%=*}; \
		$(BIN)/imap-conformance run $(if $(URL),$(URL) --name "$(subst -, ,$(PUBLISHED))" --insecure --disposable $(OPTIONS),--server $${each#*=}) --quiet \
			--known $$folder/known.toml --output build/$$folder || test $$? -le 2 || exit 1; \
	done
	$(BIN)/imap-conformance publish reports --runs build/reports

lint: $(STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/mypy --ignore-missing-imports tests/bench  # which no test runs

format: $(STAMP)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

man: $(STAMP)
	mkdir -p build
	COLUMNS=72 $(BIN)/argparse-manpage --module conformance.cli.manual --function make_whole_parser \
		--project-name imap-conformance --manual-title "User Commands" --format pretty \
		--description "says what an IMAP server does that the RFCs do not allow" \
		--output build/imap-conformance.1

bench: $(STAMP)
	$(BIN)/python tests/bench/bench_table.py
	$(BIN)/python tests/bench/bench_growth.py
	$(BIN)/python tests/bench/bench_readers.py
	$(BIN)/python tests/bench/bench_parser.py
	$(BIN)/python tests/bench/bench_checks.py
	$(BIN)/python tests/bench/bench_run.py
	$(BIN)/python tests/bench/bench_load.py
	$(BIN)/python tests/bench/bench_report.py
	$(BIN)/python tests/bench/bench_generation.py
	$(BIN)/python tests/bench/bench_fuzz.py --flaws 6

clean:
	rm -rf $(VENV) build dist imap-conformance-report

# What runs the suite; what only its developers need comes on top.
$(TOOL): pyproject.toml constraints.txt
	@echo 'installing into $(VENV), this once'
	@$(PYTHON) -m venv $(VENV)
	@$(INSTALL) --editable .
	@touch $@

$(STAMP): $(TOOL)
	$(INSTALL) --editable '.[dev]'
	touch $@
