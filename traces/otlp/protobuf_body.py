"""Protobuf bodies as messages, also where their texts are not UTF-8."""

from __future__ import annotations

from functools import cache
from typing import Any, TypeVar

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory  # type: ignore[import-untyped]
from google.protobuf.descriptor import Descriptor, FieldDescriptor, FileDescriptor  # type: ignore[import-untyped]
from google.protobuf.message import DecodeError, EncodeError, Message  # type: ignore[import-untyped]

from traces.otlp.errors import OtlpError

_Body = TypeVar("_Body", bound=Message)


def parse_body(kind: type[_Body], body: bytes) -> _Body:
    """The message of a body; bytes in texts that are not UTF-8 become U+FFFD. Raises ``OtlpError``."""
    try:
        message: _Body = kind.FromString(body)
    except DecodeError:
        return _parse_mended(kind, body)
    return message


def _parse_mended(kind: type[_Body], body: bytes) -> _Body:
    """The protobuf runtime refuses a whole body for one bad text, so it is read with texts as bytes first.

    Should anything else be wrong with the body, that shows again.
    """
    try:
        lenient = _with_texts_as_bytes(kind.DESCRIPTOR).FromString(body)
        _mend(lenient, kind.DESCRIPTOR)
        mended: _Body = kind.FromString(lenient.SerializeToString())
    except (DecodeError, EncodeError) as error:
        raise OtlpError(f"not a protobuf {kind.DESCRIPTOR.name}") from error
    return mended


def _mend(message: Message, strict: Any) -> None:
    for field, value in message.ListFields():
        declared = strict.fields_by_name[field.name]
        if declared.type == FieldDescriptor.TYPE_STRING:
            _mend_text(message, field.name, value)
        elif declared.message_type is not None:
            for item in value if declared.is_repeated else (value,):
                _mend(item, declared.message_type)


def _mend_text(message: Message, name: str, value: Any) -> None:
    if isinstance(value, bytes):
        setattr(message, name, _utf8(value))
        return
    value[:] = [_utf8(item) for item in value]


def _utf8(value: bytes) -> bytes:
    return value.decode(errors="replace").encode()


@cache
def _with_texts_as_bytes(kind: Descriptor) -> Any:
    """The same message, but with ``bytes`` for each ``string``: on the wire they are one."""
    pool = descriptor_pool.DescriptorPool()
    _add(pool, kind.file, set())
    return message_factory.GetMessageClass(pool.FindMessageTypeByName(kind.full_name))


def _add(pool: descriptor_pool.DescriptorPool, file: FileDescriptor, seen: set[str]) -> None:
    if file.name in seen:
        return
    seen.add(file.name)
    for needed in file.dependencies:
        _add(pool, needed, seen)
    copy = descriptor_pb2.FileDescriptorProto()
    file.CopyToProto(copy)
    for message in copy.message_type:
        _texts_to_bytes(message)
    pool.Add(copy)


def _texts_to_bytes(message: descriptor_pb2.DescriptorProto) -> None:
    for field in message.field:
        if field.type == FieldDescriptor.TYPE_STRING:
            field.type = descriptor_pb2.FieldDescriptorProto.TYPE_BYTES
    for nested in message.nested_type:
        _texts_to_bytes(nested)
