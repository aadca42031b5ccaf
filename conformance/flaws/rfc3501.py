"""IMAP4rev1 (RFC 3501): its flaws and allowed behaviours, by families, and what leans on them."""

from __future__ import annotations

from conformance.flaws import (
    allowed,
    allowed_limits,
    allowed_sharing,
    allowed_spelling,
    allowed_unasked,
    bodies,
    copying,
    envelopes,
    fetching,
    flags_store,
    framing,
    leaning_mailboxes,
    listing,
    messages,
    numbering,
    refusing,
    searching,
    security,
    selecting,
    sessions,
    status,
    syntax_input,
)
from conformance.flaws import leaning as leaning_on
from conformance.flaws.flaw import leaning

FLAWS = (
    *framing.FLAWS,
    *selecting.FLAWS,
    *status.FLAWS,
    *listing.FLAWS,
    *fetching.FLAWS,
    *envelopes.FLAWS,
    *bodies.FLAWS,
    *flags_store.FLAWS,
    *messages.FLAWS,
    *copying.FLAWS,
    *refusing.FLAWS,
    *searching.FLAWS,
    *syntax_input.FLAWS,
    *security.FLAWS,
    *leaning_on.FLAWS,
    *leaning_mailboxes.FLAWS,
    *numbering.FLAWS,
    *sessions.FLAWS,
)

CONCURRENT = sessions.CONCURRENT

ALLOWED = (
    *allowed.ROWS,
    *allowed_unasked.ROWS,
    *allowed_spelling.ROWS,
    *allowed_sharing.ROWS,
    *allowed_limits.ROWS,
)

_SEARCH = r"\bSEARCH "
_KEYWORDS = r"(FLAGS\S* \(?|APPEND \S+ \(|^before \()(\\\w+ )*[^\\ ()\n]|KEYWORD"
_TEXTS = r"(?i)FETCH \S+ .*(BODY(\.PEEK)?\[|RFC822)|LARGER|SMALLER"
_SUBSCRIBED = r"(?i)\b(UN)?SUBSCRIBE |\bLSUB "

LEANING = (
    # SEARCH
    leaning("search-never-answers", _SEARCH),
    leaning("search-without-response", _SEARCH),
    leaning("uid-search-refused", r"(?i)\bUID SEARCH "),
    leaning("search-gives-uids", _SEARCH),
    leaning("text-search-refused", r"\bSEARCH (.* )?(BCC|BODY|CC|FROM|HEADER|SUBJECT|TEXT|TO) "),
    # APPEND
    leaning("append-wants-flags", r"\bAPPEND \S+ [{\"C]"),
    leaning("append-wants-no-flags", r"\bAPPEND \S+ (CATENATE )?\("),
    leaning("append-wants-no-date", r"(\bAPPEND \S+|^before) (\([^)]*\) )?\""),
    leaning("append-wants-a-date-field", r"\bAPPEND\b|^found/"),
    leaning("append-ignores-flags", r"\bAPPEND \S+ \("),
    leaning("append-ignores-date", r"(\bAPPEND \S+|^before) (\([^)]*\) )?\""),
    leaning("append-dated-1970"),
    leaning("append-seen", r"\bAPPEND "),
    leaning("append-adds-a-field", _TEXTS + r"|SEARCH (.* )?TEXT "),
    leaning("append-loses-the-last-line-end", _TEXTS),
    leaning("append-never-answered", r"\bAPPEND |^before "),
    leaning("append-not-announced", r"\b(NOOP|IDLE|CHECK)\b"),
    # FETCH
    leaning("texts-with-bare-line-feeds", r"BODY(\.PEEK)?\[|RFC822"),
    leaning("whole-message-refused", r"\bBODY(\.PEEK)?\[\]"),
    leaning("uid-is-no-item", r"\bUID\b"),
    leaning("size-off-by-one", r"(?i)RFC822\.SIZE|FETCH \S+ (ALL|FAST|FULL)"),
    leaning("peek-sets-seen"),
    leaning("reading-sets-no-flag", r"(?i)FETCH \S+ .*(BODY\[|RFC822)"),
    leaning("single-item-refused", r"(?i)\bFETCH \S+ [A-Z]"),
    leaning("first-flag-only", r"(?i)FLAGS"),
    leaning("folds-left-in-subjects"),
    # STORE and flags
    leaning("store-does-not-return", r"(?i)\bSTORE "),
    leaning("silent-store-returns"),
    leaning("silent-store-does-nothing", r"(?i)\.SILENT"),
    leaning("bare-flags-refused", r"FLAGS\S* [\\$\w]"),
    leaning("empty-list-refused", r"(FLAGS\S*|APPEND \S+) \(\)"),
    leaning("keywords-refused-though-promised", _KEYWORDS),
    leaning("flags-without-recent", r"(?i)\b(RECENT|NEW|OLD)\b"),
    leaning("flags-not-shown-to-others", r"\b(NOOP|IDLE|CHECK)\b"),
    # COPY
    leaning("copy-loses-flags"),
    leaning("uid-copy-copies-nothing", r"\bUID COPY "),
    # EXPUNGE and CLOSE
    leaning("expunge-removes-nothing", r"\bEXPUNGE\b"),
    leaning("expunge-not-told", r"\bEXPUNGE\b"),
    leaning("expunges-numbered-as-before", r"\bEXPUNGE\b", besides="3501-2.3.1.2-range"),
    leaning("close-keeps-deleted", r"\bCLOSE\b"),
    leaning("close-expunges-read-only"),
    # News
    leaning("new-mail-not-told-to-others", r"\b(NOOP|IDLE|CHECK)\b", besides="3501-2.3.1.2-range"),
    leaning("removals-not-told-to-others", r"\b(NOOP|IDLE|CHECK)\b"),
    leaning("noop-tells-nothing", r"\bNOOP\b"),
    leaning("noop-is-unknown", r"\bNOOP\b"),
    leaning("idle-announced-and-refused", r"\bIDLE\b"),
    # SELECT and EXAMINE
    leaning("no-exists", r"^proves \* \S+ EXISTS", besides="3501-6.3.2-required-data"),
    leaning("no-recent", r"^proves \* \S+ RECENT", besides="3501-6.3.2-required-data"),
    leaning("no-flags", r"^proves \* FLAGS", besides="3501-6.3.2-required-data"),
    leaning(
        "no-permanentflags", r"^proves \* OK \[PERMANENTFLAGS", besides="3501-6.3.2-required-data"
    ),
    leaning("no-uidnext", r"^proves \* OK \[UIDNEXT", besides="3501-6.3.2-required-data"),
    leaning("no-uidvalidity", r"^proves \* OK \[UIDVALIDITY", besides="3501-6.3.2-required-data"),
    leaning("uidvalidity-new-each-time"),
    leaning("uidnext-too-low"),
    leaning("examine-refused", r"(?i)\bEXAMINE "),
    leaning("examine-selects", r"\bEXAMINE "),
    leaning("failed-select-keeps-mailbox"),
    leaning("unselect-announced-and-refused", r"\bUNSELECT\b"),
    # STATUS
    leaning("status-messages-zero", r"\bSTATUS "),
    leaning("status-unseen-zero", r"\bSTATUS "),
    leaning("status-not-sent", r"\bSTATUS "),
    leaning("unknown-status-item-unanswered", r"\bSTATUS "),
    # LIST, names and subscriptions
    leaning("every-name-without-inferiors"),
    leaning("percent-refused", r"\bL(IST|SUB) .*%"),
    leaning("bare-patterns-refused", r"\bLIST \S+ [^\"\s]*\*"),
    leaning("quoted-patterns-refused", r"\bLIST \S+ \".*\*", besides="3501-7.1.3-well-formed"),
    leaning("base64-in-capitals"),
    leaning("rename-keeps-the-old", r"(?i)\bRENAME "),
    leaning("rename-without-renaming", r"\bRENAME "),
    leaning("delete-without-deletion", r"\bDELETE "),
    leaning("lsub-empty", _SUBSCRIBED),
    leaning("lsub-refused", _SUBSCRIBED, besides="3501-7.1.3-well-formed"),
    leaning("subscribe-refused", _SUBSCRIBED),
    # Answers of every kind, logins, connections
    leaning("bad-for-no", r"^awaits \S+ NO\b"),
    leaning("no-for-bad", r"^awaits \S+ BAD\b"),
    leaning("commands-in-upper-case-only", r"[a-z]\d+ [a-z]+"),
    leaning("logout-without-bye", r"\bLOGOUT\b"),
    leaning("capability-not-sent", r"\bCAPABILITY\b"),
    leaning("starttls-closes", r"\bSTARTTLS\b"),
    # Allowed
    leaning("keyword-of-the-server"),
    leaning("list-after-create"),
    leaning("mailbox-names-in-capitals"),
    leaning("new-keywords-ignored", _KEYWORDS),
    leaning("new-keywords-refused", _KEYWORDS),
    leaning("no-hierarchy", r"\{(mailbox\S*|inbox)/"),
    leaning("delete-refused", r"\b(DELETE|CREATE) "),
    leaning("rename-refused", r"\bRENAME "),
    leaning("slow-logins"),
    leaning("slow-refusals"),
    leaning("news-with-every-second-noop"),
    leaning("three-connections", r"^(?!main |before |awaits |proves )[a-z][a-z0-9-]* "),
)
