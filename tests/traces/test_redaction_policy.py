"""A policy chooses rules by name and adds its own; bad ones are refused with a reason."""

from __future__ import annotations

import pytest

from traces.errors import RuleError
from traces.redaction import Redactor
from traces.redaction_policy import OwnRule, own_rule, rules_named
from traces.redaction_rules import DEFAULT_NAMES, DEFAULT_RULES


def _own(pattern: str, *literals: str, name: str = "acme") -> OwnRule:
    return OwnRule(name=name, literals=literals or ("acme",), pattern=pattern)


def test_the_default_names_give_the_default_rules() -> None:
    """E-mail addresses are not among them."""
    assert rules_named(DEFAULT_NAMES) == DEFAULT_RULES
    assert "email" not in DEFAULT_NAMES


def test_rules_are_switched_on_and_off() -> None:
    """Only what was named applies."""
    redactor = Redactor(rules_named(["email"]))

    assert redactor.redact("mail jo@example.org, AKIA" + "A1" * 8) == "mail [redacted:email], AKIA" + "A1" * 8


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("From: jo.doe+tag@sub.example.co.uk.", "From: [redacted:email]."),
        (r'{"a": "x\njo@example.org"}', r'{"a": "x\n[redacted:email]"}'),
        (r"caf\u00e9jo@example.org", r"caf\u00e9[redacted:email]"),
        ("git clone git@github.com:o/r.git", "git clone git@github.com:o/r.git"),
        ("a@b, @user, x @ y.z, f'{a}@{b}'", "a@b, @user, x @ y.z, f'{a}@{b}'"),
    ],
)
def test_email_addresses(text: str, redacted: str) -> None:
    """Whole, and never with a part of an escape; a clone's address is none."""
    assert Redactor(rules_named(["email"])).redact(text) == redacted


def test_an_unknown_name_is_refused_with_the_valid_ones() -> None:
    """A typing error must not leave secrets in."""
    with pytest.raises(RuleError, match=r"no redaction rule 'opnai-key'; choose from .*openai-key"):
        rules_named(["opnai-key"])


def test_an_own_rule_applies_beside_the_others() -> None:
    """With a group ``secret`` only that goes, else all; literals in any case."""
    extra = [_own(r"acme-[0-9]{6}", "ACME-"), _own(r"badge (?P<secret>[0-9]{4})", "badge", name="badge")]
    redactor = Redactor(rules_named([], extra=extra))

    assert redactor.redact("acme-123456 and badge 1234") == "[redacted:acme] and badge [redacted:badge]"
    assert redactor.counts == {"acme": 1, "badge": 1}


def test_flags_within_the_pattern_work() -> None:
    """Letters of both cases."""
    assert Redactor((own_rule(_own(r"(?i)acme-\d{3}")),)).redact("ACME-123") == "[redacted:acme]"


@pytest.mark.parametrize(
    ("own", "message"),
    [
        (_own("["), r"rule 'acme' has no valid pattern: unterminated character set"),
        (_own("a*"), "matches an empty text"),
        (_own("x", name="No Name"), "is no name of a rule"),
        (OwnRule(name="acme", literals=(), pattern="x"), "needs literals"),
        (OwnRule(name="acme", literals=("",), pattern="x"), "needs literals"),
    ],
)
def test_a_bad_rule_is_refused(own: OwnRule, message: str) -> None:
    """The message names the rule and says why."""
    with pytest.raises(RuleError, match=message):
        rules_named([], extra=[own])


@pytest.mark.parametrize("pattern", [r"[a-z]+@x", r"acme.*secret"])
def test_a_pattern_that_takes_too_long_is_refused(pattern: str) -> None:
    """A cost that grows with the square of the text is too much for texts of megabytes."""
    with pytest.raises(RuleError, match="takes too long on hostile texts; bound its repetitions"):
        own_rule(_own(pattern))


@pytest.mark.slow
@pytest.mark.parametrize("pattern", [r"(a+)+$", r"(?:x|y|xy)+z", r"(\d+\s*)*;"])
def test_a_pattern_that_explodes_is_refused(pattern: str) -> None:
    """The trial ends although the pattern does not; it takes four seconds of computing."""
    with pytest.raises(RuleError, match="takes too long"):
        own_rule(_own(pattern))


@pytest.mark.parametrize("name", ["secret-value", "url-password"])
def test_our_own_patterns_pass_the_trial(name: str) -> None:
    """The measure for others holds for us."""
    for rule in rules_named([name]):
        tried = own_rule(OwnRule(name=rule.name, literals=rule.literals, pattern=rule.pattern.pattern))

        assert tried == rule
