"""The whole command line in one parser, which `make man` writes as a manual page."""

from __future__ import annotations

import argparse
from importlib import import_module

from conformance.cli.main import VERBS, make_parser


def make_whole_parser() -> argparse.ArgumentParser:
    """Return a parser that has every verb with all its options, in the order of the help."""
    parser = make_parser()
    (verbs,) = (
        action for action in parser._actions if isinstance(action, argparse._SubParsersAction)
    )
    listed = dict(verbs.choices)
    verbs.choices.clear()
    for module in dict.fromkeys(verb.module for verb in VERBS.values()):
        import_module(f"conformance.{module}").add_verbs(verbs)
    for name in listed:
        verbs.choices[name] = verbs.choices.pop(name)
    return parser
