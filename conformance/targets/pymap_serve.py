"""The program of the embedded server: pymap with a store in memory, on two ephemeral ports.

`python -m conformance.targets.pymap_serve FOLDER` takes its certificate from FOLDER, serves the
accounts of our own servers until it is ended, and writes its ports into FOLDER once both listen.
"""

from __future__ import annotations

import asyncio
import ssl
import sys
from argparse import Namespace
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from proxyprotocol.result import ProxyResultLocal
from proxyprotocol.sock import SocketInfo
from pymap.backend.dict import Config, Identity, Login
from pymap.concurrent import Subsystem
from pymap.imap import IMAPServer
from pymap.user import Passwords, UserMetadata
from pysasl.hashing import Cleartext

from conformance.targets.loopback import ACCOUNTS, HOST, certificate_in

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from conformance.wire.account import Account

    _Answer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

PORTS = "ports"
"""The file in the folder that holds the plain and the TLS port."""


class _Config(Config):
    """pymap's configuration with a greeting that does not ask the DNS for our name."""

    @property
    def greeting(self) -> bytes:
        return b"Server ready"


async def serve(folder: Path) -> None:
    """Serve until cancelled."""
    certificate = certificate_in(folder)
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate.chain, certificate.key)
    plain, implicit = _config(tls, starttls=True), _config(tls, starttls=False)
    login = Login(plain)
    for account in ACCOUNTS:
        await _add_user(login, plain, account)
    plain.apply_context()
    ports = []
    for answer in (
        _answer(IMAPServer(login, plain), None),
        _answer(IMAPServer(login, implicit), tls),
    ):
        server = await asyncio.start_server(answer, HOST, 0)
        ports.append(server.sockets[0].getsockname()[1])
    # Whole at once: whoever sees the file finds both ports in it.
    written = folder / f"{PORTS}.new"
    written.write_text(" ".join(map(str, ports)), encoding="ascii")
    written.rename(folder / PORTS)
    await asyncio.Event().wait()


def _answer(server: IMAPServer, tls: ssl.SSLContext | None) -> _Answer:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            # An exception is a fault of pymap or of its client's TLS: the client has seen it as
            # BYE or as an alert, which is where this suite looks.
            with suppress(Exception):
                if tls is not None:
                    await writer.start_tls(tls)
                peer = SocketInfo.get(writer, ProxyResultLocal(), unique_id=uuid4().bytes)
                await server(reader, writer, peer)
        finally:
            writer.close()

    return answer


def _config(tls: ssl.SSLContext, *, starttls: bool) -> Config:
    return _Config(
        Namespace(passlib_cfg=None, proxy_protocol=None),
        host=HOST,
        port=0,
        demo_data=False,
        demo_user="",
        demo_password="",
        ssl_context=tls,
        tls_enabled=starttls,
        # In the loop itself: checking a clear-text password takes no time worth a thread.
        hash_context=Cleartext(),
        cpu_subsystem=Subsystem.for_asyncio(),
        invalid_user_sleep=0.0,
        bad_command_limit=None,
    )


async def _add_user(login: Login, config: Config, account: Account) -> None:
    password = await Passwords(config).hash_password(account.password)
    user = UserMetadata(config, account.user, password=password)
    await Identity(account.user, login, None, frozenset()).set(user)


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1])))
