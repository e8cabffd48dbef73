"""The constant texts of a program as they will be when it runs: put together, turned round, decoded."""

from __future__ import annotations

import ast
import base64
import binascii
import codecs
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import reduce

SHORTEST = 6  # characters of a text that is worth decoding
ANYTHING = "*"  # for what stands in a text and is not known before it runs
REPLACED = 2  # arguments of ``replace``
_TURNED: Mapping[str, Callable[[str], str]] = {
    "decode": str,
    "encode": str,
    "lower": str.lower,
    "strip": str.strip,
    "title": str.title,
    "upper": str.upper,
}
_Names = Mapping[str, str]


def folded_texts(tree: ast.AST) -> tuple[str, ...]:
    """Every text that follows from constants alone, those of names that are set once among them."""
    names = _constant_names(tree)
    found = (_folded(node, names) for node in ast.walk(tree) if isinstance(node, ast.expr))
    return tuple(dict.fromkeys(text for text in found if text))


def decodings(text: str) -> Iterator[str]:
    """What a text says backwards, in ROT13, hexadecimal, Base64, Base32 or Base85, unpacked where that was packed."""
    if len(text) < SHORTEST:
        return
    yield text[::-1]
    yield codecs.encode(text, "rot13")
    for decode in _DECODERS:
        if (data := _tried(decode, text)) is None:
            continue
        yield from (said for said in map(_as_text, (data, _unpacked(data))) if said)


def binary_readings(text: str) -> Iterator[bytes]:
    """The bytes that a text stands for in each of these encodings."""
    found = (_tried(decode, text) for decode in _DECODERS)
    return (data for data in found if data)


_DECODERS: Sequence[Callable[[str], bytes]] = (
    bytes.fromhex,
    lambda text: base64.b64decode(text, validate=True),
    lambda text: base64.b64decode(text, altchars=b"-_", validate=True),
    base64.b32decode,
    base64.b85decode,
)


def _tried(decode: Callable[[str], bytes], text: str) -> bytes | None:
    try:
        return decode(text)
    except (ValueError, binascii.Error):
        return None


def _unpacked(data: bytes) -> bytes | None:
    try:
        return zlib.decompress(data)
    except zlib.error:
        return None


def _as_text(data: bytes | None) -> str | None:
    if not data or len(data) < SHORTEST:
        return None
    text = data.decode("utf-8", "replace")
    return text if all(character.isprintable() or character.isspace() for character in text) else None


def _constant_names(tree: ast.AST) -> _Names:
    """Names that are given one constant text, and never another."""
    values: dict[str, list[str | None]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    values.setdefault(target.id, []).append(_folded(node.value, {}))
    return {name: found[0] for name, found in values.items() if len(found) == 1 and found[0]}


def _folded(node: ast.expr, names: _Names) -> str | None:
    """The text that an expression comes to, if that is sure and simple."""
    if isinstance(node, ast.Constant):
        return _constant(node.value)
    if isinstance(node, ast.Name):
        return names.get(node.id)
    if isinstance(node, ast.FormattedValue):
        return _folded(node.value, names)
    return _made_of_parts(node, names)


def _made_of_parts(node: ast.expr, names: _Names) -> str | None:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _joined("", (node.left, node.right), names)
    if isinstance(node, ast.JoinedStr):
        return "".join(_folded(part, names) or ANYTHING for part in node.values)
    if isinstance(node, ast.Subscript):
        return _reversed(node, names)
    return _called(node, names) if isinstance(node, ast.Call) else None


def _constant(value: object) -> str | None:
    if isinstance(value, bytes):
        return value.decode("latin-1")
    return value if isinstance(value, str) else None


def _joined(separator: str, parts: Sequence[ast.expr], names: _Names) -> str | None:
    texts = [_folded(part, names) for part in parts]
    known = [text for text in texts if text is not None]
    return separator.join(known) if len(known) == len(texts) else None


def _reversed(node: ast.Subscript, names: _Names) -> str | None:
    text = _folded(node.value, names)
    if text is None or ast.unparse(node.slice) != "::-1":
        return None
    return text[::-1]


def _called(node: ast.Call, names: _Names) -> str | None:
    """``chr(…)``, ``bytes([…])``, ``"…".join([…])``, and methods that change little."""
    if isinstance(node.func, ast.Name):
        return _made_of_numbers(node.func.id, node.args)
    if not isinstance(node.func, ast.Attribute):
        return None
    text = _folded(node.func.value, names)
    return None if text is None else _changed(text, node.func.attr, node.args, names)


def _changed(text: str, method: str, arguments: Sequence[ast.expr], names: _Names) -> str | None:
    if method == "join" and arguments and isinstance(arguments[0], ast.List | ast.Tuple):
        return _joined(text, arguments[0].elts, names)
    if method == "replace" and len(arguments) == REPLACED:
        old, new = (_folded(argument, names) for argument in arguments)
        return None if not old or new is None else text.replace(old, new)
    turn = _TURNED.get(method)
    return None if turn is None else turn(text)


def _made_of_numbers(function: str, arguments: Sequence[ast.expr]) -> str | None:
    if function not in {"chr", "bytes", "bytearray"} or not arguments:
        return None
    given = arguments[0].elts if isinstance(arguments[0], ast.List | ast.Tuple) else arguments[:1]
    numbers = [node.value for node in given if isinstance(node, ast.Constant) and isinstance(node.value, int)]
    if not numbers or len(numbers) < len(given) or not all(0 <= number < 0x110000 for number in numbers):
        return None
    return reduce(lambda text, number: text + chr(number), numbers, "")
