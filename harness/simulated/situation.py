"""Where a run stands: what the model has read, changed and tested so far, worked out from the transcript."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field

from harness.simulated.assignment import Understanding, files_named, understand
from harness.simulated.deeds import Append, Change, Deed, Look, Read, Run, Write, deed_of
from harness.simulated.facts import Fact, Report, read_report
from harness.simulated.transcript import ToolUse, Transcript

SIGHT = 6_000  # characters of one tool result that a drowning model takes in
_NUMBERED = re.compile(r"^\s*\d+(?:\t|→|[|:] ?)", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class TestRun:
    """One run of the tests: how many edits had been made before it, and what it said."""

    __test__ = False  # pytest takes the name for a test

    edits: int
    report: Report


@dataclass
class Situation:
    """What is known. ``texts`` are the program's texts in order, the first as it was found."""

    understanding: Understanding
    listing: frozenset[str] = frozenset()
    has_looked: bool = False
    read: dict[str, str] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    runs: list[TestRun] = field(default_factory=list)
    written: list[str] = field(default_factory=list)
    noted: bool = False
    failed_edits: int = 0  # since the program was last read
    rejected_edits: int = 0  # in all

    @property
    def edits(self) -> int:
        """How many edits of the program took effect."""
        return max(0, len(self.texts) - 1)

    @property
    def is_tested(self) -> bool:
        """Whether the tests ran since the last edit."""
        return bool(self.runs) and self.runs[-1].edits == self.edits

    @property
    def passed(self) -> bool | None:
        """What the last run of the tests said; ``None`` when it did not tell or there was none."""
        return self.runs[-1].report.passed if self.runs else None

    def facts(self) -> tuple[Fact, ...]:
        """All facts learnt so far, those that were seen failing first, in the order of learning."""
        failing = [fact for run in self.runs for fact in run.report.failing]
        passing = [fact for run in self.runs for fact in run.report.passing]
        return tuple(dict.fromkeys((*failing, *passing)))


def assess(transcript: Transcript, *, sight: int | None) -> Situation:
    """Work out the situation; of each tool result only ``sight`` characters are taken in."""
    listing = frozenset(
        name
        for text in (transcript.system, *(note.text for note in transcript.notes))
        for name in files_named(text)
    )
    situation = Situation(understanding=understand(transcript.instruction), listing=listing)
    for use in transcript.uses:
        deed = deed_of(use.name, use.arguments)
        if deed is not None:
            _take(situation, deed, use, sight, transcript.instruction)
    return situation


def _take(situation: Situation, deed: Deed, use: ToolUse, sight: int | None, instruction: str) -> None:
    seen = use.result[:sight]
    if isinstance(deed, Read):
        _take_reading(situation, deed.path, use, seen)
    elif isinstance(deed, Look):
        situation.has_looked = True
        situation.listing |= files_named(seen)
        situation.understanding = understand(instruction, situation.listing)
    elif isinstance(deed, Run):
        _take_run(situation, deed, use, seen, is_whole=len(seen) == len(use.result))
    elif isinstance(deed, Append):
        situation.noted = situation.noted or (
            not use.failed and deed.path == situation.understanding.notes_file
        )
    else:
        _take_change(situation, deed, use)


def _take_reading(situation: Situation, path: str, use: ToolUse, seen: str) -> None:
    if use.failed or use.exit_code not in {None, 0}:
        situation.missing.append(path)
        return
    text = _without_exit_code(seen) if use.name == "bash" else seen
    text = _without_line_numbers(text)
    situation.read[path] = text
    if path == situation.understanding.target and (not situation.texts or situation.failed_edits):
        situation.failed_edits = 0
        if text not in situation.texts[-1:]:
            situation.texts.append(text)


def _take_run(situation: Situation, deed: Run, use: ToolUse, seen: str, *, is_whole: bool) -> None:
    command = situation.understanding.command
    if command is None or not deed.command.startswith(command):
        return
    report = read_report(seen, use.exit_code if is_whole else None, _functions(situation.texts[:1]))
    situation.runs.append(TestRun(edits=situation.edits, report=report))


def _take_change(situation: Situation, deed: Change | Write, use: ToolUse) -> None:
    path, is_target = deed.path, deed.path == situation.understanding.target
    applied = not use.failed and use.exit_code in {None, 0}
    if not is_target:
        situation.written.append(path)
        situation.noted = situation.noted or (applied and path == situation.understanding.notes_file)
    elif not applied:
        situation.failed_edits += 1
        situation.rejected_edits += 1
    elif isinstance(deed, Write):
        situation.texts.append(deed.text)
    elif situation.texts and situation.texts[-1].count(deed.before) == 1:
        situation.texts.append(situation.texts[-1].replace(deed.before, deed.after))


def _functions(texts: list[str]) -> frozenset[str]:
    try:
        tree = ast.parse(texts[0] if texts else "")
    except (SyntaxError, ValueError):
        return frozenset()
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def _without_exit_code(text: str) -> str:
    return re.sub(r"\n?\[exit code: -?\d+\]\s*\Z", "\n", text)


def _without_line_numbers(text: str) -> str:
    lines = text.splitlines()
    if lines and all(_NUMBERED.match(line) for line in lines):
        return _NUMBERED.sub("", text)
    return text
