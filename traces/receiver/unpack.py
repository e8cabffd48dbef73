"""Bodies out of their content encoding, never past a limit."""

from __future__ import annotations

import io
import zlib

import zstandard

from traces.receiver.errors import BadRequestError, TooLargeError

ENCODINGS = frozenset({"", "identity", "gzip", "x-gzip", "deflate", "zstd"})
_MOST_WINDOW_BYTES = 64 << 20
_GZIP = zlib.MAX_WBITS | 16


def unpack(body: bytes, encoding: str, *, limit: int) -> bytes:
    """The unpacked body, at most ``limit`` bytes of it: a bomb is given up when it has grown that far.

    ``encoding`` is one of ``ENCODINGS``. Raises ``TooLargeError``, and ``BadRequestError`` for a body that is not
    what its encoding says.
    """
    try:
        unpacked = _unpack(body, encoding, limit + 1)
    except (zlib.error, zstandard.ZstdError, EOFError) as error:
        raise BadRequestError(f"the body is no {encoding}: {error}") from error
    if len(unpacked) > limit:
        raise TooLargeError(f"the body has more than {limit} bytes")
    return unpacked


def _unpack(body: bytes, encoding: str, most: int) -> bytes:
    if encoding in {"", "identity"}:
        return body
    if encoding in {"gzip", "x-gzip"}:
        return _inflate(body, _GZIP, most)
    if encoding == "deflate":
        # RFC 9110 means zlib's format; some senders leave out its header.
        return _inflate(body, zlib.MAX_WBITS if body[:1] == b"\x78" else -zlib.MAX_WBITS, most)
    decompressor = zstandard.ZstdDecompressor(max_window_size=_MOST_WINDOW_BYTES)
    return _read(decompressor.stream_reader(io.BytesIO(body), read_across_frames=True), most)


def _inflate(body: bytes, window_bits: int, most: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    while body and size < most:  # a gzip file may have several members
        inflater = zlib.decompressobj(window_bits)
        parts.append(inflater.decompress(body, most - size))
        size += len(parts[-1])
        if size < most and not inflater.eof:
            raise EOFError("it is cut off")
        body = inflater.unused_data
    return parts[0] if len(parts) == 1 else b"".join(parts)


def _read(reader: zstandard.ZstdDecompressionReader, most: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    while size < most:
        part = reader.read(min(most - size, 1 << 20))
        if not part:
            break
        parts.append(part)
        size += len(part)
    return b"".join(parts)
