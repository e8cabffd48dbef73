"""Tests of parsing ``policy.toml``."""

from __future__ import annotations

import pytest

from harness.errors import ManifestError
from harness.policy import CATEGORIES, CostGuard, Policy, Tier, parse_policy
from harness.sandboxes.choose import SandboxChoice
from harness.template import coder_template


def parse(text: str) -> Policy:
    return parse_policy({"policy.toml": text.encode()})


def test_without_a_file_the_defaults_hold() -> None:
    """The template's file spells out the same defaults."""
    assert parse_policy({}) == Policy() == parse("") == parse_policy(coder_template())


def test_every_key_is_read() -> None:
    """A full file leaves no default."""
    policy = parse(
        '[campaign]\nerror_rule = "e-lond"\nerror_budget = 0.1\ncandidates = 3\n'
        '[experiment]\nclaim = "suite"\nevaluate_claim = "groups"\nquestion = "better"\nplanned_effect = 0.1\npower = 0.9\nrepeats = 3\nregression_margin = 0\nepoch_margin = 0.3\nin_flight = 4\n'
        "[cost_guard]\ntokens = 1.5\nseconds = 3\nmoney = 1\n"
        '[autonomy]\ndefault = "backlog"\nlimits = "autonomous"\n'
    )

    assert policy == Policy(
        error_rule="e-lond", error_budget=0.1, candidates=3, claim="suite", evaluate_claim="groups", question="better",
        planned_effect=0.1, power=0.9, repeats=3, regression_margin=0.0, epoch_margin=0.3, in_flight=4,
        cost_guard=CostGuard(tokens=1.5, seconds=3.0, money=1.0),
        default_tier=Tier.BACKLOG, autonomy={"limits": Tier.AUTONOMOUS},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[campaign]\nerror_budget = 1\n", "policy.toml:2: campaign.error_budget: "),
        ("[campaign]\nerror_budget = nan\n", "policy.toml:2: campaign.error_budget: "),
        ('[campaign]\nerror_rule = "lord"\n', "policy.toml:2: campaign.error_rule: input should be 'campaign' or 'e-lond'"),
        ('[experiment]\nquestion = "good"\n', "policy.toml:2: experiment.question: input should be 'safe' or 'better'"),
        ("[experiment]\npower = 1\n", "policy.toml:2: experiment.power: "),
        ("[experiment]\nrepeats = 0\n", "policy.toml:2: experiment.repeats: "),
        ("[campaign]\ncandidates = 0\n", "policy.toml:2: campaign.candidates: "),
        ("[campaign]\ncandidates = 8.0\n", "policy.toml:2: campaign.candidates: "),
        ('[experiment]\nclaim = "task"\n', "policy.toml:2: experiment.claim: input should be 'groups' or 'suite'"),
        ("[experiment]\nplaned_effect = 0.1\n", "policy.toml:2: unknown key 'planed_effect' in [experiment]; did you mean 'planned_effect'?"),
        ("\n[experiments]\n", "policy.toml:2: unknown key 'experiments' in the file; did you mean 'experiment'?"),
        ('[cost_guard]\ntokens = "2"\n', "policy.toml:2: cost_guard.tokens: "),
        ('[autonomy]\nlimit = "backlog"\n', "policy.toml:2: unknown category 'limit'; did you mean 'limits'?"),
        ('[autonomy]\ncode = "autonomous"\n', "policy.toml:2: unknown category 'code'"),
        ('[autonomy]\nlimits = "autonomus"\n', "policy.toml:2: unknown tier 'autonomus'; did you mean 'autonomous'?"),
        ("[autonomy]\nlimits = true\n", "policy.toml:2: autonomy.limits: "),
    ],
)  # fmt: skip
def test_wrong_keys_and_values_are_named(text: str, expected: str) -> None:
    """One line with file, line and the valid choices."""
    with pytest.raises(ManifestError) as caught:
        parse(text)

    assert str(caught.value).startswith(expected)


def test_the_most_careful_tier_of_a_change_holds() -> None:
    """A change of several categories is as careful as its most careful one."""
    policy = Policy(autonomy={"limits": Tier.AUTONOMOUS, "prompts": Tier.BACKLOG})

    assert policy.tier(["limits"]) is Tier.AUTONOMOUS
    assert policy.tier(["limits", "prompts"]) is Tier.BACKLOG
    assert policy.tier(["limits", "tools"]) is Tier.INTERACTIVE


def test_new_code_and_unknown_changes_are_always_interactive() -> None:
    """No setting makes them anything else."""
    policy = Policy(default_tier=Tier.AUTONOMOUS, autonomy=dict.fromkeys(CATEGORIES, Tier.AUTONOMOUS))

    assert policy.tier(CATEGORIES) is Tier.AUTONOMOUS
    assert policy.tier(["code"]) is Tier.INTERACTIVE
    assert policy.tier([]) is Tier.INTERACTIVE


def test_the_sandbox_is_chosen_by_the_policy() -> None:
    """Any that works, where nothing is said; a kind that does not exist is refused with the choices."""
    chosen = parse_policy({"policy.toml": b'[sandbox]\nkind = "docker"\nimage = "mine:1"\n'}).sandbox

    assert (chosen.name, chosen.image) == ("docker", "mine:1")
    assert parse_policy({}).sandbox == SandboxChoice()
    with pytest.raises(ManifestError, match=r"policy\.toml:2.*namespace"):
        parse_policy({"policy.toml": b'[sandbox]\nkind = "dock"\n'})


def test_a_sandbox_choice_is_one_that_exists() -> None:
    """Also where no policy says it."""
    with pytest.raises(ValueError, match="the sandboxes are auto, namespace"):
        SandboxChoice(name="dock")
