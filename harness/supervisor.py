"""Supervises one run: identity, clock, limits, sandbox, verdict; the agent process has none of these."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from harness.agents import Agent, Finished, RunContext
from harness.builtin_agent import BuiltinAgent
from harness.clock import MonotonicClock, RunClock, VirtualClock
from harness.command_agent import CommandAgent
from harness.digest import json_hash
from harness.edits import Tree
from harness.errors import BrokenSystemError, HarnessError, ManifestError
from harness.manifest import Manifest
from harness.manifest_file import parse_manifest
from harness.middleware_registry import is_own_code
from harness.models import is_simulated
from harness.root_attributes import IMAGE, result_of
from harness.run_record import Ending, RunRecord, SpanSink
from harness.runs import RunRequest, RunResult, Verification
from harness.sandbox import Sandbox
from harness.sandboxes.task_containers import TaskContainers
from traces import attributes as names
from traces.errors import TraceError
from traces.outcome import Outcome
from traces.span import AttributeValue


@dataclass(frozen=True, kw_only=True)
class Supervisor:
    """Carries out runs, one at a time. ``epoch_ns`` and ``monotonic`` are the real clocks.

    ``trust_code`` lets a harness's own code run where no sandbox stands between it and this machine. A task with an
    environment of its own runs in ``containers``.
    """

    sink: SpanSink
    sandbox: Sandbox
    containers: TaskContainers | None = None
    builtin: BuiltinAgent
    epoch_ns: Callable[[], int]
    monotonic: Callable[[], float]
    trust_code: bool = False
    _loaded: dict[str, tuple[Tree, Manifest]] = field(default_factory=dict)

    def supervise(self, request: RunRequest) -> RunResult:
        """Run one attempt to its end, which is always recorded.

        Raises ``SegmentError`` if spans cannot be written, ``BrokenSystemError`` if there can be no agent
        process, ``ManifestError`` for code that is not trusted here.
        """
        try:
            tree, manifest = self._load(request)
        except ManifestError as error:
            record = self._record(request, VirtualClock())
            ending = Ending(
                outcome=Outcome.FAILED, reason=f"harness_invalid: {error}", cause="harness_invalid"
            )
            return result_of(record.close(ending, self._described(request, None, {})))
        self._refuse_untrusted(manifest)
        clock = self._clock(manifest)
        record = self._record(request, clock)
        ending = self._ending(request, tree, _within(request, manifest), clock, record)
        return result_of(record.close(ending, self._described(request, manifest, tree)))

    def _load(self, request: RunRequest) -> tuple[Tree, Manifest]:
        known = self._loaded.get(request.checkout.tree)
        if known is None:
            tree = read_checkout(request.checkout.path)
            known = self._loaded[request.checkout.tree] = (tree, parse_manifest(tree))
        return known

    def _record(self, request: RunRequest, clock: RunClock) -> RunRecord:
        record = RunRecord(request, self.sink, clock, self.epoch_ns())
        record.started()
        return record

    def _refuse_untrusted(self, manifest: Manifest) -> None:
        own = [entry.use for entry in manifest.middleware if is_own_code(entry.use)]
        if own and self.sandbox.isolation == "directory" and not self.trust_code:
            raise ManifestError(
                f"{own[0]} is code of the harness and this machine has no namespaces to run it in; "
                "pass --trust-code to run it with all your rights"
            )

    def _clock(self, manifest: Manifest) -> RunClock:
        if manifest.agent == "builtin" and is_simulated(manifest.model):
            return VirtualClock()
        return MonotonicClock(self.monotonic)

    def _ending(
        self, request: RunRequest, tree: Tree, manifest: Manifest, clock: RunClock, record: RunRecord
    ) -> Ending:
        try:
            agent = self._agent(manifest)
            sandbox = self._sandbox_of(request)
            with sandbox.open(request.assignment.files, extra=agent.files(request, tree)) as session:
                context = RunContext(
                    request=request, manifest=manifest, tree=tree, session=session, clock=clock, record=record
                )
                ended = agent.run(context)
                if isinstance(ended, Ending):
                    return _with_cause(ended)
                workspace = session.snapshot()
        except BrokenSystemError as error:
            return Ending(outcome=Outcome.ERRORED, reason=f"sandbox_error: {error}", cause="sandbox_error")
        except OSError as error:
            return _with_cause(
                Ending(outcome=Outcome.FAILED, reason=f"workspace_unusable:{type(error).__name__}")
            )
        except (HarnessError, TraceError):
            raise
        except Exception as error:  # noqa: BLE001 - one run ends here, whatever a candidate has found to break
            return _with_cause(
                Ending(outcome=Outcome.ERRORED, reason=f"supervisor_error:{type(error).__name__}")
            )
        return _judged(_verified(request, workspace, sandbox), ended)

    def _sandbox_of(self, request: RunRequest) -> Sandbox:
        environment = request.assignment.environment
        if environment is None:
            return self.sandbox
        if self.containers is None:
            raise BrokenSystemError("there are no containers for tasks of their own image here")
        return self.containers.of(environment)

    def _agent(self, manifest: Manifest) -> Agent:
        return CommandAgent() if manifest.agent == "command" else self.builtin

    def _described(
        self, request: RunRequest, manifest: Manifest | None, tree: Tree
    ) -> dict[str, AttributeValue]:
        found: dict[str, AttributeValue] = {
            names.ISOLATION: self._isolation(request, manifest),
            names.LIMITS_HASH: "",
        }
        environment = request.assignment.environment
        if environment is not None and environment.image_name is not None:
            found[IMAGE] = environment.image_name
        if manifest is not None:
            found |= {
                names.AGENT_NAME: manifest.name,
                names.HARNESS_NAME: manifest.name,
                names.LIMITS_HASH: json_hash(asdict(manifest.limits)),
                **self._agent(manifest).described(manifest, tree),
            }
        return found

    def _isolation(self, request: RunRequest, manifest: Manifest | None) -> str:
        """The least that stood between the run and this machine: an agent process is where ``sandbox`` is."""
        built_in = manifest is None or manifest.agent == "builtin"
        if request.assignment.environment is None or (built_in and self.sandbox.isolation == "directory"):
            return self.sandbox.isolation
        return "docker"


def read_checkout(folder: Path) -> dict[str, bytes]:
    """A checkout's regular files by relative path."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink()
    }


def _within(request: RunRequest, manifest: Manifest) -> Manifest:
    """The harness with the task's own time limit, where that is the shorter one."""
    environment = request.assignment.environment
    if environment is None or environment.seconds is None:
        return manifest
    seconds = min(environment.seconds, manifest.limits.wall_seconds)
    return replace(manifest, limits=replace(manifest.limits, wall_seconds=seconds))


def _verified(request: RunRequest, workspace: Mapping[str, bytes], sandbox: Sandbox) -> Verification:
    """The verdict in a fresh sandbox of the same kind and image as the agent's."""
    try:
        return request.verifier.verify(workspace, sandbox)
    except Exception as error:  # noqa: BLE001 - a verifier that raises is broken, and the run errored
        cause = type(error).__name__
        return Verification(passed=False, score=0.0, cause="verifier_broken", broken=cause)


def _judged(verification: Verification, finished: Finished) -> Ending:
    if verification.broken is not None:
        return Ending(
            outcome=Outcome.ERRORED,
            reason=f"verifier_broken:{verification.broken}",
            cause=verification.cause,
        )
    reason = "verified" if verification.passed else "verification_failed"
    return Ending(
        outcome=Outcome.PASSED if verification.passed else Outcome.FAILED,
        reason=f"{reason};{finished.note}" if finished.note else reason,
        score=verification.score,
        cause=verification.cause,
    )


def _with_cause(ending: Ending) -> Ending:
    """A run that nobody verified has its reason's first word as the cause."""
    return Ending(outcome=ending.outcome, reason=ending.reason, cause=ending.reason.split(":", 1)[0])
