"""Servers that say too much: without end, in millions, or in drops."""

from __future__ import annotations

from conformance.hostile.behaviour import (
    Behaviour,
    Link,
    after,
    amid,
    before,
    endless,
    instead,
    late,
    numbered,
    trickled,
)

_STILL = b"* OK still here\r\n"
_READING = "SELECT EXAMINE"
_FETCHING = "FETCH UID"
_ENDLESS = (
    "does not come to an end|an endless answer|no answer in time|no completion|more than can be"
)

FLOODS = (
    Behaviour(
        "flood-before-completion", "OK for ever, before NOOP is completed",
        before("NOOP", lambda _: endless(_STILL)), _ENDLESS,
    ),
    Behaviour(
        "flood-after-completion", "OK for ever, after NOOP is completed",
        after("NOOP", lambda _: endless(_STILL)), _ENDLESS,
    ),
    Behaviour(
        "flood-trickled", "an OK each tenth of a second, and NOOP is never completed",
        before("NOOP", lambda _: trickled(_STILL)), _ENDLESS,
    ),
    Behaviour(
        "flood-trickled-after", "an OK each tenth of a second after each completion",
        after("NOOP", lambda _: trickled(_STILL)), _ENDLESS,
    ),
    Behaviour(
        "flood-dripping", "an octet of an endless line each tenth of a second",
        before("NOOP", lambda _: trickled(b"x")), "no answer in time",
    ),
    Behaviour(
        "flood-for-prompt", "OK for ever in the place of the prompt for a literal",
        instead("PROMPT", lambda _: endless(_STILL)), _ENDLESS,
    ),
    Behaviour(
        "flood-for-prompt-trickled", "an OK each tenth of a second in the place of a prompt",
        instead("PROMPT", lambda _: trickled(_STILL)), _ENDLESS,
    ),
    Behaviour(
        "flood-of-prompts", "prompts for ever", instead("NOOP", lambda _: endless(b"+ go on\r\n")),
        _ENDLESS,
    ),
    Behaviour(
        "flood-of-prompts-for-one", "prompts for ever where one is due",
        instead("PROMPT", lambda _: endless(b"+ go on\r\n")), "an endless answer|no answer in time",
    ),
    Behaviour(
        "flood-in-idle", "EXISTS for ever while IDLE lasts",
        after("IDLE", lambda _: numbered(b"* %d EXISTS\r\n", 1 << 40)), _ENDLESS,
    ),
    Behaviour(
        "flood-in-idle-trickled", "an OK each tenth of a second while IDLE lasts",
        after("IDLE", lambda _: trickled(_STILL)), _ENDLESS,
    ),
    Behaviour(
        "flood-before-idle", "an OK each tenth of a second before IDLE begins",
        instead("IDLE", lambda _: trickled(_STILL)), _ENDLESS,
    ),
    Behaviour(
        "flood-greeting", "greetings for ever",
        instead("GREETING", lambda _: endless(b"* OK ready\r\n")), "did not succeed",
    ),
    Behaviour(
        "flood-no-greeting", "octets without a line end in the place of a greeting",
        instead("GREETING", lambda _: endless(b"xxxxxxxx")),
        "no greeting within|says more than can be read",
    ),
    Behaviour(
        "flood-login", "OK for ever in the place of the answer to LOGIN",
        instead("LOGIN", lambda _: endless(_STILL)), "an endless answer|no answer in time",
    ),
    Behaviour(
        "flood-login-trickled", "an OK each tenth of a second, and LOGIN is never completed",
        instead("LOGIN", lambda _: trickled(_STILL)), "no answer in time",
    ),
    Behaviour(
        "flood-capabilities", "CAPABILITY for ever",
        before("CAPABILITY", lambda _: endless(b"* CAPABILITY IMAP4rev1\r\n")), "did not succeed",
    ),
    Behaviour(
        "flood-after-login", "OK for ever as soon as somebody has logged in",
        after("LOGIN", lambda _: endless(_STILL)), "the connection was closed|an endless answer",
    ),
    Behaviour(
        "flood-exists", "two million EXISTS before SELECT is completed",
        amid(_READING, lambda _: numbered(b"* %d EXISTS\r\n", 2_000_000)), _ENDLESS,
    ),
    Behaviour(
        "flood-fetch", "a million FETCH for one",
        before(_FETCHING, lambda _: numbered(b"* %d FETCH (FLAGS ())\r\n", 1_000_000)), _ENDLESS,
    ),
    Behaviour(
        "flood-fetch-same", "a million times the same FETCH",
        before(_FETCHING, lambda _: numbered(b"* 1 FETCH (UID %d)\r\n", 1_000_000)), _ENDLESS,
    ),
    Behaviour(
        "flood-expunge", "half a million EXPUNGE where nothing is left to be removed",
        before("NOOP EXPUNGE", lambda _: [b"* 1 EXPUNGE\r\n" * 1000] * 500),
        "untagged EXPUNGE must not come",
    ),
    Behaviour(
        "flood-expunge-all", "two million EXISTS, and half a million EXPUNGE of them",
        before(
            "NOOP",
            lambda _: (b"* 2000000 EXISTS\r\n", *[b"* 1 EXPUNGE\r\n" * 1000] * 500),
        ),
        _ENDLESS,
    ),
    Behaviour(
        "flood-list", "a million mailboxes",
        before("LIST", lambda _: numbered(b'* LIST () "/" box%d\r\n', 1_000_000)), _ENDLESS,
    ),
    Behaviour(
        "flood-search", "a hundred thousand SEARCH responses",
        before("SEARCH UID", lambda _: numbered(b"* SEARCH %d\r\n", 100_000)),
        "does not come to an end",
    ),
    Behaviour(
        "flood-of-completions", "tagged OKs for ever under the command's own tag",
        instead("NOOP", lambda moment: endless(moment.tag + b" OK done\r\n")),
        "completed a second time|not that of a command in progress",
    ),
    Behaviour(
        "flood-of-other-tags", "tagged OKs for ever under tags that nobody used",
        instead("NOOP", lambda _: numbered(b"zz%d OK done\r\n", 1 << 40)),
        "not that of a command in progress",
    ),
    Behaviour(
        "flood-of-bad", "untagged BADs for ever",
        instead("NOOP", lambda _: endless(b"* BAD what\r\n")), _ENDLESS,
    ),
    Behaviour(
        "flood-of-bye", "BYE for ever, without an end of the connection",
        instead("NOOP", lambda _: endless(b"* BYE leaving\r\n")), _ENDLESS,
    ),
    Behaviour(
        "flood-of-nothing", "empty lines for ever",
        instead("NOOP", lambda _: endless(b"\r\n")), "a tagged line|no completion|response-tagged",
    ),
    Behaviour(
        "flood-of-rubbish", "lines for ever that are no IMAP",
        instead("NOOP", lambda _: endless(b"\x01\x02(((\x80 {\r\n")),
        "response-tagged does not allow",
    ),
    Behaviour(
        "flood-at-logout", "OK for ever in the place of the answer to LOGOUT",
        instead("LOGOUT", lambda _: endless(_STILL)),
        "no untagged BYE|does not come to an end|no completion",
    ),
    Behaviour(
        "flood-from-the-second", "the first NOOP is answered, then there is no end",
        late(before("NOOP", lambda _: endless(_STILL))), "no completion|does not come to an end",
    ),
    Behaviour(
        "flood-then-silence", "fifty thousand OKs, and then nothing",
        instead("NOOP", lambda _: (*[_STILL * 1000] * 50, Link.HANG)),
        "no completion|no answer in time",
    ),
)  # fmt: skip
"""Floods."""
