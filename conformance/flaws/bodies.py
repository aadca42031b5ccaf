"""Flaws of BODY and BODYSTRUCTURE (RFC 3501 section 7.4.2)."""

from __future__ import annotations

from conformance.flaws.acts import number, replace, send_as
from conformance.flaws.flaw import flaw

FLAWS = (
    flaw(
        "quoted-octet-count",
        "The octet count in a BODYSTRUCTURE is a quoted string",
        "",
        "3501-9-body-fld-octets 3501-9-body-fields",
        replace(rb'(BODYSTRUCTURE \(.*?"(?:7BIT|8BIT)") (\d+)', rb'\1 "\2"', only="FETCH"),
    ),
    flaw(
        "encoding-nil",
        "The encoding of a part is NIL",
        "D13",
        "3501-9-body-fld-enc 3501-9-body-fields 3501-7.4.2-body-defaults 3501-7.4.2-body-fields",
        replace(rb'(BODY(?:STRUCTURE)? \(.*?) "(?:7bit|8bit)" ', rb"\1 NIL ", only="FETCH"),
    ),
    flaw(
        "octets-minus-one",
        "The size of a part is -1",
        "D14",
        "3501-9-body-fld-octets 3501-9-body-fields 3501-9-number",
        replace(rb'("(?:7bit|8bit|base64|quoted-printable)") \d+', rb"\1 -1", only="FETCH"),
    ),
    flaw(
        "parameter-value-nil",
        "The value of a parameter is NIL",
        "D15",
        "3501-9-body-fld-param",
        replace(rb'\("(charset|boundary)" "[^"]*"', rb'("\1" NIL', only="FETCH"),
    ),
    flaw(
        "parameter-list-empty",
        "A part without parameters has an empty list of them",
        "D16",
        "3501-9-body-fld-param",
        replace(rb'("(?:plain|octet-stream|rfc822|html)") NIL', rb"\1 ()", only="FETCH"),
    ),
    flaw(
        "encoding-as-atom",
        "The encoding of a part is written as an atom",
        "D19",
        "3501-9-body-fld-enc 3501-9-body-fields",
        replace(rb' "(7bit|8bit|base64|quoted-printable)" ', rb" \1 ", only="FETCH"),
    ),
    flaw(
        "encoding-with-trailing-space",
        "The encoding of a part ends in a space",
        "D20",
        "3501-7.4.2-body-fields 3501-7.4.2-body-defaults",
        replace(rb' "(7bit|8bit|base64|quoted-printable)" ', rb' "\1 " ', only="FETCH"),
    ),
    flaw(
        "media-type-without-subtype",
        "A part has a type and no subtype",
        "D22",
        "3501-9-media-text 3501-9-media-subtype 3501-9-media-basic 3501-9-body-type-1part"
        " 3501-9-body 3501-9-body-type-text 3501-9-body-fields",
        replace(rb'\("text" "plain"', b'("text"', only="FETCH"),
    ),
    flaw(
        "message-as-basic-part",
        "A part of type MESSAGE/RFC822 is described without envelope, structure and lines",
        "D24",
        "3501-9-body-type-msg 3501-9-body-fields 3501-7.4.2-message",
        replace(
            rb'("message" "rfc822" (?:\([^()]*\)|NIL) NIL NIL "[^"]*" \d+) .*\)\)\r\n\Z',
            rb"\1)))\r\n",
            only="FETCH",
        ),
    ),
    flaw(
        "location-as-list",
        "An absent body location is an empty list",
        "D26",
        "3501-9-body-fld-loc 3501-9-body-ext-1part 3501-9-body-ext-mpart 3501-9-msg-att-static"
        " 3501-9-msg-att",
        replace(rb"(BODYSTRUCTURE .*)NIL\)\)\r\n\Z", rb"\1()))\r\n", only="FETCH"),
    ),
    flaw(
        "boundary-left-out",
        "The parameters of a multipart do not have its boundary",
        "D28",
        "3501-7.4.2-extension-order 3501-7.4.2-multipart",
        replace(rb'\("boundary" "[^"]*"\)', b"NIL", count=0, only="FETCH"),
    ),
    flaw(
        "body-with-extension-data",
        "BODY has the extension data of BODYSTRUCTURE",
        "D29",
        "3501-7.4.2-no-extension",
        send_as(rb"BODY(?![\[.S])", b"BODYSTRUCTURE", name="FETCH, UID FETCH"),
        replace(rb"BODYSTRUCTURE \(", b"BODY (", only="FETCH", where=rb"BODYSTRUCTURE(?! BODY)"),
    ),
    flaw(
        "body-lines-wrong",
        "The number of lines of a text part is one too many",
        "D30",
        "3501-7.4.2-body-lines",
        replace(
            rb'("text" "plain" (?:\([^()]*\)|NIL) NIL NIL "[^"]*" \d+) (\d+)',
            lambda found: found[1] + b" %d" % (int(found[2]) + 1),
            only="FETCH",
        ),
    ),
    flaw(
        "envelope-in-body-without-parentheses",
        "The envelope of a part of type MESSAGE/RFC822 has no parentheses",
        "D31",
        "3501-9-body-type-msg 3501-9-envelope 3501-9-body-fields",
        replace(
            rb'("message" "rfc822" (?:\([^()]*\)|NIL) NIL NIL "[^"]*" \d+ )\(', rb"\1", only="FETCH"
        ),
    ),
    flaw(
        "space-between-parts",
        "A space stands between the parts of a multipart",
        "D33",
        "3501-9-body-type-mpart 3501-9-body 3501-9-media-subtype",
        replace(rb"(BODY(?:STRUCTURE)? \(.*?\))\(", rb"\1 (", only="FETCH"),
    ),
    flaw(
        "charset-unknown",
        "The charset of a part is reported as X-UNKNOWN",
        "D62",
        "3501-7.4.2-body-defaults 3501-7.4.2-body-fields 3501-7.4.2-multipart",
        replace(rb'\("charset" "[^"]*"', b'("charset" "X-UNKNOWN"', count=0, only="FETCH"),
    ),
    flaw(
        "parts-in-reverse",
        "The parts of a multipart are described in another order than theirs",
        "",
        "3501-7.4.2-multipart",
        replace(
            rb'(BODY(?:STRUCTURE)? \()(\("text" [^()]*(?:\([^()]*\))?[^()]*\))(\(.*?\))( "mixed")',
            rb"\1\3\2\4",
            only="FETCH",
        ),
    ),
    flaw(
        "body-octets-wrong",
        "The size of a part is one octet too large",
        "",
        "3501-7.4.2-body-octets",
        number(rb'"(?:7bit|8bit|base64|quoted-printable)" (\d+)', lambda n: n + 1, only="FETCH"),
    ),
    flaw(
        "description-and-id-swapped",
        "Id and description of a part stand in each other's place",
        "",
        "3501-7.4.2-body-fields",
        replace(rb'("[^"]*") ("[^"]*") ("(?:7bit|8bit|base64)")', rb"\2 \1 \3", only="FETCH"),
    ),
    flaw(
        "disposition-behind-language",
        "Extension data come in another order",
        "",
        "3501-7.4.2-extension-order",
        replace(
            rb'(\("(?:attachment|inline)" (?:NIL|\([^()]*\))\)) ("[^"]*"|\([^()]*\)|NIL)',
            rb"\2 \1",
            only="FETCH",
        ),
    ),
)
