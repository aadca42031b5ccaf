"""Which capability brings a response, an item or an attribute that RFC 3501 does not know.

Used only where the grammar of the extension is not there: what such a response looks like can
not be judged then, only whether the server may send it at all (RFC 3501 section 7.2.1).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from conformance.syntax.responses import Response
from conformance.syntax.values import Group, Leaf

# A capability stands for all `capability=value` forms of it as well. Where two extensions
# define the same name either will do.
RESPONSES: Mapping[str, frozenset[str]] = {
    "ACL": frozenset({"ACL"}),
    "ANNOTATION": frozenset({"ANNOTATEMORE", "ANNOTATEMORE2"}),
    "COMPARATOR": frozenset({"I18NLEVEL"}),
    "CONVERSION": frozenset({"CONVERT"}),
    "CONVERTED": frozenset({"CONVERT"}),
    "ENABLED": frozenset({"ENABLE", "IMAP4REV2"}),
    "ESEARCH": frozenset(
        {"ESEARCH", "ESORT", "CONTEXT", "MULTISEARCH", "PARTIAL", "SEARCHRES", "IMAP4REV2"}
    ),
    "GENURLAUTH": frozenset({"URLAUTH"}),
    "ID": frozenset({"ID"}),
    "LANGUAGE": frozenset({"LANGUAGE"}),
    "LISTRIGHTS": frozenset({"ACL"}),
    "METADATA": frozenset({"METADATA", "METADATA-SERVER"}),
    "MYRIGHTS": frozenset({"ACL"}),
    "NAMESPACE": frozenset({"NAMESPACE", "IMAP4REV2"}),
    "QUOTA": frozenset({"QUOTA"}),
    "QUOTAROOT": frozenset({"QUOTA"}),
    "SORT": frozenset({"SORT"}),
    "THREAD": frozenset({"THREAD"}),
    "UIDBATCHES": frozenset({"UIDBATCHES"}),
    "UIDFETCH": frozenset({"UIDONLY"}),
    "URLFETCH": frozenset({"URLAUTH"}),
    "VANISHED": frozenset({"QRESYNC", "UIDONLY"}),
    "XLIST": frozenset({"XLIST"}),
}
"""Name of an untagged response -> capabilities that bring it."""

FETCH_ITEMS: Mapping[str, frozenset[str]] = {
    "ANNOTATION": frozenset({"ANNOTATE-EXPERIMENT-1"}),
    "BINARY": frozenset({"BINARY", "IMAP4REV2"}),
    "BINARY.SIZE": frozenset({"BINARY", "IMAP4REV2"}),
    "EMAILID": frozenset({"OBJECTID"}),
    "MODSEQ": frozenset({"CONDSTORE", "QRESYNC"}),
    "PREVIEW": frozenset({"PREVIEW"}),
    "SAVEDATE": frozenset({"SAVEDATE"}),
    "SNIPPET": frozenset({"SNIPPET"}),
    "THREADID": frozenset({"OBJECTID"}),
    "X-GM-LABELS": frozenset({"X-GM-EXT-1"}),
    "X-GM-MSGID": frozenset({"X-GM-EXT-1"}),
    "X-GM-THRID": frozenset({"X-GM-EXT-1"}),
}
"""Name of a FETCH item, without its section -> capabilities that bring it."""

STATUS_ITEMS: Mapping[str, frozenset[str]] = {
    "APPENDLIMIT": frozenset({"APPENDLIMIT"}),
    "DELETED": frozenset({"QUOTA", "IMAP4REV2"}),
    "DELETED-STORAGE": frozenset({"QUOTA"}),
    "HIGHESTMODSEQ": frozenset({"CONDSTORE", "QRESYNC"}),
    "MAILBOXID": frozenset({"OBJECTID"}),
    "SIZE": frozenset({"STATUS", "IMAP4REV2"}),
}
"""Name of a STATUS item -> capabilities that bring it."""

LONG_LIST = frozenset({"LIST-EXTENDED", "IMAP4REV2"})
"""Capabilities under which LIST may have more than a mailbox name (RFC 5258)."""
LONG_SEARCH = frozenset({"CONDSTORE", "QRESYNC"})
"""Capabilities under which SEARCH may end in MODSEQ (RFC 7162)."""


def stems(capabilities: Iterable[str]) -> frozenset[str]:
    """Return capability names in capitals, each without its `=value`."""
    return frozenset(name.upper().partition("=")[0] for name in capabilities)


def foreign(response: Response) -> dict[str, frozenset[str]]:
    """Return what in a response belongs to an extension, with the capabilities that bring it."""
    if response.kind != "data":
        return {}
    if response.name in RESPONSES:
        return {response.name: RESPONSES[response.name]}
    reader = _INSIDE.get(response.name)
    return reader(response) if reader else {}


def _items(known: Mapping[str, frozenset[str]]) -> Callable[[Response], dict[str, frozenset[str]]]:
    def read(response: Response) -> dict[str, frozenset[str]]:
        keys = (key.partition(b"[")[0].decode("latin-1") for key, _ in response.items.entries)
        return {key: known[key] for key in keys if key in known}

    return read


def _long_list(response: Response) -> dict[str, frozenset[str]]:
    # Whatever else stands behind the name is no extension, but a fault of mailbox-list.
    extended = len(response.values) == 4 and not isinstance(response.values[3], Leaf)
    return {"extended LIST": LONG_LIST} if extended else {}


def _long_search(response: Response) -> dict[str, frozenset[str]]:
    words = response.values[0] if response.values else None
    last = words.items[-1] if isinstance(words, Group) and words.items else None
    begins = last.items[0] if isinstance(last, Group) and last.items else None
    extended = isinstance(begins, Leaf) and begins.octets.upper() == b"MODSEQ"
    return {"MODSEQ": LONG_SEARCH} if extended else {}


_INSIDE: Mapping[str, Callable[[Response], dict[str, frozenset[str]]]] = {
    "FETCH": _items(FETCH_ITEMS),
    "STATUS": _items(STATUS_ITEMS),
    "LIST": _long_list,
    "SEARCH": _long_search,
}
