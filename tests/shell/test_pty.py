"""On a terminal: a prompt that tells the state, completion by Tab, history, Ctrl-C and Ctrl-D."""

from __future__ import annotations

import os
import pty
import re
import select
import subprocess
import sys
import time

from conformance.targets import Target

PATIENCE = 20.0
_CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>]|\x1b\][^\x07]*\x07")


class Terminal:
    """A shell on the other side of a pseudo-terminal."""

    def __init__(self, url: str, password: str) -> None:
        self._master, slave = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "conformance.cli", "shell", url],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=os.environ | {"IMAP_CONFORMANCE_PASSWORD": password, "TERM": "xterm"},
            start_new_session=True,
        )
        os.close(slave)
        self.shown = ""

    def until(self, text: str) -> None:
        """Read what is shown until `text` is among what is new."""
        deadline = time.monotonic() + PATIENCE
        new = ""
        while text not in _CONTROL.sub("", new):
            assert time.monotonic() < deadline, new
            ready, _, _ = select.select([self._master], [], [], 1.0)
            if not ready:
                continue
            try:
                octets = os.read(self._master, 65536)
            except OSError:
                octets = b""
            assert octets, f"the shell ended: {new}"
            if b"\x1b[6n" in octets:
                os.write(self._master, b"\x1b[1;1R")  # where the cursor is
            new += octets.decode("utf-8", "replace")
        self.shown += _CONTROL.sub("", new)

    def type(self, keys: str) -> None:
        os.write(self._master, keys.encode())

    def close(self) -> int:
        """Take what is left and return the exit code."""
        deadline = time.monotonic() + PATIENCE
        while self.process.poll() is None and time.monotonic() < deadline:
            ready, _, _ = select.select([self._master], [], [], 0.1)
            if ready:
                try:
                    os.read(self._master, 65536)
                except OSError:
                    break
        if self.process.poll() is None:
            self.process.kill()
        code = self.process.wait(PATIENCE)
        os.close(self._master)
        return code


def test_a_session_on_a_terminal(pymap_target: Target) -> None:
    account, endpoint = pymap_target.accounts[0], pymap_target.endpoint
    url = f"imap://{account.user}@{endpoint.host}:{endpoint.port}"
    terminal = Terminal(url, account.password)
    try:
        terminal.until("authenticated>")
        terminal.type("NO\t")
        terminal.until("OP")
        terminal.type("\r")
        terminal.until("a1 OK NOOP completed")
        terminal.until("authenticated>")
        terminal.type("EXAMINE INB\t")
        terminal.until("OX")  # only what is new is drawn
        terminal.type("\r")
        terminal.until("a2 OK [READ-ONLY]")
        terminal.until("INBOX>")
        terminal.type("\x1b[A\r")  # the line before, from the history
        terminal.until("a3 OK [READ-ONLY]")
        terminal.until("INBOX>")
        terminal.type("/sta\t")
        terminal.until("te")
        terminal.type("\r")
        terminal.until("-- selected, read-only")
        terminal.until("INBOX>")
        terminal.type("nonsense\x03")  # Ctrl-C begins anew
        terminal.until("INBOX>")
        terminal.type("NOOP\r")
        terminal.until("a4 OK NOOP completed")
        terminal.until("INBOX>")
        terminal.type("\x04")
        terminal.until("* BYE")
    finally:
        if "* BYE" not in terminal.shown:
            terminal.process.terminate()
        code = terminal.close()
    assert code in (0, 1)  # pymap breaks a rule or two
    assert account.password not in terminal.shown
    assert "Traceback" not in terminal.shown


def test_a_signal_to_end_ends_the_shell_and_cleans_up(pymap_target: Target) -> None:
    account, endpoint = pymap_target.accounts[0], pymap_target.endpoint
    url = f"imap://{account.user}@{endpoint.host}:{endpoint.port}"
    terminal = Terminal(url, account.password)
    terminal.until("authenticated>")
    terminal.process.terminate()
    assert terminal.close() == 2
