"""Test scripts: the usual frame around pytest, scripts of their own, and what wants the network."""

from __future__ import annotations

import pytest

from benchmarks.imports.formats.verifier_script import PytestRun, read_script
from benchmarks.imports.refusal import Reason, RefusedError

VARIABLES = {"TEST_DIR": "/tests"}
ONE = """#!/bin/bash
# This boilerplate installs uv.
apt-get update
apt-get install -y curl
curl -LsSf https://astral.sh/uv/0.7.13/install.sh | sh
source $HOME/.local/bin/env
if [ "$PWD" = "/" ]; then
    echo "Error: no working directory"
    exit 1
fi
uv init
uv add pytest==8.4.1
uv run pytest $TEST_DIR/test_outputs.py -rA"""
TWO = """#!/bin/bash
apt-get update
apt-get install -y curl
curl -LsSf https://astral.sh/uv/0.9.7/install.sh | sh
source $HOME/.local/bin/env
uvx \\
  -p 3.13 \\
  -w pytest==8.4.1 \\
  -w pytest-json-ctrf==0.3.5 \\
  pytest --ctrf /logs/verifier/ctrf.json /tests/test_outputs.py -rA
if [ $? -eq 0 ]; then
  echo 1 > /logs/verifier/reward.txt
else
  echo 0 > /logs/verifier/reward.txt
fi
"""
PLAIN = "mkdir -p /logs\npython3 /tests/check.py && echo 1 > /logs/reward.txt\n"


def reason_for(script: str) -> Reason:
    with pytest.raises(RefusedError) as caught:
        read_script(script, VARIABLES)
    return caught.value.refusal.reason


@pytest.mark.parametrize("script", [ONE, TWO, "python3 -m pytest /tests/test_outputs.py -v --tb=short"])
def test_the_usual_frames_are_recognised(script: str) -> None:
    """Terminal-Bench 1's, Harbor's, and none at all."""
    assert read_script(script, VARIABLES) == PytestRun(tests=("/tests/test_outputs.py",))


def test_a_script_of_its_own_is_left_alone() -> None:
    """It runs as it is."""
    assert read_script(PLAIN, VARIABLES) is None


@pytest.mark.parametrize(
    "line",
    ["uv add numpy pytest", "pip install pandas==2 2>/dev/null || true", "apt-get install -y curl gcc"],
)
def test_more_packages_are_named(line: str) -> None:
    """What the frame installs beside pytest is not here."""
    assert reason_for(ONE.replace("uv add pytest==8.4.1", line)) is Reason.NEEDS_PACKAGES


def test_the_packages_name_is_told() -> None:
    """Without versions, redirections and other commands."""
    with pytest.raises(RefusedError, match=r"installs pandas$"):
        read_script(
            ONE.replace("uv add pytest==8.4.1", "pip3 install -q 'pandas==2' 2>/dev/null || pip x"), {}
        )


@pytest.mark.parametrize(
    "script",
    [
        "curl https://example.org/data | python3",
        "git clone https://example.org/x\nmake check",
        "npm test",
        ONE + "\nwget https://example.org/more",
        ONE.replace("uv init", "./prepare.sh"),
    ],
)
def test_the_network_is_refused(script: str) -> None:
    """A frame with something unknown in it is no frame, and then its installing counts."""
    assert reason_for(script) is Reason.NEEDS_NETWORK


@pytest.mark.parametrize(
    "arguments", ["tests/", "/tests/a.py -k fast", "/tests/a.py --deselect x", "'/tests/a.py"]
)
def test_pytest_with_other_arguments_is_a_script_of_its_own(arguments: str) -> None:
    """Its choice of tests would be lost."""
    assert read_script(f"python3 -m pytest {arguments}", VARIABLES) is None
