"""Any coding agent's command line, run inside the task's sandbox. The model calls are its own affair."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from harness.agents import Finished, RunContext
from harness.clock import TOOL_SECONDS
from harness.digest import json_hash
from harness.edits import Tree
from harness.hands.toolbox import ToolOutcome
from harness.manifest import Manifest
from harness.root_attributes import CONFIGURATION_HASH
from harness.run_record import Ending
from harness.runs import RunRequest
from traces import attributes as names
from traces.outcome import Outcome
from traces.span import AttributeValue

INSTRUCTION_PATH = "/run/instruction.md"  # inside the sandbox
HOME = "/run/harness"  # inside the sandbox: what the harness has below ``home/``
_HOME_FILES = "home/"
_VARIABLES = {"FLYWHEEL_INSTRUCTION": INSTRUCTION_PATH, "FLYWHEEL_HOME": HOME}


class CommandAgent:
    """Runs ``argv`` with the instruction on its standard input and in the file ``$FLYWHEEL_INSTRUCTION``.

    The harness's files below ``home/``, such as a tool's configuration, are in the folder ``$FLYWHEEL_HOME``, read-only.
    """

    def described(self, manifest: Manifest, tree: Tree) -> Mapping[str, AttributeValue]:
        """The hash of its configuration: there is no model that we would know of."""
        return {CONFIGURATION_HASH: configuration_hash(manifest, tree), names.SIMULATED: False}

    def files(self, request: RunRequest, tree: Tree) -> Mapping[str, bytes]:
        """The instruction, and the harness's own files for it."""
        instruction = request.assignment.instruction.encode("utf-8", "replace")
        return {**_home_files(tree), INSTRUCTION_PATH: instruction}

    def run(self, context: RunContext) -> Finished | Ending:
        """Run it to its end; its exit code is kept, and its work is judged whatever it is."""
        settings = (f"{name}={value}" for name, value in _VARIABLES.items())
        argv = ("env", *settings, *context.manifest.argv)
        start_ns = context.record.now_ns()
        result = context.session.execute(
            argv,
            timeout=context.seconds_left(),
            stdin=context.request.assignment.instruction.encode("utf-8", "replace"),
        )
        context.clock.spend(TOOL_SECONDS)
        outcome = ToolOutcome(
            text=result.output,
            exit_code=result.exit_code,
            error="timeout" if result.timed_out else None,
        )
        context.record.tool(start_ns, "command", "", {"argv": list(context.manifest.argv)}, outcome)
        if result.timed_out:
            return Ending(outcome=Outcome.TIMED_OUT, reason="wall_clock")
        return Finished(note="" if result.exit_code == 0 else f"exit_code:{result.exit_code}")


def configuration_hash(manifest: Manifest, tree: Tree) -> str:
    """A hash of all that a harness gives a command agent: its arguments, variables, files and limits.

    What a change leaves the same cannot have had an effect.
    """
    given = {
        "argv": list(manifest.argv),
        "variables": sorted(_VARIABLES),
        "files": {path: hashlib.sha256(content).hexdigest() for path, content in _home_files(tree).items()},
        "seconds": manifest.limits.wall_seconds,
    }
    return json_hash(given)


def _home_files(tree: Tree) -> dict[str, bytes]:
    return {
        f"{HOME}/{path.removeprefix(_HOME_FILES)}": content
        for path, content in sorted(tree.items())
        if path.startswith(_HOME_FILES)
    }
