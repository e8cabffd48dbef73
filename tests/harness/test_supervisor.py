"""Every ending of a run has its outcome and its reason, and the spans tell what happened."""
# ruff: noqa: ARG002 - signatures that others call

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from harness.agent_service import agent_service
from harness.errors import ManifestError
from harness.root_attributes import is_root, result_of
from harness.runs import Assignment, Verification
from harness.sandbox import Sandbox
from harness.sandboxes.directory import DirectorySandbox
from harness.supervisor import read_checkout
from tests.harness.scripted import SOLVE, Broken, Harness, Say, bash, own
from tests.harness.supervised import Supervised
from traces import attributes as names
from traces.outcome import Outcome


class TooLongError(Exception):
    """What a provider raises for a request that it does not take."""

    status_code = 413


def test_a_solved_task_passes(supervised: Supervised) -> None:
    """The verifier judges the workspace that the agent left."""
    result = supervised()

    assert (result.outcome, result.reason, result.score, result.cause) == (
        Outcome.PASSED,
        "verified",
        1.0,
        "passed",
    )
    assert result.steps == 2
    assert result.usage.input_tokens == 20
    assert result.isolation == "namespace"


def test_an_unsolved_task_fails_with_the_verifiers_cause(supervised: Supervised) -> None:
    """Ending by itself is not enough."""
    result = supervised(says=(Say("I am done"),))

    assert (result.outcome, result.reason, result.cause) == (
        Outcome.FAILED,
        "verification_failed",
        "assertion",
    )


def test_spans_say_what_happened(supervised: Supervised) -> None:
    """The run is announced first, each call is a span as it ends, and the root comes last."""
    result = supervised()
    spans = supervised.spans()

    assert [span.name for span in spans] == [
        "flywheel.run.started", "chat simulated:scripted", "execute_tool bash", "chat simulated:scripted", "invoke_agent test",
    ]  # fmt: skip
    assert is_root(spans[-1])
    assert {span.parent_id for span in spans[:-1]} == {spans[-1].span_id}
    assert {span.trace_id for span in spans} == {result.run_id}
    assert result_of(spans[-1]) == result


def test_a_run_reads_as_its_calls(supervised: Supervised) -> None:
    """Readers find texts, arguments, exit codes and the settings in effect."""
    supervised(says=(bash("cat readme; exit 3"), Say("sure")))
    run = supervised.run()

    assert [call.text for call in run.model_calls] == ["", "sure"]
    assert run.model_calls[0].reasoning_effort == "high"
    assert run.tool_calls[0].arguments == {"command": "cat readme; exit 3"}
    assert run.tool_calls[0].result == "hello\n[exit code: 3]"
    assert run.tool_calls[0].exit_code == 3
    assert run.simulated
    assert [type(step).__name__ for step in run.steps] == ["ModelCall", "ToolCall", "ModelCall"]


def test_time_is_virtual_for_a_simulated_model(supervised: Supervised) -> None:
    """Two answers of two seconds and a tool call of one make five, and nothing sleeps."""
    result = supervised()
    root = supervised.spans()[-1]

    assert result.seconds == 5.0
    assert (root.end_ns - root.start_ns) / 1e9 == pytest.approx(5.0, abs=0.01)


def test_only_new_messages_are_recorded(supervised: Supervised) -> None:
    """A call's span holds what was added since the one before."""
    supervised(says=(bash("echo one"), bash("echo two"), Say("end")))
    inputs = [
        str(s.attributes[names.INPUT_MESSAGES]) for s in supervised.spans() if s.name.startswith("chat")
    ]

    assert ["Write 42" in text for text in inputs] == [True, False, False]
    assert ['"one\\n' in text for text in inputs] == [False, True, False]
    assert ['"two\\n' in text for text in inputs] == [False, False, True]


def test_equal_runs_have_equal_digests(supervised: Supervised) -> None:
    """The digest follows what was said and done: not the key, nor durations in an output."""
    script = "echo ran in $RANDOM.$RANDOM seconds at 0x$(printf %08x $RANDOM)"
    digests = {supervised(says=(bash(script), Say("end")), key=f"run{i}").digest for i in range(2)}
    other = supervised(says=(bash(script), Say("another end")), key="run3").digest

    assert len(digests) == 1
    assert other not in digests


def test_the_seed_reaches_the_model(supervised: Supervised) -> None:
    """Both arms of a pair share it."""
    digests = {seed: supervised(says=(Say("{seed}"),), seed=seed, key=str(seed)).digest for seed in (1, 2)}

    assert digests[1] != digests[2]


def test_the_limit_of_steps_ends_a_run(supervised: Supervised) -> None:
    """No call is made beyond it, and the run is a failure whatever the workspace holds."""
    result = supervised(Harness(steps=3), (bash("echo 42 > answer.txt"),))

    assert (result.outcome, result.reason, result.score) == (Outcome.LIMIT_REACHED, "step_limit", 0.0)
    assert (result.cause, result.steps) == ("step_limit", 3)


def test_many_steps_end_by_our_limit_only(supervised: Supervised) -> None:
    """LangGraph's own limit of 25 nodes plays no part."""
    result = supervised(Harness(steps=40), (bash("true"),))

    assert (result.reason, result.steps) == ("step_limit", 40)


def test_the_wall_clock_ends_a_run(supervised: Supervised) -> None:
    """By the run's own clock: the third answer comes too late."""
    result = supervised(Harness(wall_seconds=25.0), (replace(bash("true"), seconds=10.0),))

    assert (result.outcome, result.reason) == (Outcome.TIMED_OUT, "wall_clock")
    assert result.seconds == pytest.approx(32.0)


def test_a_real_clock_ends_a_run_too(supervised: Supervised) -> None:
    """A model that is not simulated spends real time; a command is ended with the run."""
    result = supervised(Harness(model="scripted:real", wall_seconds=0.5), (bash("sleep 30"),))

    assert (result.outcome, result.reason) == (Outcome.TIMED_OUT, "wall_clock")
    assert 0.5 < result.seconds < 5.0


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("class Own(AgentMiddleware):\n def before_model(self, state, runtime): raise KeyError('x')", "middleware_error:KeyError: 'x'"),
        ("class Own(AgentMiddleware):\n def before_model(self, state, runtime): import os; os._exit(0)", "agent_crashed:ended"),
        ("class Own(AgentMiddleware):\n def before_model(self, state, runtime): import ctypes; ctypes.string_at(0)", "agent_crashed:ended"),
        ("class Own(AgentMiddleware):\n def __init__(self): raise ValueError('no')", "harness_invalid: ./own.py:Own: ValueError: no"),
        ("import nothing_such\nclass Own(AgentMiddleware): pass", "harness_invalid: ./own.py:Own: ModuleNotFoundError: No module named 'nothing_such'"),
    ],
)  # fmt: skip
def test_a_harness_that_breaks_fails(supervised: Supervised, code: str, reason: str) -> None:
    """A crash is the harness's own: nobody gains by crashing."""
    result = supervised(own(code))

    assert (result.outcome, result.score) == (Outcome.FAILED, 0.0)
    assert result.reason == reason


def test_a_harness_that_hangs_is_ended(supervised: Supervised) -> None:
    """A stall of the agent process ends by real time, whatever the run's clock says."""
    code = "class Own(AgentMiddleware):\n def before_model(self, state, runtime):\n  while True: pass"
    result = supervised(own(code), stall_seconds=0.5)

    assert (result.outcome, result.reason) == (Outcome.TIMED_OUT, "agent_stalled")


def test_a_manifest_that_does_not_parse_fails(supervised: Supervised) -> None:
    """A candidate that cannot be loaded has failed; the reason is the parser's line."""
    result = supervised(Harness(head="agnet = 1"))

    assert result.outcome is Outcome.FAILED
    assert result.reason.startswith("harness_invalid: harness.toml:")
    assert result.cause == "harness_invalid"


def test_a_model_that_breaks_is_nobodys_failure(supervised: Supervised) -> None:
    """The supervisor saw infrastructure fail outside of the agent process."""
    result = supervised(says=(Say(error=ConnectionError),))

    assert (result.outcome, result.reason) == (Outcome.ERRORED, "model_error:ConnectionError")
    assert supervised.run().model_calls[0].error == "ConnectionError: scripted"


def test_a_request_that_the_model_refuses_is_the_harness_s(supervised: Supervised) -> None:
    """Too long a context is what a harness made of it."""
    result = supervised(says=(Say(error=TooLongError),))

    assert (result.outcome, result.reason) == (Outcome.FAILED, "request_rejected:TooLongError")


def test_a_verifier_that_breaks_gives_no_verdict(supervised: Supervised) -> None:
    """Neither passed nor failed: errored."""
    result = supervised(verifier=Broken())

    assert (result.outcome, result.reason) == (Outcome.ERRORED, "verifier_broken:RuntimeError")


def test_a_workspace_that_cannot_be_copied_fails(supervised: Supervised) -> None:
    """Filling the disk is no way to get another attempt."""
    result = supervised(says=(bash("truncate -s 65M large"), Say("end")))

    assert (result.outcome, result.reason) == (Outcome.FAILED, "workspace_unusable:OSError")


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (("bash", '{"command": "ls'), "are not valid JSON"),
        (("bash", {}), "'command' is missing"),
        (("bash", {"command": 3}), "must be a JSON string"),
        (("edit_file", {"path": "x", "old_string": "a", "new_string": "b"}), "No such file"),
        (("teleport", {}), "not a valid tool"),
        (
            ("read_file", {"path": "x", "self": 1, "link": 2, "run_manager": 3, "config": 4}),
            "no argument 'self'",
        ),
    ],
)
def test_a_bad_tool_call_is_told_and_the_run_goes_on(
    supervised: Supervised, call: tuple[str, object], told: str
) -> None:
    """Neither an exception nor broken JSON ends the agent's loop."""
    result = supervised(says=(Say(calls=(call,)), *SOLVE))

    assert (result.outcome, result.steps) == (Outcome.PASSED, 3)
    assert told in "".join(str(span.attributes.get(names.INPUT_MESSAGES)) for span in supervised.spans())


def test_parallel_calls_run_in_their_order(supervised: Supervised) -> None:
    """Tool calls of one answer are made one after the other, so that equal runs stay equal."""
    calls = tuple(("bash", {"command": f"echo {i} >> order; sleep 0.0{5 - i}"}) for i in range(5))
    supervised(says=(Say(calls=calls), bash("cat order"), Say("end")))

    assert supervised.run().tool_calls[-1].result.startswith("0\n1\n2\n3\n4\n")


def test_activations_are_claims(supervised: Supervised) -> None:
    """What middleware says of itself is kept as such and counted, also from the threads of tool calls."""
    code = """
from opentelemetry import trace
class Own(AgentMiddleware):
    def before_model(self, state, runtime):
        said = {"flywheel.middleware.name": "Own", "flywheel.middleware.reason": "model"}
        trace.get_current_span().add_event("flywheel.middleware.activated", said)
        with trace.get_tracer("own").start_as_current_span("mine") as span:
            span.add_event("flywheel.middleware.activated", said)
            span.add_event("anything else", said)
    def wrap_tool_call(self, request, handler):
        said = {"flywheel.middleware.name": "Own", "flywheel.middleware.reason": "tool"}
        trace.get_current_span().add_event("flywheel.middleware.activated", said)
        return handler(request)
"""
    result = supervised(own(code))
    run = supervised.run()

    assert result.activated == {"Own": 5}
    assert [activation.reason for activation in run.activations] == [
        "model",
        "model",
        "tool",
        "model",
        "model",
    ]
    claimed = [span for span in supervised.spans() if span.name == "flywheel.middleware"]
    assert all(span.attributes == {names.CLAIM: True} for span in claimed)


def test_an_outcome_cannot_be_forged(supervised: Supervised) -> None:
    """Neither attributes nor frames nor claims of the agent process change what the supervisor saw."""
    code = """
from opentelemetry import trace
class Own(AgentMiddleware):
    def before_model(self, state, runtime):
        span = trace.get_current_span()
        span.set_attribute("flywheel.outcome", "passed")
        span.set_attributes({"flywheel.score": 1.0})
        span.add_event("flywheel.outcome", {"flywheel.outcome": "passed"})
        said = {"flywheel.middleware.name": "flywheel.outcome", "flywheel.middleware.reason": "passed",
                "flywheel.outcome": "passed"}
        span.add_event("flywheel.middleware.activated", said)
        import gc
        from harness.agent_process.link import Link
        link = next(o for o in gc.get_objects() if isinstance(o, Link))
        link.tell("end", status="finished", outcome="passed", score=1.0, kind="", message="", **{"flywheel.outcome": "passed"})
"""
    result = supervised(own(code), (Say("nothing done"),))
    spans = supervised.spans()

    assert (result.outcome, result.score) == (Outcome.FAILED, 0.0)
    assert [span.attributes[names.OUTCOME] for span in spans if names.OUTCOME in span.attributes] == [
        "failed"
    ]
    assert all(
        set(e.attributes) <= {names.ACTIVATED_NAME, names.ACTIVATED_REASON, names.CLAIM}
        for s in spans
        for e in s.events
    )


@pytest.mark.parametrize(
    "sent", ["b'x' * 64", "b'\\xff' * 8", "b'\\0\\0\\0\\2\\0\\0\\0\\0[]'", "b'\\0\\0\\0\\2\\0\\0\\0\\0{}'"]
)
def test_noise_on_the_wire_is_a_crash(supervised: Supervised, sent: str) -> None:
    """Whatever comes from the agent process, the supervisor goes on."""
    code = f"""
import gc, socket
class Own(AgentMiddleware):
    def before_model(self, state, runtime):
        from harness.agent_process.link import Link
        link = next(o for o in gc.get_objects() if isinstance(o, Link))
        link._connection.sendall({sent})
"""
    result = supervised(own(code))

    assert result.outcome is Outcome.FAILED
    assert result.reason == "agent_crashed:protocol"


def test_a_flood_of_claims_is_bounded(supervised: Supervised) -> None:
    """Counting ends, and so do spans; texts are cut."""
    code = """
from opentelemetry import trace
class Own(AgentMiddleware):
    def before_agent(self, state, runtime):
        for _ in range(1500):
            said = {"flywheel.middleware.name": "n" * 5000, "flywheel.middleware.reason": "r" * 5000}
            trace.get_current_span().add_event("flywheel.middleware.activated", said)
"""
    result = supervised(own(code))

    assert result.activated == {"n" * 200: 1000}
    assert result.outcome is Outcome.PASSED


def test_settings_in_effect_are_recorded(supervised: Supervised) -> None:
    """Effort, prompt and tools are what the model call really had, whoever set them."""
    code = """
class Own(AgentMiddleware):
    def wrap_model_call(self, request, handler):
        return handler(request.override(model_settings={"reasoning_effort": "low", "temperature": 9, "secret": 1}))
"""
    changed = supervised(own(code), (Say("{effort}"),), key="changed")
    plain = supervised(Harness(), (Say("{effort}"),), key="plain")
    texts = [
        assembled.attributes[names.OUTPUT_MESSAGES]
        for assembled in supervised.spans()
        if assembled.name.startswith("chat")
    ]

    assert (changed.efforts, plain.efforts) == (frozenset({"low"}), frozenset({"high"}))
    assert "low" in str(texts[0])
    assert changed.prompt_hashes == plain.prompt_hashes
    assert changed.tools_hashes == plain.tools_hashes
    assert changed.limits_hash == plain.limits_hash


def test_a_changed_prompt_shows(supervised: Supervised) -> None:
    """The hash is of what was sent, not of a file."""
    one = supervised(Harness(), key="one")
    other = supervised(Harness(files={"system.md": "Work harder.\n"}), key="other")

    assert len(one.prompt_hashes) == len(other.prompt_hashes) == 1
    assert one.prompt_hashes != other.prompt_hashes


def test_the_runtime_lends_its_hands(supervised: Supervised) -> None:
    """Middleware gets clock, command and files by the names of its parameters; they are no steps of the agent."""
    code = """
class Own(AgentMiddleware):
    def __init__(self, clock, run_command, read_file, write_file, budget_seconds):
        self.hands = (clock, run_command, read_file, write_file, budget_seconds)
    def before_agent(self, state, runtime):
        clock, run_command, read_file, write_file, budget = self.hands
        before = clock()
        output = run_command("cat readme; exit 2")
        write_file("/workspace/answer.txt", "42\\n")
        try:
            read_file("missing")
        except FileNotFoundError as error:
            missing = error.errno
        told = [before, clock(), output, read_file("readme"), missing, budget]
        return {"messages": [{"role": "user", "content": repr(told)}]}
"""
    result = supervised(own(code, wall_seconds=77.0), (Say("{last}"),))
    run = supervised.run()

    assert result.outcome is Outcome.PASSED
    assert run.model_calls[0].text == "[0.0, 1.0, 'hello\\n[exit code: 2]', 'hello\\n', 2, 77.0]"
    assert run.tool_calls == ()
    assert sum(span.name == "flywheel.hand" for span in supervised.spans()) == 4


def test_two_entries_of_one_class_work(supervised: Supervised) -> None:
    """LangChain wants distinct names; a harness need not care."""
    entry = '[[middleware]]\nuse = "stock:LoopDetection"\n'
    result = supervised(Harness(middleware=entry * 3))

    assert result.outcome is Outcome.PASSED


def test_secrets_are_redacted_before_they_are_written(supervised: Supervised) -> None:
    """A key that an agent prints is in no segment."""
    key = "sk-ant-api03-" + "a1B2" * 20
    supervised(says=(bash(f"echo {key}"), Say(f"the key is {key}")))
    written = b"".join(path.read_bytes() for path in (supervised.folder / "segments").iterdir())

    assert key.encode() not in written
    assert b"[redacted:" in written


def test_labels_are_on_the_root(supervised: Supervised) -> None:
    """The caller's names for the run; they cannot override the supervisor's own."""
    labels = {
        names.SUITE: "s",
        names.SPLIT: "mine",
        names.ARM: "control",
        names.OUTCOME: "passed",
        names.RUN_KEY: "x",
    }
    supervised(says=(Say("no"),), labels=labels)
    run = supervised.run()

    assert (run.suite, run.split, run.arm, run.key) == ("s", "mine", "control", "run")
    assert run.outcome is Outcome.FAILED


@dataclass(frozen=True)
class Keeper:
    """A verifier that says what was in the workspace."""

    def verify(self, workspace: Mapping[str, bytes], sandbox: Sandbox) -> Verification:
        """No verdict on anything."""
        return Verification(passed=False, score=0.5, cause=",".join(sorted(workspace)))


def test_the_verifier_gets_a_copy_after_the_end(supervised: Supervised) -> None:
    """What the agent left running cannot change what is judged; partial credit is kept."""
    result = supervised(says=(bash("(sleep 0.2; touch late) & touch soon"), Say("end")), verifier=Keeper())

    assert result.cause == "readme,soon"
    assert result.score == 0.5


def test_without_namespaces_own_code_needs_trust(supervised: Supervised, tmp_path: Path) -> None:
    """The error names the way out; with it the run works and records that there was no boundary."""
    processes = agent_service(isolated=False)
    plain = replace(supervised, sandbox=DirectorySandbox(), processes=processes)
    code = "class Own(AgentMiddleware): pass"
    try:
        stock = plain(Harness(middleware='[[middleware]]\nuse = "stock:LocalContext"'), key="stock")
        trusted = plain(own(code), trust_code=True, key="trusted")
        with pytest.raises(ManifestError, match="--trust-code"):
            plain(own(code), key="refused")
    finally:
        processes.close()

    assert (stock.outcome, trusted.outcome) == (Outcome.PASSED, Outcome.PASSED)
    assert trusted.isolation == "directory"


@pytest.mark.parametrize(
    "arguments",
    [
        {"command": "echo \0"},
        {"command": "echo \ud800"},
        {"command": "true", "timeout": 10**400},
        {"command": "true", "timeout": -1},
        {"command": "x" * 300_000},
    ],
)
def test_odd_arguments_are_no_infrastructure_failure(
    supervised: Supervised, arguments: dict[str, object]
) -> None:
    """Nobody gets another attempt by a null byte."""
    result = supervised(says=(Say(calls=(("bash", arguments),)), *SOLVE))

    assert (result.outcome, result.steps) == (Outcome.PASSED, 3)


@pytest.mark.parametrize("tool", ["read_file", "write_file", "edit_file"])
@pytest.mark.parametrize("path", ["a\0b", "\ud800", "x" * 5000, "", "/proc/1/mem", "/dev/zero"])
def test_odd_paths_are_none_either(supervised: Supervised, tool: str, path: str) -> None:
    """They are told to the model."""
    more = {"content": "x"} if tool == "write_file" else {"old_string": "a", "new_string": "b"}
    arguments = {"path": path, **({} if tool == "read_file" else more)}
    result = supervised(says=(Say(calls=((tool, arguments),)), *SOLVE))

    assert (result.outcome, result.steps) == (Outcome.PASSED, 3)
    assert supervised.run().tool_calls[0].result.startswith("error: ")


def test_talking_without_progress_is_a_stall(supervised: Supervised) -> None:
    """A loop of claims or file reads never ends by itself, and moves no virtual clock."""
    code = """
from opentelemetry import trace
class Own(AgentMiddleware):
    def __init__(self, read_file): self.read_file = read_file
    def before_agent(self, state, runtime):
        while True:
            self.read_file("readme")
            trace.get_current_span().add_event("flywheel.middleware.activated", {})
"""
    result = supervised(own(code), stall_seconds=0.7)

    assert (result.outcome, result.reason) == (Outcome.TIMED_OUT, "agent_stalled")


def test_a_strange_model_request_breaks_the_run_only(supervised: Supervised) -> None:
    """What a candidate sends instead of messages is its own crash."""
    code = """
import gc
class Own(AgentMiddleware):
    def before_agent(self, state, runtime):
        from harness.agent_process.link import Link
        link = next(o for o in gc.get_objects() if isinstance(o, Link))
        link.ask("model", messages=[{"type": "ai", "data": {"content": [{"type": "text"}, 5]}}], tools=[{"a": []}],
                 settings={"tool_choice": {"x": 1}, "stop": 7})
"""
    result = supervised(own(code))

    assert result.outcome is Outcome.FAILED


def speaking(code: str) -> Harness:
    """A harness whose middleware speaks to the supervisor itself, over ``link``."""
    lines = "".join(f"        {line}\n" for line in code.strip().splitlines())
    return own(
        "import gc\n"
        "class Own(AgentMiddleware):\n"
        "    def before_agent(self, state, runtime):\n"
        "        from harness.agent_process.link import Link\n"
        "        link = next(o for o in gc.get_objects() if isinstance(o, Link))\n" + lines
    )


@pytest.mark.parametrize(
    "frame",
    [
        "'broken', message='no namespaces'",
        "'ready'",
        "'errored'",
        "'model', messages=[], tools=[], settings={}",
        "'model', messages=[{'type': 'remove', 'data': {'id': '1', 'content': ''}}], tools=[], settings={}",
        "'model', messages=[{'type': 'human', 'data': {'content': 'x'}}], tools=[], settings={'reasoning_effort': 'ultra'}",
    ],
)
def test_no_frame_makes_a_run_errored(supervised: Supervised, frame: str) -> None:
    """Infrastructure's failures are tried again; a harness that could claim one would never fail."""
    result = supervised(speaking(f"link.ask({frame})"))

    assert (result.outcome, result.reason) == (Outcome.FAILED, "agent_crashed:protocol")


def test_arguments_that_nest_too_deep_break_the_run_only(supervised: Supervised) -> None:
    """Also where they could just be read, and not be written again."""
    code = """
for depth in range(880, 1000, 3):
    nested = []
    for _ in range(depth):
        nested = [nested]
    link.ask("tool", name="bash", call_id="1", arguments=nested)
"""
    result = supervised(speaking(code))

    assert (result.outcome, result.cause) in {
        (Outcome.FAILED, "agent_crashed"),
        (Outcome.FAILED, "middleware_error"),
    }


def test_a_flood_of_calls_ends_the_run(supervised: Supervised) -> None:
    """Each is a span, and a disk is no candidate's to fill."""
    result = supervised(speaking("while True: link.ask('hand', name='read_file', arguments=['x'])"))
    hands = sum(span.name == "flywheel.hand" for span in supervised.spans())

    assert (result.outcome, result.reason) == (Outcome.FAILED, "agent_crashed:flood")
    assert hands == 5000


@pytest.mark.parametrize(
    ("call", "told"),
    [
        ("name='teleport', arguments=['x']", "no such hand: teleport"),
        ("name='read_file', arguments=[]", "no such hand: read_file"),
        ("name='read_file', arguments='readme'", "no such hand: read_file"),
        ("name='write_file', arguments=['a', 'b', 'c']", "no such hand: write_file"),
        ("name='write_file', arguments=['a/\\0', 'b']", "null"),
        ("name=7", "no such hand: 7"),
    ],
)
def test_a_hand_that_there_is_not_is_refused(supervised: Supervised, call: str, told: str) -> None:
    """With a text for the middleware; the run goes on."""
    code = f"return {{'messages': [{{'role': 'user', 'content': str(link.ask('hand', {call}))}}]}}"
    supervised(speaking(code), (Say("{last}"),))

    assert told in supervised.run().model_calls[0].text


def test_a_large_file_is_not_lent_whole(supervised: Supervised) -> None:
    """Middleware gets an error that it can deal with instead of a frame that ends its run."""
    code = """
class Own(AgentMiddleware):
    def __init__(self, run_command, read_file): self.hands = run_command, read_file
    def before_agent(self, state, runtime):
        run_command, read_file = self.hands
        run_command("head -c 12000000 /dev/zero > large; head -c 2000000 /dev/zero > small")
        try:
            read_file("large")
        except OSError as error:
            told = f"{error.errno} {error.strerror} {len(read_file('small'))}"
        return {"messages": [{"role": "user", "content": told}]}
"""
    supervised(own(code), (Say("{last}"),))

    assert supervised.run().model_calls[0].text.startswith("27 ")
    assert supervised.run().model_calls[0].text.endswith("larger than 2097152 characters 2000000")


def test_a_command_s_sandbox_is_not_the_command_s_to_break(supervised: Supervised) -> None:
    """An agent that interrupts the first process of its sandbox gets the verdict that it deserves."""
    result = supervised(says=(bash("kill -INT 1; kill -9 1; echo 42 > answer.txt"), Say("end")))

    assert (result.outcome, result.reason) == (Outcome.PASSED, "verified")


def test_an_agent_process_that_never_begins_is_infrastructure_s(supervised: Supervised) -> None:
    """Before the harness's own code runs, nothing that goes wrong is its fault."""
    processes = agent_service(isolated=True)
    processes.start()
    assert processes._process is not None
    processes._process.kill()
    processes._process.wait()
    try:
        result = replace(supervised, processes=processes)(key="first")
        again = replace(supervised, processes=processes)(key="again")
    finally:
        processes.close()

    assert result.outcome is Outcome.ERRORED
    assert result.reason.startswith("sandbox_error: harness.agent_process.fork_server ended")
    assert result.cause == "sandbox_error"
    assert again.outcome is Outcome.PASSED


def test_labels_do_not_say_what_the_supervisor_knows(supervised: Supervised) -> None:
    """Isolation, limits, model and operation are what they were."""
    labels = {
        names.ISOLATION: "docker",
        names.LIMITS_HASH: "x",
        names.OPERATION: "chat",
        names.REQUEST_MODEL: "better",
        names.AGENT_NAME: "other",
    }
    result = supervised(labels=labels, key="labelled")
    plain = supervised(key="plain")
    root = next(span for span in supervised.spans() if is_root(span))

    assert (result.isolation, result.limits_hash) == ("namespace", plain.limits_hash)
    assert root.name == "invoke_agent test"
    assert root.attributes[names.OPERATION] == "invoke_agent"
    assert root.attributes[names.REQUEST_MODEL] == "simulated:scripted"


def test_a_system_exit_in_a_harness_s_file_is_its_own_crash(supervised: Supervised) -> None:
    """Importing it is as far as it gets."""
    result = supervised(Harness(middleware='[[middleware]]\nuse = "./own.py:Own"\n', files={
        "own.py": "from langchain.agents.middleware import AgentMiddleware\nclass Own(AgentMiddleware): pass\nraise SystemExit(0)\n"
    }))  # fmt: skip

    assert (result.outcome, result.reason) == (Outcome.FAILED, "agent_crashed:ended")


def test_ending_by_itself_too_late_is_a_timeout(supervised: Supervised) -> None:
    """The last answer counts with the time it took."""
    result = supervised(Harness(wall_seconds=25.0), (Say("done", seconds=30.0),))

    assert (result.outcome, result.reason, result.score) == (Outcome.TIMED_OUT, "wall_clock", 0.0)
    assert result.seconds == 30.0


def test_exactly_the_limits_are_within_them(supervised: Supervised) -> None:
    """Two steps of two and five seconds of five."""
    result = supervised(Harness(steps=2, wall_seconds=5.0))

    assert (result.outcome, result.steps, result.seconds) == (Outcome.PASSED, 2, 5.0)


@dataclass(frozen=True)
class SaysBroken:
    """A verifier that knows that it could not do its work."""

    def verify(self, workspace: Mapping[str, bytes], sandbox: Sandbox) -> Verification:
        """Neither passed nor failed."""
        return Verification(passed=True, score=1.0, cause="no_interpreter", broken="no_interpreter")


def test_a_verifier_that_says_it_is_broken_is_believed(supervised: Supervised) -> None:
    """Its other words do not count."""
    result = supervised(verifier=SaysBroken())

    assert (result.outcome, result.score) == (Outcome.ERRORED, 0.0)
    assert (result.reason, result.cause) == ("verifier_broken:no_interpreter", "no_interpreter")


def test_a_task_with_a_hostile_path_is_nobody_s_pass(supervised: Supervised) -> None:
    """Its files never reach a sandbox."""
    assignment = Assignment(task="t", instruction="i", files={"../x": b""})
    result = supervised(assignment=assignment)

    assert (result.outcome, result.reason) == (Outcome.FAILED, "workspace_unusable:OSError")
    assert [span.name for span in supervised.spans()] == ["flywheel.run.started", "invoke_agent test"]


def test_a_checkout_is_read_once_for_all_its_runs(tmp_path: Path) -> None:
    """Links in it are left out, wherever they point."""
    (tmp_path / "prompts").mkdir()
    (tmp_path / "harness.toml").write_bytes(b"a")
    (tmp_path / "prompts/x.md").write_bytes(b"\xff\r\n")
    (tmp_path / "link").symlink_to("/etc/passwd")
    (tmp_path / "folder").symlink_to("/etc")

    assert read_checkout(tmp_path) == {"harness.toml": b"a", "prompts/x.md": b"\xff\r\n"}
