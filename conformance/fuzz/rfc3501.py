"""IMAP4rev1 (RFC 3501): what generated programs do, and how generated commands are judged."""

from __future__ import annotations

from hypothesis import strategies as st

from conformance.fuzz import answers, on_additions, on_mailboxes, on_messages
from conformance.fuzz.domain import FREE, HOME, OTHER, below, shown
from conformance.fuzz.judged import (
    ANY,
    EITHER,
    NO,
    OK,
    REFUSED,
    GeneratedCommand,
    GeneratedResult,
    Judged,
    always,
    copies,
    exists,
)
from conformance.fuzz.operation import BOX, PATH, PICKS, Operation
from conformance.model.search import KEYS, joined, negated
from conformance.syntax.derivations import Derivation

_YES = st.booleans()
_SMALL = st.integers(0, 2)
_KEYS = st.one_of(
    st.sampled_from(KEYS),
    st.sampled_from(KEYS).map(negated),
    st.tuples(st.sampled_from(KEYS), st.sampled_from(KEYS), st.sampled_from(("or", "and"))).map(
        lambda generated: joined(generated[:2], generated[2])
    ),
)

OPERATIONS = (
    Operation(
        "select",
        on_mailboxes.select,
        {"path": BOX, "examine": _YES},
        selected=False,
        then="selected",
    ),
    Operation(
        "append",
        on_additions.append,
        {"path": BOX, "text": _SMALL, "flags": PICKS, "date": _SMALL},
        selected=False,
    ),
    Operation("create", on_mailboxes.create, {"path": PATH}, selected=False),
    Operation("delete", on_mailboxes.delete, {"path": PATH}, selected=False),
    Operation("rename", on_mailboxes.rename, {"path": PATH, "to": PATH}, selected=False),
    Operation("subscribe", on_mailboxes.subscribe, {"path": PATH}, selected=False),
    Operation("unsubscribe", on_mailboxes.unsubscribe, {"path": PATH}, selected=False),
    Operation("status", on_mailboxes.status, {"path": PATH}, selected=False),
    Operation("noop", on_messages.noop, selected=False),
    Operation("list", on_mailboxes.list_, {"pattern": st.sampled_from(("*", "%"))}, selected=False),
    Operation("lsub", on_mailboxes.lsub, selected=False),
    Operation(
        "store",
        on_messages.store,
        {
            "picks": PICKS,
            "mode": st.sampled_from(tuple(on_messages.MODES)),
            "flags": PICKS,
            "silent": _YES,
            "by_uid": _YES,
        },
    ),
    Operation("fetch", on_messages.fetch, {"picks": PICKS, "items": PICKS, "by_uid": _YES}),
    Operation("search", on_messages.search, {"key": _KEYS, "by_uid": _YES}),
    Operation("copy", on_additions.copy, {"picks": PICKS, "path": BOX, "by_uid": _YES}),
    Operation("expunge", on_messages.expunge),
    Operation("close", on_messages.close, then="not selected"),
    Operation("check", on_messages.check),
)


def _create(asked: GeneratedCommand) -> set[str]:
    if asked.holds("create_param"):  # what an extension adds the server may not be able to give
        return EITHER if asked.mailboxes() == [FREE] else NO
    return OK if asked.mailboxes() == [FREE] else NO


def _delete(asked: GeneratedCommand) -> set[str]:
    name = asked.mailboxes()[0]
    if name in (FREE, b"INBOX"):
        return NO
    # RFC 2180 section 3.1: what somebody has selected may stay.
    return EITHER if asked.of_selected else OK


def _rename(asked: GeneratedCommand) -> set[str]:
    source, target = asked.mailboxes()
    if source in (FREE, target) or target != FREE:
        return NO
    return EITHER if asked.of_selected else OK


def _status(asked: GeneratedCommand) -> set[str]:
    # Clients should not ask that (section 6.3.10), so that servers need not know.
    return EITHER if asked.of_selected else exists(asked)


def _append(asked: GeneratedCommand) -> set[str]:
    if asked.mailboxes()[0] == FREE:
        return NO
    if asked.holds("cat_part"):
        return ANY  # what generated URLs stand for nobody knows (RFC 4469)
    return _flags(asked)


def _flags(asked: GeneratedCommand) -> set[str]:
    """What flags allow: not every server takes every keyword."""
    if asked.holds("flag_extension"):
        return ANY
    return EITHER if asked.holds("flag_keyword") else OK


def _fetch(asked: GeneratedCommand) -> set[str]:
    if not asked.in_range:
        return ANY
    # Every message has a part 1; others, and a header of it, it may not have: NO is for those.
    parts = [text for text in asked.holds("section_spec") if text[:1].isdigit() and text != b"1"]
    return EITHER if parts else OK


def _store(asked: GeneratedCommand) -> set[str]:
    return _flags(asked) if asked.in_range else ANY


def _search(asked: GeneratedCommand) -> set[str]:
    command = next(each for each in below(asked.derivation) if each.production.rule == "search")
    charset = b""
    if "CHARSET" in command.production.symbols:
        named = next(c for c in command.children if isinstance(c, Derivation)).spoken()
        if named.text.startswith(b"{"):  # a literal: RFC 4466 section 3 and RFC 9051 have none here
            return ANY
        charset = named.octets.upper()
    if b"X-NONE" in charset:
        return REFUSED if asked.in_range else ANY
    if b"UTF-8" in charset or not asked.in_range:
        return ANY
    return OK


def _listed(came: GeneratedResult) -> None:
    existing = tuple(came.executor.meaning(name) for name in (HOME, OTHER))
    answers.listed(came, existing)


def _told(came: GeneratedResult) -> None:
    name = came.asked.mailboxes()[0]
    count = {HOME: len(came.executor.fixture.messages), OTHER: 0}.get(name)
    answers.told(came, shown(name), count)


JUDGED = (
    Judged("CAPABILITY", always(OK), "3501-6.1.1-response", shares=True),
    Judged("LOGOUT", always(OK), "3501-6.1.3-bye"),
    Judged("NOOP", always(OK), "3501-6.1.2-ok", shares=True),
    Judged("x_command", always(REFUSED), "3501-2.2.2-unknown", shares=True),
    Judged(
        "append",
        _append,
        "3501-6.3.11-appended",
        leaves="3501-6.3.11-no-select",
        names="3501-6.3.11-no-create",
    ),
    Judged("create", _create, "3501-6.3.3-created", names="3501-6.3.3-created", makes=True),
    Judged("delete", _delete, "3501-6.3.4-deleted", names="3501-6.3.4-deleted", unmakes=True),
    Judged("examine", exists, "3501-6.3.2-same-output", moves=True),
    Judged("select", exists, "3501-6.3.1-selected", moves=True),
    Judged("list", always(EITHER), look=_listed, shares=True, asks=True),
    Judged("lsub", always(EITHER), look=_listed, shares=True, asks=True),
    Judged(
        "rename",
        _rename,
        "3501-6.3.5-renamed",
        names="3501-6.3.5-renamed",
        unmakes=True,
        makes=True,
    ),
    Judged(
        "status",
        _status,
        "3501-6.3.10-response",
        look=_told,
        leaves="3501-6.3.10-no-effect",
        shares=True,
        asks=True,
    ),
    Judged(
        "subscribe",
        lambda asked: EITHER if asked.mailboxes() == [FREE] else OK,
        "3501-6.3.6-subscribed",
        names="3501-6.3.6-name-only",
    ),
    Judged("unsubscribe", always(EITHER), names="3501-6.3.7-name-only"),
    Judged("login", always(EITHER), moves=True),
    Judged("authenticate", always(REFUSED), moves=True),
    Judged("STARTTLS", always(ANY)),
    Judged("CHECK", always(OK), "3501-6.4.1-ok", leaves="3501-6.4.1-ok", shares=True),
    Judged("CLOSE", always(OK), "3501-6.4.2-authenticated", moves=True),
    Judged("EXPUNGE", always(OK), "3501-6.4.3-removes"),
    Judged("copy", copies, "3501-6.4.7-copies", names="3501-6.4.7-no-create"),
    Judged(
        "fetch",
        _fetch,
        "3501-6.4.5-forms",
        look=answers.fetched,
        about="messages",
        shares=True,
        asks=True,
    ),
    Judged("store", _store, "3501-6.4.6-set", look=answers.stored, about="messages", shares=True),
    Judged(
        "search",
        _search,
        "3501-6.4.4-response",
        look=answers.searched,
        about="messages",
        shares=True,
        asks=True,
    ),
)
