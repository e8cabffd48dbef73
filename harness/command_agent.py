"""Any coding agent's command line, run inside the task's sandbox. The model calls are its own affair."""

from __future__ import annotations

from collections.abc import Mapping

from harness.agents import Finished, RunContext
from harness.clock import TOOL_SECONDS
from harness.digest import json_hash
from harness.hands.toolbox import ToolOutcome
from harness.manifest import Manifest
from harness.root_attributes import CONFIGURATION_HASH
from harness.run_record import Ending
from harness.runs import RunRequest
from traces import attributes as names
from traces.outcome import Outcome
from traces.span import AttributeValue

INSTRUCTION_PATH = "/run/instruction.md"  # inside the sandbox


class CommandAgent:
    """Runs ``argv`` with the instruction on its standard input and in the file ``$FLYWHEEL_INSTRUCTION``."""

    def described(self, manifest: Manifest) -> Mapping[str, AttributeValue]:
        """The hash of its configuration: there is no model that we would know of."""
        return {CONFIGURATION_HASH: json_hash(list(manifest.argv)), names.SIMULATED: False}

    def files(self, request: RunRequest) -> Mapping[str, bytes]:
        """The instruction."""
        return {INSTRUCTION_PATH: request.assignment.instruction.encode("utf-8", "replace")}

    def run(self, context: RunContext) -> Finished | Ending:
        """Run it to its end; its exit code is kept, and its work is judged whatever it is."""
        argv = ("env", f"FLYWHEEL_INSTRUCTION={INSTRUCTION_PATH}", *context.manifest.argv)
        start_ns = context.record.now_ns()
        result = context.session.execute(
            argv, timeout=context.seconds_left(), stdin=self.files(context.request)[INSTRUCTION_PATH]
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
