"""The secrets that are known by their looks, and e-mail addresses for those who count them as such.

Formats are those that the issuers publish and that secret scanners use. A rule's regular expression marks
the secret with the group ``secret``; what surrounds it stays.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

# Spans hold JSON texts, in which a secret may directly follow an escape such as \n or \u003d.
_ESCAPES = (r"\\[bfnrt]", r"\\u[0-9A-Fa-f]{4}")
_KEY_LINE = r"(?:\\{1,8}(?:[nrt]|u000[aAdD])|[A-Za-z0-9+/=\s:,]|-(?!----))"
# A set of letters is found faster than any word, so the first ones stand alone, in both cases.
_NAMES = (
    r"[aspcASPC](?=[pcuerlaPCUERLA][isctrvISCTRV])(?i:(?:(?<=a)(?:pi|ccess|uth)|(?<=s)(?:ecret|ession)|(?<=p)rivate|(?<=c)lient)"
    r"[_-]?(?:access[_-]?)?(?:key|token|secret)|(?<=p)assw(?:or)?d)"
)
# As a JSON member ("key": "value"), or as an assignment or header (key=value, key: value).
_ASSIGNMENT = r"""(?:\\{0,8}["']\s{0,9}:\s{0,9}\\{0,8}["']|\s{0,9}[:=]\s{0,9}(?:\\{0,8}["'])?)"""


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A kind of secret. ``literals`` are lower-case; without one of them the pattern is not even tried.

    The secret is what the pattern's group ``secret`` matches, or without such a group all that it matches.
    """

    name: str
    literals: tuple[str, ...]
    pattern: re.Pattern[str]

    def replace(self, text: str) -> tuple[str, int]:
        """The text with each ``secret`` replaced by ``[redacted:<name>]``, and how many there were."""
        return self.pattern.subn(self._around, text)

    def _around(self, match: re.Match[str]) -> str:
        start, end = match.span("secret" if "secret" in self.pattern.groupindex else 0)
        return f"{match.string[match.start() : start]}[redacted:{self.name}]{match.string[end : match.end()]}"


def known_secret(name: str, value: str) -> Rule:
    """A rule for one secret that the caller knows, such as a key of its own environment."""
    return Rule(name=name, literals=(value.lower(),), pattern=re.compile(f"(?P<secret>{re.escape(value)})"))


def _begins(prefix: str, *, before: str = "A-Za-z0-9_") -> str:
    """A pattern of ``prefix``, of fixed length, where a word begins: none of ``before`` stands before it.

    The look behind comes last: a pattern that begins with plain letters is found thirty times as fast.
    """
    escaped = "|".join(f"(?<={escape}{prefix})" for escape in _ESCAPES)
    return f"{prefix}(?:(?<![{before}]{prefix})|{escaped})"


def _rule(name: str, literals: str, pattern: str) -> Rule:
    return Rule(name=name, literals=tuple(literals.split()), pattern=re.compile(pattern))


DEFAULT_RULES: tuple[Rule, ...] = (
    _rule(
        "private-key",
        "-----begin",
        r"(?P<secret>-----BEGIN (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY(?: BLOCK)?-----"
        rf"{_KEY_LINE}*(?:-----END (?:[A-Z0-9]{{1,20}} ){{0,3}}PRIVATE KEY(?: BLOCK)?-----)?)",
    ),
    _rule("anthropic-key", "sk-ant-", rf"(?P<secret>{_begins('sk-ant-')}[A-Za-z0-9_-]{{16,}})"),
    _rule(
        "openai-key",
        "sk-",
        rf"(?P<secret>{_begins('sk-')}(?!ant-)(?=[A-Za-z_-]{{0,200}}[0-9])[A-Za-z0-9_-]{{20,}})",
    ),
    _rule("aws-key-id", "akia asia", rf"(?P<secret>{_begins('A[KS]IA')}[A-Z0-9]{{16}})(?![A-Za-z0-9])"),
    _rule(
        "github-token",
        "ghp_ gho_ ghu_ ghs_ ghr_",
        rf"(?P<secret>{_begins('gh[pousr]_')}[A-Za-z0-9]{{30,}})",
    ),
    _rule("github-token", "github_pat_", rf"(?P<secret>{_begins('github_pat_')}[A-Za-z0-9_]{{22,}})"),
    _rule("gitlab-token", "glpat-", rf"(?P<secret>{_begins('glpat-')}[A-Za-z0-9_-]{{20,}})"),
    _rule("google-key", "aiza", rf"(?P<secret>{_begins('AIza')}[A-Za-z0-9_-]{{35}})"),
    _rule(
        "huggingface-token", "hf_", rf"(?P<secret>{_begins('hf_')}[A-Za-z]{{0,40}}[0-9A-Z][A-Za-z0-9]{{29,}})"
    ),
    _rule("npm-token", "npm_", rf"(?P<secret>{_begins('npm_')}[A-Za-z0-9]{{36}})(?![A-Za-z0-9])"),
    _rule(
        "pypi-token",
        "pypi-ageichlwas5vcmc",
        rf"(?P<secret>{_begins('pypi-AgEIcHlwaS5vcmc')}[A-Za-z0-9_-]{{40,}})",
    ),
    _rule(
        "stripe-key", "k_live_ k_test_", rf"(?P<secret>{_begins('[rs]k_(?:live|test)_')}[A-Za-z0-9]{{20,}})"
    ),
    _rule("slack-token", "xox", rf"(?P<secret>{_begins('xox')}[abeoprs]-[A-Za-z0-9-]{{10,}})"),
    _rule(
        "slack-token",
        "hooks.slack.com",
        rf"{_begins('hooks.slack.com/services/')}(?P<secret>[A-Za-z0-9/]{{20,}})",
    ),
    _rule(
        "jwt",
        ".eyj",
        rf"(?P<secret>{_begins('eyJ', before='A-Za-z0-9_-')}[A-Za-z0-9_-]{{8,}}\.eyJ[A-Za-z0-9_-]{{8,}}\.[A-Za-z0-9_-]*)",
    ),
    _rule(
        "url-password",
        "://",
        r"""://[^\s"'\\/@:\[\]]{0,256}:(?P<secret>(?!\[redacted:)[^\s"'\\/@]{1,256})@""",
    ),
    _rule(
        "authorization",
        "authorization",
        rf"[aA](?i:uthorization){_ASSIGNMENT}(?i:bearer|basic|token)\s{{1,9}}"
        r"(?P<secret>[A-Za-z0-9._~+/=-]{8,})",
    ),
    _rule(
        "bearer-token",
        "bearer",
        r"[bB](?i:earer)\s{1,9}(?P<secret>(?=[A-Za-z._~+/=-]{0,200}[0-9])[A-Za-z0-9._~+/=-]{20,})",
    ),
    _rule(
        "secret-value",
        "api_key api-key apikey secret_key secret-key secretkey secret_access_key secretaccesskey "
        "access_key access-key access_token access-token accesstoken auth_token auth-token authtoken "
        "private_key client_secret client-secret clientsecret session_token password passwd",
        rf"{_NAMES}{_ASSIGNMENT}"
        r"(?P<secret>(?=[A-Za-z_.~+/=-]{0,200}[0-9])[A-Za-z0-9_.~+/=-]{16,})(?![\w.]*[(\[])",
    ),
)

# A word may end in a backslash's letter (\\n), which belongs to the escape.
EMAIL = _rule(
    "email",
    "@",
    r"(?:(?<![A-Za-z0-9._%+\\-])|(?<=\\[bfnrt])|(?<=\\u[0-9A-Fa-f]{4}))"
    r"(?P<secret>(?!git@)[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,5}[A-Za-z]{2,24})(?![A-Za-z0-9-])",
)
ALL_RULES: tuple[Rule, ...] = (*DEFAULT_RULES, EMAIL)
DEFAULT_NAMES: tuple[str, ...] = tuple(dict.fromkeys(rule.name for rule in DEFAULT_RULES))
