"""The secrets that are known by their looks.

Formats are those that the issuers publish and that secret scanners use. A rule's regular expression marks
the secret with the group ``secret``; what surrounds it stays.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

# Spans hold JSON texts, in which a secret may directly follow an escape such as \n or \u003d.
_START = r"(?:(?<![A-Za-z0-9_])|(?<=\\[bfnrt])|(?<=\\u[0-9A-Fa-f]{4}))"
_START_NO_DASH = r"(?:(?<![A-Za-z0-9_-])|(?<=\\[bfnrt])|(?<=\\u[0-9A-Fa-f]{4}))"
_KEY_LINE = r"(?:\\{1,8}(?:[nrt]|u000[aAdD])|[A-Za-z0-9+/=\s:,]|-(?!----))"
_NAMES = r"(?:api|secret|access|auth|private|client|session)[_-]?(?:access[_-]?)?(?:key|token|secret)|passw(?:or)?d"
# As a JSON member ("key": "value"), or as an assignment or header (key=value, key: value).
_ASSIGNMENT = r"""(?:\\{0,8}["']\s{0,9}:\s{0,9}\\{0,8}["']|\s{0,9}[:=]\s{0,9}(?:\\{0,8}["'])?)"""


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A kind of secret. ``literals`` are lower-case; without one of them the pattern is not even tried."""

    name: str
    literals: tuple[str, ...]
    pattern: re.Pattern[str]

    def replace(self, text: str) -> tuple[str, int]:
        """The text with each ``secret`` replaced by ``[redacted:<name>]``, and how many there were."""
        return self.pattern.subn(self._around, text)

    def _around(self, match: re.Match[str]) -> str:
        start, end = match.span("secret")
        return f"{match.string[match.start() : start]}[redacted:{self.name}]{match.string[end : match.end()]}"


def known_secret(name: str, value: str) -> Rule:
    """A rule for one secret that the caller knows, such as a key of its own environment."""
    return Rule(name=name, literals=(value.lower(),), pattern=re.compile(f"(?P<secret>{re.escape(value)})"))


def _rule(name: str, literals: str, pattern: str, flags: re.RegexFlag = re.NOFLAG) -> Rule:
    return Rule(name=name, literals=tuple(literals.split()), pattern=re.compile(pattern, flags))


DEFAULT_RULES: tuple[Rule, ...] = (
    _rule(
        "private-key",
        "-----begin",
        r"(?P<secret>-----BEGIN (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY(?: BLOCK)?-----"
        rf"{_KEY_LINE}*(?:-----END (?:[A-Z0-9]{{1,20}} ){{0,3}}PRIVATE KEY(?: BLOCK)?-----)?)",
    ),
    _rule("anthropic-key", "sk-ant-", _START + r"(?P<secret>sk-ant-[A-Za-z0-9_-]{16,})"),
    _rule(
        "openai-key",
        "sk-",
        _START + r"(?P<secret>sk-(?!ant-)(?=[A-Za-z_-]{0,200}[0-9])[A-Za-z0-9_-]{20,})",
    ),
    _rule("aws-key-id", "akia asia", _START + r"(?P<secret>(?:AKIA|ASIA)[A-Z0-9]{16})(?![A-Za-z0-9])"),
    _rule(
        "github-token",
        "ghp_ gho_ ghu_ ghs_ ghr_ github_pat_",
        _START + r"(?P<secret>gh[pousr]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{22,})",
    ),
    _rule("google-key", "aiza", _START + r"(?P<secret>AIza[A-Za-z0-9_-]{35})"),
    _rule(
        "slack-token",
        "xox hooks.slack.com",
        _START + r"(?:(?P<prefix>hooks\.slack\.com/services/)|(?=xox))"
        r"(?P<secret>(?(prefix)[A-Za-z0-9/]{20,}|xox[abeoprs]-[A-Za-z0-9-]{10,}))",
    ),
    _rule(
        "jwt",
        "eyj",
        _START_NO_DASH + r"(?P<secret>eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*)",
    ),
    _rule(
        "url-password",
        "://",
        r"""://[^\s"'\\/@:\[\]]{0,256}:(?P<secret>(?!\[redacted:)[^\s"'\\/@]{1,256})@""",
    ),
    _rule(
        "authorization",
        "authorization",
        rf"authorization{_ASSIGNMENT}(?:bearer|basic|token)\s{{1,9}}(?P<secret>[A-Za-z0-9._~+/=-]{{8,}})",
        re.IGNORECASE,
    ),
    _rule(
        "bearer-token",
        "bearer",
        r"bearer\s{1,9}(?P<secret>(?=[A-Za-z._~+/=-]{0,200}[0-9])[A-Za-z0-9._~+/=-]{20,})",
        re.IGNORECASE,
    ),
    _rule(
        "secret-value",
        "api_key api-key apikey secret_key secret-key secretkey secret_access_key secretaccesskey "
        "access_key access-key access_token access-token accesstoken auth_token auth-token authtoken "
        "private_key client_secret client-secret clientsecret session_token password passwd",
        rf"(?:{_NAMES}){_ASSIGNMENT}"
        r"(?P<secret>(?=[A-Za-z_.~+/=-]{0,200}[0-9])[A-Za-z0-9_.~+/=-]{16,})(?![\w.]*[(\[])",
        re.IGNORECASE,
    ),
)
