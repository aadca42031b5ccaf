"""Which parts of a BODY or BODYSTRUCTURE compare without regard to letter case.

Media types, subtypes, parameter names, encodings, dispositions and languages are
case-insensitive by MIME (RFC 2045 section 5.1, RFC 2183, RFC 3282); the rest is not. A list of
parameters is a mapping, since MIME gives its order no meaning.
"""

from __future__ import annotations

from conformance.syntax.values import Group, Leaf, Mapping, Value, ValueRole

# Roles of the fields behind the type and subtype, in the order of RFC 3501 section 7.4.2.
_BASIC: tuple[ValueRole, ...] = ("string", "string", "folded", "number")


def read_body(value: Value) -> Value:
    """Give the values of a `body` (RFC 3501 section 9) their roles; other shapes pass unchanged."""
    if not isinstance(value, Group) or not value.items:
        return value
    reader = _multipart if isinstance(value.items[0], Group) else _single
    return value._replace(items=tuple(reader(value.items)))


def has_extension_data(value: Value) -> bool:
    """Whether extension data stands in a `body`, at any depth (RFC 3501 section 7.4.2).

    A message part whose type is not RFC822 may be described as one by mistake: that is no
    extension data.
    """
    if not isinstance(value, Group) or not value.items:
        return False
    items = value.items
    parts = next((i for i, item in enumerate(items) if not isinstance(item, Group)), len(items))
    if parts:
        return len(items) > parts + 1 or any(map(has_extension_data, items[:parts]))
    kind = _upper(items[0])
    if kind == b"MESSAGE" and len(items) > 8 and isinstance(items[7], Group):
        return len(items) > 10 or has_extension_data(items[8])
    return len(items) > (8 if kind == b"TEXT" else 7)


def _multipart(items: tuple[Value, ...]) -> list[Value]:
    parts = 0
    while parts < len(items) and isinstance(items[parts], Group):
        parts += 1
    rest = items[parts:]
    return [
        *(read_body(part) for part in items[:parts]),
        *(_role(item, "folded") for item in rest[:1]),
        *(_parameters(item) for item in rest[1:2]),
        *_extension(rest[2:]),
    ]


def _single(items: tuple[Value, ...]) -> list[Value]:
    kind = _upper(items[0])
    subtype = _upper(items[1]) if len(items) > 1 else b""
    result: list[Value] = [_role(item, "folded") for item in items[:2]]
    result += [_parameters(item) for item in items[2:3]]
    result += [_role(item, role) for item, role in zip(items[3:7], _BASIC, strict=False)]
    rest = items[7:]
    if kind == b"TEXT":
        result += [_role(item, "number") for item in rest[:1]]
        rest = rest[1:]
    elif kind == b"MESSAGE" and (subtype == b"RFC822" or isinstance(next(iter(rest), None), Group)):
        result += rest[:1]
        result += [read_body(item) for item in rest[1:2]]
        result += [_role(item, "number") for item in rest[2:3]]
        rest = rest[3:]
    result += [_role(item, "string") for item in rest[:1]]
    return result + _extension(rest[1:])


def _extension(items: tuple[Value, ...]) -> list[Value]:
    """Disposition, language, location, and whatever a later revision adds."""
    return [
        *(_disposition(item) for item in items[:1]),
        *(_role(item, "folded") for item in items[1:2]),
        *(_role(item, "string") for item in items[2:]),
    ]


def _disposition(value: Value) -> Value:
    if not isinstance(value, Group) or not value.items:
        return value
    first, *rest = value.items
    return value._replace(items=(_role(first, "folded"), *(_parameters(item) for item in rest)))


def _parameters(value: Value) -> Value:
    if not isinstance(value, Group):
        return value
    names, contents = value.items[::2], value.items[1::2]
    if len(names) != len(contents):
        return value
    entries = []
    for name, content in zip(names, contents, strict=True):
        key = _upper(name)
        # A charset is named without regard to case (RFC 2046 section 4.1.2).
        entries.append((key, _role(content, "folded" if key == b"CHARSET" else "string")))
    return Mapping(tuple(entries), value.start, value.end)


def _role(value: Value, role: ValueRole) -> Value:
    if isinstance(value, Leaf):
        return value._replace(role=role)
    if isinstance(value, Group):
        return value._replace(items=tuple(_role(item, role) for item in value.items))
    return value


def _upper(value: Value) -> bytes:
    return bytes(value.octets).upper() if isinstance(value, Leaf) else b""
