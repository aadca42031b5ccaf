"""Where a server comes from: one that a URL names, or one that this suite starts itself.

`SERVERS` lists the latter. Each is a module of its own, loaded when it is asked for; a new
one is that module and a line here. Nothing in this package knows of cases or verdicts.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from conformance.targets.base import Target
from conformance.wire.account import Account

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def _pymap() -> Target:
    from conformance.targets.pymap import PymapTarget  # noqa: PLC0415 - loaded when asked for

    return PymapTarget()


def _dovecot() -> Target:
    from conformance.targets.dovecot import DovecotTarget  # noqa: PLC0415 - the same

    return DovecotTarget()


def _dovecot24() -> Target:
    from conformance.targets.dovecot import DovecotTarget  # noqa: PLC0415 - the same

    return DovecotTarget("dovecot24")


def _cyrus() -> Target:
    from conformance.targets.cyrus import CyrusTarget  # noqa: PLC0415 - the same

    return CyrusTarget()


def _cyrus310() -> Target:
    from conformance.targets.cyrus import CyrusTarget  # noqa: PLC0415 - the same

    return CyrusTarget("cyrus310")


def _courier() -> Target:
    from conformance.targets.courier import CourierTarget  # noqa: PLC0415 - the same

    return CourierTarget()


SERVERS: Mapping[str, Callable[[], Target]] = MappingProxyType(
    {
        "pymap": _pymap,
        "dovecot": _dovecot,
        "dovecot24": _dovecot24,
        "cyrus": _cyrus,
        "cyrus310": _cyrus310,
        "courier": _courier,
    }
)
"""What `--server NAME` accepts, and how to make the target."""

__all__ = ["SERVERS", "Account", "Target"]
