from __future__ import annotations

import itertools
import re

import lark
import pytest
from grammar_corpus import ACCEPTED

from conformance import data
from conformance.syntax import grammar, modules

EXTENSIONS = {"rfc2177": "IDLE", "rfc4315": "UIDPLUS", "rfc6851": "MOVE", "rfc7888": "LITERAL+"}
SUBSETS = [
    subset
    for size in range(len(EXTENSIONS) + 1)
    for subset in itertools.combinations(EXTENSIONS, size)
]


def test_every_grammar_file_is_known_here() -> None:
    names = {file.stem for file in data.GRAMMAR.glob("*.lark")}
    assert names == {modules.BASE, *EXTENSIONS}


@pytest.mark.parametrize("subset", SUBSETS, ids="+".join)
@pytest.mark.parametrize("client", [False, True])
def test_every_subset_builds_strictly(subset: tuple[str, ...], client: bool) -> None:
    chosen = modules.applying(EXTENSIONS[name] for name in subset)
    assert [module.name for module in chosen] == [modules.BASE, *subset]
    starts = [
        start
        for module in chosen
        for start in (module.client_starts if client else module.server_starts)
    ]
    # Strict: no shift/reduce conflict and no two terminals of one priority for the same octets.
    lark.Lark(
        modules.joined(chosen, client=client),
        start=starts,
        parser="lalr",
        lexer="contextual",
        strict=True,
    )


@pytest.mark.parametrize("subset", SUBSETS, ids="+".join)
def test_every_subset_keeps_the_base(subset: tuple[str, ...]) -> None:
    strict = grammar.load(EXTENSIONS[name] for name in subset)
    for start, rows in ACCEPTED.items():
        for row in rows:
            line, literals = row if isinstance(row, tuple) else (row, ())
            assert strict.check(start, line + b"\r\n", literals) is None


def test_strict_mode_of_lark_sees_conflicts() -> None:
    text = modules.joined(modules.applying([]), client=False)
    text += "\n%extend mailbox_data: message_data\n"
    with pytest.raises(lark.exceptions.LarkError):
        lark.Lark(text, start="response_data", parser="lalr", lexer="contextual", strict=True)


def test_loading_is_by_capability_and_cached() -> None:
    assert grammar.load() is grammar.load(["IMAP4rev1", "NAMESPACE", "X-NOT-KNOWN"])
    assert grammar.load(["uidplus"]) is grammar.load(("QUOTA", "UIDPLUS"))
    assert grammar.load(["LITERAL-"]) is grammar.load(["LITERAL+", "LITERAL-"])
    assert grammar.load(["IDLE", "UIDPLUS"]).modules == ("rfc3501", "rfc2177", "rfc4315")
    assert grammar.load(iter(["IDLE"])).modules == ("rfc3501", "rfc2177")


def test_idle() -> None:
    plain, idle = grammar.load(), grammar.load(["IDLE"])
    assert plain.check("command", b"a1 IDLE\r\n") is not None
    assert idle.check("command", b"a1 IDLE\r\n") is None
    assert idle.check("idle_done", b"done\r\n") is None
    fault = idle.check("idle_done", b"DONE \r\n")
    assert fault is not None
    assert fault.requirement == "2177-4-idle"


MALFORMED_CODES = [
    (b"[APPENDUID 38505]", "resp-code-apnd"),
    (b"[COPYUID 38505]", "resp-code-copy"),
    (b"[APPENDUID 38505 0]", "nz-number"),
    (b"[APPENDUID 38505 1:*]", "uniqueid"),
    (b"[COPYUID 38505 304,319:320]", "uid-set"),
    (b"[COPYUID 38505 304,319:* 1]", "uniqueid"),
    (b"[COPYUID 38505 304, 1]", "uid-set"),
    (b"[UIDNOTSTICKY 1]", "resp-text"),
]


@pytest.mark.parametrize(("code", "rule"), MALFORMED_CODES)
def test_uidplus_codes_commit_only_with_uidplus(code: bytes, rule: str) -> None:
    line = b"a1 OK %s done\r\n" % code
    assert grammar.load().check("response_tagged", line) is None
    fault = grammar.load(["UIDPLUS"]).check("response_tagged", line)
    assert fault is not None
    assert fault.rule == rule, fault.message
    assert fault.rfc == ("4315" if rule.startswith(("resp-code", "uid-")) else "3501")


@pytest.mark.parametrize(
    "line",
    [
        b"a1 OK [APPENDUID 38505 3955] done",
        b"a1 OK [APPENDUID 38505 3955:3957] done",
        b"a1 OK [COPYUID 38505 304,319:320 3956:3958] done",
        b"a1 NO [uidnotsticky] x",
        b"a1 OK [APPENDUIDS x] done",
    ],
)
def test_uidplus_codes(line: bytes) -> None:
    assert grammar.load(["UIDPLUS"]).check("response_tagged", line + b"\r\n") is None


def test_uid_expunge() -> None:
    line = b"a1 UID EXPUNGE 3000:3002,*\r\n"
    assert grammar.load().check("command", line) is not None
    assert grammar.load(["UIDPLUS"]).check("command", line) is None


@pytest.mark.parametrize("capability", ["LITERAL+", "LITERAL-"])
def test_non_synchronizing_literals_are_for_clients(capability: str) -> None:
    strict = grammar.load([capability])
    literals = (b"smith", b"sesame")
    assert strict.check("command", b"a1 LOGIN {5+}\r\n {6}\r\n\r\n", literals) is None
    assert strict.check("command", b"a1 LOGIN {5+}\r\n {6}\r\n\r\n", (b"smit", b"x")) is not None
    assert strict.check("response_data", b"* 1 FETCH (RFC822 {1+}\r\n)\r\n", (b"x",)) is not None


def test_rules_know_where_they_come_from() -> None:
    strict = grammar.load(EXTENSIONS.values())
    assert strict.rules["env_from"] == grammar.Origin("3501", "9", "env-from")
    assert strict.rules["nz_number"].abnf == "nz-number"
    assert strict.rules["text_char"].abnf == "TEXT-CHAR"
    assert strict.rules["uid_set"] == grammar.Origin("4315", "4", "uid-set")
    assert strict.rules["idle"].rfc == "2177"
    assert "uid_set" not in grammar.load().rules
    assert not [name for name in strict.rules if name.startswith("_") or not name.islower()]


# The left-hand sides of section 9, less `response`, `response-done` and `response-fatal`,
# which the start symbols stand for, and what is no unit of reading: CHAR classes of the core.
ABNF_NAMES = set(
    """
address addr-adl addr-host addr-mailbox addr-name append astring ASTRING-CHAR atom ATOM-CHAR
atom-specials authenticate auth-type base64 base64-char base64-terminal body body-extension
body-ext-1part body-ext-mpart body-fields body-fld-desc body-fld-dsp body-fld-enc body-fld-id
body-fld-lang body-fld-loc body-fld-lines body-fld-md5 body-fld-octets body-fld-param
body-type-1part body-type-basic body-type-mpart body-type-msg body-type-text capability
capability-data CHAR8 command command-any command-auth command-nonauth command-select
continue-req copy create date date-day date-day-fixed date-month date-text date-year date-time
delete digit-nz envelope env-bcc env-cc env-date env-from env-in-reply-to env-message-id
env-reply-to env-sender env-subject env-to examine fetch fetch-att flag flag-extension
flag-fetch flag-keyword flag-list flag-perm greeting header-fld-name header-list list
list-mailbox list-char list-wildcards literal login lsub mailbox mailbox-data mailbox-list
mbx-list-flags mbx-list-oflag mbx-list-sflag media-basic media-message media-subtype media-text
message-data msg-att msg-att-dynamic msg-att-static nil nstring number nz-number password quoted
QUOTED-CHAR quoted-specials rename response-data response-tagged resp-cond-auth resp-cond-bye
resp-cond-state resp-specials resp-text resp-text-code search search-key section section-msgtext
section-part section-spec section-text select seq-number seq-range sequence-set status
status-att status-att-list store store-att-flags string subscribe tag text TEXT-CHAR time uid
uniqueid unsubscribe userid x-command zone
""".split()  # noqa: SIM905 - a list would be four times as long
)


def test_every_rule_of_section_9_is_there_and_no_other() -> None:
    names = {origin.abnf for origin in grammar.load().rules.values()}
    assert names == ABNF_NAMES


MATCHING = [
    ("nz_number", b"10", True),
    ("nz_number", b"0", False),
    ("nz-number", b"4294967296", False),
    ("number", b"0", True),
    ("number", b"10", True),
    ("text", b"any text", True),
    ("text", b"", False),
    ("base64", b"", True),
    ("base64", b"YQ==", True),
    ("flag", b"\\Seen", True),
    ("flag", b"\\Recent", False),
    ("flag_fetch", b"\\Recent", True),
    ("flag_list", b"()", True),
    ("env-from", b"NIL", True),
    ("date_time", b'" 1-Jan-2020 00:00:00 +0000"', True),
    ("sequence_set", b"1,2:3,*", True),
    ("mailbox_data", b"SEARCH 1 2 3", True),
    ("mailbox_data", b"SEARCH 1 2 ", False),
    ("address", b'(NIL NIL "a" "b")', True),
    ("address", b'(NIL NIL "a" "b"', False),
    ("capability", b"AUTH=PLAIN", True),
    ("capability", b"AUTH=PLAIN IDLE", False),
    ("body", b'("IMAGE" "PNG" NIL NIL NIL "BASE64" 1)', True),
    ("atom_char", b"a", True),
    ("atom_char", b"ab", False),
    ("TEXT-CHAR", b"]", True),
    ("tag", b"a+", False),
    ("zone", b"-0730", True),
    ("continue_req", b"+ x\r\n", True),
]


@pytest.mark.parametrize(("rule", "text", "verdict"), MATCHING)
def test_matches(rule: str, text: bytes, verdict: bool) -> None:
    assert grammar.load().matches(rule, text) is verdict


def test_matches_with_literals() -> None:
    strict = grammar.load()
    assert strict.matches("astring", b"{3}\r\n", (b"abc",))
    assert not strict.matches("astring", b"{3}\r\n", (b"ab",))
    assert not strict.matches("astring", b"{3}\r\n")
    assert not strict.matches("nstring", b"{1}\r\n", (b"\0",))
    assert strict.matches("string", b"{0}\r\n", (b"",))


def test_matches_every_rule_without_an_error() -> None:
    strict = grammar.load(EXTENSIONS.values())
    for rule in strict.rules:
        assert strict.matches(rule, b"\xff") is (rule == "char8")


def test_matches_knows_no_other_rules() -> None:
    with pytest.raises(KeyError, match="no_such_rule"):
        grammar.load().matches("no_such_rule", b"x")


def test_grammar_files_are_ascii_and_name_no_rule_twice() -> None:
    for file in data.GRAMMAR.glob("*.lark"):
        text = file.read_text(encoding="ascii")
        names = re.findall(r"^(\w+)(?:\.\d+)?\s*:", text, re.M)
        assert len(names) == len(set(names))
