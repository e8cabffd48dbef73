"""A run with what its steps do read once, so that forty detectors need not read it forty times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from types import MappingProxyType

from analyzers.act import Act
from analyzers.files_asked import FilesAsked, read_files_asked
from analyzers.instruction import instruction_of
from analyzers.tool_kinds import ToolKind
from traces.outcome import Outcome
from traces.run import ModelCall, Run, ToolCall

_BLANK = MappingProxyType(
    {"outcome": Outcome.UNKNOWN, "reason": "", "cause": "", "score": None, "provenance": ""}
)


@dataclass(frozen=True, kw_only=True)
class Account(Run):
    """A run as detectors see it: what was said and done, in order, and nothing of how it was judged.

    Everything is read when it is first asked for and then kept as long as the account.
    """

    @cached_property
    def acts(self) -> tuple[Act, ...]:
        """The tool calls in order of their start."""
        return tuple(Act(call) for call in sorted(self.tool_calls, key=_start))

    @cached_property
    def answers(self) -> tuple[ModelCall, ...]:
        """The model calls in order of their start."""
        return tuple(sorted(self.model_calls, key=_start))

    @cached_property
    def sequence(self) -> tuple[ModelCall | ToolCall, ...]:
        """Model and tool calls in order of their start."""
        return self.steps

    @cached_property
    def instruction(self) -> str:
        """The instruction that the run was given; empty where content is redacted."""
        return instruction_of(self)

    @cached_property
    def files_asked(self) -> FilesAsked:
        """What the instruction says about files."""
        return read_files_asked(self.instruction)

    @cached_property
    def final_answer(self) -> ModelCall | None:
        """The model call by which the agent ended of its own accord; ``None`` when it was cut off.

        That is a last one which asks for no tool, or which hands the work in by a tool.
        """
        if not self.answers or self.answers[-1].error:
            return None
        last = self.answers[-1]
        if self.ends_with_submission:
            return last
        return last if self.sequence[-1] is last and not last.tool_names else None

    @cached_property
    def ends_with_submission(self) -> bool:
        """Whether the last thing that the agent did was to hand its work in by a tool."""
        return bool(self.acts) and self.acts[-1].call is self.sequence[-1] and self.acts[-1].is_submission

    @cached_property
    def edits(self) -> tuple[Act, ...]:
        """The calls that set out to change a file."""
        return tuple(act for act in self.acts if act.is_edit)

    @cached_property
    def kept_edits(self) -> tuple[tuple[Act, str], ...]:
        """The edits that worked, each with a file that it changed, unless that was reverted or removed later."""
        gone: list[str] = []
        kept = []
        for act in reversed(self.acts):
            if act.is_shell and act.line.discards:
                gone.append(act.command)
            elif act.has_changed:
                kept += [(act, file) for file in act.changed_files if not _is_among(file, gone)]
        return tuple(reversed(kept))

    @cached_property
    def own_files(self) -> frozenset[str]:
        """The files outside of folders of tests that the agent made itself, such as a script that shows the mistake."""
        seen: set[str] = set()
        made: set[str] = set()
        for act in self.edits:
            files = act.line.targets if act.is_shell else act.changed_files
            if act.has_changed and (act.is_shell or act.makes_file):
                made.update(file for file in files if file not in seen and "/" not in file.removeprefix("./"))
            seen.update(act.changed_files)
        return frozenset(made)

    @cached_property
    def last_edit(self) -> Act | None:
        """The last call that changed a file of any kind."""
        return next((act for act in reversed(self.edits) if act.has_changed), None)

    @cached_property
    def last_code_edit(self) -> Act | None:
        """The last call that changed something which a test could cover: prose does not count."""
        changed = (act for act in reversed(self.edits) if act.has_changed and not act.is_document_edit)
        return next(changed, None)

    @cached_property
    def last_checks(self) -> tuple[Act, ...]:
        """The calls that put the work to a test, from the last code edit on (one line may edit and test)."""
        return tuple(act for act in self.since(self.last_code_edit) if act.is_check)

    @cached_property
    def works_on_files(self) -> bool:
        """Whether the agent has a shell, an editor or the like: others (a customer service) edit and test nothing."""
        return any(act.kind is not ToolKind.OTHER for act in self.acts)

    @cached_property
    def shows_words(self) -> bool:
        """Whether anything that the model said is in the trace: some agents export all but that."""
        return any(call.text for call in self.model_calls)

    @cached_property
    def hides_commands(self) -> bool:
        """Whether a shell command is redacted: it may have been an edit or a test."""
        return any(act.is_shell and not act.command for act in self.acts)

    def since(self, act: Act | None) -> Sequence[Act]:
        """The calls from one on, itself included; all of them for ``None``."""
        since = _start(act.call) if act else (-1, -1)
        return [later for later in self.acts if _start(later.call) >= since]


def account_of(run: Run) -> Account:
    """The account of a run; itself where it is one already."""
    if isinstance(run, Account):
        return run
    told = {field.name: getattr(run, field.name) for field in fields(Run)}
    return Account(**{**told, **_BLANK})


def _is_among(file: str, commands: Sequence[str]) -> bool:
    """Whether a command names the file, or throws away all changes."""
    name = file.rsplit("/", 1)[-1]
    return any(
        name in command or command.rstrip().endswith((" .", "--hard", "stash")) for command in commands
    )


def _start(call: ModelCall | ToolCall) -> tuple[int, int]:
    return call.start_ns, call.end_ns
