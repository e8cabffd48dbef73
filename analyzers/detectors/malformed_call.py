"""Tool calls came with arguments that could not be read, or that are debris of a broken message."""

from __future__ import annotations

import re
from dataclasses import dataclass

from analyzers.account import account_of
from analyzers.act import Act
from analyzers.detectors.observation import counted, observe
from analyzers.signal import Shows, Signal
from analyzers.tool_kinds import arguments_of, plain
from traces.run import Run

_WORDS = re.compile(
    r"(?:invalid|malformed|broken|unparsable) (?:JSON|tool call)|JSONDecodeError|not valid JSON"
    r"|(?:could not|failed to|cannot|error) pars(?:e|ing)\b[^\n]{0,60}\b(?:arguments?|JSON|parameters?|input|tool call)"
    r"|arguments[^\n]{0,40}(?:not valid|could not be parsed)|Unterminated string|EOF while parsing",
    re.IGNORECASE,
)
_WHOLE = frozenset(
    {
        "command",
        "cmd",
        "commandline",
        "script",
        "path",
        "filepath",
        "filename",
        "file",
        "content",
        "filetext",
        "url",
    }
)  # what stands for itself; a piece of a file (``old_string``) may well begin with a bracket
_PIECES = frozenset(
    {
        "oldstring", "oldstr", "oldtext", "old", "search", "newstring", "newstr", "newtext", "new", "replace",
        "replacement", "insertline", "pattern", "regex", "glob", "query", "keystrokes", "keys", "input", "chars", "text",
        "separator", "delimiter", "answer",
    }
)  # fmt: skip
_DEBRIS = re.compile(r"\s{0,20}(?:[:,](?=\s|[\"'\]}\[{]|$)|[\]}](?=[\s:,)\]}]|$)|[\"'] ?[:,] ?[\"'])")
_EMPTY = frozenset({"{}", "[]"})
_FINE = frozenset(
    {".", "..", "/", "./", "../", "~", "~/", "*", "-", "[]", "{}", "---"}
)  # places, and files so short
_LONGEST = 200  # characters without a letter or digit that are enough
_REGION = 2000  # characters in which an error's own words stand


@dataclass(frozen=True, kw_only=True)
class MalformedCall:
    """Sees a call whose arguments are a broken JSON object, or hold debris of one, or that was refused as unreadable.

    Debris is a command, a path or a whole file that begins like the middle of a JSON text (``: ""``, ``]:``),
    or an argument with nothing but punctuation. Plain text, as some agents give it to a shell or a patch tool, is
    no broken object. Where arguments are redacted, the errors' words remain.
    """

    name: str = "malformed_call"
    title: str = "Sends tool arguments that cannot be read"

    def detect(self, run: Run) -> tuple[Signal, ...]:
        """One signal that cites all such calls; the more of a run's calls they are, the more severe."""
        acts = account_of(run).acts
        malformed = [act for act in acts if is_malformed(act)]
        if not malformed:
            return ()
        sentence = f"{len(malformed)} of {counted(len(acts), 'call')} had arguments that could not be read."
        severity = min(0.9, 0.3 + 0.05 * len(malformed) + 0.5 * len(malformed) / len(acts))
        shows: Shows = "arguments" if is_unreadable(malformed[0]) else "result"
        return observe(self, run, malformed, sentence, severity=severity, shows=shows)


def is_malformed(act: Act) -> bool:
    """Whether a call's arguments cannot be read as what they should be, or its tool says so."""
    return is_unreadable(act) or bool(act.call.error and _WORDS.search(act.trouble[:_REGION]))


def is_unreadable(act: Act) -> bool:
    """Whether the arguments themselves show that they are broken, or debris of something broken."""
    call = act.call
    arguments = arguments_of(call)
    if not arguments and call.arguments_text.lstrip().startswith(("{", "[")):
        return call.arguments_text.strip() not in _EMPTY
    return any(_is_debris(plain(str(key)), value) for key, value in arguments.items())


def _is_debris(key: str, value: object) -> bool:
    if not isinstance(value, str) or key in _PIECES or not value.strip():
        return False
    if key in _WHOLE and _DEBRIS.match(value):
        return True
    return value.strip() not in _FINE and not any(map(str.isalnum, value[:_LONGEST]))
