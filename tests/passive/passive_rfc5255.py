"""Rows of `passive_rows` for LANGUAGE and COMPARATOR (RFC 5255)."""

from __future__ import annotations

from passive_rows import Row
from passive_talk import told

HERE = told("NAMESPACE", "LANGUAGE", "I18NLEVEL=2")

BEFORE = ["S: * OK [CAPABILITY IMAP4rev1 STARTTLS NAMESPACE LANGUAGE] ready"]
IN = ["C: l0 LOGIN fred secret", "S: l0 OK [CAPABILITY IMAP4rev1 NAMESPACE LANGUAGE] in"]


def language(tag: str, word: str = "de") -> list[str]:
    return [f"C: {tag} LANGUAGE {word}", f"S: * LANGUAGE ({word})", f"S: {tag} OK so it is"]


TLS = ["C: t0 STARTTLS", "S: t0 OK begin"]
OUT = ["C: z9 LOGOUT", "S: * BYE see you", "S: z9 OK out"]

ROWS = (
    Row(
        "5255-3.1-client-early",
        "the first LANGUAGE behind the login; before it",
        [*BEFORE, *IN, *language("a1")],
        [*BEFORE, *language("a1"), *IN, *language("a2", "fr")],
    ),
    Row(
        "5255-3.1-client-early",
        "behind AUTHENTICATE; LANGUAGE without arguments asks which there are",
        [
            *BEFORE,
            "C: l0 AUTHENTICATE PLAIN",
            "S: + ",
            "C: AGEAYg==",
            "S: l0 OK in",
            *language("a1"),
        ],
        [*BEFORE, *IN, "C: a1 LANGUAGE", "S: * LANGUAGE (de fr)", "S: a1 OK these"],
    ),
    Row(
        "5255-3.1-client-again",
        "LANGUAGE in the clear alone; once more under TLS",
        [*BEFORE, *language("a1"), *TLS, *IN, *OUT],
        [*BEFORE, *language("a1"), *TLS, *language("a2"), *IN, *OUT],
    ),
    Row(
        "5255-3.1-client-again",
        "asked for once more without success; under TLS only",
        [*BEFORE, *language("a1"), *TLS, "C: a2 LANGUAGE x-y", "S: a2 NO none", *IN, *OUT],
        [*BEFORE, *TLS, *language("a2"), *IN, *OUT],
    ),
    Row(
        "5255-3.5-client-range",
        "two languages in one string; two strings",
        [*HERE, 'C: a1 LANGUAGE "en de"'],
        [*HERE, 'C: a1 LANGUAGE en "de"'],
    ),
    Row(
        "5255-3.5-client-range",
        "the name of a locale, in a literal; ranges of all kinds",
        [*HERE, "C: a1 LANGUAGE {11}", "S: + go", "C: de_DE.UTF-8"],
        [
            *HERE,
            "C: a1 LANGUAGE {5}",
            "S: + go",
            'C: de-DE zh-Hant-TW "*" "*-CH" default i-default',
        ],
    ),
    Row(
        "5255-4.10-client-order",
        "what is nearly the name of a collation; collations",
        [*HERE, 'C: a1 COMPARATOR "unicode casemap"'],
        [*HERE, 'C: a1 COMPARATOR "cz;*" i;basic default "i;unicode-casemap"'],
    ),
    Row(
        "5255-4.10-client-order",
        "a language in its own letters; no argument asks which is active",
        [*HERE, "C: a1 COMPARATOR {8}", "S: + go", "C: \xc4\x8desky x"],
        [*HERE, "C: a1 COMPARATOR"],
    ),
)
