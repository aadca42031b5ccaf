"""Under IMAP4rev2 a name may be listed as news of another session, once (RFC 9051, 6.3.4)."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import pytest
from fuzz_heard import heard

from conformance.fuzz.executor import Executor
from conformance.fuzz.on_mailboxes import list_, lsub
from conformance.model.store import Store
from conformance.model.view import Disagreement

HOME = b'* LIST (\\HasNoChildren) "/" home\r\n'
GONE = b'* LIST () "/" gone\r\n'


def executor(*answers: tuple[bytes, ...], rev2: bool = True, subscribed: bool = False) -> Executor:
    """One to which a server gives these answers, where there is but the mailbox `home`."""
    store, left = Store(), list(answers)
    store.create("home")
    if subscribed:
        store.subscribed.add("home")

    def say(*_: object, **__: object) -> Any:
        came = [heard(line) for line in left.pop(0)]
        return SimpleNamespace(of=lambda _: came, reply="OK")

    made = SimpleNamespace(
        store=store,
        doubtful=set(),
        environment=SimpleNamespace(rev2=rev2),
        say=say,
        await_status=lambda *_: True,
        bare=lambda: b"",
        name=lambda path: SimpleNamespace(name=path),
        path_of=bytes.decode,
        held=lambda *_: False,
        left=left,
    )
    return cast("Executor", made)


ASKED: list[Callable[[Executor, str], None]] = [list_, lsub]


@pytest.mark.parametrize("ask", ASKED)
def test_news_is_no_answer(ask: Callable[[Executor, str], None]) -> None:
    server = executor((HOME, GONE), (HOME,), subscribed=True)
    ask(server, "one")
    assert not vars(server)["left"]


@pytest.mark.parametrize("ask", ASKED)
@pytest.mark.parametrize("rev2", [True, False])
def test_what_is_told_again_is_an_answer(
    ask: Callable[[Executor, str], None], *, rev2: bool
) -> None:
    answers = [(HOME, GONE)] * (2 if rev2 else 1)
    with pytest.raises(Disagreement) as caught:
        ask(executor(*answers, rev2=rev2, subscribed=True), "one")
    assert caught.value.deviation == "a name too many"


@pytest.mark.parametrize("ask", ASKED)
def test_a_right_answer_is_not_asked_for_twice(ask: Callable[[Executor, str], None]) -> None:
    ask(executor((HOME,), subscribed=True), "one")
