"""Any command line as the agent: run in the task's sandbox, judged by the same verifier."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from harness.command_agent import configuration_hash
from harness.manifest import Manifest
from harness.manifest_file import parse_manifest
from harness.root_attributes import CONFIGURATION_HASH, is_root
from harness.sandboxes.directory import DirectorySandbox
from tests.harness.scripted import Harness
from tests.harness.supervised import Supervised
from traces import attributes as names
from traces.outcome import Outcome


def command(script: str, **more: Any) -> Harness:
    """A harness whose agent is a shell script."""
    return Harness(head=f'agent = "command"\nargv = ["bash", "-c", {script!r}]\n', **more)


def test_a_command_solves_the_task(supervised: Supervised) -> None:
    """There are no model calls of ours; what it ran is a span."""
    result = supervised(command("echo 42 > answer.txt; cat readme"))
    run = supervised.run()

    assert (result.outcome, result.reason, result.steps) == (Outcome.PASSED, "verified", 0)
    assert run.tool_calls[0].result == "hello\n"
    assert run.root is not None
    assert "flywheel.run.configuration_sha256" in run.root.attributes


def test_the_instruction_is_on_stdin_and_in_a_file(supervised: Supervised) -> None:
    """For both kinds of command lines."""
    supervised(command("cat; echo; cat $FLYWHEEL_INSTRUCTION"))

    assert supervised.run().tool_calls[0].result == "Write 42 into answer.txt.\nWrite 42 into answer.txt."


def test_an_exit_code_is_kept_in_the_reason(supervised: Supervised) -> None:
    """The verifier decides all the same."""
    result = supervised(command("echo 42 > answer.txt; exit 9"))

    assert (result.outcome, result.reason) == (Outcome.PASSED, "verified;exit_code:9")


def test_a_command_that_takes_too_long_is_ended(supervised: Supervised) -> None:
    """By a real clock."""
    result = supervised(command("sleep 30", wall_seconds=0.4))

    assert (result.outcome, result.reason) == (Outcome.TIMED_OUT, "wall_clock")
    assert result.seconds < 5


def test_a_command_works_without_namespaces_too(supervised: Supervised) -> None:
    """The instruction's file is found there as well, and is no part of the workspace."""
    plain = replace(supervised, sandbox=DirectorySandbox())
    result = plain(command("cat $FLYWHEEL_INSTRUCTION; ls; echo 42 > answer.txt"))

    assert (result.outcome, result.isolation) == (Outcome.PASSED, "directory")
    assert plain.run().tool_calls[0].result == "Write 42 into answer.txt.readme\n"


def test_the_instruction_is_read_only(supervised: Supervised) -> None:
    """A copy of what was asked, not the place to keep notes."""
    supervised(command("echo more >> $FLYWHEEL_INSTRUCTION; echo $?; cat $FLYWHEEL_INSTRUCTION"))

    assert supervised.run().tool_calls[0].result.endswith("1\nWrite 42 into answer.txt.")


def test_a_program_that_is_not_there_is_the_harness_s(supervised: Supervised) -> None:
    """Its work is judged all the same: there is none."""
    result = supervised(Harness(head='agent = "command"\nargv = ["no-such-agent"]\n'))

    assert (result.outcome, result.reason) == (Outcome.FAILED, "verification_failed;exit_code:127")


def test_the_configuration_is_told_apart(supervised: Supervised) -> None:
    """By the hash of the command line; there is no model of ours."""
    for key, script in (("a", "true"), ("b", "false"), ("c", "true")):
        supervised(command(script), key=key)
    roots = [span.attributes for span in supervised.spans() if is_root(span)]
    hashes = [root[CONFIGURATION_HASH] for root in roots]

    assert hashes[0] == hashes[2] != hashes[1]
    assert [root[names.SIMULATED] for root in roots] == [False] * 3
    assert not any(names.REQUEST_MODEL in root for root in roots)


def test_the_harness_s_home_is_shown_to_it(supervised: Supervised) -> None:
    """A tool's own settings: read-only, beside the workspace, and nothing else of the harness."""
    harness = replace(
        command(
            "cat $FLYWHEEL_HOME/.tool/settings; ls -A $FLYWHEEL_HOME; echo x >> $FLYWHEEL_HOME/.tool/settings; ls"
        ),
        files={"home/.tool/settings": "careful = 1\n", "notes.md": "for people\n"},
    )
    supervised(harness)
    said = supervised.run().tool_calls[0].result

    assert said.startswith("careful = 1\n.tool\n")
    assert "Read-only" in said or "Permission denied" in said
    assert said.endswith("readme\n")


def manifest_of(harness: Harness) -> tuple[Manifest, dict[str, bytes]]:
    tree = dict(harness.tree())
    return parse_manifest(tree), tree


def test_its_configuration_is_all_that_it_is_given() -> None:
    """Arguments, files and time make another one; what it never sees does not."""
    usual = command("true", files={"home/a": "1"})
    others = [
        command("false", files={"home/a": "1"}),
        command("true", files={"home/a": "2"}),
        command("true", files={"home/b": "1"}),
        command("true", files={"home/a": "1"}, wall_seconds=5.0),
    ]
    hashes = [configuration_hash(*manifest_of(harness)) for harness in (usual, *others)]
    unseen = command("true", files={"home/a": "1", "prompts/more.md": "x", "homely": "y"})

    assert len(set(hashes)) == 5
    assert configuration_hash(*manifest_of(unseen)) == hashes[0]


def test_the_result_carries_it(supervised: Supervised) -> None:
    """As evidence that a change was in effect; a built-in agent has none."""
    result, built_in = supervised(command("true")), supervised(key="other")

    assert result.configuration_hash == configuration_hash(*manifest_of(command("true")))
    assert built_in.configuration_hash == ""
