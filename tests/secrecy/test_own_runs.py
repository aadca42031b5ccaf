"""Our own passwords, in sessions and in whole runs, with a server that says them again."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from in_process import call
from secrecy_generated import ECHOES, PASSWORDS, USER, reveals

from conformance.checks.finding import Breach
from conformance.checks.monitor import Monitor
from conformance.hostile.behaviour import Behaviour, Deed, Deeds, Link, Moment
from conformance.hostile.server import HostileServer
from conformance.results.collector import Findings
from conformance.results.packed import unpacked_page
from conformance.results.shorter import unpacked_folds
from conformance.secrecy.secrets import MASK
from conformance.targets.credentials import PASSWORD
from conformance.wire.errors import TargetError
from conformance.wire.session import Session

WHERE = {
    "in every text": lambda _: True,
    "in the greeting": lambda moment: moment.name == "GREETING",
    "where a login is refused": lambda moment: moment.name in ("LOGIN", "SASL"),
    "behind the login": lambda moment: moment.name not in ("GREETING", "LOGIN", "SASL"),
}
CAPABILITIES = {
    "LOGIN": b"IMAP4rev1 LITERAL+",
    "PLAIN": b"IMAP4rev1 LOGINDISABLED AUTH=PLAIN AUTH=CRAM-MD5",
}
CASES = (
    "rfc3501/6.1.2-noop/noop-succeeds-after",
    "rfc3501/6.2.2-authenticate/plain-logs-in",
    "rfc3501/6.2.3-login/name-and-password-may-be-literals",
    "interop/6.4.5-reading/a-message-list",
)


def echoing(said: bytes, where: str, way: str) -> Behaviour:
    """Say this in each text: of OK, of what stands beside it, and of what can not be read."""
    said = said.replace(b"\r", b" ").replace(b"\n", b" ") or b"-"

    def deeds(moment: Moment) -> Iterator[Deed]:
        *before, last = moment.usual
        yield from before
        refuses = where == "where a login is refused"
        if isinstance(last, Link):
            yield b"* BYE " + said + b"\r\n"
            yield last
        elif isinstance(last, bytes) and last.startswith(b"+"):
            yield b"+ " + (b"" if moment.name == "AUTHENTICATE" else said) + b"\r\n"
        elif isinstance(last, bytes) and moment.name != "GREETING":
            yield b"* OK " + said + b"\r\n* X" + said + b" (" + said + b"\r\n"
            yield moment.tag + (b" NO " if refuses else b" OK ") + said + b"\r\n"
        elif isinstance(last, bytes):
            yield last.removesuffix(b"\r\n") + b" " + said + b"\r\n"

    def answer(moment: Moment) -> Deeds | None:
        return deeds(moment) if WHERE[where](moment) else None

    return Behaviour("echo", "says the password again", answer, "", capabilities=CAPABILITIES[way])


def spoken(password: str, form: str, where: str, way: str) -> str:
    """Log in and go on; return all that is shown and kept of it."""
    found: list[Breach] = []
    collected = Findings()
    texts: list[str] = []
    said = ECHOES[form](password.encode())
    with (
        HostileServer(echoing(said, where, way)) as server,
        Session(server.endpoint, timeout=5, observers=[Monitor(found.append)]) as session,
    ):
        session.transcript.secrets.add(password, USER)
        collected = Findings(mask=session.transcript.secrets.mask)
        try:
            session.open()
            session.login(USER, password)
            session.command(b"NOOP")
            session.logout()
        except TargetError as error:
            texts.append(str(error))
    for finding in found:
        collected.add(finding, "rfc3501/a/b")
    texts += [line.text for line in session.transcript.lines()]
    texts += [str(finding.to_json()) for finding in collected.all()]
    return "\n".join(texts)


DRAWN = given(
    PASSWORDS,
    st.sampled_from(sorted(ECHOES)),
    st.sampled_from(sorted(WHERE)),
    st.sampled_from(sorted(CAPABILITIES)),
)


def _shows_nothing(password: str, form: str, where: str, way: str) -> None:
    shown = spoken(password, form, where, way)
    assert not reveals(shown, password)
    assert "NOOP" in shown or "refused" in where


@settings(max_examples=100, deadline=None)
@DRAWN
def test_a_session_of_ours_shows_no_password(
    password: str, form: str, where: str, way: str
) -> None:
    _shows_nothing(password, form, where, way)


@pytest.mark.whole
@settings(max_examples=2000, deadline=None)
@DRAWN
def test_many_sessions_of_ours_show_no_password(
    password: str, form: str, where: str, way: str
) -> None:
    _shows_nothing(password, form, where, way)


def written(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield the name and the text of each file below a folder."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            text = path.read_bytes().decode("utf-8", "replace")
            packed = path.suffix == ".html" and "no packed page" not in _opened(text)
            yield path.name, unpacked_folds(_opened(text) if packed else text)


def _opened(page: str) -> str:
    try:
        return unpacked_page(page)
    except ValueError as small:  # one that is shown as it is
        return str(small)


def run(folder: Path, password: str, form: str, where: str, way: str) -> None:
    """Have a whole run, and look at all that it has written."""
    environ = {**os.environ, PASSWORD: password}
    with HostileServer(echoing(ECHOES[form](password.encode()), where, way)) as server:
        url = f"imap://{USER}@127.0.0.1:{server.endpoint.port}"
        words = ("--timeout", 2, "--profile", "none", "--output", folder)
        ran = call("run", url, *CASES, *words, environ=environ)
    assert ran.returncode in (0, 1, 2), ran.stderr
    assert "Traceback" not in ran.stderr
    texts = dict(written(folder))
    assert "results.jsonl" in texts or ran.returncode == 2
    for name, text in (("stdout", ran.stdout), ("stderr", ran.stderr), *texts.items()):
        assert not reveals(text, password), name
    if where != "in the greeting" and ran.returncode == 1:
        assert MASK in texts["results.jsonl"]


RUNS = [
    ("correct horse", "plain", "in every text", "LOGIN"),
    ('Zq9"\\ \u00e9\u20ac', "JSON", "behind the login", "PLAIN"),
    ("Zq9/+abc=", "PLAIN", "where a login is refused", "LOGIN"),
    ("Zq9<&>'%41", "HTML", "in the greeting", "PLAIN"),
]


@pytest.mark.slow
@pytest.mark.parametrize(("password", "form", "where", "way"), RUNS)
def test_a_run_writes_no_password(
    tmp_path: Path, password: str, form: str, where: str, way: str
) -> None:
    run(tmp_path, password, form, where, way)


@pytest.mark.whole
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@DRAWN
def test_many_runs_write_no_password(
    tmp_path_factory: pytest.TempPathFactory, password: str, form: str, where: str, way: str
) -> None:
    run(tmp_path_factory.mktemp("run"), password, form, where, way)
