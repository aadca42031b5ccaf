"""Rows of `passive_rows` for LANGUAGE and COMPARATOR (RFC 5255)."""

from __future__ import annotations

from passive_rows import Row
from passive_talk import told

HERE = told("NAMESPACE", "LANGUAGE", "I18NLEVEL=2")

ROWS = (
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
