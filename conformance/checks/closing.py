"""How a connection ends: BYE first, then the end, and nothing in between."""

from __future__ import annotations

from conformance.checks.finding import Fault, Rule
from conformance.checks.table import Check, Report
from conformance.checks.view import TAGGED, View
from conformance.wire.dialogue import Arrival
from conformance.wire.session import Ending

UNANNOUNCED = Rule(
    "3501-3.4-bye",
    "MUST",
    "3.4",
    "A server does not close a connection of its own accord without an untagged BYE.",
)
LOGOUT_OK = Rule(
    "3501-3.4-logout-ok",
    "MUST",
    "3.4",
    "LOGOUT gets an untagged BYE and a tagged OK before the server closes the connection.",
)
AFTER_BYE = Rule(
    "3501-7.1.5-close",
    "MUST",
    "7.1.5",
    "A BYE that is not part of a LOGOUT is followed at once by the end of the connection.",
)
AFTER_LOGOUT = Rule(
    "3501-6.1.3-close",
    "MUST",
    "6.1.3",
    "After the OK to LOGOUT the server closes the connection, and sends nothing more.",
)


def nothing_after_logout(view: View, _arrival: Arrival, report: Report) -> None:
    """Report anything behind the OK to LOGOUT."""
    if view.logged_out:
        message = "The server goes on after its OK to LOGOUT."
        report(Fault(AFTER_LOGOUT, message, "the end of the connection"))


def no_service_after_bye(view: View, arrival: Arrival, report: Report) -> None:
    """Report the answer to a command that began after BYE was read.

    Commands that were in flight may still be answered: 7.1.5 tells the client to wait for that.
    """
    command = arrival.answers
    if command is None or view.bye_after is None or view.logged_out:
        return
    if command.number > view.bye_after and command.name != "LOGOUT":
        message = f"{command.name} is answered after BYE."
        report(Fault(AFTER_BYE, message, "the end of the connection"))


def end_of_connection(view: View, ending: Ending, report: Report) -> None:
    """Report an end that the server did not announce.

    A reset counts for nothing: it can destroy a BYE that was on its way.
    """
    if ending.reason != "closed" or view.logged_out or view.starting_tls or not view.read:
        return
    logout = next((c for c in view.session.dialogue.in_flight if c.name == "LOGOUT"), None)
    if logout is not None and not view.muddled and not logout.arguments:
        missing = "OK" if ending.after_bye else "BYE and OK"
        message = f"The connection ends after LOGOUT without {missing}."
        report(Fault(LOGOUT_OK, message, "* BYE, then a tagged OK", missing))
    elif not ending.after_bye:
        message = "The server closes the connection without BYE."
        report(Fault(UNANNOUNCED, message, "* BYE before the end"))


CHECKS = (
    Check(
        "logout-close",
        (TAGGED, "OK", "NO", "BAD", "BYE", "EXISTS", "EXPUNGE", "FETCH", "CAPABILITY", "+"),
        nothing_after_logout,
        (AFTER_LOGOUT,),
    ),
    Check("bye-close", (TAGGED,), no_service_after_bye, (AFTER_BYE,)),
)

END_NAME = "end"
"""The name of `end_of_connection` after `allow=`: it looks at no response."""
END_RULES = (UNANNOUNCED, LOGOUT_OK)
