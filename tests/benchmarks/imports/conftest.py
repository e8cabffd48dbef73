"""Makers of tiny tasks in every layout; each writes a folder and returns its path."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

Write = Callable[[Path, Mapping[str, str]], Path]
Make = Callable[..., Path]

TEST = """import unittest
from one import one

class OneTest(unittest.TestCase):
    def test_one(self):
        self.assertEqual(one(), 1)

    def test_again(self):
        self.assertEqual(one() + one(), 2)
"""
CONFIG = {"files": {"solution": ["one.py"], "test": ["one_test.py"], "example": [".meta/example.py"]}}
HARBOR_TEST = """#!/bin/bash
mkdir -p /logs/verifier
if [ "$(cat /app/answer.txt 2>/dev/null)" = 42 ]; then
  echo 1 > /logs/verifier/reward.txt
else
  echo 0 > /logs/verifier/reward.txt
fi
"""
TERMINAL_TEST = """#!/bin/bash
apt-get update
apt-get install -y curl
curl -LsSf https://astral.sh/uv/0.7.13/install.sh | sh
source $HOME/.local/bin/env
uv init
uv add pytest==8.4.1
uv run pytest $TEST_DIR/test_outputs.py -rA
"""


def write_files(folder: Path, files: Mapping[str, str]) -> Path:
    for path, text in files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def write() -> Write:
    """Writes texts below a folder."""
    return write_files


@pytest.fixture
def exercise() -> Make:
    """An Exercism folder whose reference passes; any of its files can be given otherwise."""

    def make(folder: Path, **files: str) -> Path:
        usual = {
            ".docs/instructions.md": "# One\n\nReturn one.",
            ".meta/config.json": json.dumps(CONFIG),
            ".meta/example.py": "def one():\n    return 1\n",
            "one.py": "def one():\n    pass\n",
            "one_test.py": TEST,
        }
        return write_files(folder, {**usual, **files})

    return make


@pytest.fixture
def harbor() -> Make:
    """A Harbor folder whose reference passes; any of its files can be given otherwise."""

    def make(folder: Path, **files: str) -> Path:
        usual = {
            "task.toml": 'version = "1.0"\n[verifier]\ntimeout_sec = 20.0\n',
            "instruction.md": "Write 42 to /app/answer.txt.",
            "environment/Dockerfile": "FROM python:3.11-slim\nWORKDIR /app\nCOPY data.txt /app/\n",
            "environment/data.txt": "see /app/data.txt\n",
            "tests/test.sh": HARBOR_TEST,
            "solution/solve.sh": "#!/bin/bash\necho 42 > /app/answer.txt\n",
        }
        return write_files(folder, {**usual, **files})

    return make


@pytest.fixture
def terminal() -> Make:
    """A Terminal-Bench 1 folder in the usual frame; any of its files can be given otherwise."""

    def make(folder: Path, **files: str) -> Path:
        usual = {
            "task.yaml": "instruction: |-\n  Write 42 to /app/answer.txt.\nmax_test_timeout_sec: 20.0\n",
            "Dockerfile": "FROM ghcr.io/laude-institute/t-bench/python-3-13:20250620\nWORKDIR /app\n",
            "docker-compose.yaml": "services:\n  client:\n    build: .\n",
            "run-tests.sh": TERMINAL_TEST,
            "tests/test_outputs.py": (
                "from pathlib import Path\n\n\ndef test_answer():\n"
                "    assert Path('/app/answer.txt').read_text().strip() == '42'\n"
            ),
            "solution.sh": "#!/bin/bash\necho 42 > /app/answer.txt\n",
        }
        return write_files(folder, {**usual, **files})

    return make


@pytest.fixture
def quixbugs() -> Make:
    """QuixBugs' layout with the given programs: name → (buggy, correct)."""

    def make(folder: Path, **programs: tuple[str, str]) -> Path:
        loader = (
            "import json\nfrom pathlib import Path\n\n\ndef load_json_testcases(name):\n"
            "    file = Path(__file__).parent / '..' / f'json_testcases/{name}.json'\n"
            "    return [json.loads(line) for line in file.open()]\n"
        )
        files = {
            "python_testcases/load_testdata.py": loader,
            "python_testcases/node.py": "class Node: pass\n",
        }
        for name, (buggy, correct) in programs.items():
            files |= {
                f"python_programs/{name}.py": buggy,
                f"python_programs/{name}_test.py": "print('a driver')\n",
                f"correct_python_programs/{name}.py": correct,
                f"json_testcases/{name}.json": "[[2], 4]\n[[3], 6]\n",
                f"python_testcases/test_{name}.py": _case(name),
            }
        return write_files(folder, files)

    return make


def _case(name: str) -> str:
    return (
        "import pytest\nfrom load_testdata import load_json_testcases\n\n"
        f"if pytest.use_correct:\n    from correct_python_programs.{name} import {name}\n"
        f"else:\n    from python_programs.{name} import {name}\n\n\n"
        f"@pytest.mark.parametrize('given,expected', load_json_testcases({name}.__name__))\n"
        f"def test_{name}(given, expected):\n    assert {name}(*given) == expected\n"
    )
