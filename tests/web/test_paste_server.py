"""The server of the page: for its own pages on this machine only, in bounds, ended by a signal."""

from __future__ import annotations

import http.client
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest

from conformance.cli.main import main
from conformance.web.server import KEPT, LARGEST, PasteServer

WAIT = 60.0
PASTE = b"S: * OK hi\r\nC: a1 NOOP\r\nS: *  3 EXISTS\r\nS: a1 OK x\r\n"
EDGE = "edge-of-a-part"


@pytest.fixture(scope="module")
def server() -> Iterator[PasteServer]:
    with PasteServer() as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join(WAIT)


def form(**fields: bytes) -> bytes:
    parts = (
        f'--{EDGE}\r\nContent-Disposition: form-data; name="{name}"; filename="a.eml"\r\n'
        "Content-Type: message/rfc822\r\n\r\n".encode()
        + octets
        + b"\r\n"
        for name, octets in fields.items()
    )
    return b"".join(parts) + f"--{EDGE}--\r\n".encode()


def ask(
    server: PasteServer, method: str, path: str, body: bytes | None = None, **headers: str
) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=WAIT)
    kind = {"Content-Type": f"multipart/form-data; boundary={EDGE}"} if body is not None else {}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, body, {**kind, **named})
    return connection.getresponse()


def test_a_paste_leads_to_its_result_and_to_a_file(server: PasteServer) -> None:
    answer = ask(server, "POST", "/", form(text=PASTE, format=b""))
    assert answer.status == 303
    where = answer.headers["Location"]
    result = ask(server, "GET", where)
    assert "3501-9-response-data" in result.read().decode()
    file = ask(server, "GET", where.replace("result", "share"))
    assert file.headers["Content-Disposition"] == 'attachment; filename="session.html"'
    text = file.read().decode()
    assert "3501-9-response-data" in text
    assert not re.findall(r"""(?:src|action)=|href="[^#]""", text)


def test_a_file_goes_before_what_is_pasted(server: PasteServer) -> None:
    answer = ask(server, "POST", "/", form(text=b"nothing", file=PASTE, format=b"text"))
    assert answer.status == 303


@pytest.mark.parametrize("path", ["/", "/result/zzqq", "/share/zzqq", "/../x", "/%00"])
def test_each_answer_says_what_a_browser_may_do(server: PasteServer, path: str) -> None:
    answer = ask(server, "GET", path)
    assert answer.status == (200 if path == "/" else 404)
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "script" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["Cache-Control"] == "no-store"
    assert "zzqq" not in answer.read().decode()


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("GET", "/", {"Host": "rebound.example"}, 421),
        ("GET", "/", {"Host": "127.0.0.1:1"}, 421),
        ("POST", "/", {"Origin": "http://evil.example"}, 403),
        ("POST", "/", {"Origin": "null"}, 403),
        ("POST", "/", {"Sec_Fetch_Site": "cross-site"}, 403),
        ("GET", "/result/x", {"Sec_Fetch_Site": "cross-site"}, 403),
        ("GET", "/", {"Sec_Fetch_Site": "cross-site"}, 200),
        ("POST", "/else", {}, 404),
        ("PUT", "/", {}, 501),
        ("POST", "/", {"Content_Type": "text/plain"}, 400),
        ("POST", "/", {"Content_Length": "x"}, 411),
        ("POST", "/", {"Content_Length": "-1"}, 411),
    ],
)
def test_what_is_not_from_its_own_page_is_refused(
    server: PasteServer, method: str, path: str, headers: dict[str, str], status: int
) -> None:
    body = form(text=PASTE) if method == "POST" else None
    assert ask(server, method, path, body, **headers).status == status


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"text": b""}, "the file is empty"),
        ({"text": PASTE, "format": b"strange"}, "no format of this name"),
        ({"text": PASTE, "format": b"thunderbird"}, "no line in it is like"),
        ({"other": b"x"}, "the file is empty"),
    ],
)
def test_what_can_not_be_read_is_told_beside_the_form(
    server: PasteServer, fields: dict[str, bytes], said: str
) -> None:
    answer = ask(server, "POST", "/", form(**fields))
    assert answer.status in (400, 422)
    text = answer.read().decode()
    assert said in text
    assert "<textarea" in text


def test_too_much_is_refused(server: PasteServer) -> None:
    answer = ask(server, "POST", "/", form(text=b"x" * LARGEST))
    assert answer.status == 413
    assert "too much" in answer.read().decode()


def test_a_fault_of_ours_is_told(
    server: PasteServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def study(_octets: bytes, _form: str) -> None:
        raise KeyError("s3cretword")

    monkeypatch.setattr("conformance.web.server.study", study)
    answer = ask(server, "POST", "/", form(text=PASTE))
    assert answer.status == 500
    text = answer.read().decode()
    assert "A fault of this tool itself, KeyError" in text
    assert "s3cretword" not in text
    assert ask(server, "GET", "/").status == 200
    told, deadline = "", time.monotonic() + WAIT
    while "KeyError" not in told and time.monotonic() < deadline:
        told += capsys.readouterr().err
        time.sleep(0.02)
    assert "KeyError" in told


def test_the_last_few_results_are_kept() -> None:
    with PasteServer() as server:
        names = [server.judge(PASTE, "") for _ in range(KEPT + 1)]
        assert server.result(names[0]) is None
        assert all(map(server.result, names[1:]))


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it(by: signal.Signals) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "conformance.cli", "explain", "--web"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert re.search(r"http://127\.0\.0\.1:\d+/", process.stdout.readline())
        process.send_signal(by)
        _, error = process.communicate(timeout=WAIT)
    assert (process.returncode, error) == (0, "")


def test_a_wrong_word_is_named(capsys: pytest.CaptureFixture[str], server: PasteServer) -> None:
    assert main(["explain", "--web", "a1 NOOP"]) == 2
    assert main(["explain", "--port", "1", "a1 NOOP"]) == 2
    assert main(["explain", "--web", "--port", str(server.server_port)]) == 2
    assert main(["explain", "--web", "--port", "99999"]) == 2
    said = capsys.readouterr().err
    assert "takes no lines" in said
    assert "--port is for --web" in said
    assert said.count("cannot listen") == 2
