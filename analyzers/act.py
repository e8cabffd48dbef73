"""A tool call and what it does, read once."""

from __future__ import annotations

import re
from functools import cached_property

from analyzers.commands import CommandLine, is_document, read_command
from analyzers.request import Request, request_of
from analyzers.tool_kinds import (
    ToolKind,
    argument_of,
    changed_files,
    command_of,
    is_submission,
    kind_of,
    path_of,
)
from traces.run import ToolCall

_FAILING_TEST = re.compile(
    r"^FAIL(?:ED|URE)?\b|\b[1-9]\d{0,9} (?:failed|failures?|errors?)\b|Traceback \(most recent|AssertionError"
    r"|\bFAILED\b|exit code: [1-9]",
    re.MULTILINE,
)
_COMPLAINT = re.compile(
    r"^(?:/\S{1,40}/)?(?:ba|z|da)?sh: [^\n]{1,200}(?:not found|No such file|[Dd]enied|syntax error)"
    r"|^Traceback \(most recent call last\)|^(?:fatal|error): \S|^\w{0,60}(?:Error|Exception): ",
    re.MULTILINE,
)
_ERROR_TEXT = re.compile(r"\s{0,20}\W?(?:error|failed|failure)\b", re.IGNORECASE)
_PIECE = ("oldstring", "oldstr", "oldtext", "search", "old", "insertline", "patch", "diff", "input")
_HEAD = 4_000  # characters at the beginning of an output in which its failure may stand
_TAIL = 16_000  # and at its end, where test runners sum up


class Act:
    """Reads a tool call when it is asked, and only once. ``call`` is the call itself."""

    def __init__(self, call: ToolCall) -> None:
        self.call = call

    @property
    def span_id(self) -> str:
        """The span that shows the call."""
        return self.call.span_id

    @cached_property
    def kind(self) -> ToolKind:
        """What the tool is for."""
        return kind_of(self.call)

    @cached_property
    def command(self) -> str:
        """The command line of a shell call; empty for other tools and where content is redacted."""
        return command_of(self.call) if self.kind is ToolKind.SHELL else ""

    @cached_property
    def line(self) -> CommandLine:
        """What the command line does."""
        return read_command(self.command)

    @cached_property
    def request(self) -> Request:
        """What the call asks for, without how it is written."""
        return request_of(self.call)

    @cached_property
    def path(self) -> str:
        """The file that the call names; empty when it names none."""
        return path_of(self.call)

    @cached_property
    def changed_files(self) -> tuple[str, ...]:
        """The files that the call sets out to change, as far as its arguments name them."""
        return self.line.changes if self.is_shell else changed_files(self.call)

    @property
    def is_shell(self) -> bool:
        """Whether the call runs a command line."""
        return self.kind is ToolKind.SHELL

    @cached_property
    def is_edit(self) -> bool:
        """Whether the call sets out to change a file."""
        return self.kind is ToolKind.EDIT or (self.is_shell and self.line.writes)

    @cached_property
    def makes_file(self) -> bool:
        """Whether an edit tool writes a whole file, rather than a piece of one."""
        return not self.is_shell and not argument_of(self.call, _PIECE)

    @cached_property
    def is_document_edit(self) -> bool:
        """Whether all that the edit changes, as far as it shows, is prose that no test covers."""
        files = self.line.targets if self.is_shell else self.changed_files
        return self.is_edit and bool(files) and all(is_document(file) for file in files)

    @cached_property
    def is_test(self) -> bool:
        """Whether the call runs a test suite, and not just some program."""
        return self.kind is ToolKind.TEST or (self.is_shell and self.line.tests)

    @cached_property
    def is_check(self) -> bool:
        """Whether the call puts the work to a test; a redacted shell command gets the benefit of the doubt."""
        if not self.is_shell:
            return self.kind is ToolKind.TEST
        return not self.command or self.line.tests or self.line.programs

    @cached_property
    def is_look(self) -> bool:
        """Whether the call only looks: reads, lists or searches, and changes and checks nothing."""
        if self.kind in (ToolKind.READ, ToolKind.SEARCH):
            return True
        return self.is_shell and self.line.looks

    @cached_property
    def is_submission(self) -> bool:
        """Whether the call hands the work in."""
        return is_submission(self.call)

    @cached_property
    def has_failed(self) -> bool:
        """Whether the call went wrong: by its error, else its exit code, else by what its output says."""
        call = self.call
        if call.error:
            return True
        if call.exit_code is not None:
            return call.exit_code != 0
        if self.is_test:
            return bool(
                _FAILING_TEST.search(call.result[:_HEAD]) or _FAILING_TEST.search(call.result[-_TAIL:])
            )
        if self.is_shell:
            return bool(_COMPLAINT.search(call.result[-_HEAD:]))
        return bool(_ERROR_TEXT.match(call.result))

    @cached_property
    def trouble(self) -> str:
        """What the call says of how it went: its error, and both ends of its output, 4,000 characters each."""
        call = self.call
        ends = (
            call.result if len(call.result) <= 2 * _HEAD else f"{call.result[:_HEAD]}\n{call.result[-_HEAD:]}"
        )
        return f"{call.error[:_HEAD]}\n{ends}" if call.error else ends

    @cached_property
    def lowered_trouble(self) -> str:
        """The same in lower case."""
        return self.trouble.lower()

    @cached_property
    def has_changed(self) -> bool:
        """Whether the call changed a file. A shell line may write and fail later, so only its error counts."""
        if not self.is_edit:
            return False
        return not (self.has_failed if self.kind is ToolKind.EDIT else self.call.error)
