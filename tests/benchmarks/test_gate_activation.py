"""Activation: what counts as evidence that a change was in effect, kind by kind."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks.gate.activation import SHOWN, Mechanism, activation, activation_guard, parse_mechanism
from benchmarks.gate.testing import FAIL, PASS, simulated_pairs

TODO = Mechanism(kind="middleware", name="Todo")


@pytest.mark.parametrize(
    "text", ["middleware", "middleware:", "removal", "removal:", "", ":", "harness.toml:", "a middleware:x:Y"]
)
def test_a_mechanism_that_names_nothing_cannot_be_watched(text: str) -> None:
    """A form without what it acts on is ``other``, and then nothing is asked of its runs."""
    mechanism = parse_mechanism(text)

    assert mechanism.kind == "other"
    assert activation(mechanism, simulated_pairs((PASS, PASS))) == "not_applicable"


@pytest.mark.parametrize("head", ["middleware", "removal"])
def test_langchains_own_middleware_is_never_asked_for_a_sign(head: str) -> None:
    """It does not tell when it acts, so that silence says nothing, in either direction."""
    mechanism = parse_mechanism(f"{head}:langchain:ToolRetryMiddleware")

    assert mechanism == Mechanism(kind="other", name="ToolRetryMiddleware")
    assert activation_guard(mechanism, simulated_pairs((FAIL, PASS))) is None


@pytest.mark.parametrize("text", ["middleware:stock:Todo", "harness.toml:middleware:stock:Todo"])
def test_a_key_path_of_the_manifest_is_read_like_the_bare_form(text: str) -> None:
    """A proposal may say where the change is written."""
    assert parse_mechanism(text) == TODO


@pytest.mark.parametrize(
    ("claimed", "answer"),
    [
        ("Todo", "fired"),
        ("Todo#2", "fired"),
        ("Todo[1]", "fired"),
        ("Todo2", "never_fired"),
        ("TodoList", "never_fired"),
        ("MyTodo", "never_fired"),
        ("todo", "never_fired"),
    ],
)
def test_only_the_named_middleware_or_its_second_entry_counts(claimed: str, answer: str) -> None:
    """A name that merely begins or ends alike is another middleware."""
    pairs = simulated_pairs((PASS, replace(PASS, activated={"Other": 3, claimed: 1})))

    assert activation(TODO, pairs) == answer


def test_an_event_in_control_runs_is_no_sign_of_the_candidates_middleware() -> None:
    """What the control did by itself was not the change."""
    acted = replace(PASS, activated={"Todo": 4})

    assert activation(TODO, simulated_pairs((acted, PASS), (acted, PASS))) == "never_fired"


def test_a_removal_needs_every_candidate_run_to_be_free_of_it() -> None:
    """One candidate run where it still acted shows that it was not removed."""
    acted = replace(PASS, activated={"Todo": 1})
    removal = Mechanism(kind="removal", name="Todo")

    assert activation(removal, simulated_pairs((acted, PASS), (PASS, PASS))) == "fired"
    assert activation(removal, simulated_pairs((acted, PASS), (acted, acted))) == "never_fired"


def test_a_removal_that_did_not_remove_is_blocked_with_its_own_words() -> None:
    """The reader is told that it was still active, not that it never was."""
    acted = replace(PASS, activated={"Todo": 1})
    block = activation_guard(Mechanism(kind="removal", name="Todo"), simulated_pairs((acted, acted)))

    assert block is not None
    assert block.reason.startswith("middleware Todo was still active in any of 1 candidate runs")


@pytest.mark.parametrize(
    ("kind", "field"), [("prompt", "prompt_hashes"), ("tools", "tools_hashes"), ("effort", "efforts")]
)
def test_a_setting_is_compared_within_pairs_and_never_across(kind: str, field: str) -> None:
    """Two tasks with two prompts differ in both arms alike: that is no change."""
    one, two = (replace(PASS, **{field: frozenset({value})}) for value in "ab")
    mechanism = Mechanism(kind=kind)  # type: ignore[arg-type]

    assert activation(mechanism, simulated_pairs((one, one), (two, two))) == "never_fired"
    assert activation(mechanism, simulated_pairs((one, one), (one, two))) == "fired"


def test_a_setting_that_the_candidate_only_lost_has_not_fired() -> None:
    """A run cut short has seen fewer of the same values; only a new value is a change."""
    both = replace(PASS, prompt_hashes=frozenset({"a", "b"}))
    one = replace(PASS, prompt_hashes=frozenset({"a"}))

    assert activation(Mechanism(kind="prompt"), simulated_pairs((both, one))) == "never_fired"


def test_a_pair_with_a_run_that_called_no_model_says_nothing_of_a_setting() -> None:
    """A run that broke before its first call had no prompt in effect; the other pairs decide."""
    seen, other = (replace(PASS, limits_hash=value) for value in ("a", "b"))
    mechanism = Mechanism(kind="limits")

    assert activation(mechanism, simulated_pairs((seen, PASS), (PASS, seen))) == "not_applicable"
    assert activation(mechanism, simulated_pairs((PASS, other), (seen, seen))) == "never_fired"
    assert activation_guard(mechanism, simulated_pairs((seen, PASS))) is None


def test_without_pairs_there_is_nothing_to_say() -> None:
    """Neither fired nor never fired."""
    assert activation(TODO, ()) == "not_applicable"


def test_the_objection_to_a_setting_names_it_and_at_most_five_runs() -> None:
    """A setting has no name of its own, and a reader wants a handful of runs."""
    same = replace(PASS, efforts=frozenset({"low"}))
    pairs = simulated_pairs(*[(same, same)] * (SHOWN + 3))
    block = activation_guard(Mechanism(kind="effort"), pairs)

    assert block is not None
    assert block.guard == "activation"
    assert block.reason.startswith(f"the changed effort was never in effect in any of {SHOWN + 3} candidate")
    assert block.runs == tuple(pair.candidate.run_id for pair in pairs[:SHOWN])


@pytest.mark.parametrize(
    "text", ["home/settings.json", "other", "limits.wall_seconds", "prompt", "middleware:stock:Todo"]
)
def test_a_command_agent_s_change_shows_in_its_configuration(text: str) -> None:
    """Nobody sees its model calls: what it was given differs or it does not, whatever the change was meant to be."""
    old, new = (replace(PASS, configuration_hash=value) for value in ("a", "b"))
    mechanism = parse_mechanism(text)

    assert activation(mechanism, simulated_pairs((old, new), (old, new))) == "fired"
    assert activation(mechanism, simulated_pairs((old, old))) == "never_fired"


def test_a_command_agent_without_evidence_is_never_called_silent() -> None:
    """Runs that were broken off before there was a configuration, or are of a built-in agent, say nothing."""
    new = replace(PASS, configuration_hash="b")
    mechanism = parse_mechanism("home/settings.json")

    assert mechanism.kind == "configuration"
    assert activation(mechanism, simulated_pairs((PASS, PASS))) == "not_applicable"
    assert activation(mechanism, simulated_pairs((PASS, new))) == "not_applicable"
    assert activation_guard(mechanism, simulated_pairs((PASS, PASS))) is None


def test_a_change_that_reached_no_command_agent_is_blocked_in_plain_words() -> None:
    """A file that the agent never gets cannot have made the difference."""
    same = replace(PASS, configuration_hash="a")
    block = activation_guard(parse_mechanism("notes"), simulated_pairs((same, same)))

    assert block is not None
    assert block.reason.startswith("the change was never in effect in any of 1 candidate runs")
