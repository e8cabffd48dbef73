"""JSON lines as they are found: numbered, whole or in part, and never all in memory."""

from __future__ import annotations

import io
import json
from pathlib import Path

from traces.importers.importer import Skipped, Source
from traces.importers.json_lines import Line, first_lines, read_lines


def _source(content: bytes) -> Source:
    return Source(path=Path("lines"), head=content[: 64 << 10], open=lambda: io.BytesIO(content))


def _read(content: bytes, **more: int) -> list[tuple[int, object]]:
    return [
        (item.number, item.value) if isinstance(item, Line) else (item.line, item.reason)
        for item in read_lines(_source(content), **more)
    ]


def test_objects_come_with_the_number_of_their_line() -> None:
    """Blank lines are counted but say nothing; a last line needs no line break."""
    found = _read(b'{"a":1}\n\n{"b":2}\r\n{"c":3}')

    assert found == [(1, {"a": 1}), (3, {"b": 2}), (4, {"c": 3})]


def test_broken_lines_are_skipped_with_their_number() -> None:
    """What is no JSON, and JSON that is no object, loses only itself."""
    found = _read(b'{"a":1}\n{"b":\nnonsense\n[1]\n42\n{"c":3}\n')

    assert found == [
        (1, {"a": 1}),
        (2, "line is no JSON"),
        (3, "line is no JSON"),
        (4, "line is no JSON object"),
        (5, "line is no JSON object"),
        (6, {"c": 3}),
    ]


def test_a_last_line_that_was_cut_off_says_so() -> None:
    """A session that still runs, or was killed, ends in the middle of a line."""
    found = _read(b'{"a":1}\n{"b":"tex')

    assert found == [(1, {"a": 1}), (2, "last line is cut off")]


def test_objects_that_share_a_line_are_all_read() -> None:
    """A writer that was killed before its line break leaves two objects on one line."""
    found = _read(b'{"a":1}{"b":2} {"c":\n{"d":4}\n')

    assert found == [(1, {"a": 1}), (1, {"b": 2}), (1, "line is no JSON"), (2, {"d": 4})]


def test_what_python_reads_as_json_is_read() -> None:
    """Lone surrogates, NaN, a byte order mark, NUL bytes around a line, bytes that are no UTF-8."""
    found = _read(b'\xef\xbb\xbf{"a":"\\ud800"}\n{"b":NaN}\n\0\0\0\n{"c":"\xff"}\n')

    assert found[0] == (1, {"a": "\ud800"})
    assert [number for number, _ in found] == [1, 2, 4]
    assert found[2] == (4, {"c": "\ufffd"})


def test_nesting_beyond_measure_is_skipped() -> None:
    """A line of a hundred thousand brackets ends nothing."""
    found = _read(b'{"a":' + b"[" * 100_000 + b'\n{"b":2}\n')

    assert found == [(1, "line is no JSON"), (2, {"b": 2})]


def test_whole_numbers_of_any_length_are_numbers() -> None:
    """Python refuses to make a number of five thousand digits; it becomes an infinite one."""
    found = _read(b'{"a":' + b"9" * 5000 + b',"b":NaN}\n{"c":3}\n')

    assert [number for number, _ in found] == [1, 2]


def test_a_line_that_is_too_long_is_read_past() -> None:
    """Its length is bounded, and what comes after it is read."""
    content = b'{"a":"' + b"x" * 5000 + b'"}\n{"b":2}\n'

    assert _read(content, max_line=1000) == [(1, "line is too long"), (2, {"b": 2})]


def test_a_last_line_that_is_too_long_ends_the_file() -> None:
    """Also without a line break."""
    assert _read(b'{"b":2}\n' + b"x" * 5000, max_line=1000) == [(1, {"b": 2}), (2, "line is too long")]


def test_a_line_of_twenty_megabytes_is_read() -> None:
    """Tool results can be that large."""
    found = _read(json.dumps({"text": "x" * (20 << 20)}).encode() + b"\n")

    assert found[0][0] == 1


def test_objects_without_end_on_one_line_take_linear_time() -> None:
    """A hundred thousand objects on a line are read in a moment."""
    found = _read(b"{}" * 100_000 + b"\n")

    assert len(found) == 100_000


def test_lines_are_streamed() -> None:
    """The second line is not read before it is asked for."""
    content = io.BytesIO(b'{"a":1}\n{"b":2}\n')
    lines = read_lines(Source(path=Path("lines"), head=b"", open=lambda: content))
    first = next(lines)

    assert isinstance(first, Line)
    assert content.tell() == len(b'{"a":1}\n')


def test_first_lines_are_those_of_the_head() -> None:
    """Broken ones are passed over; the last of the head may be cut and does not count."""
    source = _source(b'nonsense\n{"a":1}\n\n{"b":2}\n{"c":')

    assert first_lines(source) == [{"a": 1}, {"b": 2}]


def test_first_lines_are_as_many_as_asked_for() -> None:
    """A format is known by its beginning."""
    source = _source(b'{"a":1}\n{"b":2}\n{"c":3}\n')

    assert first_lines(source, 2) == [{"a": 1}, {"b": 2}]


def test_the_only_line_of_a_short_file_counts() -> None:
    """A file of one line has no line break in its head."""
    assert first_lines(_source(b'{"a":1}')) == [{"a": 1}]


def test_a_first_line_longer_than_the_head_is_read_on() -> None:
    """A header may hold a whole system prompt."""
    content = json.dumps({"prompt": "x" * 100_000}).encode() + b"\n{}\n"

    assert [list(line) for line in first_lines(_source(content))] == [["prompt"]]


def test_binary_content_gives_nothing() -> None:
    """An image is no file of JSON lines."""
    source = _source(bytes(range(256)) * 300)

    assert first_lines(source) == []
    assert all(isinstance(item, Skipped) for item in read_lines(source))
