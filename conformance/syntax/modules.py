"""The grammar files: finding, describing and joining `grammar/*.lark`.

A file says all about itself in its header comment, one `// key: value` a line, and nothing else
has to be told of a new file:

    rfc, section            where its rules come from
    vendor                  in the place of rfc: the document of a vendor, such as `x-gm-ext-1`
    protocol: POP3          it is none of IMAP's, and never joined with those that are
    capability              what brings it in: `A B` is one of them (also `A|B`), `A&B` both;
                            `A=` is `A=` with anything behind it
    enabled                 it is in force only once one of these was enabled (RFC 5161)
    needs                   files that have to stand before it, in force with it
    includes                files that are in force with it, announced or not, wherever they stand
    unless                  a file that says the same; where that is in force, this one is not
    dialect: yes            it changes the base, or what it needs, and stands right behind it
    restates                files whose rules its RFC has as well: they count as rules of its RFC
    gone                    rules of the base that its RFC has no more
    side: client            it changes commands only
    slot                    rules that it leaves empty, for those that need it to fill with %extend
    server starts, client starts   start symbols that it adds
    stands for: X = y       a helper of the text, and what the ABNF writes in its place
    command: X selected     a command, and the state in which it is valid (RFC 3501 section 3)
    example: X = text       what a terminal may read, the simplest first; in braces if with blanks

Files are joined as text, the base first, and the joined text is one grammar of Lark. Parsing and
tables are in `tables`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from conformance import data
from conformance.extending.documents import document_of, folder_of

BASE = "rfc3501"

_DIRECTIVE = re.compile(r"^// ([a-z]+(?: starts)?): (.+)$", re.M)
_STANDS_FOR = re.compile(r"^// stands for: (\w+) = (.+)$", re.M)
_EXAMPLE = re.compile(r"^// example: (\w+) = (?:\{(.*)\}|(.+))$", re.M)
_COMMAND = re.compile(r"^// command: ([A-Z]+(?: [A-Z]+)?) ([a-z ]+)$", re.M)
_DEFINITION = re.compile(r"^([a-z][a-z0-9_]*|[A-Z][A-Z0-9_]*)(?:\.\d+)?\s*:", re.M)
_LISTS = ("needs", "includes", "restates")
"""Keys that may come more than once, with names of files."""
_KEYS = frozenset(
    "rfc vendor section capability enabled unless dialect side slot command example gone".split()  # noqa: SIM905
) | {"protocol", "server starts", "client starts", *_LISTS}
# The RFC writes these lexical rules in capitals, and the rest in small letters.
_UPPER = frozenset(
    {"astring_char", "atom_char", "char8", "quoted_char", "text_char"}
    | {"utf8_char", "utf8_2", "utf8_3", "utf8_4"}
)

STATES: Mapping[str, tuple[str, ...]] = {
    "IMAP": ("any", "not authenticated", "authenticated", "selected"),
    "POP3": ("any", "authorization", "transaction"),
}
"""States of a protocol in which a command may be valid; `authenticated` means selected as well."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a rule is defined: document (see `extending.documents`), section, name in the ABNF."""

    rfc: str
    section: str
    abnf: str


@dataclass(frozen=True, slots=True)
class Module:
    """One grammar file with what its header says."""

    name: str
    text: str
    rfc: str
    section: str
    protocol: str
    brought_by: tuple[frozenset[str], ...]
    """Sets of capabilities in capitals, any one of which, announced in full, brings it in."""
    enabled: frozenset[str]
    """One of them has to have been enabled; empty where announcing is enough."""
    needs: tuple[str, ...]
    includes: tuple[str, ...]
    unless: frozenset[str]
    restates: tuple[str, ...]
    gone: frozenset[str]
    """Rules of other files that its RFC has no more."""
    dialect: bool
    client_only: bool
    slots: tuple[str, ...]
    server_starts: tuple[str, ...]
    client_starts: tuple[str, ...]
    stands_for: Mapping[str, str]
    commands: Mapping[str, str]
    """Commands that it adds, `UID` with the word behind it, and the state each is valid in."""
    examples: Mapping[str, tuple[bytes, ...]]
    """Texts that its terminals read, the simplest first."""
    rules: Mapping[str, Origin]
    lexical: frozenset[str]
    """Those of `rules` that are terminals of the grammar."""

    @property
    def capabilities(self) -> frozenset[str]:
        """All capabilities that have a part in bringing it in."""
        return frozenset().union(*self.brought_by)


def abnf_name(rule: str) -> str:
    """Give the ABNF spelling of a rule or terminal of the grammar, `env-from` for `env_from`."""
    lower = rule.lower()
    name = lower.replace("_", "-")
    return name.upper() if lower in _UPPER else name


def read_module(name: str, text: str) -> Module:
    """Read one file.

    Raises:
        ValueError: the header has a key that is none, or lacks one.
    """
    stands_for = dict(_STANDS_FOR.findall(text))
    header: dict[str, str] = {}
    for key, value in _DIRECTIVE.findall(text):
        if key not in _KEYS:
            raise ValueError(f"{name}: a header has no {key!r}")
        known = header[key] + " " if key in _LISTS and key in header else ""
        header[key] = known + value.strip()
    document = header.get("rfc") or header.get("vendor", "")
    if not document_of(folder_of(document)):
        raise ValueError(f"{name}: the header says neither an RFC nor a vendor's extension")
    if "section" not in header:
        raise ValueError(f"{name}: the header lacks section")
    commands = {command: state.strip() for command, state in _COMMAND.findall(text)}
    protocol = header.get("protocol", "IMAP")
    if protocol not in STATES:
        raise ValueError(f"{name}: {protocol!r} is no protocol")
    if unknown := set(commands.values()).difference(STATES[protocol]):
        raise ValueError(f"{name}: {sorted(unknown)[0]!r} is no state")
    examples: dict[str, list[bytes]] = {}
    for terminal, in_braces, bare in _EXAMPLE.findall(text):
        examples.setdefault(terminal, []).append((in_braces or bare).encode("ascii"))
    slots = tuple(header.get("slot", "").split())
    definitions = [*_DEFINITION.findall(text), *slots]
    return Module(
        name=name,
        text=text,
        rfc=document,
        section=header["section"],
        protocol=protocol,
        brought_by=tuple(_conditions(header.get("capability", ""))),
        enabled=frozenset(header.get("enabled", "").upper().split()),
        needs=tuple(header.get("needs", "").split()),
        includes=tuple(header.get("includes", "").split()),
        unless=frozenset(header.get("unless", "").split()),
        restates=tuple(header.get("restates", "").split()),
        gone=frozenset(header.get("gone", "").split()),
        dialect=header.get("dialect") == "yes",
        client_only=header.get("side") == "client",
        slots=slots,
        server_starts=tuple(header.get("server starts", "").split()),
        client_starts=tuple(header.get("client starts", "").split()),
        stands_for=stands_for,
        commands=commands,
        examples={terminal: tuple(given) for terminal, given in examples.items()},
        rules={
            rule.lower(): Origin(document, header["section"], abnf_name(rule))
            for rule in definitions
            if rule not in stands_for
        },
        lexical=frozenset(rule.lower() for rule in definitions if rule.isupper()),
    )


def _conditions(text: str) -> Iterator[frozenset[str]]:
    for each in text.upper().replace("|", " ").split():
        yield frozenset(each.split("&"))


@lru_cache(maxsize=2)
def available(protocol: str = "IMAP") -> tuple[Module, ...]:
    """Read every grammar file of a protocol, the base first, each behind those that it needs."""
    files = sorted(data.GRAMMAR.glob("*.lark"))
    modules = (read_module(file.stem, file.read_text(encoding="ascii")) for file in files)
    return ordered(module for module in modules if module.protocol == protocol)


def ordered(modules: Iterable[Module]) -> tuple[Module, ...]:
    """Put modules in the order in which their texts are joined.

    Raises:
        ValueError: one needs what is not there, or what needs it.
    """
    left = {
        module.name: module
        for module in sorted(modules, key=lambda m: (m.name != BASE, not m.dialect, m.name))
    }
    placed: dict[str, Module] = {}
    while left:
        ready = next(
            (module for module in left.values() if placed.keys() >= set(module.needs)), None
        )
        if ready is None:
            raise ValueError(f"what {', '.join(left)} need is not there")
        placed[ready.name] = left.pop(ready.name)
    return tuple(placed.values())


def applying(capabilities: Iterable[str], enabled: Iterable[str] = ()) -> tuple[Module, ...]:
    """Select the base and the files that are in force in a session.

    `capabilities` are those announced, `enabled` what ENABLE or a command has turned on.
    """
    announced = frozenset(capability.upper() for capability in capabilities)
    active = in_force(announced, enabled)
    announced |= {name.partition("=")[0] + "=" for name in announced if "=" in name}
    return with_needed(
        module.name
        for module in available()
        if any(announced >= condition for condition in module.brought_by)
        and (not module.enabled or not active.isdisjoint(module.enabled))
    )


def in_force(announced: frozenset[str], enabled: Iterable[str]) -> frozenset[str]:
    """Give what is enabled, in capitals; a server with no other protocol speaks IMAP4rev2."""
    active = frozenset(name.upper() for name in enabled)
    if "IMAP4REV2" in announced and "IMAP4REV1" not in announced:
        active |= {"IMAP4REV2"}
    return active


def with_needed(names: Iterable[str]) -> tuple[Module, ...]:
    """Select modules by name, the base, and all that they need or include.

    Raises:
        KeyError: there is no such module.
    """
    by_name = {module.name: module for module in available()}
    chosen: set[str] = set()
    todo = [BASE, *names]
    while todo:
        name = todo.pop()
        if name not in chosen:
            chosen.add(name)
            todo += by_name[name].needs + by_name[name].includes
    return tuple(
        module
        for name, module in by_name.items()
        if name in chosen and module.unless.isdisjoint(chosen)
    )


def origins(modules: Sequence[Module]) -> dict[str, Origin]:
    """Give the rules of modules in force, each with the RFC that it counts as a rule of."""
    rules: dict[str, Origin] = {}
    for module in modules:
        for name, origin in module.rules.items():
            rules.setdefault(name, origin)
    for module in modules:
        own = {name for each in modules if each.name in module.restates for name in each.rules}
        rules |= {
            name: Origin(module.rfc, module.section, rules[name].abnf)
            for name in own & rules.keys()
        }
        for name in module.gone:
            rules.pop(name, None)
    return rules


def examples(modules: Iterable[Module]) -> dict[str, tuple[bytes, ...]]:
    """Give what the terminals of modules may read; a later module's word replaces an earlier's."""
    return {terminal: given for module in modules for terminal, given in module.examples.items()}


@lru_cache(maxsize=1)
def commands() -> Mapping[str, tuple[Module, str]]:
    """Give every command that a file knows, with the file and the state it is valid in."""
    found: dict[str, tuple[Module, str]] = {}
    for module in available():
        for name, state in module.commands.items():
            found.setdefault(name, (module, state))
    return found


def state_of(command: str) -> str:
    """Give the state in which a command is valid, as `STATES` name it; empty for no command.

    `UID` alone is valid where what stands behind it is.
    """
    known = commands()
    name = command.upper()
    if name not in known:
        name = next((each for each in known if each.startswith(name + " ")), name)
    return known[name][1] if name in known else ""


def joined(modules: Sequence[Module], *, client: bool) -> str:
    """Join the files to the grammar text of one side's speech.

    The first file that extends a slot defines it.
    """
    text = "\n".join(module.text for module in modules if client or not module.client_only)
    for slot in (slot for module in modules for slot in module.slots):
        text = re.sub(rf"^%extend {slot}:", f"{slot}:", text, count=1, flags=re.M)
    return text
