"""The built-in agent, seen by the supervisor: a process that asks for model and tool calls over a socket."""

from __future__ import annotations

import errno
import re
from collections.abc import Callable, Mapping
from typing import Any

from langchain_core.language_models.chat_models import BaseChatModel

from harness.agents import Finished, RunContext
from harness.clock import TOOL_SECONDS
from harness.edits import Tree
from harness.errors import BrokenSystemError
from harness.hands.schemas import tool_schemas
from harness.hands.toolbox import Toolbox, ToolOutcome
from harness.manifest import Manifest
from harness.middleware_registry import resolve
from harness.model_calls import ModelCallError, ModelCalls, ModelRequestError
from harness.models import is_simulated
from harness.run_record import Ending
from harness.runs import RunRequest
from harness.sandboxes.processes import ConnectedProcess, ProcessService
from harness.sandboxes.session_process import pack
from harness.watchdog import Watchdog
from harness.wire import ConnectionClosedError, WireError, receive_frame, send_frame
from harness.worker_messages import ModelFactory
from traces import attributes as names
from traces.outcome import Outcome
from traces.span import AttributeValue

_NO_WORD = re.compile(r"\W")
_MAX_CALLS = 5_000  # tool calls and lent hands of one run; each is a span
_LENT = 2 * 1024 * 1024  # characters of a file that middleware may read at once
Frame = Mapping[str, Any]


class BuiltinAgent:
    """Runs the agent process. ``stall_seconds`` of real time without progress in it end a run."""

    def __init__(
        self,
        processes: ProcessService,
        create_model: ModelFactory,
        *,
        stall_seconds: float,
        monotonic: Callable[[], float],
    ) -> None:
        self._processes = processes
        self._create_model = create_model
        self._stall_seconds = stall_seconds
        self._monotonic = monotonic

    def described(self, manifest: Manifest, tree: Tree) -> Mapping[str, AttributeValue]:  # noqa: ARG002 - the protocol's signature
        """The model, and whether it is simulated."""
        return {names.REQUEST_MODEL: manifest.model, names.SIMULATED: is_simulated(manifest.model)}

    def files(self, request: RunRequest, tree: Tree) -> Mapping[str, bytes]:  # noqa: ARG002 - the protocol's signature
        """None: it sees the task through the supervisor."""
        return {}

    def run(self, context: RunContext) -> Finished | Ending:
        """Answer the agent process until it ends, or is ended. Raises ``BrokenSystemError`` without one."""
        model = self._create_model(context.manifest.model, context.request.seed)
        with self._processes.fork() as process:
            watchdog = Watchdog(self._stall_seconds, self._monotonic)
            dialogue = Dialogue(context, process, model, watchdog)
            try:
                dialogue.begin()
                while (ending := dialogue.turn()) is None:
                    pass
            except TimeoutError:
                return context.out_of_time() or _timed_out("agent_stalled")
            except (WireError, ConnectionError) as error:
                closed = isinstance(error, ConnectionError) or type(error) is not WireError
                return _failed("agent_crashed:ended" if closed else "agent_crashed:protocol")
            except RecursionError:  # JSON that could be read but not written again
                return _failed("agent_crashed:protocol")
            return ending


class Dialogue:
    """What is said between the supervisor and one agent process. Nothing that comes in is trusted."""

    def __init__(
        self, context: RunContext, process: ConnectedProcess, model: BaseChatModel, watchdog: Watchdog
    ) -> None:
        manifest = context.manifest
        self._context = context
        self._connection = process.connection
        self._watchdog = watchdog
        self._calls = 0
        self._toolbox = Toolbox(context.session, manifest.tools)
        self._models = ModelCalls(
            model, manifest.model, manifest.reasoning_effort, context.record, context.clock
        )
        self._answers = {
            "model": self._model,
            "tool": self._tool,
            "hand": self._hand,
            "claim": self._claim,
            "end": self._end,
        }

    def begin(self) -> None:
        """Tell the agent process what to do: all that it ever knows of the run.

        Raises ``BrokenSystemError`` if it does not get as far as the harness's own code.
        """
        manifest, request = self._context.manifest, self._context.request
        index, body = pack(self._context.tree)
        start = {
            "files": index,
            "folder": str(request.checkout.path),
            "tree": request.checkout.tree,
            "seed": request.seed,
            "virtual": self._context.clock.virtual,
            "wall_seconds": manifest.limits.wall_seconds,
            "instruction": request.assignment.instruction,
            "system_prompt": manifest.system_prompt,
            "tools": tool_schemas(manifest),
            "middleware": [_entry(entry.use, entry.parameters) for entry in manifest.middleware],
        }
        try:
            self._send(start, body)
            frame, _ = receive_frame(self._connection, seconds=self._patience(), body_limit=0)
        except (ConnectionClosedError, ConnectionError) as error:
            raise BrokenSystemError(f"an agent process ended before it began: {error}") from error
        if frame.get("operation") != "ready":
            raise BrokenSystemError(f"an agent process found no sandbox: {_line(frame.get('message'))}")

    def turn(self) -> Finished | Ending | None:
        """Take one request and answer it; an ending when there is one."""
        frame, _ = receive_frame(self._connection, seconds=self._patience(), body_limit=0)
        answer = self._answers.get(str(frame.get("operation")))
        return _failed("agent_crashed:protocol") if answer is None else answer(frame)

    def _model(self, frame: Frame) -> Ending | None:
        if (late := self._context.out_of_time()) is not None:
            return late
        if self._context.record.steps >= self._context.manifest.limits.steps:
            return Ending(outcome=Outcome.LIMIT_REACHED, reason="step_limit")
        try:
            message = self._models.answer(frame)
            self._watchdog.step()
        except ModelRequestError:
            return _failed("agent_crashed:protocol")
        except ModelCallError as error:
            if error.rejected:
                return _failed(f"request_rejected:{error}")
            return Ending(outcome=Outcome.ERRORED, reason=f"model_error:{error}")
        return self._reply_in_time({"message": message})

    def _tool(self, frame: Frame) -> Ending | None:
        if (over := self._over()) is not None:
            return over
        name, call_id = str(frame.get("name"))[:200], str(frame.get("call_id"))[:200]
        arguments = frame.get("arguments")
        start_ns = self._context.record.now_ns()
        outcome = self._toolbox.run(name, arguments, seconds=self._patience())
        self._context.clock.spend(outcome.seconds or TOOL_SECONDS)
        self._watchdog.step()
        self._context.record.tool(start_ns, name, call_id, arguments, outcome)
        return self._reply_in_time({"text": outcome.text})

    def _hand(self, frame: Frame) -> Ending | None:
        if (over := self._over()) is not None:
            return over
        name, given = str(frame.get("name"))[:200], frame.get("arguments")
        arguments = [str(argument) for argument in given] if isinstance(given, list) else []
        start_ns = self._context.record.now_ns()
        try:
            outcome = self._lend(name, arguments)
            reply: dict[str, Any] = {"text": outcome.text}
        except (OSError, ValueError) as error:
            outcome = ToolOutcome(text=str(error), error=type(error).__name__)
            reply = {"error": str(error), "errno": getattr(error, "errno", errno.EINVAL)}
        self._context.record.hand(start_ns, name, arguments, outcome)
        return self._reply_in_time(reply)

    def _lend(self, name: str, arguments: list[str]) -> ToolOutcome:
        if name == "run_command" and len(arguments) == 1:
            outcome = self._toolbox.command(arguments[0], seconds=self._patience())
            self._watchdog.step()
            self._context.clock.spend(outcome.seconds or TOOL_SECONDS)
            return outcome
        if name == "read_file" and len(arguments) == 1:
            text = self._toolbox.read_text(arguments[0])
            if len(text) > _LENT:
                raise OSError(errno.EFBIG, f"larger than {_LENT} characters")
            return ToolOutcome(text=text.encode("utf-8", "replace").decode())
        if name == "write_file" and len(arguments) == 2:
            self._context.session.write(arguments[0], arguments[1].encode("utf-8", "replace"))
            return ToolOutcome(text="")
        raise OSError(errno.EINVAL, f"no such hand: {name}")

    def _claim(self, frame: Frame) -> None:
        self._context.record.claim(str(frame.get("name", ""))[:200], str(frame.get("reason", ""))[:500])

    def _end(self, frame: Frame) -> Finished | Ending:
        status = frame.get("status")
        if status == "finished":
            return self._context.out_of_time() or Finished()
        if status == "invalid":
            return _failed(f"harness_invalid: {_line(frame.get('message'))}")
        kind = _NO_WORD.sub("", str(frame.get("kind")))[:60]
        return _failed(f"middleware_error:{kind}: {_line(frame.get('message'))}".rstrip(": "))

    def _over(self) -> Ending | None:
        """The ending of a run whose time is up, or that floods its record with calls."""
        self._calls += 1
        if self._calls > _MAX_CALLS:
            return _failed("agent_crashed:flood")
        return self._context.out_of_time()

    def _reply_in_time(self, answer: dict[str, Any]) -> Ending | None:
        """Answer, unless what was done has used up the time."""
        if (late := self._context.out_of_time()) is None:
            self._send({**answer, "now": self._context.clock.now()})
        return late

    def _send(self, header: dict[str, Any], body: bytes = b"") -> None:
        self._connection.settimeout(self._watchdog.left())
        send_frame(self._connection, header, body)

    def _patience(self) -> float:
        """Real seconds to wait: for a stall, or until a real clock's time is up."""
        if self._context.clock.virtual:
            return self._watchdog.left()
        return min(self._watchdog.left(), self._context.seconds_left() + 0.01)


def _entry(use: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
    spec = resolve(use)
    return {
        "use": use,
        "module": spec.module,
        "path": spec.path,
        "class": spec.class_name,
        "parameters": dict(parameters),
    }


def _failed(reason: str) -> Ending:
    return Ending(outcome=Outcome.FAILED, reason=reason)


def _timed_out(reason: str) -> Ending:
    return Ending(outcome=Outcome.TIMED_OUT, reason=reason)


def _line(text: object) -> str:
    return " ".join(str(text).split())[:300]
