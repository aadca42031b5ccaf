# For a Makefile: `include imap.mk`, then `make check-imap`. The server is started, tested and stopped again; the exit
# code is that of the run. IMAP_CONFORMANCE_PASSWORD is the password of the account.
IMAP_SERVER ?= ./my-server --listen 127.0.0.1:1143
IMAP_TARGET ?= imap://user@127.0.0.1:1143
IMAP_CONFORMANCE ?= imap-conformance
IMAP_KNOWN ?= $(wildcard imap-known.toml)
# Beginnings of case ids; all without them.
IMAP_CASES ?=

.PHONY: check-imap
check-imap:
	@$(IMAP_SERVER) >server.log 2>&1 & server=$$!; trap 'kill $$server; wait $$server || true' EXIT; \
	for i in 1 2 3 4 5 6 7 8 9 10; do \
		$(IMAP_CONFORMANCE) run $(IMAP_TARGET) --quiet --profile none --output build/imap-waits \
			rfc3501/6.1.2-noop/noop-succeeds >/dev/null 2>&1; test $$? = 2 || break; sleep 1; \
	done; \
	$(IMAP_CONFORMANCE) run $(IMAP_TARGET) --disposable $(addprefix --known ,$(IMAP_KNOWN)) $(IMAP_CASES)
