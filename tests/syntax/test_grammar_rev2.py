"""The dialect of IMAP4rev2: when it is in force, and that it has all of RFC 9051 section 9."""

from __future__ import annotations

import lark
import pytest
from test_grammar_modules import CYRUS, DOVECOT, starts_of

from conformance.syntax import grammar, modules
from conformance.syntax.grammar import Grammar

BOTH = ("IMAP4rev1", "IMAP4rev2")
REV2 = ("IMAP4rev2",)

# The left-hand sides of section 9 that are rules or terminals of the grammar under their name.
NAMES = set(
    """
address addr-adl addr-host addr-mailbox addr-name append append-uid astring ASTRING-CHAR atom
ATOM-CHAR atom-specials authenticate auth-type base64 base64-char base64-terminal body
body-extension body-ext-1part body-ext-mpart body-fields body-fld-desc body-fld-dsp body-fld-enc
body-fld-id body-fld-lang body-fld-loc body-fld-lines body-fld-md5 body-fld-octets body-fld-param
body-type-1part body-type-basic body-type-mpart body-type-msg body-type-text capability
capability-data CHAR8 charset childinfo-extended-item child-mbox-flag command command-any
command-auth command-nonauth command-select continue-req copy create date date-day date-day-fixed
date-month date-text date-year date-time delete digit-nz enable enable-data envelope env-bcc
env-cc env-date env-from env-in-reply-to env-message-id env-reply-to env-sender env-subject env-to
esearch-response examine fetch fetch-att flag flag-extension flag-fetch flag-keyword flag-list
flag-perm greeting header-fld-name header-list idle initial-resp list list-mailbox list-char
list-return-opt list-return-opts list-select-base-opt list-select-base-opt-quoted
list-select-independent-opt list-select-mod-opt list-select-opt list-select-opts list-wildcards
literal literal8 login mailbox mailbox-data mailbox-list mbox-list-extended
mbox-list-extended-item mbox-list-extended-item-tag mbox-or-pat mbx-list-flags mbx-list-oflag
mbx-list-sflag media-basic media-message media-subtype media-text message-data move msg-att
msg-att-dynamic msg-att-static namespace namespace-command namespace-descr
namespace-response-extension namespace-response nil nstring number number64 nz-number nz-number64
obsolete-flag-recent obsolete-recent-response obsolete-search-response oldname-extended-item
option-extension option-standard-tag option-val-comp option-value partial password patterns quoted
QUOTED-CHAR quoted-specials rename response-data response-tagged resp-code-apnd resp-code-copy
resp-cond-auth resp-cond-bye resp-cond-state resp-specials resp-text resp-text-code return-option
search search-correlator search-key search-modifier-name search-mod-params search-program
search-ret-data-ext search-return-data search-return-opts search-return-opt search-ret-opt-ext
search-return-value section section-binary section-msgtext section-part section-spec section-text
select seq-number seq-range sequence-set seq-last-command status status-att status-att-val
status-att-list status-option store store-att-flags string subscribe tag tag-string
tagged-ext-label tagged-label-fchar tagged-label-char tagged-ext-comp tagged-ext-simple
tagged-ext-val text TEXT-CHAR time uid uid-expunge uid-set uid-range uniqueid unsubscribe userid
UTF8-CHAR UTF8-2 UTF8-3 UTF8-4 zone
""".split()  # noqa: SIM905 - a list would be four times as long
)

_CORE = "RFC 5234 defines it; its octets are written where they stand"
_START = "what a line can be is known by its role: each has a start symbol of its own"
_IN_ATOM = "read as the atom, or the string, that it is: the standard names have no narrower form"
ELSEWHERE = {
    **dict.fromkeys("SP CTL CRLF ALPHA DIGIT DQUOTE OCTET CHAR".split(), _CORE),  # noqa: SIM905
    **dict.fromkeys(("response", "response-done", "response-fatal"), _START),
    **dict.fromkeys(("eitem-standard-tag", "eitem-vendor-tag", "option-vendor-tag"), _IN_ATOM),
    **dict.fromkeys(("vendor-token", "name-component"), "only in what is read as an atom"),
    "namespace-response-extensions": "a star of namespace-response-extension, written in its place",
    "partial-range": "no rule of the section refers to it",
}


def rev2() -> Grammar:
    return grammar.load(BOTH, REV2)


def conforms(strict: Grammar, line: bytes) -> bool:
    return strict.check("response_data", line + b"\r\n") is None


def test_all_232_rules_of_section_9_are_accounted_for() -> None:
    assert len(NAMES | ELSEWHERE.keys()) == 232
    own = {origin.abnf for origin in rev2().rules.values() if origin.rfc == "9051"}
    assert own == NAMES
    assert NAMES.isdisjoint(ELSEWHERE)


def test_other_rules_are_those_of_extensions() -> None:
    others = {name for name, origin in rev2().rules.items() if origin.rfc != "9051"}
    assert others == {"use_attr"}


def test_rules_that_are_gone_are_none() -> None:
    assert {"lsub", "x_command"} <= grammar.load().rules.keys()
    assert rev2().rules.keys().isdisjoint({"lsub", "x_command"})
    assert rev2().name_of("lsub") is None


def test_a_server_of_both_speaks_rev1_until_enable() -> None:
    assert "rfc9051" not in grammar.load(BOTH).modules
    assert "rfc9051" in rev2().modules
    assert "rfc9051" in grammar.load(REV2).modules
    assert "rfc9051" not in grammar.load(["IMAP4rev1"], REV2).modules
    assert grammar.load(["IMAP4rev1"]) is grammar.load()


@pytest.mark.parametrize("line", [b"* SEARCH", b"* SEARCH 4 7", b"* 0 RECENT"])
def test_what_is_obsolete_is_for_servers_of_both(line: bytes) -> None:
    assert conforms(grammar.load(["IMAP4rev1"]), line)
    assert conforms(rev2(), line)
    assert not conforms(grammar.load(REV2), line)


def test_faults_are_told_by_the_rules_of_rfc_9051() -> None:
    line = b"* LIST () NIL a(b\r\n"
    told = grammar.load(REV2).check("response_data", line)
    told_rev1 = grammar.load().check("response_data", line)
    assert told is not None
    assert told_rev1 is not None
    assert (told.rfc, told_rev1.rfc) == ("9051", "3501")


def test_greeting_and_continuation_may_have_no_text() -> None:
    strict = rev2()
    assert strict.check("greeting", b"* OK [CAPABILITY IMAP4rev1 IMAP4rev2] \r\n") is None
    assert strict.check("continue_req", b"+ \r\n") is None
    assert strict.check("continue_req", b"+\r\n") is not None
    assert strict.check("response_tagged", b"a1 OK \r\n") is None
    assert strict.check("response_tagged", b"a1 OK\r\n") is not None


SIZES = [
    ("number64", b"9223372036854775807", True),
    ("number64", b"9223372036854775808", False),
    ("number64", b"0", True),
    ("nz_number64", b"9223372036854775807", True),
    ("nz_number64", b"9223372036854775808", False),
    ("nz_number64", b"0", False),
    ("UTF8-2", b"\xc3\xa9", True),
    ("UTF8-2", b"\xc1\xa9", False),
    ("UTF8-3", b"\xe2\x82\xac", True),
    ("UTF8-3", b"\xed\xa0\x80", False),
    ("UTF8-4", b"\xf0\x9f\x93\xac", True),
    ("UTF8-4", b"\xf4\x90\x80\x80", False),
    ("UTF8-CHAR", b"\xc3\xa9", True),
    ("QUOTED-CHAR", b"\xc3\xa9", True),
    ("QUOTED-CHAR", b"\xe9", False),
    ("tagged-ext-label", b"X-a.b:1", True),
    ("tagged-ext-label", b"1a", False),
    ("append-uid", b"3", True),
    ("append-uid", b"3:4", False),
]


@pytest.mark.parametrize(("rule", "text", "verdict"), SIZES)
def test_lexical_rules(rule: str, text: bytes, verdict: bool) -> None:
    assert rev2().matches(rule, text) is verdict


@pytest.mark.parametrize("server", [DOVECOT, CYRUS])
def test_it_goes_with_all_that_servers_announce(server: str) -> None:
    strict = grammar.load([*server.split(), *REV2], [*REV2, "UTF8=ACCEPT", "QRESYNC", "UIDONLY"])
    assert conforms(strict, b"* STATUS x (SIZE 5000000000 DELETED 1 HIGHESTMODSEQ 7)")
    assert conforms(strict, b'* ESEARCH (TAG "a") UID ALL 1:3 X-NEW (a "b")')
    assert not conforms(strict, b"* STATUS x (RECENT 1)")
    assert strict.check("command", b"a1 MOVE 1:3 x\r\n") is None
    assert strict.check("command", b"a1 CHECK\r\n") is not None


def test_it_goes_with_every_module() -> None:
    strict = grammar.load_modules(module.name for module in modules.available())
    assert conforms(strict, b'* LIST () "/" new ("OLDNAME" ("old"))')
    assert strict.check("command", b"a1 NOOP\r\n") is None


def test_every_terminal_of_it_has_an_example_that_it_reads() -> None:
    strict = rev2()
    for start in ("command", "response_data"):
        tables = strict.tables(start)
        for name in tables.terminals:
            if tables.is_fixed(name) or name in ("LITERAL", "LITERAL8"):
                continue
            assert strict.examples[name], name
            for example in strict.examples[name]:
                text = example + {"_CODE_OPEN": b"ALERT] x", "_SP_VALUE": b"1"}.get(name, b"")
                text += b"x" if name.endswith("_EQ") else b""
                assert tables.pattern(name).match(text), (name, example)


@pytest.mark.slow
@pytest.mark.parametrize("announced", [REV2, BOTH])
@pytest.mark.parametrize("client", [False, True])
def test_it_builds_strictly_with_no_two_terminals_that_overlap(
    announced: tuple[str, ...], client: bool
) -> None:
    chosen = modules.applying(announced, REV2)
    lark.Lark(
        modules.joined(chosen, client=client),
        start=starts_of(chosen, client=client),
        parser="lalr",
        lexer="contextual",
        strict=True,
    )
