"""What a tool call does, read from its name and arguments, whichever agent made it."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Mapping
from enum import StrEnum

from analyzers.commands import is_document, patched_files, read_command
from traces.run import ToolCall


class ToolKind(StrEnum):
    """What a tool is for."""

    SHELL = "shell"
    READ = "read"
    SEARCH = "search"
    EDIT = "edit"
    TEST = "test"
    OTHER = "other"


# Tool names of the agents whose traces can be imported, in lower case without underscores.
_SHELL = frozenset(
    {
        "bash", "sh", "zsh", "cmd", "powershell", "shell", "shellcommand", "shelltool", "localshell",
        "localshellcall", "execute", "executebash", "executecommand", "executeshell", "exec", "execcommand",
        "run", "runbash", "runbashcommand", "runcommand", "runcommands", "runshell", "runshellcommand",
        "runterminalcmd", "runterminalcommand", "runinterminal", "terminal", "terminaluse", "containerexec",
        "writestdin", "unifiedexec", "bashcommand", "bashtool", "sendkeys", "keystrokes", "tmux", "python",
        "executecode", "executepython", "runpython", "executeipythoncell", "runipython", "ipython",
        "codeinterpreter",
    }
)  # fmt: skip
_EDIT = frozenset(
    {
        "edit", "editfile", "fileedit", "write", "writefile", "filewrite", "writetofile", "createfile", "create",
        "savefile", "updatefile", "modifyfile", "overwritefile", "replace", "replaceinfile", "searchreplace",
        "searchandreplace", "replacestringinfile", "multiedit", "notebookedit", "editnotebook", "strreplace",
        "strreplaceedit", "applypatch", "applydiff", "patch", "patchfile", "insert", "insertedit",
        "inserteditintofile", "insertcontent", "appendfile", "appendtofile", "deletefile", "removefile",
        "movefile", "renamefile", "writefix", "writepatch", "undoedit",
    }
)  # fmt: skip
_READ = frozenset(
    {
        "read", "readfile", "fileread", "readfiles", "readmanyfiles", "readrange", "readlines", "open", "openfile",
        "view", "viewfile", "viewimage", "viewsource", "cat", "getfilecontents", "notebookread",
        "extractmethodcode", "extracttestcode", "gotoline", "scrollup", "scrolldown",
    }
)  # fmt: skip
_SEARCH = frozenset(
    {
        "ls", "list", "listdir", "listdirectory", "listfiles", "directorytree", "tree", "glob", "globfiles", "grep",
        "rg", "ripgrep", "grepsearch", "search", "searchfiles", "searchfile", "searchdir", "searchcode",
        "searchcodebase", "searchfilecontent", "searchclass", "searchmethod", "searchmethodinclass",
        "searchmethodinfile", "searchcodeinfile", "codebasesearch", "semanticsearch", "find", "findfile",
        "findfiles", "filesearch", "getclassesandmethods", "extractsimilarfunctionscalls",
    }
)  # fmt: skip
_TEST = frozenset(
    {
        "test",
        "runtests",
        "runtest",
        "runtestsuite",
        "executetests",
        "pytest",
        "runpytest",
        "check",
        "runchecks",
    }
)
_EDITORS = frozenset({"strreplaceeditor", "strreplacebasededittool", "fileeditor", "edittool", "editor"})
_LOOKING = frozenset({"view", "read", "open", "list", "find"})  # sub-commands of editors
_SUBMITTING = frozenset(
    {
        "submit", "submitanswer", "finish", "finalanswer", "complete", "taskcomplete", "marktaskcomplete",
        "attemptcompletion", "done",
    }
)  # fmt: skip
_HANDING_OVER = frozenset(
    {"transfertohumanagents", "transfertohuman", "handofftohuman", "escalate", "escalatetohuman"}
)
_SUBMISSION = "COMPLETE_TASK_AND_SUBMIT_FINAL_OUTPUT"  # how mini-swe-agent says that it is done

# Keys of arguments, in lower case without underscores.
_COMMAND_KEYS = (
    "command", "cmd", "commandline", "bashcommand", "shellcommand", "script", "code", "keystrokes", "keys",
    "commands", "input", "chars",
)  # fmt: skip
_PATH_KEYS = (
    "path", "filepath", "filename", "file", "targetfile", "absolutepath", "relativepath", "notebookpath",
    "targetpath", "dirpath",
)  # fmt: skip
_LONGEST_LITERAL = 20_000  # characters
_PATCH_KEYS = ("input", "patch", "diff", "patchtext", "content")


def kind_of(call: ToolCall) -> ToolKind:
    """The kind of a call's tool; editors with sub-commands are told apart by the sub-command."""
    name = plain_name(call)
    if name in _SHELL:
        return ToolKind.SHELL
    if name in _EDITORS or name.startswith("texteditor"):
        verb = call.arguments.get("command")
        return ToolKind.READ if isinstance(verb, str) and verb in _LOOKING else ToolKind.EDIT
    named = (
        (_EDIT, ToolKind.EDIT),
        (_READ, ToolKind.READ),
        (_SEARCH, ToolKind.SEARCH),
        (_TEST, ToolKind.TEST),
    )
    return next((kind for names, kind in named if name in names), ToolKind.OTHER)


def command_of(call: ToolCall) -> str:
    """The command line of a shell call; empty for other tools and where content is redacted.

    A terminal's keystrokes count as one, whether they come as a text, a list, or a list of objects.
    """
    if kind_of(call) is not ToolKind.SHELL:
        return ""
    value = argument_of(call, _COMMAND_KEYS)
    if isinstance(value, str):
        return value
    if isinstance(value, list | tuple):
        return _joined([_line_of(part) for part in value])
    return call.arguments_text


def path_of(call: ToolCall) -> str:
    """The file that a call names; empty when it names none."""
    value = argument_of(call, _PATH_KEYS)
    return value if isinstance(value, str) else ""


def changed_files(call: ToolCall) -> tuple[str, ...]:
    """The files that an edit or a shell command sets out to change, as far as its arguments name them."""
    if kind_of(call) is ToolKind.SHELL:
        return read_command(command_of(call)).changes
    if kind_of(call) is not ToolKind.EDIT:
        return ()
    path = path_of(call)
    if path:
        return (path,)
    patch = argument_of(call, _PATCH_KEYS)
    return patched_files(patch if isinstance(patch, str) else call.arguments_text)


def argument_of(call: ToolCall, keys: tuple[str, ...]) -> object:
    """The first argument under one of the keys, which are in lower case without underscores; ``None`` without."""
    arguments = arguments_of(call)
    if not arguments:
        return None
    found: Mapping[str, object] = {plain(str(key)): value for key, value in arguments.items()}
    return next((found[key] for key in keys if isinstance(found.get(key), str | list | tuple)), None)


def arguments_of(call: ToolCall) -> Mapping[str, object]:
    """The arguments, also where a framework wrote them down as a Python literal instead of JSON."""
    text = call.arguments_text.strip()
    if call.arguments or not text.startswith("{") or len(text) > _LONGEST_LITERAL:
        return call.arguments
    try:
        with warnings.catch_warnings(action="ignore"):
            value = ast.literal_eval(text)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return call.arguments
    return value if isinstance(value, dict) else call.arguments


def is_edit(call: ToolCall) -> bool:
    """Whether a call sets out to change a file, by an edit tool or by a shell command that writes."""
    kind = kind_of(call)
    return kind is ToolKind.EDIT or (kind is ToolKind.SHELL and read_command(command_of(call)).writes)


def is_document_edit(call: ToolCall) -> bool:
    """Whether all that an edit changes, as far as its arguments show, is prose that no test covers."""
    shell = kind_of(call) is ToolKind.SHELL
    targets = read_command(command_of(call)).targets if shell else changed_files(call)
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
    line = read_command(command)
    return not command or line.tests or line.programs


def is_test_run(call: ToolCall) -> bool:
    """Whether a call runs a test suite (and not just some program); false where the command is redacted."""
    return kind_of(call) is ToolKind.TEST or read_command(command_of(call)).tests


def is_handing_over(call: ToolCall) -> bool:
    """Whether a call gives the task to a person."""
    return plain_name(call) in _HANDING_OVER


def is_submission(call: ToolCall) -> bool:
    """Whether a call hands the work in, or over: for some agents this is how they end of their own accord."""
    command = command_of(call)
    return (
        plain_name(call) in _SUBMITTING | _HANDING_OVER
        or _SUBMISSION in command
        or command.strip() == "submit"
    )


def edited_path(call: ToolCall) -> str:
    """The file that an edit tool changes as far as its arguments show; empty when they do not."""
    if kind_of(call) is not ToolKind.EDIT:
        return ""
    return next(iter(changed_files(call)), "")


def plain_name(call: ToolCall) -> str:
    """The tool's name in lower case, without underscores and the names of servers and modules before it."""
    return plain(call.name.rsplit(".", 1)[-1].rsplit("__", 1)[-1].rsplit("/", 1)[-1])


def plain(name: str) -> str:
    """A name in lower case without underscores and hyphens: ``filePath``, ``file_path`` and ``FILE-PATH`` are one."""
    return name.lower().replace("_", "").replace("-", "")


def _line_of(part: object) -> str:
    """A word of an argument vector, or one of the commands of a terminal's list."""
    if isinstance(part, Mapping):
        return next(
            (value for key in ("keystrokes", "command", "cmd") if isinstance(value := part.get(key), str)), ""
        )
    return str(part)


def _joined(parts: list[str]) -> str:
    """An argument vector as one line; of ``bash -lc SCRIPT`` the script. What ends in a line break is a line."""
    shells = ("bash", "sh", "zsh")
    if len(parts) == 3 and parts[0].rsplit("/", 1)[-1] in shells and parts[1].startswith("-"):
        return parts[2]
    return "".join(part if part.endswith("\n") else f"{part} " for part in parts).rstrip(" ")
