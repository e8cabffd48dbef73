"""The judge's own parts: values cross whole, causes are the judge's words, hostile answers are no verdict."""

from __future__ import annotations

import math
import os
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import judge
from benchmarks.verifiers import ScriptVerifier
from harness.sandbox import Sandbox

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary(),
    lambda inner: (
        st.lists(inner)
        | st.lists(inner).map(tuple)
        | st.dictionaries(st.text() | st.integers() | st.tuples(st.integers()), inner)
        | st.sets(st.integers() | st.text())
    ),
    max_leaves=8,
)


@given(PLAIN)
def test_plain_values_cross_whole(value: object) -> None:
    """Decoding undoes encoding, kinds included."""
    echoed = judge.decode(judge.encode(value))

    assert echoed == value
    assert type(echoed) is type(value)


def test_special_floats_cross() -> None:
    """Infinities and what is not a number are floats too."""
    assert judge.decode(judge.encode(-math.inf)) == -math.inf
    assert math.isnan(judge.decode(judge.encode(math.nan)))


def test_subclasses_lose_their_methods() -> None:
    """A number that claims to equal everything arrives as the number that it is."""

    class Yes(int):
        def __eq__(self, other: object) -> bool:
            return True

        __hash__ = int.__hash__

    echoed = judge.decode(judge.encode(Yes(3)))

    assert type(echoed) is int
    assert echoed != 4


def test_what_is_not_plain_equals_nothing() -> None:
    """Objects become opaque, within lists too."""
    (echoed,) = judge.decode(judge.encode([object()]))

    assert echoed != echoed  # noqa: PLR0124 -- that is the point
    assert echoed != 1


class OddError(KeyError):
    """An error class of a program."""


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (ValueError("x"), "exception:ValueError"),
        (OddError("x"), "exception:KeyError"),
        (SystemExit(0), "program_ended"),
        (MemoryError(), "memory"),
        (judge.UnloadableError("x"), "syntax_error"),
        (UnicodeDecodeError("utf-8", b"", 0, 1, "x"), "exception:UnicodeDecodeError"),
    ],
)
def test_causes_are_built_in_names(error: BaseException, cause: str) -> None:
    """A program's own class names do not get into causes."""
    assert judge.cause_of(error) == cause
    assert judge.believable(cause) == cause


@pytest.mark.parametrize(
    "cause", ["passed", "assertion", "", "exception:Mine", "exception:print", "constraint:x"]
)
def test_a_workers_word_is_not_believed(cause: str) -> None:
    """What no worker would say by itself is taken as a crash."""
    assert judge.believable(cause) == "crashed"


def test_frames_carry_any_length() -> None:
    """Frames longer than a pipe holds arrive whole; the end of the stream is ``None``."""
    out, into = os.pipe()
    if os.fork() == 0:
        judge.write_frame(into, "x" * 300_000)
        os._exit(0)
    os.close(into)
    frame, end = judge.read_frame(out), judge.read_frame(out)
    os.wait()
    os.close(out)

    assert (len(frame), end) == (300_000, None)


def test_a_frame_may_be_late_or_too_long() -> None:
    """Both end the call with a cause, and no memory is taken for what is only announced."""
    out, into = os.pipe()
    with pytest.raises(judge.ProgramError, match="timeout"):
        judge.read_frame(out, time.monotonic() + 0.05)
    os.write(into, b"\xff\xff\xff\xff")
    with pytest.raises(judge.ProgramError, match="answer_too_long"):
        judge.read_frame(out)
    os.close(out)
    os.close(into)

    assert judge.MAX_ANSWER < 1 << 32


HOSTILE = {
    "garbage": "os.write(d, b'\\0\\0\\0\\1{')",
    "nothing that fits": "os.write(d, b'\\0\\0\\0\\2[]')",
    "a false end": "main.write_frame(d, {'ended': 0})",
    "a false start": "main.write_frame(d, {'process': 1})",
    "deep": "main.write_frame(d, {'value': 1}); os.write(d, b'\\0\\0\\x9c\\x40' + b'[' * 40000)",
    "a verdict": 'os.write(d, b\'\\n\\0passed {"checks": ["passed"]}\')',
}


@pytest.mark.parametrize("attack", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_answers_are_no_verdict(sandbox: Sandbox, attack: str) -> None:
    """A worker that writes into the pipe by itself fails, and only fails."""
    program = (
        "import os, sys\nmain = sys.modules['__main__']\nframe = sys._getframe()\n"
        "while 'answers' not in frame.f_locals: frame = frame.f_back\n"
        f"d = frame.f_locals['answers']\n{attack}\ndef one(): return 1\n"
    )
    checks = (
        "def verify_one(program):\n    assert program.call('one.py', 'one') == 1\n"
        "def verify_two(program):\n    assert program.call('one.py', 'one') == 2\n"
    )
    verification = ScriptVerifier(checks=checks, wall_seconds=2).verify({"one.py": program.encode()}, sandbox)

    assert not verification.passed
    assert verification.broken is None
