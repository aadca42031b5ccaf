from __future__ import annotations

import re

import lark
import pytest
from grammar_corpus import ACCEPTED

from conformance import data
from conformance.syntax import grammar, modules
from conformance.syntax.tables import Tables

EXTENSIONS = tuple(module for module in modules.available() if module.name != modules.BASE)
FULL = [module.name for module in EXTENSIONS if not module.dialect]
# What servers announce after login, as far as a grammar file knows it.
DOVECOT = (
    "IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE SORT SORT=DISPLAY THREAD=REFERENCES"
    " THREAD=REFS THREAD=ORDEREDSUBJECT MULTIAPPEND URL-PARTIAL CATENATE UNSELECT CHILDREN"
    " NAMESPACE UIDPLUS LIST-EXTENDED I18NLEVEL=1 CONDSTORE QRESYNC ESEARCH ESORT SEARCHRES"
    " WITHIN CONTEXT=SEARCH LIST-STATUS BINARY MOVE REPLACE SNIPPET=FUZZY PREVIEW PREVIEW=FUZZY"
    " SPECIAL-USE STATUS=SIZE SAVEDATE COMPRESS=DEFLATE INPROGRESS NOTIFY METADATA LITERAL+"
    " UTF8=ACCEPT APPENDLIMIT=1000 QUOTA ACL RIGHTS=texk LIST-MYRIGHTS URLAUTH URLAUTH=BINARY"
)
CYRUS = (
    "IMAP4rev1 ACL ANNOTATE-EXPERIMENT-1 APPENDLIMIT=1000 BINARY CATENATE CHILDREN COMPRESS=DEFLATE"
    " CONDSTORE CREATE-SPECIAL-USE ENABLE ESEARCH ESORT ID IDLE INPROGRESS JMAPACCESS LIST-EXTENDED"
    " LIST-METADATA LIST-MYRIGHTS LIST-STATUS LITERAL+ MAILBOX-REFERRALS METADATA MOVE MULTIAPPEND"
    " MULTISEARCH NAMESPACE NOTIFY OBJECTID PARTIAL PREVIEW QRESYNC QUOTA QUOTA=RES-STORAGE"
    " QUOTA=RES-MESSAGE QUOTASET REPLACE RIGHTS=kxten SAVEDATE SEARCH=FUZZY SEARCHRES SORT"
    " SORT=DISPLAY SPECIAL-USE STATUS=SIZE THREAD=ORDEREDSUBJECT THREAD=REFERENCES UIDONLY UIDPLUS"
    " UNSELECT URL-PARTIAL URLAUTH URLAUTH=BINARY UTF8=ACCEPT WITHIN"
)
GMAIL = (
    "IMAP4rev1 UNSELECT IDLE NAMESPACE QUOTA ID XLIST CHILDREN X-GM-EXT-1 UIDPLUS COMPRESS=DEFLATE"
    " ENABLE MOVE CONDSTORE ESEARCH UTF8=ACCEPT LIST-EXTENDED LIST-STATUS LITERAL- SPECIAL-USE"
    " APPENDLIMIT=35651584"
)
COURIER = (
    "IMAP4rev1 UIDPLUS CHILDREN NAMESPACE THREAD=ORDEREDSUBJECT THREAD=REFERENCES SORT QUOTA IDLE"
    " ACL ACL2=UNION ENABLE UTF8=ACCEPT"
)
PYMAP = "IMAP4rev1 BINARY UIDPLUS MULTIAPPEND APPENDLIMIT=1000000000 OBJECTID IDLE"
ANNOUNCED = {
    "Dovecot": (DOVECOT, ""),
    "Dovecot, enabled": (DOVECOT, "UTF8=ACCEPT QRESYNC"),
    "Cyrus": (CYRUS, ""),
    "Cyrus, enabled": (CYRUS, "UTF8=ACCEPT UIDONLY"),
    "Gmail": (GMAIL, ""),
    "Courier": (COURIER, ""),
    "pymap": (PYMAP, ""),
    "none": ("", ""),
}


def starts_of(chosen: tuple[modules.Module, ...], *, client: bool) -> list[str]:
    return [
        start
        for module in chosen
        for start in (module.client_starts if client else module.server_starts)
    ]


def build(chosen: tuple[modules.Module, ...], *, client: bool) -> None:
    # The strict mode sees every conflict between rules, and here between terminals as well.
    lark.Lark(
        modules.joined(chosen, client=client),
        start=starts_of(chosen, client=client),
        parser="lalr",
        lexer="contextual",
        strict=True,
    )


@pytest.mark.parametrize("client", [False, True])
def test_all_modules_together_build_strictly(client: bool) -> None:
    build(modules.with_needed(FULL), client=client)


def filled(module: modules.Module) -> bool:
    text = "\n".join(each.text for each in modules.with_needed([module.name]))
    needed = modules.with_needed([module.name])
    return all(f"%extend {slot}:" in text for each in needed for slot in each.slots)


@pytest.mark.slow
@pytest.mark.parametrize("module", [m for m in EXTENSIONS if filled(m)], ids=lambda m: m.name)
def test_each_module_builds_strictly_with_what_it_needs(module: modules.Module) -> None:
    chosen = modules.with_needed([module.name])
    for client in (False, True):
        if module.dialect or "%override" in module.text:
            build(chosen, client=client)
        else:
            # Terminals that overlap here do so in all modules together, and to look is what takes
            # long; conflicts between rules are seen all the same.
            Tables(modules.joined(chosen, client=client), starts_of(chosen, client=client))


@pytest.mark.parametrize("server", ANNOUNCED)
def test_what_servers_announce_builds_and_keeps_the_base(server: str) -> None:
    announced, enabled = ANNOUNCED[server]
    strict = grammar.load(announced.split(), enabled.split())
    for start, rows in ACCEPTED.items():
        for row in rows:
            line, literals = row if isinstance(row, tuple) else (row, ())
            assert strict.check(start, line + b"\r\n", literals) is None


def test_strict_mode_of_lark_sees_conflicts() -> None:
    text = modules.joined(modules.applying([]), client=False)
    text += "\n%extend mailbox_data: message_data\n"
    with pytest.raises(lark.exceptions.LarkError):
        Tables(text, ["response_data"])


def test_loading_is_by_capability_and_cached() -> None:
    assert grammar.load() is grammar.load(["IMAP4rev1", "X-NOT-KNOWN"])
    assert grammar.load(["uidplus"]) is grammar.load(("I18NLEVEL=1", "UIDPLUS"))
    assert grammar.load(["LITERAL-"]) is grammar.load(["LITERAL+", "LITERAL-"])
    assert set(grammar.load(["IDLE", "MOVE"]).modules) == {"rfc3501", "rfc2177", "rfc6851"}
    assert grammar.load(iter(["IDLE"])).modules == ("rfc3501", "rfc2177")


def test_conditions_of_a_header() -> None:
    def names(announced: str, enabled: str = "") -> set[str]:
        return {module.name for module in modules.applying(announced.split(), enabled.split())}

    assert "rfc4731-modseq" not in names("ESEARCH")
    assert {"rfc4731-modseq", "rfc7162"} <= names("ESEARCH CONDSTORE")
    assert "rfc5256-thread" in names("THREAD=REFS")
    assert "rfc3348" in names("CHILDREN")
    assert "rfc3348" not in names("CHILDREN LIST-EXTENDED")
    assert "rfc9586" not in names("UIDONLY")
    assert "rfc9586" in names("UIDONLY", "UIDONLY")


def test_modules_stand_behind_what_they_need() -> None:
    placed: set[str] = set()
    for module in modules.available():
        assert placed.issuperset(module.needs)
        placed.add(module.name)
    assert modules.available()[0].name == modules.BASE


HEADER = "// rfc: 1\n// section: 2\n"


@pytest.mark.parametrize(
    ("header", "wrong"),
    [
        ("// rfc: 1\n", "lacks section"),
        (HEADER + "// colour: red\n", "no 'colour'"),
        (HEADER + "// command: MOVE somewhere\n", "'somewhere' is no state"),
    ],
)
def test_a_header_that_says_nonsense_is_refused(header: str, wrong: str) -> None:
    with pytest.raises(ValueError, match=wrong):
        modules.read_module("x", header)


def test_needs_that_can_not_be_met_are_refused() -> None:
    module = modules.read_module("x", HEADER + "// needs: y\n")
    with pytest.raises(ValueError, match="what x need"):
        modules.ordered([module])


def test_every_terminal_that_is_no_fixed_word_has_an_example_that_it_reads() -> None:
    strict = grammar.everything()
    for start in ("command", "response_data"):
        tables = strict.tables(start)
        for name in tables.terminals:
            if tables.is_fixed(name) or name in ("LITERAL", "LITERAL8"):
                continue
            assert strict.examples[name], name
            for example in strict.examples[name]:
                text = b"[ALERT] x" if name == "_CODE_OPEN" else example
                text += b"LAZY" if name == "PREVIEW_OPEN" else b""
                text += b"x" if name.endswith("_EQ") else b""
                assert tables.pattern(name).match(text), (name, example)


def test_every_command_of_the_grammar_says_its_state() -> None:
    strict = grammar.everything()
    words = {
        symbol
        for production in strict.productions("command")
        if production.rule.startswith("command_") or len(production.symbols) > 2
        for symbol in production.symbols[:1]
        if symbol.isupper()
    }
    named = {name.split()[0] for name in modules.commands()}
    assert {"MOVE", "NOTIFY", "SETQUOTA", "CAPABILITY"} <= words & named


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
    strict = grammar.everything()
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
    strict = grammar.everything()
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
