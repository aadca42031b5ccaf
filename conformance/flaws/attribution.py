"""What may be reported of a flaw that breaks what other cases lean on: the table of attributions.

A server with one such flaw has one fault, however many cases meet it on their way. A row says what
a run over all cases may come to:

* `flaw`: an id of the catalogue, or of an allowed behaviour, of which nothing may be reported
* `rules`: what the first finding may be filed under, by default the rules that the flaw names
* `most`: distinct findings at most
* `needs`: which cases may be blocked besides those that prove a rule of the flaw, as there is no
  other way to play them: a regular expression to be found in what the client of the case itself
  sends, in the flags and dates of the messages that it begins with, in the refusals that it awaits,
  or in its id; `^` is the beginning of a line
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from conformance.flaws.allowed import ALLOWED
from conformance.flaws.catalogue import FLAWS
from conformance.flaws.flaw import Flaw

_MOST = 2
_NO_CASE = r"(?!)"


@dataclass(frozen=True, slots=True)
class Attribution:
    """One row; see the module."""

    flaw: Flaw
    rules: tuple[str, ...]
    most: int
    needs: str

    @property
    def id(self) -> str:
        """The id of the flaw."""
        return self.flaw.id


def _row(name: str, needs: str = _NO_CASE, *, besides: str = "", most: int = _MOST) -> Attribution:
    """Make a row; `besides` are rules that the first finding may be under as well."""
    if name in ALLOWED:
        return Attribution(ALLOWED[name], (), 0, needs)
    flaw = FLAWS[name]
    return Attribution(flaw, (*flaw.requirements, *besides.split()), most, needs)


_SEARCH = r"\bSEARCH "
_KEYWORDS = r"(FLAGS\S* \(?|APPEND \S+ \(|^before \()(\\\w+ )*[^\\ ()\n]|KEYWORD"
_TEXTS = r"(?i)FETCH \S+ .*(BODY(\.PEEK)?\[|RFC822)|LARGER|SMALLER"
_SUBSCRIBED = r"(?i)\b(UN)?SUBSCRIBE |\bLSUB "

_ROWS = (
    # SEARCH
    _row("search-never-answers", _SEARCH),
    _row("search-without-response", _SEARCH),
    _row("uid-search-refused", r"\bUID SEARCH "),
    _row("search-gives-uids", _SEARCH),
    # APPEND
    _row("append-wants-flags", r"\bAPPEND \S+ [{\"]"),
    _row("append-wants-no-flags", r"\bAPPEND \S+ \("),
    _row("append-wants-no-date", r"(\bAPPEND \S+|^before) (\([^)]*\) )?\""),
    _row("append-wants-a-date-field", r"\bAPPEND |^found/"),
    _row("append-ignores-flags", r"\bAPPEND \S+ \("),
    _row("append-ignores-date", r"(\bAPPEND \S+|^before) (\([^)]*\) )?\""),
    _row("append-dated-1970"),
    _row("append-seen", r"\bAPPEND "),
    _row("append-adds-a-field", _TEXTS),
    _row("append-loses-the-last-line-end", _TEXTS),
    _row("append-not-announced", r"\b(NOOP|IDLE|CHECK)\b"),
    # FETCH
    _row("texts-with-bare-line-feeds", r"BODY(\.PEEK)?\[|RFC822"),
    _row("whole-message-refused", r"\bBODY(\.PEEK)?\[\]"),
    _row("uid-is-no-item", r"\bUID\b"),
    _row("size-off-by-one", r"(?i)RFC822\.SIZE|FETCH \S+ (ALL|FAST|FULL)"),
    _row("peek-sets-seen"),
    _row("reading-sets-no-flag", r"(?i)FETCH \S+ .*(BODY\[|RFC822)"),
    _row("single-item-refused", r"(?i)\bFETCH \S+ [A-Z]"),
    _row("first-flag-only", r"(?i)FLAGS"),
    # STORE and flags
    _row("store-does-not-return", r"(?i)\bSTORE "),
    _row("silent-store-returns"),
    _row("silent-store-does-nothing", r"(?i)\.SILENT"),
    _row("bare-flags-refused", r"FLAGS\S* [\\$\w]"),
    _row("empty-list-refused", r"(FLAGS\S*|APPEND \S+) \(\)"),
    _row("keywords-refused-though-promised", _KEYWORDS),
    _row("flags-without-recent", r"(?i)\b(RECENT|NEW|OLD)\b"),
    _row("flags-not-shown-to-others", r"\b(NOOP|IDLE|CHECK)\b"),
    # COPY
    _row("copy-loses-flags"),
    _row("uid-copy-copies-nothing", r"\bUID COPY "),
    # EXPUNGE and CLOSE
    _row("expunge-removes-nothing", r"\bEXPUNGE\b"),
    _row("expunge-not-told", r"\bEXPUNGE\b"),
    _row("close-keeps-deleted", r"\bCLOSE\b"),
    _row("close-expunges-read-only"),
    # News
    _row("new-mail-not-told-to-others", r"\b(NOOP|IDLE|CHECK)\b", besides="3501-2.3.1.2-range"),
    _row("removals-not-told-to-others", r"\b(NOOP|IDLE|CHECK)\b"),
    _row("noop-tells-nothing", r"\bNOOP\b"),
    _row("noop-is-unknown", r"\bNOOP\b"),
    _row("idle-announced-and-refused", r"\bIDLE\b"),
    # SELECT and EXAMINE
    _row("no-exists", besides="3501-6.3.2-required-data"),
    _row("no-recent", besides="3501-6.3.2-required-data"),
    _row("no-flags", besides="3501-6.3.2-required-data"),
    _row("no-permanentflags", besides="3501-6.3.2-required-data"),
    _row("no-uidnext", besides="3501-6.3.2-required-data"),
    _row("no-uidvalidity", besides="3501-6.3.2-required-data"),
    _row("uidvalidity-new-each-time"),
    _row("uidnext-too-low"),
    _row("examine-refused", r"(?i)\bEXAMINE "),
    _row("examine-selects", r"\bEXAMINE "),
    _row("failed-select-keeps-mailbox"),
    _row("unselect-announced-and-refused", r"\bUNSELECT\b"),
    # STATUS
    _row("status-messages-zero", r"\bSTATUS "),
    _row("status-unseen-zero", r"\bSTATUS "),
    _row("status-not-sent", r"\bSTATUS "),
    # LIST, names and subscriptions
    _row("every-name-without-inferiors"),
    _row("percent-refused", r"\bL(IST|SUB) .*%"),
    _row("bare-patterns-refused", r"\bLIST \S+ [^\"\s]*\*"),
    _row("quoted-patterns-refused", r"\bLIST \S+ \".*\*", besides="3501-7.1.3-well-formed"),
    _row("base64-in-capitals"),
    _row("rename-keeps-the-old", r"(?i)\bRENAME "),
    _row("rename-without-renaming", r"\bRENAME "),
    _row("delete-without-deletion", r"\bDELETE "),
    _row("lsub-empty", _SUBSCRIBED),
    _row("lsub-refused", _SUBSCRIBED, besides="3501-7.1.3-well-formed"),
    _row("subscribe-refused", _SUBSCRIBED),
    # Answers of every kind, logins, connections
    _row("bad-for-no", r"^awaits \S+ NO\b"),
    _row("no-for-bad", r"^awaits \S+ BAD\b"),
    _row("commands-in-upper-case-only", r"[a-z]\d+ [a-z]+"),
    _row("logout-without-bye", r"\bLOGOUT\b"),
    _row("capability-not-sent", r"\bCAPABILITY\b"),
    _row("starttls-closes", r"\bSTARTTLS\b"),
    # Allowed
    _row("keyword-of-the-server"),
    _row("list-after-create"),
    _row("mailbox-names-in-capitals"),
    _row("new-keywords-ignored", _KEYWORDS),
    _row("new-keywords-refused", _KEYWORDS),
    _row("no-hierarchy", r"\{(mailbox\S*|inbox)/"),
    _row("delete-refused", r"\b(DELETE|CREATE) "),
    _row("rename-refused", r"\bRENAME "),
    _row("slow-logins"),
    _row("slow-refusals"),
    _row("news-with-every-second-noop"),
    _row("three-connections", r"^(?!main |before )[a-z][a-z0-9-]* "),
)

ATTRIBUTIONS: Mapping[str, Attribution] = MappingProxyType({row.id: row for row in _ROWS})
"""The rows by the ids of their flaws."""
