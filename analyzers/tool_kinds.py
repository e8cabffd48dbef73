"""What a tool call does, read from its name and arguments, whichever agent made it."""

from __future__ import annotations

from enum import StrEnum

from analyzers.commands import is_document, runs_program, runs_tests, write_targets, writes_files
from traces.run import ToolCall


class ToolKind(StrEnum):
    """What a tool is for."""

    SHELL = "shell"
    READ = "read"
    SEARCH = "search"
    EDIT = "edit"
    TEST = "test"
    OTHER = "other"


# Tool names of the agents whose traces can be imported, in lower case with underscores.
_NAMES = {
    ToolKind.SHELL: (
        "bash,shell,execute,execute_bash,exec,exec_command,run_command,run_shell_command,run_terminal_cmd,"
        "terminal,local_shell,container_exec,write_stdin,run_in_terminal,python,execute_code,ipython"
    ),
    ToolKind.EDIT: (
        "edit,edit_file,write,write_file,create_file,replace,multiedit,multi_edit,notebookedit,str_replace,"
        "apply_patch,applypatch,patch,insert,insert_edit,append_file,delete_file"
    ),
    ToolKind.READ: "read,read_file,open,open_file,view,view_file,cat,read_many_files",
    ToolKind.SEARCH: (
        "ls,list,list_dir,list_directory,list_files,glob,grep,search,search_files,find,grep_search,"
        "search_file_content,codebase_search,file_search,search_dir"
    ),
    ToolKind.TEST: "test,run_tests,run_test,execute_tests,check",
}
_EDITOR_NAMES = frozenset(("str_replace_editor", "str_replace_based_edit_tool", "text_editor", "file_editor"))
_ENDINGS = frozenset(
    (
        "submit",
        "finish",
        "final_answer",
        "complete",
        "task_complete",
        "mark_task_complete",
        "attempt_completion",
    )
)
_SUBMISSION = "COMPLETE_TASK_AND_SUBMIT_FINAL_OUTPUT"  # how mini-swe-agent says that it is done
_COMMAND_KEYS = ("command", "cmd", "script", "code", "keystrokes", "input", "chars")
_PATH_KEYS = ("path", "file_path", "filepath", "filename", "file", "target_file", "absolute_path")


def kind_of(call: ToolCall) -> ToolKind:
    """The kind of a call's tool; editors with sub-commands are told apart by the sub-command."""
    name = _plain_name(call)
    if name in _EDITOR_NAMES:
        return ToolKind.READ if call.arguments.get("command") == "view" else ToolKind.EDIT
    return next((kind for kind, names in _NAMES.items() if name in names.split(",")), ToolKind.OTHER)


def command_of(call: ToolCall) -> str:
    """The command line of a shell call; empty for other tools and where content is redacted."""
    if kind_of(call) is not ToolKind.SHELL:
        return ""
    for key in _COMMAND_KEYS:
        value = call.arguments.get(key)
        if isinstance(value, str):
            return value
        if isinstance(value, list | tuple):
            return _joined([str(part) for part in value])
    return call.arguments_text


def path_of(call: ToolCall) -> str:
    """The file that a call names; empty when it names none."""
    return next(
        (str(call.arguments[key]) for key in _PATH_KEYS if isinstance(call.arguments.get(key), str)), ""
    )


def is_edit(call: ToolCall) -> bool:
    """Whether a call sets out to change a file, by an edit tool or by a shell command that writes."""
    kind = kind_of(call)
    return kind is ToolKind.EDIT or (kind is ToolKind.SHELL and writes_files(command_of(call)))


def is_document_edit(call: ToolCall) -> bool:
    """Whether all that an edit changes, as far as its arguments show, is prose that no test covers."""
    targets = (path_of(call),) if kind_of(call) is ToolKind.EDIT else write_targets(command_of(call))
    return is_edit(call) and bool(targets) and all(is_document(target) for target in targets)


def is_check(call: ToolCall) -> bool:
    """Whether a call puts the work to a test: a test runner, or a run of a program.

    A shell call whose command is redacted may have been one, and counts as one: what cannot be seen is
    not held against a run.
    """
    kind = kind_of(call)
    if kind is not ToolKind.SHELL:
        return kind is ToolKind.TEST
    command = command_of(call)
    return not command or runs_tests(command) or runs_program(command)


def is_test_run(call: ToolCall) -> bool:
    """Whether a call runs a test suite (and not just some program); false where the command is redacted."""
    return kind_of(call) is ToolKind.TEST or runs_tests(command_of(call))


def is_submission(call: ToolCall) -> bool:
    """Whether a call hands the work in: for some agents this is how they end of their own accord."""
    return (
        _plain_name(call) in _ENDINGS
        or _SUBMISSION in command_of(call)
        or command_of(call).strip() == "submit"
    )


def edited_path(call: ToolCall) -> str:
    """The file that an edit tool changes as far as its arguments show; empty when they do not."""
    return path_of(call) if kind_of(call) is ToolKind.EDIT else ""


def _plain_name(call: ToolCall) -> str:
    """The tool's name without the names of servers and modules before it."""
    return call.name.rsplit(".", 1)[-1].rsplit("__", 1)[-1].lower().replace("-", "_")


def _joined(parts: list[str]) -> str:
    """An argument vector as one line; of ``bash -lc SCRIPT`` the script."""
    shells = ("bash", "sh", "zsh")
    if len(parts) == 3 and parts[0].rsplit("/", 1)[-1] in shells and parts[1].startswith("-"):
        return parts[2]
    return " ".join(parts)
