"""Whether a statement says otherwise than the raw spans do, as far as code can tell: numbers, exit codes, tests."""

from __future__ import annotations

import re
from collections.abc import Callable

from analyzers.account import Account, account_of
from analyzers.act import Act
from traces.run import Run

_NUMBERS = {
    word: number
    for number, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve".split()  # noqa: SIM905 - easier to read
    )
}
_NUMBER = rf"(?P<number>\d{{1,6}}|{'|'.join(_NUMBERS)})"
_EXIT = re.compile(
    rf"\b(?:exit(?:ed|s)?|return(?:ed|s)?|end(?:ed|s)?)\b(?: with| in)?(?: an?)?(?: exit| return)?(?: code| status)?:? {_NUMBER}\b(?! \w)"
    rf"|\b(?:exit|return) (?:code|status)(?: of| was| is|:)? {_NUMBER.replace('number', 'other')}\b",
    re.IGNORECASE,
)
_COUNT = re.compile(
    rf"\b{_NUMBER} (?:(?P<whose>tool|model) )?(?P<what>calls?|steps?|edits?|answers?)\b", re.IGNORECASE
)
_ALL = re.compile(rf"\b(?:only|just|exactly) {_NUMBER}\b|\bin (?:all|total)\b|\baltogether\b", re.IGNORECASE)
_UNTESTED = re.compile(
    r"\b(?:never|not once|did not|didn't|does not|doesn't|without ever)\b(?: even| once)? (?:ran|run(?:s|ning)?|execute[ds]?|executing|tr(?:y|ied)) "
    r"(?:\w+ )?tests?\b|\b(?:never|did not|didn't|does not|doesn't) tests?(?:ed|s)?\b(?! \w+ (?:thoroughly|fully|well))"
    r"|\bno tests? (?:was|were|is|are)(?: ever)? (?:run|executed)\b|\bran no tests?\b",
    re.IGNORECASE,
)
_TESTED = re.compile(
    r"\b(?:runs|ran|executed|executes) (?:the |its |all |some )?(?:unit )?tests?\b", re.IGNORECASE
)
_NEGATED = re.compile(r"\b(?:never|not|no|n't|without|instead of|before|unless|only)\b|n't\b", re.IGNORECASE)
_PARTLY = re.compile(
    r"\b(?:after|since|again|before|last|final|until|then|once more|anew|while|between|when|if|properly|enough)\b",
    re.IGNORECASE,
)

_Check = Callable[[str, Account, "Act | None"], str | None]


def contradiction(text: str, run: Run, span_id: str) -> str | None:
    """What the spans say instead; ``None`` where they do not contradict it, or where code cannot tell.

    Exit codes are those of the cited span; counts and tests are those of its run. A count contradicts where the run
    has fewer, or where the statement says that it is all. Statements about a part of a run ("after its last edit") are not
    judged, nor is the absence of tests where commands are redacted.
    """
    account = account_of(run)
    cited = next((act for act in account.acts if act.span_id == span_id), None)
    checks: tuple[_Check, ...] = (_wrong_exit, _wrong_count, _wrong_about_tests)
    return next((told for check in checks if (told := check(text, account, cited)) is not None), None)


def _wrong_exit(text: str, account: Account, cited: Act | None) -> str | None:  # noqa: ARG001 - one signature for all
    match = _EXIT.search(text)
    code = None if cited is None else cited.call.exit_code
    if match is None or code is None:
        return None
    said = _number(match["number"] or match["other"])
    return None if said == code else f"the span ended with exit code {code}"


def _wrong_count(text: str, account: Account, cited: Act | None) -> str | None:  # noqa: ARG001 - one signature for all
    whole = bool(_ALL.search(text)) and not _PARTLY.search(text)
    for match in _COUNT.finditer(text):
        said, (there, what) = _number(match["number"]), _counted(match, account)
        if said > there or (whole and said < there):
            return f"the run has {there} {what}"
    return None


def _counted(match: re.Match[str], account: Account) -> tuple[int, str]:
    """How many there are of what a statement counts."""
    what, whose = match["what"].lower().rstrip("s"), (match["whose"] or "").lower()
    if what == "edit":
        return len(account.edits), "edits"
    if what == "answer" or whose == "model":
        return len(account.answers), "model calls"
    if whose == "tool":
        return len(account.acts), "tool calls"
    return len(account.sequence), "steps"


def _wrong_about_tests(text: str, account: Account, cited: Act | None) -> str | None:  # noqa: ARG001 - one signature for all
    tests = sum(act.is_test for act in account.acts)
    if _UNTESTED.search(text):
        return f"the run has {tests} calls that run tests" if tests and not _PARTLY.search(text) else None
    if (
        not _TESTED.search(text)
        or _NEGATED.search(text)
        or account.hides_commands
        or not account.works_on_files
    ):
        return None
    return None if any(act.is_check for act in account.acts) else "the run has no call that runs a test"


def _number(text: str) -> int:
    return int(text) if text.isdigit() else _NUMBERS[text.lower()]
