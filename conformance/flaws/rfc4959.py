"""Flaws of SASL-IR (RFC 4959), and a facade that refuses what mechanisms have no use for."""

from __future__ import annotations

from conformance.flaws.acts import answer, hang_up_on, send_as
from conformance.flaws.flaw import facade, flaw

FACADES = (
    facade(
        "sasl-ir-facade",
        "An initial response for CRAM-MD5 is answered BAD",
        answer(b"{tag} BAD No first response\r\n", name="AUTHENTICATE", where=rb"-MD5 \S"),
    ),
)

FLAWS = (
    flaw(
        "initial-response-asked-for",
        "An initial response is passed over, and asked for",
        "",
        "4959-3-taken",
        send_as(rb"(PLAIN) [^\r]*", rb"\1", name="AUTHENTICATE"),
    ),
    flaw(
        "initial-response-demanded",
        "AUTHENTICATE SCRAM-SHA-1 without an initial response is refused",
        "",
        "4959-3-optional",
        answer(b"{tag} BAD Missing response\r\n", name="AUTHENTICATE", where=rb"ATE SCRAM-SHA-1\r"),
    ),
    flaw(
        "initial-response-empty-is-none",
        "An equals sign is taken for no initial response",
        "",
        "4959-3-empty",
        send_as(rb" =\r", rb"\r", name="AUTHENTICATE"),
    ),
    flaw(
        "initial-response-decoded-loosely",
        "What is no BASE64 is left out of an initial response",
        "",
        "4959-3-base64-refused",
        send_as(rb"(PLAIN )[-!=]+(?=[A-Z])", rb"\1", name="AUTHENTICATE"),
    ),
    flaw(
        "initial-response-not-base64-is-no",
        "An initial response that is no BASE64 is answered NO",
        "",
        "4959-3-base64",
        answer(b"{tag} NO Not so\r\n", name="AUTHENTICATE", where=rb"PLAIN (!!|=A|AAA=|AG5v_)"),
    ),
    flaw(
        "initial-response-for-cram-md5",
        "An initial response for CRAM-MD5 is passed over, and the challenge comes",
        "",
        "4959-3-not-supported",
        send_as(rb"(CRAM-MD5) [^\r]*", rb"\1", name="AUTHENTICATE"),
        facade="sasl-ir-facade",
    ),
    flaw(
        "initial-response-line-too-long",
        "AUTHENTICATE with more than 512 octets ends the connection",
        "",
        "4959-6-largest",
        hang_up_on(b"* BYE Line too long\r\n", name="AUTHENTICATE", where=rb"PLAIN \S{512}"),
    ),
    flaw(
        "initial-response-in-quotes",
        "An initial response is taken out of its quotes",
        "",
        "4959-3-outside",
        send_as(rb'(PLAIN) "([^"]*)"', rb"\1 \2", name="AUTHENTICATE"),
    ),
)
