"""The pytest plugin: pytest's options, and a runner where a target is given.

`pytest cases/ --imap-target URL` and `imap-conformance run URL` are the same run: the command
line hands its campaign to a `Runner`, pytest's options build one here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from conformance.pytest_plugin.parallel import ORDER, Controller, begin_worker
from conformance.pytest_plugin.runner import NAME, Runner
from conformance.results.errors import KnownError
from conformance.run.errors import OptionError
from conformance.run.options import OPTIONS, make_campaign
from conformance.wire.errors import TargetError


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of a run, each with `--imap-` before its name."""
    group = parser.getgroup("imap-conformance", "IMAP conformance")
    group.addoption("--imap-target", metavar="URL", help="server to test: imap://user@host")
    for option in OPTIONS:
        group.addoption(f"--imap-{option.name}", **option.arguments())


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Register the runner when a target is given, before pytest-html looks at its options."""
    if config.pluginmanager.has_plugin(NAME):
        return
    order = getattr(config, "workerinput", {}).get(ORDER)
    names = [option.name.replace("-", "_") for option in OPTIONS]
    values = {name: config.getoption(f"imap_{name}") for name in names}
    target = config.getoption("imap_target")
    try:
        if order is not None:
            begin_worker(config, order)
        elif target or values["server"]:
            register(config, Runner(make_campaign(values, target)), values, target)
    except (OptionError, KnownError, TargetError) as error:
        raise pytest.UsageError(str(error)) from None


def register(
    config: pytest.Config, runner: Runner, values: Mapping[str, Any], target: str | None
) -> None:
    """Register a runner, and with several processes what leads them; see `make_campaign`."""
    runner.register(config)
    if config.getoption("numprocesses", default=None):
        runner.spread = True
        config.pluginmanager.register(Controller(runner, values, target))
